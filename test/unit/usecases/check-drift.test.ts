import { beforeEach, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import type { LakeFile } from '../../../shared/lake/file.ts'
import { publishState } from '../../../shared/lake/state.ts'
import type { ModelManifest } from '../../../shared/registry/manifest.ts'
import { simulateLedger } from '../../../shared/simulator/ledger.ts'
import { baselineDrift } from '../../../shared/usecases/baseline-drift.ts'
import { checkDrift } from '../../../shared/usecases/check-drift.ts'
import { BASELINES_PREFIX, findBaselineManifest } from '../../../shared/usecases/drift-baseline.ts'
import { WATCHED_COLUMNS } from '../../../shared/usecases/drift-columns.ts'
import type { FullDriftReport } from '../../../shared/usecases/drift-report-schema.ts'
import { createDriftReports, DRIFT_REPORTS_PREFIX, driftReportSchema } from '../../../shared/usecases/drift-reports.ts'
import { lakeState, partition } from '../../support/lake-states.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryEventPublisher } from '../../support/memory-event-publisher.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore, textOf } from '../../support/memory-object-store.ts'
import { modelVersion } from '../../support/models.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 2, 1, 2)
const LEDGER = simulateLedger({ seed: 4, count: 4000, endsAtMs: NOW_MS - DAY_MS })
const BEGIN_MS = LEDGER[0]?.placedAtMs ?? Number.NaN
const COMMAND = { windowDays: 30, trigger: 'test' }
const WINDOW_MS = Date.UTC(2026, 1, 28) + DAY_MS - 30 * DAY_MS

describe('checkDrift', () => {
  let objects: ReturnType<typeof memoryObjectStore>
  let events: ReturnType<typeof memoryEventPublisher>
  let kept: [string, FullDriftReport][]
  let clock: ReturnType<typeof manualClock>
  let champion: ModelManifest | undefined
  let bets: readonly Bet[]

  beforeEach(async () => {
    objects = memoryObjectStore()
    events = memoryEventPublisher()
    kept = []
    clock = manualClock(NOW_MS)
    champion = undefined
    bets = LEDGER
    await publishState(objects, lakeState(1, { partitions: [partition('2026-02', 'all')] }))
  })

  const deps = () => ({
    ...{ objects, clock, events },
    lake: { readBets: async (_: readonly LakeFile[]) => [...bets] },
    registry: {
      alias: async () =>
        champion && { name: 'champion' as const, version: champion.version, since: '', reason: '', previous: null },
      list: async () => (champion === undefined ? [] : [champion]),
    },
    archives: [{ keep: async (id: string, report: FullDriftReport) => void kept.push([id, report]) }],
  })
  const check = () => checkDrift(deps(), COMMAND)
  const recently = (change: (bet: Bet, i: number) => Partial<Bet>) =>
    LEDGER.map((bet, i) => (bet.placedAtMs >= WINDOW_MS ? { ...bet, ...change(bet, i) } : bet))

  it('finds nothing in a ledger in which nothing moved, and says so to nobody', async () => {
    const { report } = await check()
    expect(report).toMatchObject({ status: 'stable', features_with_drift: 0, requires_retraining: false })
    expect(events.events).toEqual([])
  })

  it('tells every column that the model looks at, or why it is not compared', async () => {
    const { report } = await check()
    expect(Object.keys(report.feature_details)).toEqual(WATCHED_COLUMNS.map(({ name }) => name))
    expect(report.total_features_checked).toBe(31)
    expect(Object.keys(report.not_compared)).toEqual(['ledger_count'])
    expect(report.feature_details.book_count?.compared_as).toBe('book_count / ledger_count')
  })

  it('finds a book that takes all bets, tells it, and asks for training by its weight', async () => {
    bets = recently(() => ({ book: 'A new book' }))
    const { file, report } = await check()
    expect(report.drifted_features).toContain('book')
    expect(report.feature_details.book).toMatchObject({ is_drifted: true, severity: 'high', method: 'PSI' })
    expect(report.feature_details.book?.effect).toBeGreaterThan(0.9)
    expect(report.requires_retraining).toBe(true)
    expect(report.weighed).toMatchObject({ by: 'inputs_alike', threshold: 0.05 })
    expect(events.events).toMatchObject([
      { type: 'DriftDetected', reportId: file, requiresRetraining: true, driftedCount: report.features_with_drift },
    ])
  })

  it('weighs by what the champion goes by: a book that it never asks about asks for no training', async () => {
    champion = await learnedFrom(BEGIN_MS, WINDOW_MS - 60 * DAY_MS, [{ feature: 'market_log_odds', meanAbsolute: 0.4 }])
    bets = recently(() => ({ book: 'A new book' }))
    const { report } = await check()
    expect(report.drifted_features).toContain('book')
    expect(report).toMatchObject({ requires_retraining: false, weighed: { moved: 0, by: 'shap', inputs: [] } })
  })

  it('finds prices that are gone, though there is nothing left to compare', async () => {
    bets = recently(() => ({ decimalOdds: null }))
    const { report } = await check()
    expect(report.feature_details.market_log_odds).toMatchObject({
      ...{ is_drifted: true, moved: ['missing'], drift_score: null, method: 'none', histogram: null },
      ...{ reference_missing: expect.any(Number), current_missing: 1 },
    })
  })

  it('does not call results missing that are not due', async () => {
    bets = recently(() => ({
      state: 'open',
      profitMinor: null,
      returnPerUnit: null,
      closingLineValue: null,
      settledAtMs: null,
    }))
    const { report } = await check()
    expect(report.feature_details.won).toMatchObject({ status: 'insufficient_data', is_drifted: false })
    expect(report.feature_details.closing_line_value).toMatchObject({ status: 'insufficient_data', is_drifted: false })
    expect(report.insufficient_features).toEqual(['closing_line_value', 'won'])
  })

  it('says of too few bets that they are too few', async () => {
    bets = LEDGER.filter(({ placedAtMs }) => placedAtMs < WINDOW_MS).concat(LEDGER.slice(-50))
    expect((await check()).report).toMatchObject({ status: 'insufficient_data', requires_retraining: false })
    expect(events.events).toEqual([])
  })

  it('says of an empty ledger that nothing can be said', async () => {
    bets = []
    const { report } = await check()
    expect(report).toMatchObject({
      status: 'insufficient_data',
      current_samples: 0,
      reference_window: null,
      data_age_days: null,
    })
    expect(report.insufficient_features).toHaveLength(31)
    expect(events.events).toEqual([])
  })

  it('keeps reference and current window apart where the model learned from both', async () => {
    champion = await learnedFrom(BEGIN_MS, NOW_MS - DAY_MS)
    const { report } = await check()
    expect(report.reference_window?.to).toBe('2026-01-29')
    expect(report.current_window.from).toBe('2026-01-30')
  })

  it('compares with the same days a year before', async () => {
    const { report } = await check()
    expect(report.last_year_window).toMatchObject({ from: '2025-01-31', to: '2025-03-01' })
    expect(report.feature_details.sport?.last_year?.rows).toBe(report.last_year_window?.bets)
  })

  it('looks at the newest bets there are, and tells their age', async () => {
    clock.advance(10 * DAY_MS)
    const { report } = await check()
    expect(report.current_window.to).toBe('2026-02-28')
    expect(report.data_age_days).toBe(11)
  })

  it('leaves a report that its readers can read, in which every number is one, and a name of its own', async () => {
    bets = recently(() => ({ decimalOdds: null }))
    const { file, report } = await check()
    expect(file).toBe('drift_report_20260301_020000.json')
    const text = await textOf(objects, `${DRIFT_REPORTS_PREFIX}${file}`)
    expect(text).not.toMatch(/NaN|Infinity/)
    expect(driftReportSchema.parse(JSON.parse(text))).toEqual(report)
    expect(kept).toEqual([[file, report]])
    expect((await check()).file).toBe('drift_report_20260301_020000_2.json')
    const reports = createDriftReports({ objects, clock, logger: memoryLogger(), maxAgeMs: 0 })
    expect((await reports.newest({ daysLookback: 30, minSamples: 100 })).reports).toBe(2)
    expect(await reports.history()).toHaveLength(2)
  })

  it('makes a baseline where there is none, keeps it, and another for another model', async () => {
    const first = (await check()).report.baseline_version
    expect((await check()).report.baseline_version).toBe(first)
    champion = await learnedFrom(BEGIN_MS, WINDOW_MS - 90 * DAY_MS)
    const { report } = await check()
    expect(report).toMatchObject({ model_version: champion.version })
    expect(report.baseline_version).not.toBe(first)
    const manifest = await findBaselineManifest(objects)
    expect(manifest).toMatchObject({ version: report.baseline_version, modelVersion: champion.version })
    // Both stay: reports name them.
    expect((await objects.list(BASELINES_PREFIX)).filter((key) => key.endsWith('rows.bin'))).toHaveLength(2)
  })

  it('refuses a baseline that is damaged, until it is made anew', async () => {
    await check()
    const key = (await objects.list(BASELINES_PREFIX)).find((each) => each.endsWith('rows.bin')) ?? ''
    await objects.put(key, 'x')
    await expect(check()).rejects.toMatchObject({ code: 'corrupt_object' })
  })

  it('refreshes to the same version from the same bets, and to another from others', async () => {
    champion = await learnedFrom(BEGIN_MS, WINDOW_MS - 90 * DAY_MS)
    const created = await baselineDrift(deps(), { task: 'create', windowDays: 30 })
    expect(created.isNew).toBe(true)
    expect(await baselineDrift(deps(), { task: 'create', windowDays: 30 })).toMatchObject({ isNew: false })
    clock.advance(7 * DAY_MS)
    const again = await baselineDrift(deps(), { task: 'refresh', windowDays: 30 })
    expect(again).toEqual({ baseline: created.baseline, isNew: false })
    bets = LEDGER.map((bet, i) => (i === 5 ? { ...bet, book: 'Another' } : bet))
    const changed = await baselineDrift(deps(), { task: 'refresh', windowDays: 30 })
    expect(changed.isNew).toBe(true)
    expect(changed.baseline.version).not.toBe(created.baseline.version)
  })
})

async function learnedFrom(
  fromMs: number,
  toMs: number,
  contributions: ModelManifest['contributions'] = [],
): Promise<ModelManifest> {
  const { manifest } = await modelVersion()
  const learned = { learnedFrom: new Date(fromMs).toISOString(), learnedTo: new Date(toMs).toISOString() }
  return { ...manifest, contributions, ledger: { ...manifest.ledger, ...learned } }
}
