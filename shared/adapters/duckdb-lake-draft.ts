import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { InvariantError } from '../kernel/errors.ts'
import type { LakeFile } from '../lake/file.ts'
import type { PartitionKey } from '../lake/layout.ts'
import { partitionFolder, partitionId, runPrefix } from '../lake/layout.ts'
import type { FileTransfer } from '../lake/transfer.ts'
import type { LakeBase, LakeDraft, Merged } from '../usecases/lake-ports.ts'
import { PROCESSED_OF_LINE, RAW_LINE, STAGED_LINE } from './duckdb-bet-columns.ts'
import type { DuckdbSession } from './duckdb-connection.ts'
import {
  blamingDuckdb,
  jsonLinesScan,
  linesScan,
  literal,
  openDuckdb,
  PARQUET_OPTIONS,
  parquetScan,
} from './duckdb-connection.ts'
import { measureFile, soundCopy } from './duckdb-lake-files.ts'
import { copiedPartition, copyPartitions, keysQuery, mergeStaged, planKeys } from './duckdb-lake-merge.ts'
import type { Slices } from './duckdb-lake-slices.ts'
import { openSlices } from './duckdb-lake-slices.ts'
import type { StagedPart } from './duckdb-staging-files.ts'
import { createStagingFiles, RAW_SEPARATOR } from './duckdb-staging-files.ts'
import { createUploads } from './duckdb-uploads.ts'

/** Memory of one run's database; beyond it DuckDB works on disk. */
const MEMORY_LIMIT = '500MB'

/** A run's work in a database and a folder of its own, which vanish with it. */
export async function openDraft(transfer: FileTransfer, runId: string): Promise<LakeDraft> {
  const scratch = await mkdtemp(join(tmpdir(), 'closeline-run-'))
  let session: DuckdbSession | undefined
  try {
    session = await openDuckdb({
      path: join(scratch, 'run.duckdb'),
      memoryLimit: MEMORY_LIMIT,
      spillDir: join(scratch, 'spill'),
    })
    return createDraft({ transfer, runId, scratch, session })
  } catch (thrown) {
    session?.close()
    await rm(scratch, { recursive: true, force: true })
    throw thrown
  }
}

interface DraftParts {
  transfer: FileTransfer
  runId: string
  scratch: string
  session: DuckdbSession
}

function createDraft({ transfer, runId, scratch, session }: DraftParts): LakeDraft {
  const { connection } = session
  const staging = createStagingFiles(join(scratch, 'staging'))
  const stagedPaths: string[] = []
  const uploads = createUploads()
  let rawParts = 0
  const partitionsFolder = join(scratch, 'partitions')
  let changed: Merged['changed'] = []
  let slices: Slices | undefined
  const copies = new Map<string, Promise<string>>()
  /** Each file of the base is fetched once, however often it is read. */
  function locate(file: LakeFile): Promise<string> {
    const copy = copies.get(file.key) ?? soundCopy(transfer, file, join(scratch, 'base'))
    copies.set(file.key, copy)
    return copy
  }

  /** Puts a file of this machine on its way into the lake. */
  async function send(path: string, name: string, rows: number): Promise<LakeFile> {
    const file = { key: `${runPrefix(runId)}${name}`, rows, ...(await measureFile(path)) }
    await uploads.add(async () => {
      await transfer.upload(path, file.key)
      await rm(path)
    })
    return file
  }

  async function write(query: string, name: string): Promise<LakeFile> {
    const path = join(scratch, 'new', name)
    await mkdir(dirname(path), { recursive: true })
    const { rowsChanged } = await connection.run(`copy (${query}) to ${literal(path)} (${PARQUET_OPTIONS})`)
    return send(path, name, rowsChanged)
  }

  /** Turns staged lines into Parquet: raw for the lake where asked, typed for the merge. */
  async function takeStaged(part: StagedPart | undefined, withRaw: boolean): Promise<LakeFile | undefined> {
    if (part === undefined) return undefined
    const updatedAt = 'make_timestamptz("updatedAtUs") as updated_at'
    const rawLines = linesScan(part.rawPath, RAW_SEPARATOR, RAW_LINE)
    const said = `select cast(id as json) ->> '$' as id, ${updatedAt}, record is null as is_deleted, record from ${rawLines}`
    const raw = withRaw ? await write(said, `raw/part-${rawParts++}.parquet`) : undefined
    const staged = join(scratch, `staged-${stagedPaths.length}.parquet`)
    const sound = `select ${PROCESSED_OF_LINE}, bet is null as is_deleted from ${jsonLinesScan(part.betsPath, STAGED_LINE)}`
    await connection.run(`copy (${sound}) to ${literal(staged)} (format parquet)`)
    stagedPaths.push(staged)
    await rm(part.rawPath)
    await rm(part.betsPath)
    if (raw !== undefined) await uploads.settled()
    return raw
  }

  async function merge(base: LakeBase, rewriteAll: boolean): Promise<Merged> {
    await connection.run(`create view staged as select * from ${parquetScan(stagedPaths)}`)
    const { counts, ...rest } = await mergeStaged(connection, { ...base, locate }, rewriteAll)
    changed = rest.changed
    const [[accepted]] = (await connection.runAndReadAll('select count(*) from accepted')).getRows() as [[bigint]]
    const plan = planKeys(base.keys, Number(accepted), rewriteAll)
    const joined = await Promise.all(plan.joined.map(locate))
    const keys =
      accepted === 0n ? [...base.keys] : [...plan.kept, await write(keysQuery(joined), 'keys/part-0.parquet')]
    if (changed.some(({ rows }) => rows > 0)) await copyPartitions(connection, changed.length, partitionsFolder)
    slices = openSlices(connection)
    return { ...rest, counts: { ...staging.counts(), ...counts }, keys }
  }

  async function writePartition(partition: PartitionKey): ReturnType<LakeDraft['writePartition']> {
    const number = changed.findIndex((candidate) => partitionId(candidate) === partitionId(partition))
    const { rows = 0 } = changed[number] ?? {}
    if (rows === 0 || slices === undefined) {
      throw new InvariantError(`this run has no rows of partition ${partitionId(partition)}`)
    }
    const slice = await slices.take(partition, number, rows)
    const path = copiedPartition(partitionsFolder, number)
    // Names that differ in case alone are one folder on some disks: the file's own name tells them apart there.
    const name = `processed/${await partitionFolder(partition)}/part-${number}.parquet`
    return { file: await send(path, name, rows), slice }
  }

  // One statement at a time, in the order asked for; closing waits for the last.
  let last: Promise<unknown> = Promise.resolve()
  function inTurn<T>(statement: () => Promise<T>): Promise<T> {
    const turn = last.then(() => blamingDuckdb(statement))
    last = turn.catch(() => {})
    return turn
  }

  return {
    stage: (versions) => blamingDuckdb(async () => staging.append(versions)),
    writeRaw: () => {
      const part = staging.take()
      return inTurn(() => takeStaged(part, true))
    },
    discardRaw: () => {
      const part = staging.take()
      return inTurn(async () => void (await takeStaged(part, false)))
    },
    merge: (base, rewriteAll) => {
      const part = staging.take()
      return inTurn(async () => {
        await takeStaged(part, false)
        return merge(base, rewriteAll)
      })
    },
    writePartition: (partition) => inTurn(() => writePartition(partition)),
    uploaded: uploads.settled,
    async close() {
      await last
      await uploads.settled().catch(() => {})
      staging.close()
      session.close()
      await rm(scratch, { recursive: true, force: true })
    },
  }
}
