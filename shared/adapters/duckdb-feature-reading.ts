import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBVector } from '@duckdb/node-api'
import { UpstreamError } from '../kernel/errors.ts'
import type { LakeFile } from '../lake/file.ts'
import type { FileTransfer } from '../lake/transfer.ts'
import type { StoredFeatures } from '../usecases/feature-ports.ts'
import { parquetScan, quoted } from './duckdb-connection.ts'
import { soundCopy } from './duckdb-lake-files.ts'

/** Files of the lake, and the folder of this machine that copies of them go to. */
interface Source {
  transfer: FileTransfer
  files: readonly LakeFile[]
  scratch: string
}

/** Rows as they come out of the files. */
interface Rows {
  ids: string[]
  placedAtMs: Float64Array
  columns: Float32Array[]
}

/**
 * Reads some features of the months' files, one file after the other; copies of two are there at most.
 *
 * @throws {UpstreamError} where a file is not the one written or lacks a feature
 */
export async function readFeatures(
  connection: DuckDBConnection,
  source: Source,
  names: readonly string[],
): Promise<StoredFeatures> {
  const nRows = source.files.reduce((sum, { rows }) => sum + rows, 0)
  const columns = names.map(() => new Float32Array(nRows))
  const rows: Rows = { ids: [], placedAtMs: new Float64Array(nRows), columns }
  for await (const { file, path } of soundCopies(source)) {
    await assertFeatures(connection, file, path, names)
    const expected = rows.ids.length + file.rows
    await readRows(connection, path, names, rows)
    if (rows.ids.length !== expected) throw notAsWritten(file, `has not the ${file.rows} rows it is said to have`)
  }
  return { names, ...inOrder(rows) }
}

/** A file, and the path on this machine where its bytes are. */
interface Copy {
  file: LakeFile
  path: string
}

/** Each copy is made while the one before it is read, and removed once it is read itself. */
async function* soundCopies({ transfer, files, scratch }: Source): AsyncGenerator<Copy, void> {
  const folderOf = (i: number) => join(scratch, String(i))
  const copyOf = async (i: number): Promise<Copy | undefined> => {
    const file = files[i]
    return file && { file, path: await soundCopy(transfer, file, folderOf(i)) }
  }
  let next = copyOf(0)
  try {
    for (let i = 0; ; i++) {
      const copy = await next
      if (copy === undefined) return
      next = copyOf(i + 1)
      // Whoever reads this file may fail before the next one is asked for.
      next.catch(() => {})
      yield copy
      await rm(folderOf(i), { recursive: true, force: true })
    }
  } finally {
    await next.catch(() => {})
  }
}

async function assertFeatures(
  connection: DuckDBConnection,
  file: LakeFile,
  path: string,
  names: readonly string[],
): Promise<void> {
  const described = await connection.runAndReadAll(`describe select * from ${parquetScan([path])}`)
  const present = new Set(described.getRows().flatMap(([name, type]) => (type === 'FLOAT' ? [String(name)] : [])))
  const missing = names.filter((name) => !present.has(name))
  if (missing.length > 0) throw notAsWritten(file, `has no feature ${missing.join(', ')}`)
}

function notAsWritten({ key }: LakeFile, problem: string): UpstreamError {
  return new UpstreamError('lake', `${key} ${problem}`, { retryable: false })
}

/** Appends a file's rows. */
async function readRows(
  connection: DuckDBConnection,
  path: string,
  names: readonly string[],
  { ids, placedAtMs, columns }: Rows,
): Promise<void> {
  // To find out what is null costs more than to read what is none.
  const features = names.map((name) => `coalesce(${quoted(name)}, 'nan'::float)`)
  const selected = ['bet_id', 'cast(epoch_ms(placed_at) as double)', ...features].join(', ')
  const chunks = await connection.stream(`select ${selected} from ${parquetScan([path])}`)
  for await (const chunk of chunks) {
    const begin = ids.length
    const idVector = chunk.getColumnVector(0)
    for (let i = 0; i < idVector.itemCount; i++) ids.push(String(idVector.getItem(i)))
    readNumbers(chunk.getColumnVector(1), placedAtMs, begin)
    for (const [f, column] of columns.entries()) readNumbers(chunk.getColumnVector(f + 2), column, begin)
  }
}

function readNumbers(vector: DuckDBVector, out: Float32Array | Float64Array, begin: number): void {
  const { itemCount } = vector
  for (let i = 0; i < itemCount; i++) {
    const value = vector.getItem(i)
    out[begin + i] = typeof value === 'number' ? value : Number.NaN
  }
}

/** Rows in order of placement; those of one instant, which lie in one file, stay as they were written. */
function inOrder({ ids, placedAtMs, columns }: Rows): Pick<StoredFeatures, 'ids' | 'columns'> {
  if (placedAtMs.every((at, r) => r === 0 || at >= (placedAtMs[r - 1] ?? at))) return { ids, columns }
  const order = Uint32Array.from(ids.keys()).sort((a, b) => (placedAtMs[a] ?? 0) - (placedAtMs[b] ?? 0) || a - b)
  return { ids: Array.from(order, (r) => ids[r] ?? ''), columns: columns.map((column) => taken(column, order)) }
}

function taken(column: Float32Array, order: Uint32Array): Float32Array {
  const out = new Float32Array(order.length)
  for (let r = 0; r < out.length; r++) out[r] = column[order[r] ?? 0] ?? Number.NaN
  return out
}
