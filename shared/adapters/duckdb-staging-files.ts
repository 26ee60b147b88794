import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StagedVersion } from '../usecases/lake-ports.ts'
import { LONGEST_LINE } from './duckdb-connection.ts'

/** Characters gathered before they are written. */
const BUFFER_CHARACTERS = 1 << 20

/** Parts the cells of a raw line: JSON writes control characters as escapes, so none can hold it. */
export const RAW_SEPARATOR = '\u0001'

/** Files of what was staged: every version as its source said it, and the bets made of those that are sound. */
export interface StagedPart {
  rawPath: string
  betsPath: string
}

/** Versions on their way into DuckDB, as lines of text: it reads those many times faster than it takes values one by one. */
export interface StagingFiles {
  append(versions: readonly StagedVersion[]): void
  /** What was appended since the last call; undefined where nothing was. */
  take(): StagedPart | undefined
  counts(): { received: number; refused: number }
  close(): void
}

/** Synchronous throughout: one part may be read while the next is written, and no version can fall between them. */
export function createStagingFiles(folder: string): StagingFiles {
  mkdirSync(folder, { recursive: true })
  let open: { raw: LineFile; bets: LineFile } | undefined
  let parts = 0
  const counts = { received: 0, refused: 0 }

  function openPart() {
    const name = join(folder, String(parts++))
    open = { raw: createLineFile(`${name}.raw`), bets: createLineFile(`${name}.ndjson`) }
    return open
  }

  function close(): void {
    open?.raw.close()
    open?.bets.close()
    open = undefined
  }

  return {
    append(versions) {
      if (versions.length === 0) return
      const { raw, bets } = open ?? openPart()
      for (const { id, updatedAtUs, record, bet } of versions) {
        const said = record === null ? '' : readable(id, jsonOf(record))
        raw.add(`${jsonOf(id)}${RAW_SEPARATOR}${updatedAtUs}${RAW_SEPARATOR}${said}\n`)
        counts.received++
        if (record === null || bet !== null) bets.add(`${jsonOf({ id, updatedAtUs, bet })}\n`)
        else counts.refused++
      }
    },
    take() {
      const part = open === undefined ? undefined : { rawPath: open.raw.path, betsPath: open.bets.path }
      close()
      return part
    },
    counts: () => ({ ...counts }),
    close,
  }
}

/**
 * JSON without halves of surrogate pairs: they have no place in UTF-8, and one would make DuckDB refuse the whole file.
 * A table's column of type `json` may well hold one.
 */
function jsonOf(value: unknown): string {
  const text = JSON.stringify(value)
  if (!text.includes('\\ud')) return text
  return text.replace(/\\(?:ud[89a-f][0-9a-f]{2}|.)/g, (escaped) => (escaped.length > 2 ? '\ufffd' : escaped))
}

/** DuckDB reads no longer lines: of a record that makes one, the raw layer tells only how long it was. */
function readable(id: string, json: string): string {
  if (json.length < LONGEST_LINE / 4) return json
  return jsonOf({ id, left_out: `a record of ${json.length} characters of JSON` })
}

interface LineFile {
  path: string
  add(line: string): void
  close(): void
}

function createLineFile(path: string): LineFile {
  const descriptor = openSync(path, 'w')
  let buffered: string[] = []
  let characters = 0
  function flush(): void {
    writeFileSync(descriptor, buffered.join(''))
    buffered = []
    characters = 0
  }
  return {
    path,
    add(line) {
      buffered.push(line)
      characters += line.length
      if (characters >= BUFFER_CHARACTERS) flush()
    },
    close() {
      flush()
      closeSync(descriptor)
    },
  }
}
