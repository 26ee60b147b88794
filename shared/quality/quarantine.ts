import type { Rejection } from '../bets/formats/format.ts'

/** `discarded` is a person's decision; neither it nor `released` is undone by the same row's coming again. */
export const QUARANTINE_STATUSES = ['waiting', 'released', 'discarded'] as const
export type QuarantineStatus = (typeof QUARANTINE_STATUSES)[number]

/** A record kept out of the ledger; `line` is null where it is a table's. */
export type RefusedRow = Omit<Rejection, 'line'> & { line: number | null }

/** Why a record was refused. */
export type Refusal = Pick<Rejection, 'reason' | 'field' | 'detail'>

/** A file whose rows were refused, and the header that they are read by again. */
export interface FileOrigin {
  kind: 'file'
  name: string
  importId: string
  /** Name of its layout. */
  format: string
  /** Null where the row was kept before headers were. */
  columns: readonly string[] | null
}

/** A table whose rows the pipeline refused; `raw` is then the record as JSON. */
export interface TableOrigin {
  kind: 'table'
  name: string
  runId: string
}

export type QuarantineOrigin = FileOrigin | TableOrigin

/** A row in quarantine. */
export interface QuarantinedRow extends Omit<RefusedRow, 'reason'> {
  /** SHA-256 of what {@link keyRefusals} knows it by, in hex. */
  id: string
  /** Where it was refused first; later exports repeat it. */
  origin: QuarantineOrigin
  /** A {@link Rejection}'s, or an older version's. */
  reason: string
  /** Order of arrival. */
  position: number
  quarantinedAtMs: number
  status: QuarantineStatus
  resolvedAtMs: number | null
  /** Id of the bet that it became. */
  releasedAs: string | null
}

/** What became of a row that was looked at again. */
export type Resolution =
  | { id: string; outcome: 'released'; releasedAs: string }
  | { id: string; outcome: 'discarded' }
  /** It stays as it is, and bears the reason why not now. */
  | { id: string; outcome: 'refused'; refusal: Refusal }

/**
 * Each refused row with what it is known by: its layout, its text, and its number among equals.
 *
 * A bad row is the same row in every later export, wherever it stands there, whatever the file is called, and whatever
 * is found wrong with it.
 */
export function keyRefusals(
  origin: QuarantineOrigin,
  refused: readonly RefusedRow[],
): { key: string; row: RefusedRow }[] {
  const layout =
    origin.kind === 'file' ? JSON.stringify([origin.format, origin.columns]) : JSON.stringify(['table', origin.name])
  const seen = new Map<string, number>()
  return refused.map((row) => {
    const occurrence = (seen.get(row.raw) ?? 0) + 1
    seen.set(row.raw, occurrence)
    return { key: `${occurrence} ${layout} ${row.raw}`, row }
  })
}
