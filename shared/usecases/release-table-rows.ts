import * as z from 'zod'
import { parseBetRecord } from '../bets/records/record.ts'
import type { QuarantinedRow, Resolution } from '../quality/quarantine.ts'
import type { QuarantineStore } from './ledger-ports.ts'
import { allRows } from './quarantined-rows.ts'

const recordSchema = z.record(z.string(), z.unknown())

/**
 * Releases the waiting rows of a table that make sense to the present code; returns how many.
 *
 * For the end of a run that has read the whole table again: what such a row says is in the lake then, or what its
 * source has said since. The others go on waiting with the reason that they have now.
 *
 * @param table  name of the table as its rows were kept with
 */
export async function releaseTableRows(quarantine: QuarantineStore, table: string): Promise<number> {
  const waiting = await allRows(quarantine, { status: 'waiting', kind: 'table' })
  const judged = waiting.filter(({ origin }) => origin.name === table).map(judge)
  const resolutions = judged.filter((resolution) => resolution !== undefined)
  await quarantine.resolve(resolutions)
  return resolutions.filter(({ outcome }) => outcome === 'released').length
}

/** What has become of a row; undefined where it is refused as before. */
function judge({ id, raw, reason, field, detail }: QuarantinedRow): Resolution | undefined {
  const parsed = parseBetRecord(recordIn(raw))
  if (parsed.ok) return { id, outcome: 'released', releasedAs: parsed.bet.id }
  const { problem } = parsed
  if (problem.reason === reason && problem.field === field && problem.detail === detail) return undefined
  return { id, outcome: 'refused', refusal: problem }
}

/** The record of a row; one without fields where its text is no object. */
function recordIn(raw: string): Record<string, unknown> {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(raw))
    return parsed.success ? parsed.data : {}
  } catch {
    return {}
  }
}
