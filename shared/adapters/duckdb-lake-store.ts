import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { LakeFile } from '../lake/file.ts'
import type { FileTransfer } from '../lake/transfer.ts'
import type { LakeStore, StagedVersion } from '../usecases/lake-ports.ts'
import { BET_OF_PROCESSED, processedBetsSchema, processedScan } from './duckdb-bet-columns.ts'
import { blamingDuckdb, openDuckdb, parquetScan } from './duckdb-connection.ts'
import { openDraft } from './duckdb-lake-draft.ts'
import { soundCopy } from './duckdb-lake-files.ts'

const recordSchema = z.record(z.string(), z.unknown())

/** A {@link LakeStore} that makes and reads Parquet with DuckDB and moves files with a {@link FileTransfer}. */
export function duckdbLakeStore(transfer: FileTransfer): LakeStore {
  return {
    draft: (runId) => blamingDuckdb(() => openDraft(transfer, runId)),
    async readBets(files) {
      const bets: Bet[] = []
      // In order of placement over all partitions, as one machine and another see it.
      const select = (paths: readonly string[]) =>
        `select ${BET_OF_PROCESSED} from ${processedScan(paths)} order by placed_at, id`
      for await (const page of readPages(transfer, files, select)) {
        for (const bet of parseBets(page)) bets.push(bet)
      }
      return bets
    },
    async *readRaw(file) {
      const select = (paths: readonly string[]) =>
        `select id, epoch_us(updated_at) as "updatedAtUs", record from ${parquetScan(paths)}`
      for await (const page of readPages(transfer, [file], select)) yield page.map((row) => toVersion(row, file))
    },
    async *readKeys(files) {
      const select = (paths: readonly string[]) =>
        `select id, epoch_us(updated_at) as "updatedAtUs", is_deleted from ${parquetScan(paths)}
         qualify row_number() over (partition by id order by updated_at desc) = 1 order by id`
      for await (const page of readPages(transfer, files, select)) {
        yield page
          .filter(({ is_deleted }) => is_deleted === false)
          .map(({ id, updatedAtUs }) => ({ id: String(id), updatedAtUs: Number(updatedAtUs) }))
      }
    },
  }
}

type Row = Record<string, unknown>

/** @param select  the query of the files' rows, which are at these paths on this machine */
async function* readPages(
  transfer: FileTransfer,
  files: readonly LakeFile[],
  select: (paths: readonly string[]) => string,
): AsyncGenerator<Row[], void> {
  if (files.length === 0) return
  const scratch = await mkdtemp(join(tmpdir(), 'closeline-read-'))
  const session = await openDuckdb({ spillDir: join(scratch, 'spill') })
  try {
    const paths = await Promise.all(files.map((file) => soundCopy(transfer, file, scratch)))
    yield* streamRows(session.connection, select(paths))
  } finally {
    session.close()
    await rm(scratch, { recursive: true, force: true })
  }
}

async function* streamRows(connection: DuckDBConnection, sql: string): AsyncGenerator<Row[], void> {
  try {
    const result = await connection.stream(sql)
    yield* result.yieldRowObjectJs()
  } catch (cause) {
    if (cause instanceof UpstreamError) throw cause
    throw new UpstreamError('DuckDB', messageOf(cause), { retryable: false, cause })
  }
}

function parseBets(page: readonly Row[]): Bet[] {
  const parsed = processedBetsSchema.safeParse(page)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const message = `a row of the processed layer is no bet: ${issue?.path.join('.')}: ${issue?.message}`
  throw new UpstreamError('lake', message, { retryable: false })
}

function toVersion({ id, updatedAtUs, record }: Row, file: LakeFile): StagedVersion {
  const parsed = record === null ? null : recordSchema.safeParse(JSON.parse(String(record)))
  if (parsed?.success === false) {
    throw new UpstreamError('lake', `${file.key} holds a record that is no object`, { retryable: false })
  }
  return { id: String(id), updatedAtUs: Number(updatedAtUs), record: parsed === null ? null : parsed.data, bet: null }
}
