import { headingOf } from '../alerts/message.ts'
import { dayOf } from '../alerts/state.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { AlertRecord } from './alert-history.ts'
import { readDay } from './alert-history.ts'
import { finishBatch, REMEMBERED_DAYS } from './alert-inbox.ts'
import { CLAIMS_PREFIX, SEEN_PREFIX, TURNS_PREFIX, tableKey } from './alert-keys.ts'
import type { AlertDeps, AlertRow, AlertTable } from './alert-ports.ts'
import { commitAlertState, readAlertState } from './alert-state.ts'
import type { AlertReport } from './send-alerts.ts'
import { sendAlerts } from './send-alerts.ts'

const DAY_MS = 86_400_000

/** Turns and claims are of no use after this. */
const KEPT_DAYS = 2

/** What a flush did. */
export interface FlushReport extends AlertReport {
  /** Messages that wait: for another try, or to go out together. */
  waiting: number
  /** Days whose table was written. */
  tables: string[]
}

/**
 * What is to be done again and again: sends what waits (digests, the end of quiet hours, further tries), writes the days'
 * tables where there is news, and once a day removes what is of no use any more.
 *
 * @throws {UpstreamError} where the object store fails
 */
export async function flushAlerts(deps: AlertDeps & { table: AlertTable }): Promise<FlushReport> {
  const report = await sendAlerts(deps)
  const state = await readAlertState(deps.objects)
  const tables = state.unwrittenDays
  for (const day of tables) await writeTable(deps, day)
  const today = dayOf(deps.clock())
  const tidiedDay = state.tidiedDay === today ? today : await tidy(deps.objects, deps.clock())
  if (tables.length > 0 || tidiedDay !== state.tidiedDay) {
    await finishBatch(deps.objects, state.batch)
    const sequence = state.sequence + 1
    // Where another was quicker, the next flush does it again: both may be done twice.
    await commitAlertState(deps.objects, { ...state, sequence, batch: [], unwrittenDays: [], tidiedDay })
  }
  const held = Object.values(state.lanes).reduce((sum, lane) => sum + lane.held.length + sumOf(lane.more), 0)
  const waiting = state.outbox.length + held
  deps.metrics.record('alerts_waiting', waiting, 'None')
  return { ...report, waiting, tables }
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0)
}

async function writeTable({ objects, table }: { objects: ObjectStore; table: AlertTable }, day: string): Promise<void> {
  const records = await readDay(objects, day)
  await objects.put(tableKey(day), table.encode(records.map(toRow)))
}

function toRow(record: AlertRecord): AlertRow {
  const { message, createdMs, settledMs, channel, outcome, attempts, cause } = record
  const { id, rule, key, kind, severity, atMs, content } = message
  return {
    ...{ messageId: id, atMs, createdMs, settledMs, rule, key, kind, severity, title: headingOf(message) },
    text: content.lines.join('\n'),
    ...{ channel, outcome, attempts, cause },
  }
}

/** Removes marks that nothing asks for any more; the history stays. */
async function tidy(objects: ObjectStore, nowMs: number): Promise<string> {
  await removeBefore(objects, SEEN_PREFIX, dayOf(nowMs - REMEMBERED_DAYS * DAY_MS))
  for (const prefix of [CLAIMS_PREFIX, TURNS_PREFIX]) {
    await removeBefore(objects, prefix, dayOf(nowMs - KEPT_DAYS * DAY_MS))
  }
  return dayOf(nowMs)
}

async function removeBefore(objects: ObjectStore, prefix: string, day: string): Promise<void> {
  await objects.remove((await objects.list(prefix)).filter((key) => key < `${prefix}${day}`))
}
