import { DomainError } from '../kernel/errors.ts'
import { getJson, putJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { FeatureLayerState, FeatureMonthFiles } from '../lake/feature-layer.ts'
import type { LakeFile } from '../lake/file.ts'
import type { MonthPart } from '../performance/dashboard.ts'
import { joinDashboard } from '../performance/dashboard.ts'
import type { DashboardSnapshot } from '../performance/dashboard-snapshot.ts'
import { DASHBOARD_SNAPSHOT_KEY, dashboardSnapshotSchema } from '../performance/dashboard-snapshot.ts'
import { monthSummarySchema } from '../performance/month-summary.ts'
import type { PerformanceSnapshot, Selections } from '../performance/snapshot.ts'
import { gatherRecord, PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema } from '../performance/snapshot.ts'
import type { JudgeDeps } from './judge-served.ts'
import { judgeServed } from './judge-served.ts'
import type { Making } from './make-month.ts'
import { putFile } from './make-month.ts'
import { unlessDamaged } from './online-features.ts'
import type { SourceMonth } from './plan-months.ts'

/** Summaries read at once: each costs a wait, and all together would not be small. */
const READ_AT_ONCE = 8

type About = Pick<FeatureLayerState, 'ledgerSha256' | 'origin' | 'lookedAt'>

interface Summaries {
  record: PerformanceSnapshot
  dashboard: Omit<DashboardSnapshot, 'served'>
}

/**
 * Puts the bettor's record and the dashboard where serving finds them.
 *
 * Where no bet has changed they are those of before, if they can be read, as of the new look at the ledger. What came of
 * served predictions is asked anew each time: the log grows without the ledger.
 *
 * @param of.stored  the layer whose record and dashboard may stay; undefined where bets have changed
 * @returns the file of the selections
 */
export async function putSummaries(
  deps: JudgeDeps,
  making: Making,
  of: {
    months: readonly FeatureMonthFiles[]
    source: readonly SourceMonth[]
    about: About
    stored: FeatureLayerState | undefined
  },
): Promise<LakeFile | null> {
  const { objects } = deps
  const kept = of.stored === undefined ? undefined : await keptSummaries(objects, of.stored, of.about)
  const { record, dashboard } = kept ?? (await joinSummaries(objects, making, of.months, of.about))
  const served = await judgeServed(deps, of.source, making.nowMs, of.about.origin)
  await putJson(objects, PERFORMANCE_SNAPSHOT_KEY, record)
  await putJson(objects, DASHBOARD_SNAPSHOT_KEY, { ...dashboard, served } satisfies DashboardSnapshot)
  return record.selections
}

/** Both as they are stored, where they are of this ledger: a run that was killed may have left those of another. */
async function keptSummaries(
  objects: ObjectStore,
  { selections }: FeatureLayerState,
  about: About,
): Promise<Summaries | undefined> {
  const record = await unlessDamaged(getJson(objects, PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema))
  const dashboard = await unlessDamaged(getJson(objects, DASHBOARD_SNAPSHOT_KEY, dashboardSnapshotSchema))
  if (record?.ledgerSha256 !== about.ledgerSha256 || record.selections?.key !== selections?.key) return undefined
  if (dashboard?.ledgerSha256 !== about.ledgerSha256) return undefined
  return { record: { ...record, ...about }, dashboard: { ...dashboard, ...about } }
}

/** Both joined from what each month adds. */
async function joinSummaries(
  objects: ObjectStore,
  making: Making,
  months: readonly FeatureMonthFiles[],
  about: About,
): Promise<Summaries> {
  const record = gatherRecord()
  const parts: MonthPart[] = []
  for (let begin = 0; begin < months.length; begin += READ_AT_ONCE) {
    const files = months.slice(begin, begin + READ_AT_ONCE)
    const summaries = await Promise.all(files.map(({ record: { key } }) => getJson(objects, key, monthSummarySchema)))
    for (const [i, { month, record: file }] of files.entries()) {
      const summary = summaries[i]
      if (summary === undefined) throw new DomainError('corrupt_object', `${file.key} is missing`)
      record.add(summary.record)
      parts.push({ month, part: summary.dashboard })
    }
  }
  const { ledgerSha256, origin, lookedAt } = about
  const { snapshot, selections, hasOneCurrency } = record.join(about)
  const file = selections === undefined ? null : await putSelections(objects, making, selections)
  return {
    record: { ...snapshot, selections: file },
    dashboard: {
      format: 'closeline-dashboard/1',
      ...{ ledgerSha256, origin, lookedAt, currency: snapshot.currency },
      windows: joinDashboard(parts, hasOneCurrency),
    },
  }
}

function putSelections(objects: ObjectStore, { folder }: Making, selections: Selections): Promise<LakeFile> {
  const rows = selections.markets.reduce((sum, market) => sum + market.rows.text.length, 0)
  return putFile(objects, `${folder}selections.json`, new TextEncoder().encode(JSON.stringify(selections)), rows)
}
