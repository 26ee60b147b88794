import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { DomainError, messageOf } from '../kernel/errors.ts'
import { mixedDecoder } from './csv-decoding.ts'

/** How the bytes of a file spell text; `windows-1252` where they are not all UTF-8: see {@link mixedDecoder}. */
export type CsvEncoding = 'utf-8' | 'utf-16le' | 'windows-1252'

/** Bytes read at a time. */
export const CHUNK_BYTES = 1 << 20

const MAX_LINE_CHARACTERS = 1_000_000

/** A file to read, and how. */
export interface CsvSource {
  path: string
  sizeBytes: number
  chunkBytes: number
  encoding: CsvEncoding
  /** Bytes of a byte order mark that the decoder would not take off. */
  skipBytes: number
}

/**
 * Looks at a file without keeping anything of it open.
 *
 * @throws {DomainError} `file_not_readable`
 */
export async function openCsvSource(path: string, chunkBytes: number): Promise<CsvSource> {
  const sizeBytes = await regularFileSize(path)
  return { path, sizeBytes, chunkBytes, ...(await detectEncoding(path, chunkBytes)) }
}

async function regularFileSize(path: string): Promise<number> {
  const stats = await stat(path).catch((error: unknown) => {
    throw notReadable(path, error)
  })
  if (stats.isDirectory()) throw new DomainError('file_not_readable', `cannot read ${path}: it is a directory`)
  if (!stats.isFile()) throw new DomainError('file_not_readable', `cannot read ${path}: it is not a regular file`)
  return stats.size
}

const READ_FAILURES: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such file'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
])

function notReadable(path: string, cause: unknown): DomainError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const why = READ_FAILURES.get(code) ?? messageOf(cause)
  return new DomainError('file_not_readable', `cannot read ${path}: ${why}`, { cause })
}

async function* readChunks(path: string, start: number, chunkBytes: number): AsyncGenerator<Uint8Array, void> {
  try {
    yield* createReadStream(path, { start, highWaterMark: chunkBytes })
  } catch (error) {
    throw notReadable(path, error)
  }
}

const UTF8_MARK = Uint8Array.of(0xef, 0xbb, 0xbf)

/** UTF-16 by its mark, UTF-8 where all bytes are valid, else windows-1252, in which every byte is a character. */
async function detectEncoding(path: string, chunkBytes: number): Promise<Pick<CsvSource, 'encoding' | 'skipBytes'>> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let head: Uint8Array = new Uint8Array()
  try {
    for await (const chunk of readChunks(path, 0, chunkBytes)) {
      if (head.length < 3) head = Buffer.concat([head, chunk.subarray(0, 3)])
      decoder.decode(chunk, { stream: true })
    }
    decoder.decode()
    return { encoding: 'utf-8', skipBytes: 0 }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', skipBytes: 0 }
    const hasUtf8Mark = UTF8_MARK.every((byte, i) => head[i] === byte)
    return { encoding: 'windows-1252', skipBytes: hasUtf8Mark ? UTF8_MARK.length : 0 }
  }
}

/**
 * The lines that ended within each chunk, and the bytes of the file read so far.
 *
 * @param onBytes  told every byte of the file, in order
 */
export async function* readLines(
  source: CsvSource,
  onBytes?: (bytes: Uint8Array) => void,
): AsyncGenerator<{ lines: string[]; bytes: number }, void> {
  const decoder = source.encoding === 'windows-1252' ? mixedDecoder() : new TextDecoder(source.encoding)
  let bytes = source.skipBytes
  if (source.skipBytes > 0) onBytes?.(UTF8_MARK)
  let lineCount = 0
  let unfinished = ''
  for await (const chunk of readChunks(source.path, source.skipBytes, source.chunkBytes)) {
    onBytes?.(chunk)
    const lines = (unfinished + decoder.decode(chunk, { stream: true })).split('\n')
    unfinished = lines.pop() ?? ''
    lineCount += lines.length
    bytes += chunk.length
    if (unfinished.length > MAX_LINE_CHARACTERS) {
      const message = `${source.path}: line ${lineCount + 1} is longer than ${MAX_LINE_CHARACTERS} characters`
      throw new DomainError('line_too_long', message)
    }
    yield { lines, bytes }
  }
  yield { lines: [unfinished + decoder.decode()], bytes }
}
