import { DomainError } from '../kernel/errors.ts'
import type { QuarantinedRow } from '../quality/quarantine.ts'
import type { QuarantineFilter, QuarantineStore } from './ledger-ports.ts'

const PAGE_ROWS = 1000
const IDS_AT_A_TIME = 100

/** All rows that a filter lets through, in order of arrival. */
export async function allRows(quarantine: QuarantineStore, filter: QuarantineFilter): Promise<QuarantinedRow[]> {
  const rows: QuarantinedRow[] = []
  for (let after = filter.after ?? 0, ended = false; !ended; ) {
    const page = await quarantine.list({ ...filter, after }, PAGE_ROWS)
    for (const row of page) rows.push(row)
    const last = page.at(-1)
    if (last === undefined) ended = true
    else after = last.position
  }
  return rows
}

/** The rows of these ids; an id that is not in quarantine has none. */
export async function rowsById(
  quarantine: QuarantineStore,
  ids: Iterable<string>,
): Promise<Map<string, QuarantinedRow>> {
  const wanted = [...new Set(ids)]
  const rows = new Map<string, QuarantinedRow>()
  for (let begin = 0; begin < wanted.length; begin += IDS_AT_A_TIME) {
    const page = await quarantine.list({ ids: wanted.slice(begin, begin + IDS_AT_A_TIME) }, IDS_AT_A_TIME)
    for (const row of page) rows.set(row.id, row)
  }
  return rows
}

/**
 * The row whose id begins like this.
 *
 * @throws {DomainError} `not_in_quarantine`, `ambiguous_id`
 */
export async function rowByPrefix(quarantine: QuarantineStore, idPrefix: string): Promise<QuarantinedRow> {
  const [row, other] = await quarantine.list({ idPrefix }, 2)
  if (row === undefined) throw new DomainError('not_in_quarantine', `no row in quarantine has an id like ${idPrefix}`)
  if (other === undefined) return row
  throw new DomainError('ambiguous_id', `the ids of several rows begin with ${idPrefix}: write more of it`)
}
