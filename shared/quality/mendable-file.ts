import { csvLine } from '../kernel/csv-text.ts'
import type { FileOrigin, QuarantinedRow } from './quarantine.ts'

/** First column of a mendable file: which quarantined row each of its rows is. */
export const QUARANTINE_ID_COLUMN = 'quarantine_id'

/** Rows of one layout as a CSV file. */
export interface MendableFile {
  format: string
  rows: number
  text: string
}

/**
 * Quarantined rows as files that a person mends and imports, one for each header.
 *
 * A file is the header and the rows as they stood, each behind its id in the quarantine. The importer takes the id off
 * again, so that a row is the same text as ever, and releases the row that has become a bet. Rows of tables have no
 * file, nor have rows whose header was not kept.
 */
export function mendableFiles(rows: readonly QuarantinedRow[]): MendableFile[] {
  const byLayout = new Map<string, { origin: FileOrigin; header: string; lines: string[] }>()
  for (const { id, origin, raw } of rows) {
    if (origin.kind !== 'file' || origin.columns === null) continue
    const header = csvLine([QUARANTINE_ID_COLUMN, ...origin.columns])
    const key = JSON.stringify([origin.format, header])
    const file = byLayout.get(key) ?? { origin, header, lines: [] }
    file.lines.push(`${id},${raw}`)
    byLayout.set(key, file)
  }
  return [...byLayout.values()].map(({ origin, header, lines }) => ({
    format: origin.format,
    rows: lines.length,
    // The mark tells spreadsheets that it is UTF-8.
    text: `\uFEFF${[header, ...lines].join('\n')}\n`,
  }))
}

/** A row's own text, and the id before it; undefined where its cell is blank. */
export function takeQuarantineId(text: string): { id: string | undefined; raw: string } {
  const [before = '', quoted, plain] = /^(?:"([^",]*)"|([^",]*))(?:,|$)/.exec(text) ?? []
  const id = (quoted ?? plain ?? '').trim()
  return { id: id === '' ? undefined : id, raw: text.slice(before.length) }
}
