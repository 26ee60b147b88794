import { beforeEach, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { byPlacement } from '../../../shared/bets/bet.ts'
import { featureSet } from '../../../shared/features/feature-set.ts'
import { FEATURE_NAMES } from '../../../shared/features/registry.ts'
import { replayLedger } from '../../../shared/features/replay.ts'
import { encodeSnapshot } from '../../../shared/features/snapshot.ts'
import { FEATURE_TABLES } from '../../../shared/features/tables.ts'
import { getJson } from '../../../shared/kernel/json-object.ts'
import { FEATURE_LAYER_KEY, featureFilesOf, findFeatureLayer } from '../../../shared/lake/feature-layer.ts'
import type { DashboardSnapshot } from '../../../shared/performance/dashboard-snapshot.ts'
import { DASHBOARD_SNAPSHOT_KEY, dashboardSnapshotSchema } from '../../../shared/performance/dashboard-snapshot.ts'
import { predictionLogKey } from '../../../shared/performance/served-prediction.ts'
import { PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema } from '../../../shared/performance/snapshot.ts'
import { identifyLedger } from '../../../shared/usecases/ledger-identity.ts'
import { materializeFeatures } from '../../../shared/usecases/materialize-features.ts'
import { readOnlineFeatures } from '../../../shared/usecases/online-features.ts'
import { bet, randomLedger } from '../../support/bets.ts'
import { editJson, textOf, truncateObject } from '../../support/memory-object-store.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { memoryPipelineDeps, run } from '../../support/pipeline-deps.ts'

const DAY_MS = 86_400_000
const MONTH_MS = 30 * DAY_MS

/** Bets of the four months from March 2025 on. */
const LEDGER = [0, 1, 2, 3].flatMap((k) =>
  randomLedger(k, 40).map((each) => ({
    ...each,
    id: `${k}-${each.id}`,
    placedAtMs: each.placedAtMs + k * MONTH_MS,
    settledAtMs: each.settledAtMs === null ? null : each.settledAtMs + k * MONTH_MS,
    resultKnownAtMs: each.resultKnownAtMs === null ? null : each.resultKnownAtMs + k * MONTH_MS,
  })),
)

let deps: MemoryPipelineDeps
let changes = 0

/** Brings bets in as a change of the source and runs the pipeline. */
async function change(saved: readonly Bet[], removed: readonly string[] = []): Promise<void> {
  deps.clock.advance(3_600_000)
  const atUs = (deps.clock() - 60_000) * 1000 + ++changes
  if (saved.length > 0) deps.source.save(saved, atUs)
  if (removed.length > 0) deps.source.remove(removed, atUs + 1)
  deps.clock.advance(60_000)
  await run(deps)
}

const materialize = (full = false) => materializeFeatures(deps, { full })

/** The state that serving would ask, as bytes. */
async function stateBytes(): Promise<Uint8Array> {
  const snapshot = await readOnlineFeatures(deps)
  if (snapshot === undefined) throw new Error('there are no features')
  return encodeSnapshot(snapshot)
}

/** Features and state are those of one pass over these bets, to the last bit. */
async function expectFeaturesOf(bets: readonly Bet[]): Promise<void> {
  const replay = replayLedger(bets, featureSet(FEATURE_NAMES))
  const layer = await findFeatureLayer(deps.objects)
  const files = (layer?.months ?? []).map(({ features }) => features)
  const stored = await deps.features.read(files, FEATURE_NAMES)
  expect(stored.ids).toEqual(replay.bets.map(({ id }) => id))
  for (const [f, column] of replay.columns.entries()) expect(stored.columns[f]).toEqual(column)
  const { layerHash = '' } = layer ?? {}
  expect(Buffer.compare(await stateBytes(), await encodeSnapshot({ layerHash, state: replay.state }))).toBe(0)
}

const readDashboard = async () => {
  const dashboard = await getJson(deps.objects, DASHBOARD_SNAPSHOT_KEY, dashboardSnapshotSchema)
  if (dashboard === undefined) throw new Error('there is no dashboard')
  return dashboard satisfies DashboardSnapshot
}

/** Record, dashboard and selections as they are stored, but for where the selections are. */
async function summaries() {
  const record = await textOf(deps.objects, PERFORMANCE_SNAPSHOT_KEY)
  const { selections } = performanceSnapshotSchema.parse(JSON.parse(record))
  return {
    record: withoutFile(record),
    dashboard: await textOf(deps.objects, DASHBOARD_SNAPSHOT_KEY),
    selections: await textOf(deps.objects, selections?.key ?? ''),
  }
}

const NAMES = ['record', 'dashboard', 'selections'] as const

const withoutFile = (record: string) => record.replace(/"key":"[^"]+"/, '')

const isPlainWin = (one: Bet) =>
  one.state === 'won' && one.decimalOdds !== null && one.sport !== null && one.book !== null && one.league !== null

/** Writes a line of the prediction log: this bet, asked about at a moment, given a probability of 0.6. */
async function logPrediction(of: Bet, atMs: number, origin = 'own'): Promise<void> {
  const { sport, league, market, book, betType, isLive, decimalOdds } = of
  const line = {
    ...{ format: 'closeline-prediction/1', id: 'p', requestId: 'r', index: 0, keyId: null, modelVersion: 'm' },
    ...{ at: new Date(atMs).toISOString(), functionVersion: null, origin },
    ...{ sport, league, market: market ?? '', book, betType, isLive, decimalOdds, clvPct: null, features: {} },
    ...{ winProbability: 0.6, expectedReturn: 0.1, confidence: 0.5, grade: 'C', staleFeatures: [], latencyMs: 1 },
  }
  await deps.objects.put(predictionLogKey(atMs, `${market}-${origin}`), `${JSON.stringify(line)}\n`)
}

beforeEach(async () => {
  deps = memoryPipelineDeps()
  deps.clock.advance(4 * MONTH_MS)
  await change(LEDGER)
})

describe('materializeFeatures', () => {
  it('makes the features of every bet and the state after the last one', async () => {
    const report = await materialize()
    expect(report).toMatchObject({ betsMade: 160, betsLeftOut: 0 })
    expect(report.monthsMade).toBe(report.layer.months.length)
    await expectFeaturesOf(LEDGER)
  })

  it('leaves the record and the identity of the ledger', async () => {
    const { layer } = await materialize()
    const identity = await identifyLedger(LEDGER)
    expect(layer).toMatchObject(identity)
    const record = await getJson(deps.objects, PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema)
    expect(record).toMatchObject({ ...identity, settledBets: LEDGER.filter(({ state }) => state !== 'open').length })
  })

  it('leaves the dashboard', async () => {
    const { layer } = await materialize()
    const dashboard = await readDashboard()
    const { ledgerSha256, origin, lookedAt } = layer
    expect(dashboard).toMatchObject({ ledgerSha256, origin, lookedAt, currency: 'USD' })
    expect(dashboard.windows.all).toMatchObject({
      ...{ from: layer.months[0]?.month, to: layer.months.at(-1)?.month },
      totals: { bets: 160, open: LEDGER.filter(({ state }) => state === 'open').length },
    })
    expect(dashboard.served).toMatchObject({ predictions: 0, bets: 0, scores: null })
  })

  it.each([0, 1, 2, 3])(
    'leaves record, selections and dashboard of a change in month %i as a rebuild would',
    async (k) => {
      await materialize()
      const [first, second] = LEDGER.filter(({ id, sport, market }) => id.startsWith(`${k}-`) && sport && market) as [
        Bet,
        Bet,
      ]
      await change([{ ...first, state: 'won', decimalOdds: 3.5, selection: 'Another' }], [second.id])
      await materialize()
      const incremental = await summaries()
      await materialize(true)
      const rebuilt = await summaries()
      for (const name of NAMES) expect(rebuilt[name] === incremental[name], name).toBe(true)
      expect(incremental.selections.includes('another')).toBe(true)
    },
  )

  it('tells record and dashboard that the ledger was looked at, where no bet has changed', async () => {
    await materialize()
    const before = await summaries()
    await change([])
    const { layer, monthsMade } = await materialize()
    const after = await summaries()
    expect(monthsMade).toBe(0)
    const withoutLook = (text: string) => text.replace(/"lookedAt":"[^"]+"/, '')
    for (const name of NAMES) expect(withoutLook(after[name]) === withoutLook(before[name]), name).toBe(true)
    for (const text of [after.record, after.dashboard])
      expect(text.includes(`"lookedAt":"${layer.lookedAt}"`)).toBe(true)
  })

  it.each([
    ['the record', PERFORMANCE_SNAPSHOT_KEY],
    ['the dashboard', DASHBOARD_SNAPSHOT_KEY],
  ])('mends %s where it is damaged or of another ledger, and makes no month for it', async (_, key) => {
    await materialize()
    const { record, dashboard } = await summaries()
    for (const damage of [
      truncateObject,
      (objects: typeof deps.objects) => editJson(objects, key, { ledgerSha256: 'b'.repeat(64), currency: 'EUR' }),
    ]) {
      await damage(deps.objects, key)
      expect(await materialize()).toMatchObject({ monthsMade: 0 })
      const mended = await summaries()
      expect(mended.dashboard === dashboard).toBe(true)
      expect(mended.record === record).toBe(true)
    }
  })

  it('reads no month where neither bets nor the record have changed', async () => {
    await materialize()
    const read: string[] = []
    const objects = {
      ...deps.objects,
      get(key: string) {
        read.push(key)
        return deps.objects.get(key)
      },
    }
    await materializeFeatures({ ...deps, objects }, { full: false })
    expect(read.filter((key) => key.endsWith('/record.json'))).toEqual([])
    await truncateObject(deps.objects, PERFORMANCE_SNAPSHOT_KEY)
    const { layer } = await materializeFeatures({ ...deps, objects }, { full: false })
    expect(read.filter((key) => key.endsWith('/record.json'))).toHaveLength(layer.months.length)
  })

  it('makes months anew whose summaries were worked out otherwise, and keeps the codes of names', async () => {
    const { layer } = await materialize()
    const state = await stateBytes()
    const months = layer.months.map(({ summaryRevision: _, ...month }) => month)
    const { selections: __, ...older } = layer
    await deps.objects.put(FEATURE_LAYER_KEY, JSON.stringify({ ...older, months }))
    const { monthsMade, layer: after } = await materialize()
    expect(monthsMade).toBe(after.months.length)
    expect(Buffer.compare(await stateBytes(), state)).toBe(0)
    expect(after.retired.map(({ key }) => key)).toContain(layer.months[0]?.record.key)
  })

  it('matches the predictions that were served to the bets placed since, whenever it runs', async () => {
    await materialize()
    const asked = [...LEDGER].sort(byPlacement).findLast(isPlainWin)
    if (asked === undefined) throw new Error('no bet of the ledger was simply won')
    await logPrediction(asked, asked.placedAtMs - DAY_MS)
    await logPrediction({ ...asked, market: 'Elsewhere' }, asked.placedAtMs - DAY_MS)
    // One of the demo product, nearer to the bet, is none of it.
    await logPrediction(asked, asked.placedAtMs - 1, 'demo')
    deps.clock.advance(3_600_000)
    await materialize()
    const { served } = await readDashboard()
    expect(served).toMatchObject({ predictions: 2, predictionsMatched: 1, betsMatched: 1, open: 0, unreadable: 0 })
    expect(served.scores).toMatchObject({ n: 1, winRate: 1, model: { meanProbability: 0.6 } })
    expect(served.scores?.model.brier).toBeCloseTo(0.16, 12)
  })

  it('fills every table and tells how many rows it has', async () => {
    const { tableRows, layer } = await materialize()
    expect(Object.keys(tableRows)).toEqual(FEATURE_TABLES.map(({ name }) => name))
    expect(tableRows.feature_metadata).toBe(FEATURE_NAMES.length)
    expect(tableRows.feature_sport_stats).toBe(new Set(LEDGER.flatMap(({ sport }) => sport ?? [])).size)
    for (const { name } of FEATURE_TABLES) expect(layer.tables[name]?.rows).toBe(tableRows[name])
  })

  it('makes nothing anew where no bet has changed, and notes that the ledger was looked at', async () => {
    const before = await materialize()
    await change([])
    const after = await materialize()
    expect(after).toMatchObject({ monthsMade: 0, betsMade: 0 })
    expect(after.layer.months).toEqual(before.layer.months)
    expect(after.layer.madeAt).toBe(before.layer.madeAt)
    expect(Date.parse(after.layer.lookedAt)).toBeGreaterThan(Date.parse(before.layer.lookedAt))
  })

  it.each([0, 1, 2, 3])('makes a change in month %i and the months after it as a rebuild would', async (k) => {
    const { layer } = await materialize()
    const changed = LEDGER.filter(({ id }) => id.startsWith(`${k}-`)).slice(0, 3)
    const [first, second, third] = changed as [Bet, Bet, Bet]
    const won = { ...first, state: 'won' as const, decimalOdds: 3.5, settledAtMs: first.placedAtMs + DAY_MS }
    const added = bet({ id: 'late', sport: 'Curling', placedAtMs: second.placedAtMs, settledAtMs: null })
    await change([won, added], [third.id])
    const report = await materialize()
    const now = [...LEDGER.filter(({ id }) => id !== first.id && id !== third.id), won, added]
    const earliest = Math.min(first.placedAtMs, second.placedAtMs, third.placedAtMs)
    const kept = layer.months.filter(({ month }) => month < new Date(earliest).toISOString().slice(0, 7))
    expect(report.layer.months.slice(0, kept.length)).toEqual(kept)
    expect(report.monthsMade).toBe(report.layer.months.length - kept.length)
    // A rebuild that begins with the names of before: they keep their codes.
    const bytes = await stateBytes()
    await materialize(true)
    expect(Buffer.compare(await stateBytes(), bytes)).toBe(0)
    expect(report.layer).toMatchObject(await identifyLedger(now.sort(byPlacement)))
  })

  it('gives by increments what one pass over all bets gives', async () => {
    deps = memoryPipelineDeps()
    deps.clock.advance(4 * MONTH_MS)
    const sorted = [...LEDGER].sort(byPlacement)
    for (const end of [1, 30, 31, 95, 160]) {
      await change(sorted.slice(0, end))
      await materialize()
      await expectFeaturesOf(sorted.slice(0, end))
    }
  })

  it('lets the features of bets go that were all deleted', async () => {
    await materialize()
    await change(
      [],
      LEDGER.map(({ id }) => id),
    )
    const { layer, tableRows } = await materialize()
    expect(layer).toMatchObject({ months: [], ...(await identifyLedger([])) })
    expect(tableRows.feature_sport_stats).toBe(0)
    expect((await readOnlineFeatures(deps))?.state.groups.every(({ tallies }) => tallies.size === 0)).toBe(true)
  })

  it('leaves bets of the future out until it has come', async () => {
    const future = bet({ id: 'future', placedAtMs: deps.clock() + 40 * DAY_MS, settledAtMs: null })
    await change([future])
    expect(await materialize()).toMatchObject({ betsMade: 160, betsLeftOut: 1 })
    await expectFeaturesOf(LEDGER)
    deps.clock.advance(41 * DAY_MS)
    expect(await materialize()).toMatchObject({ betsMade: 1, betsLeftOut: 0 })
    await expectFeaturesOf([...LEDGER, future])
  })

  it('begins anew where the layer or its state is damaged, and where other software made it', async () => {
    await materialize()
    const stateBeforeLast = async () => (await findFeatureLayer(deps.objects))?.months.at(-2)?.state?.key ?? ''
    const last = LEDGER.sort(byPlacement).at(-1) ?? bet()
    for (const damage of [
      () => truncateObject(deps.objects, FEATURE_LAYER_KEY),
      async () => truncateObject(deps.objects, await stateBeforeLast()),
      () => editJson(deps.objects, FEATURE_LAYER_KEY, { layerHash: 'b'.repeat(64) }),
    ]) {
      await damage()
      await change([{ ...last, selection: String(changes) }])
      const report = await materialize()
      expect(report.monthsMade).toBe(report.layer.months.length)
      await expectFeaturesOf(LEDGER)
    }
  })

  it('begins anew where the state that serving asks is damaged, though no bet has changed', async () => {
    const { layer } = await materialize()
    await truncateObject(deps.objects, layer.months.at(-1)?.state?.key ?? '')
    const { monthsMade, layer: after } = await materialize()
    expect(monthsMade).toBe(after.months.length)
    await expectFeaturesOf(LEDGER)
  })

  it('keeps replaced files for a day, then removes them, and names every file there is', async () => {
    await materialize()
    const before = await deps.objects.list('lake/runs/')
    const last = [...LEDGER].sort(byPlacement).at(-1) ?? bet()
    await change([{ ...last, selection: 'another' }])
    const { layer } = await materialize()
    expect(layer.retired.length).toBeGreaterThan(0)
    for (const { key } of layer.retired) expect(before).toContain(key)
    deps.clock.advance(DAY_MS + 1)
    const { layer: after } = await materialize()
    const present = (await deps.objects.list('lake/runs/')).filter((key) => key.includes('/features/'))
    expect(present).toEqual(featureFilesOf(after).sort())
    for (const { key } of layer.retired) expect(present).not.toContain(key)
  })

  it('publishes nothing where a table cannot be filled', async () => {
    await materialize()
    const layer = await findFeatureLayer(deps.objects)
    await change([bet({ id: 'new', placedAtMs: deps.clock() - DAY_MS, settledAtMs: null })])
    const tables = { replace: () => Promise.reject(new Error('no connection')) }
    await expect(materializeFeatures({ ...deps, tables }, { full: false })).rejects.toThrow('no connection')
    expect(await findFeatureLayer(deps.objects)).toEqual(layer)
  })

  it('refuses a lake that never held a bet', async () => {
    const empty = memoryPipelineDeps()
    await expect(materializeFeatures(empty, { full: false })).rejects.toMatchObject({ code: 'empty_lake' })
    await run(empty)
    await expect(materializeFeatures(empty, { full: false })).rejects.toMatchObject({ code: 'empty_lake' })
  })
})
