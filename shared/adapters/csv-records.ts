import { parse } from 'csv-parse/sync'
import { invariant } from '../kernel/errors.ts'

/** Lines that one quoted cell may span; a quote that is open for longer is taken for a stray one. */
const MAX_RECORD_LINES = 100

/** The text of one record, from one line or from several that a quoted cell spans. */
export interface TextRecord {
  /** 1-based line on which it begins. */
  line: number
  text: string
  hasQuotes: boolean
  /** Whether its quotes do not enclose whole cells; then it is one line. */
  isMalformed: boolean
}

/**
 * Puts lines together into records.
 *
 * A quote opens a cell only at the cell's start and closes it only at its end. Where lines under an open quote do not
 * come to one sound record of `width` cells, the first of them is malformed and the rest are read anew.
 */
export function createRecordAssembler(width: number | undefined) {
  let nextLine = 1
  let pending: string[] = []
  let commas = 0

  /** The records that the line completes: usually one; none where blank or open; several where it exposes a stray quote. */
  function add(line: string): TextRecord[] {
    const text = withoutCarriageReturn(line)
    nextLine++
    if (pending.length === 0 && !text.includes('"')) {
      return text.trim() === '' ? [] : [{ line: nextLine - 1, text, hasQuotes: false, isMalformed: false }]
    }
    const scanned = scanQuotes(text, pending.length > 0)
    commas = scanned.commas + (pending.length > 0 ? commas : 0)
    pending.push(line)
    if (scanned.quoting === 'open' && pending.length < MAX_RECORD_LINES) return []
    const isWhole = pending.length === 1 || width === undefined || commas + 1 === width
    return scanned.quoting === 'closed' && isWhole ? [takeRecord()] : giveUpFirst()
  }

  function takeRecord(): TextRecord {
    const text = withoutCarriageReturn(pending.join('\n'))
    const line = nextLine - pending.length
    pending = []
    return { line, text, hasQuotes: true, isMalformed: false }
  }

  function giveUpFirst(): TextRecord[] {
    const [bad = '', ...rest] = pending
    pending = []
    nextLine -= rest.length
    const first = { line: nextLine - 1, text: withoutCarriageReturn(bad), hasQuotes: true, isMalformed: true }
    return [first, ...rest.flatMap((line) => add(line))]
  }

  /** The records of lines still under an open quote at the end of the file. */
  function finish(): TextRecord[] {
    const records: TextRecord[] = []
    while (pending.length > 0) records.push(...giveUpFirst())
    return records
  }

  return { add, finish }
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

/** Where a line leaves its quotes, and how many commas part cells on it. */
function scanQuotes(line: string, isUnderQuote: boolean): { quoting: 'closed' | 'open' | 'malformed'; commas: number } {
  let inside = isUnderQuote
  let isCellStart = !isUnderQuote
  let commas = 0
  for (let i = 0; i < line.length; i++) {
    const character = line[i]
    if (inside) {
      if (character !== '"') continue
      if (line[i + 1] === '"') i++
      else if (i + 1 === line.length || line[i + 1] === ',') inside = false
      else return { quoting: 'malformed', commas }
    } else if (character === ',') {
      commas++
      isCellStart = true
    } else {
      if (character === '"' && !isCellStart) return { quoting: 'malformed', commas }
      inside = character === '"'
      isCellStart = false
    }
  }
  return { quoting: inside ? 'open' : 'closed', commas }
}

/** The cells of each record. Where no quote is, cells are what stands between commas, which is many times faster. */
export function splitIntoCells(records: readonly TextRecord[]): string[][] {
  const withQuotes = records.filter((record) => record.hasQuotes)
  const parsed = parseQuoted(withQuotes)
  let next = 0
  return records.map((record) => (record.hasQuotes ? (parsed[next++] ?? []) : record.text.split(',')))
}

function parseQuoted(records: readonly TextRecord[]): string[][] {
  if (records.length === 0) return []
  const text = records.map((record) => record.text).join('\n')
  const parsed = parse(text, { record_delimiter: '\n', relax_column_count: true })
  invariant(parsed.length === records.length, `csv-parse found ${parsed.length} records in ${records.length}`)
  return parsed
}
