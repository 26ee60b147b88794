import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dashboardBodySchema } from '../../../../functions/scoring/dashboard-contract.ts'
import { dashboardRoutes } from '../../../../functions/scoring/dashboard-routes.ts'
import { STYLE } from '../../../../functions/scoring/style.ts'
import type { AccessControl } from '../../../../shared/access/client.ts'
import { getJson } from '../../../../shared/kernel/json-object.ts'
import { DASHBOARD_SNAPSHOT_KEY, dashboardSnapshotSchema } from '../../../../shared/performance/dashboard-snapshot.ts'
import { createServingDashboard } from '../../../../shared/usecases/serving-dashboard.ts'
import { bet } from '../../../support/bets.ts'
import { breakableStore } from '../../../support/breakable-store.ts'
import { problemOf } from '../../../support/http-answers.ts'
import { manualClock } from '../../../support/manual-clock.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'
import { editJson, memoryObjectStore, truncateObject } from '../../../support/memory-object-store.ts'
import { MODELS_MADE_MS, materializeInto } from '../../../support/models.ts'
import { openAccess } from '../../../support/open-access.ts'
import { simulatedLedger } from '../../../support/simulated-ledgers.ts'
import type { CheckedApi } from '../prediction/checked-api.ts'
import { checkedApi } from '../prediction/checked-api.ts'

const PATH = '/api/dashboard'

const dayOf = (date: string) => Date.parse(`${date}T12:00:00Z`)

const LEDGER = [
  bet({ id: 'a', placedAtMs: dayOf('2025-03-30'), settledAtMs: null, closingLineValue: 0.04 }),
  bet({ id: 'b', placedAtMs: dayOf('2025-04-01'), settledAtMs: null, state: 'lost', profitMinor: -1000 }),
  bet({
    id: 'c',
    placedAtMs: dayOf('2025-04-02'),
    settledAtMs: null,
    state: 'lost',
    profitMinor: -1050,
    stakeMinor: 1050,
  }),
]

describe('GET /api/dashboard', () => {
  let inner: ReturnType<typeof memoryObjectStore>
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let app: CheckedApi

  beforeEach(async () => {
    inner = memoryObjectStore()
    objects = breakableStore(inner)
    clock = manualClock(MODELS_MADE_MS)
    app = apiOf()
  })

  function apiOf(access?: AccessControl) {
    const dashboard = createServingDashboard({ objects, clock, logger: memoryLogger(), maxAgeMs: 60_000 })
    const options = { clock, style: STYLE, ...(access === undefined ? {} : { access }) }
    return checkedApi(dashboardRoutes({ dashboard }), options)
  }

  async function shown(query = '') {
    const response = await app.request(`${PATH}${query}`)
    expect(response.status).toBe(200)
    return dashboardBodySchema.strict().parse(await response.json())
  }

  it('gives figures in per cent, money in units of its currency, days as dates', async () => {
    await materializeInto(inner, LEDGER)
    const body = await shown()
    expect(body).toMatchObject({
      ...{ success: true, months: 'all', from: '2025-03', to: '2025-04', currency: 'USD', data: 'own' },
      ...{ asOf: '2025-06-01T00:00:00.000Z', servedFrom: 'current', luck: null },
    })
    expect(body.totals).toMatchObject({
      ...{ bets: 3, settled: 3, open: 0, wins: 1, losses: 2 },
      winRate: { pct: 33.33, n: 3 },
      impliedWinRate: { pct: 50, n: 3 },
      roi: { pct: -33.33, n: 3, days: 3 },
      // −10.50 of 30.50.
      yield: { pct: -34.43, n: 3 },
      money: { n: 3, turnover: 30.5, profit: -10.5 },
      closing: { n: 1, coveragePct: 33.33, value: { pct: 4, lowPct: null, highPct: null, n: 1, days: 1 } },
    })
    expect(body.bankroll).toEqual({
      curve: [
        { date: '2025-03-30', units: 1, profit: 10 },
        { date: '2025-04-01', units: 0, profit: 0 },
        { date: '2025-04-02', units: -1, profit: -10.5 },
      ],
      maxDrawdown: {
        units: { depth: 2, from: '2025-03-30', to: '2025-04-02', recovered: null },
        money: { depth: 20.5, from: '2025-03-30', to: '2025-04-02', recovered: null },
      },
    })
    expect(body.by.sport).toMatchObject({ groups: 1, listed: [{ name: 'Basketball', bets: 3 }] })
  })

  it('gives the window that was asked for', async () => {
    await materializeInto(inner, LEDGER)
    expect(await shown('?months=1')).toMatchObject({ months: '1', from: '2025-04', totals: { bets: 2, wins: 0 } })
    expect(await shown('?months=3')).toMatchObject({ months: '3', from: '2025-03', totals: { bets: 3 } })
  })

  it('says that nothing was predicted where nothing was, and shows no figure for it', async () => {
    await materializeInto(inner, LEDGER)
    expect((await shown()).predictions).toEqual({
      ...{ from: null, to: null, withinDays: 90, served: 0, servedMatched: 0, bets: 0, betsMatched: 0, betsOpen: 0 },
      ...{ unreadable: 0, isCut: false, calibration: null, note: 'No prediction was served in the last 90 days.' },
    })
  })

  it.each([
    [
      { predictions: 4, betsMatched: 0 },
      'No bet was placed within 24 hours after a prediction of it: nothing can be said.',
    ],
    [{ predictions: 4, betsMatched: 2, open: 2 }, 'None of the 2 bets that had a prediction has won or lost yet.'],
  ])('says what is missing of %j', async (counts, note) => {
    await materializeInto(inner, LEDGER)
    const stored = await getJson(inner, DASHBOARD_SNAPSHOT_KEY, dashboardSnapshotSchema)
    await editJson(inner, DASHBOARD_SNAPSHOT_KEY, { served: { ...stored?.served, ...counts } })
    expect((await shown()).predictions).toMatchObject({ note, calibration: null })
  })

  it('gives the calibration of predictions as it is stored', async () => {
    await materializeInto(inner, LEDGER)
    const stored = await getJson(inner, DASHBOARD_SNAPSHOT_KEY, dashboardSnapshotSchema)
    const scores = { meanProbability: 0.5, brier: 0.2, logLoss: 0.6 }
    const bins = [{ n: 1, meanProbability: 0.5, share: 1, low: 0.2, high: 1 }]
    const served = { ...stored?.served, predictions: 1, betsMatched: 1, fromMs: 0, toMs: 1000 }
    await editJson(inner, DASHBOARD_SNAPSHOT_KEY, {
      served: { ...served, scores: { n: 1, winRate: 1, model: scores, price: scores, bins } },
    })
    expect((await shown()).predictions).toMatchObject({
      ...{ from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T00:00:01.000Z' },
      calibration: { n: 1, winRate: 1, model: scores, price: scores, bins: [{ n: 1, winRate: 1, low: 0.2, high: 1 }] },
      note: '1 bet that won or lost had a prediction within 24 hours before.',
    })
  })

  describe('of a simulated ledger', () => {
    const ledger = simulatedLedger()
    const store = memoryObjectStore()

    beforeAll(() => materializeInto(store, ledger))

    it('has every figure there is, as documented', async () => {
      objects = breakableStore(store)
      app = apiOf()
      for (const months of ['all', '12', '3', '1']) {
        const body = await shown(`?months=${months}`)
        expect(body.by.priceBand.listed.length).toBeGreaterThan(3)
        expect(body.bankroll.curve.length).toBeLessThanOrEqual(400)
      }
      const body = await shown()
      expect(body.totals.bets).toBe(ledger.length)
      expect(body.luck).toMatchObject({ n: expect.any(Number), p: expect.any(Number) })
      expect(body.totals.money?.n).toBe(body.totals.settled)
    })
  })

  it.each(['2', '', 'ALL', '12 months', '1\u0000'])('refuses months=%j with 400', async (months) => {
    await materializeInto(inner, LEDGER)
    const response = await app.request(`${PATH}?${new URLSearchParams({ months })}`)
    expect(response.status).toBe(400)
    expect(await problemOf(response)).toMatchObject({ success: false, errors: [{ field: 'months' }] })
  })

  it('answers 503 with a time to come back where there is none, and recovers by itself', async () => {
    const response = await app.request(PATH)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await problemOf(response)).detail).toBe('no dashboard of the ledger has been made yet')
    await materializeInto(inner, LEDGER)
    clock.advance(5000)
    expect((await shown()).totals.bets).toBe(3)
  })

  it('keeps the last good one while the stored one is damaged, and says so', async () => {
    await materializeInto(inner, LEDGER)
    await shown()
    await truncateObject(inner, DASHBOARD_SNAPSHOT_KEY)
    clock.advance(60_000)
    await shown()
    await new Promise(setImmediate)
    expect(await shown()).toMatchObject({ servedFrom: 'memory', totals: { bets: 3 } })
  })

  it.each([
    ['nobody knows', { check: () => ({ refusal: 'unknown' as const }) }, 401],
    ['has another scope', openAccess(['predict']), 403],
  ])('is for a key with the scope read: one that %s is refused', async (_, access, status) => {
    await materializeInto(inner, LEDGER)
    app = apiOf(access)
    expect((await app.request(PATH)).status).toBe(status)
  })
})
