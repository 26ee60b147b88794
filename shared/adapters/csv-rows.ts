import type { Rejection, SourceRow } from '../bets/formats/format.ts'
import { holdsNul, showingNul } from '../bets/formats/nul.ts'
import { DomainError } from '../kernel/errors.ts'
import type { CsvEncoding, CsvSource } from './csv-lines.ts'
import { CHUNK_BYTES, openCsvSource, readLines } from './csv-lines.ts'
import type { TextRecord } from './csv-records.ts'
import { createRecordAssembler, splitIntoCells } from './csv-records.ts'

/** The records that ended within one chunk of a file: every one is a row or a rejection. */
export interface CsvBatch {
  /** Data records read; always `rows.length + rejections.length`. */
  records: number
  rows: SourceRow[]
  rejections: Rejection[]
  /** Bytes of the file read so far. */
  bytesRead: number
}

/** A CSV file whose header has been read. */
export interface CsvFile {
  /** Names of the header, trimmed; unnamed columns are ''. */
  columns: readonly string[]
  /** windows-1252 where some bytes are not UTF-8; those that are stay so. */
  encoding: CsvEncoding
  sizeBytes: number
  /**
   * Reads the data records, from the start each time it is called, holding about one chunk in memory.
   *
   * @param onBytes  told every byte of the file, in order
   */
  batches(onBytes?: (bytes: Uint8Array) => void): AsyncGenerator<CsvBatch, void, undefined>
}

/**
 * Reads the records of a text without a header, as {@link readCsvRows} reads those of a file.
 *
 * @param columns  names of the header, as there
 */
export function readCsvText(text: string, columns: readonly string[]): Pick<CsvBatch, 'rows' | 'rejections'> {
  const assembler = createRecordAssembler(columns.length)
  const records = text.split('\n').flatMap((line) => assembler.add(line))
  return toBatch([...records, ...assembler.finish()], columns, 0)
}

/**
 * Opens a CSV file (RFC 4180: commas, double quotes) and reads its header.
 *
 * Nothing is guessed into shape: a record with too few or too many cells, stray quotes or NUL bytes becomes a rejection
 * with its text. A stray quote costs the line that it is on, and reading resumes at the next line. Blank lines are no
 * records. The file is read twice, first to tell its encoding, so it must be a regular file.
 *
 * @param chunkBytes  bytes read at a time
 * @throws {DomainError} `file_not_readable`, `empty_file`, `duplicate_column`, `malformed_header`, `line_too_long`
 */
export async function readCsvRows(path: string, chunkBytes: number = CHUNK_BYTES): Promise<CsvFile> {
  const source = await openCsvSource(path, chunkBytes)
  const columns = await readHeader(source)
  return {
    columns,
    encoding: source.encoding,
    sizeBytes: source.sizeBytes,
    batches: (onBytes) => readBatches(source, columns, onBytes),
  }
}

async function readHeader(source: CsvSource): Promise<readonly string[]> {
  const assembler = createRecordAssembler(undefined)
  let first: TextRecord | undefined
  for await (const { lines } of readLines(source)) {
    first = lines.flatMap((line) => assembler.add(line))[0]
    if (first !== undefined) break
  }
  first ??= assembler.finish()[0]
  if (first === undefined) throw new DomainError('empty_file', `${source.path} is empty: it has no header line`)
  if (first.isMalformed) {
    throw new DomainError('malformed_header', `${source.path}: quotes of the header do not pair up: ${first.text}`)
  }
  const columns = splitIntoCells([first])[0]?.map((name) => name.trim()) ?? []
  const repeated = columns.find((name, i) => name !== '' && columns.indexOf(name) !== i)
  if (repeated === undefined) return columns
  throw new DomainError('duplicate_column', `${source.path} has two columns named ${repeated}`, { field: repeated })
}

async function* readBatches(
  source: CsvSource,
  columns: readonly string[],
  onBytes?: (bytes: Uint8Array) => void,
): AsyncGenerator<CsvBatch, void, undefined> {
  const assembler = createRecordAssembler(columns.length)
  let bytesRead = 0
  let headerIsAhead = true
  for await (const { lines, bytes } of readLines(source, onBytes)) {
    const records = lines.flatMap((line) => assembler.add(line))
    if (headerIsAhead && records.length > 0) {
      records.shift()
      headerIsAhead = false
    }
    bytesRead = bytes
    yield toBatch(records, columns, bytesRead)
  }
  yield toBatch(assembler.finish().slice(headerIsAhead ? 1 : 0), columns, bytesRead)
}

function toBatch(records: readonly TextRecord[], columns: readonly string[], bytesRead: number): CsvBatch {
  const batch: CsvBatch = { records: records.length, rows: [], rejections: [], bytesRead }
  const cellsOf = splitIntoCells(records.filter((record) => !record.isMalformed))
  let next = 0
  for (const record of records) {
    const cells = record.isMalformed ? [] : (cellsOf[next++] ?? [])
    const rejection = rejectionOf(record, cells.length, columns.length)
    if (rejection === undefined) batch.rows.push(toSourceRow(record, cells, columns))
    else batch.rejections.push(rejection)
  }
  return batch
}

function rejectionOf(record: TextRecord, cells: number, width: number): Rejection | undefined {
  const { line, text: raw } = record
  if (holdsNul(raw)) {
    const detail = 'the record holds NUL bytes, shown here as \u2400'
    return { line, reason: 'unreadable_text', field: null, detail, raw: showingNul(raw) }
  }
  if (record.isMalformed) {
    const detail = 'the quotes on this line do not enclose whole cells'
    return { line, reason: 'malformed_quotes', field: null, detail, raw }
  }
  if (cells === width) return undefined
  return {
    line,
    reason: 'wrong_number_of_cells',
    field: null,
    detail: `${cells} cells, and the header has ${width}`,
    raw,
  }
}

function toSourceRow(record: TextRecord, texts: readonly string[], columns: readonly string[]): SourceRow {
  const cells: Record<string, string> = {}
  for (let i = 0; i < columns.length; i++) {
    const name = columns[i]
    if (name) cells[name] = texts[i] ?? ''
  }
  return { line: record.line, cells, raw: record.text }
}
