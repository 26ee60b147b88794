import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { scoreBodySchema } from '../../../../functions/scoring/score-contract.ts'
import { scoreRoutes } from '../../../../functions/scoring/score-routes.ts'
import { STYLE } from '../../../../functions/scoring/style.ts'
import type { AccessControl } from '../../../../shared/access/client.ts'
import { UpstreamError } from '../../../../shared/kernel/errors.ts'
import type { ServingRecord } from '../../../../shared/usecases/serving-record.ts'
import { createServingRecord } from '../../../../shared/usecases/serving-record.ts'
import { bet } from '../../../support/bets.ts'
import { breakableStore } from '../../../support/breakable-store.ts'
import { problemOf } from '../../../support/http-answers.ts'
import { manualClock } from '../../../support/manual-clock.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'
import { memoryObjectStore } from '../../../support/memory-object-store.ts'
import { MODELS_MADE_MS, materializeInto } from '../../../support/models.ts'
import { openAccess } from '../../../support/open-access.ts'
import type { CheckedApi } from '../prediction/checked-api.ts'
import { checkedApi } from '../prediction/checked-api.ts'

const PATH = '/api/score-bet'
const SEGMENT = { sport: 'Basketball', market: 'Player Points' }

const LEDGER = [
  bet({ id: 'a', stakeMinor: 1050, profitMinor: 955 }),
  bet({ id: 'b', stakeMinor: 2000, profitMinor: -2000, state: 'lost', book: 'FanDuel', selection: 'Jokić Over 9.5' }),
  bet({ id: 'c', stakeMinor: 500, profitMinor: 0, state: 'push' }),
  bet({ id: 'd', state: 'open', profitMinor: null, settledAtMs: null }),
  bet({ id: 'e', market: 'Spread', stakeMinor: null, profitMinor: null, currency: null }),
  bet({ id: 'f', market: 'Spread', stakeMinor: null, profitMinor: null, currency: null, state: 'lost' }),
]

describe('GET /api/score-bet', () => {
  const inner = memoryObjectStore()
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let app: CheckedApi

  beforeAll(() => materializeInto(inner, LEDGER))

  beforeEach(() => {
    objects = breakableStore(inner)
    clock = manualClock(MODELS_MADE_MS)
    app = apiOf(createServingRecord({ objects, clock, logger: memoryLogger(), maxAgeMs: 60_000 }))
  })

  function apiOf(record: Pick<ServingRecord, 'current'>, access?: AccessControl) {
    return checkedApi(scoreRoutes({ record }), { clock, style: STYLE, ...(access === undefined ? {} : { access }) })
  }

  const ask = (query: Record<string, string>) => app.request(`${PATH}?${new URLSearchParams(query)}`)

  async function scored(query: Record<string, string>) {
    const response = await ask(query)
    expect(response.status).toBe(200)
    return scoreBodySchema.strict().parse(await response.json())
  }

  it('gives the record of a segment, money in units of its currency', async () => {
    const body = await scored(SEGMENT)
    expect(body.performance).toMatchObject({
      ...{ totalBets: 3, totalWagered: 35.5, totalProfit: -10.45, currency: 'USD', roiBasis: 'turnover' },
      ...{ roi: -29.4, winRate: 50, wins: 1, losses: 1, pushes: 1, cashOuts: 0 },
    })
    expect(body.performance.roiInterval).toMatchObject({ level: 0.95 })
    expect(body).toMatchObject({ success: true, data: 'own', settlementTimes: 'recorded' })
    expect(body.evaluation).toMatchObject({ score: 'danger', scoreValue: -29.4 })
    expect(body.evaluation.warnings[0]).toContain('Only 3 settled bets')
  })

  it('says when the ledger was last read, and whether it could look for something newer', async () => {
    expect(await scored(SEGMENT)).toMatchObject({ asOf: '2025-06-01T00:00:00.000Z', servedFrom: 'current' })
    objects.fail(() => true)
    clock.advance(60_000)
    await scored(SEGMENT)
    await new Promise(setImmediate)
    expect(await scored(SEGMENT)).toMatchObject({ asOf: '2025-06-01T00:00:00.000Z', servedFrom: 'memory' })
  })

  it('gives no money where the ledger has none, and says that ROI is at flat stakes', async () => {
    const { performance } = await scored({ ...SEGMENT, market: 'Spread' })
    expect(performance).toMatchObject({ totalBets: 2, totalWagered: null, totalProfit: null, currency: null })
    expect(performance).toMatchObject({ roi: 0, roiBasis: 'flat_stakes' })
  })

  it('gives no figure where no bet matches', async () => {
    const { performance, evaluation } = await scored({ sport: 'Curling', market: 'Spread' })
    expect(performance).toMatchObject({ totalBets: 0, totalWagered: null, totalProfit: null, roi: null, winRate: null })
    expect(evaluation).toMatchObject({ score: 'unknown', scoreValue: 0 })
  })

  it.each([
    [{ league: 'NBA' }, 3],
    [{ league: 'WNBA' }, 0],
    [{ book: 'FanDuel' }, 1],
    [{ player: 'jokić' }, 1],
    [{ betType: 'straight' }, 3],
    [{ betType: 'parlay' }, 0],
    [{ sport: ' Basketball ' }, 3],
    [{ league: '', book: ' ', player: '', betType: '' }, 3],
    [{ unknown: 'ignored' }, 3],
  ])('asked for %j, counts %i bets', async (more, bets) => {
    expect((await scored({ ...SEGMENT, ...(more as Record<string, string>) })).performance.totalBets).toBe(bets)
  })

  it.each([
    ['sport', { market: 'Spread' }],
    ['market', { sport: 'Basketball' }],
    ['sport', { ...SEGMENT, sport: ' ' }],
    ['market', { ...SEGMENT, market: 'x'.repeat(201) }],
    ['betType', { ...SEGMENT, betType: 'single' }],
    ['player', { ...SEGMENT, player: 'x'.repeat(201) }],
    ['league', { ...SEGMENT, league: 'NBA\r\nset-cookie: a=b' }],
    ['book', { ...SEGMENT, book: 'a\u0000b' }],
  ])('refuses with 400, names %s and says success false', async (field, query) => {
    const response = await ask(query as Record<string, string>)
    expect(response.status).toBe(400)
    const problem = await problemOf(response)
    expect(problem.errors.map((error) => error.field)).toEqual([field])
    expect(problem).toMatchObject({ success: false, error: problem.detail })
  })

  it('refuses a parameter given twice', async () => {
    const response = await app.request(`${PATH}?sport=a&sport=b&market=c`)
    expect(response.status).toBe(400)
    expect((await problemOf(response)).errors[0]?.field).toBe('sport')
  })

  it('answers 503 with a time to come back where there is no record, and recovers by itself', async () => {
    objects.fail(() => true)
    const response = await ask(SEGMENT)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await problemOf(response)).toMatchObject({ success: false, type: 'urn:closeline:problem:unavailable' })
    objects.fail(() => false)
    clock.advance(5000)
    expect((await scored(SEGMENT)).performance.totalBets).toBe(3)
  })

  it.each([
    ['a vendor', new UpstreamError('S3', 'bucket hunter2 denied'), 503],
    ['a bug', new Error('hunter2 undefined'), 500],
  ])('tells nobody but its log about %s', async (_, thrown, status) => {
    app = apiOf({ current: () => Promise.reject(thrown) })
    const response = await ask(SEGMENT)
    expect(response.status).toBe(status)
    expect(JSON.stringify(await problemOf(response))).not.toContain('hunter2')
    expect(app.logger.of('request_failed')[0]?.fields.error).toContain('hunter2')
  })

  it.each([
    ['nobody knows', { check: () => ({ refusal: 'unknown' as const }) }, 401],
    ['has another scope', openAccess(['predict']), 403],
  ])('is for a key with the scope read: one that %s is refused', async (_, access, status) => {
    app = apiOf(createServingRecord({ objects, clock, logger: memoryLogger(), maxAgeMs: 60_000 }), access)
    expect((await ask(SEGMENT)).status).toBe(status)
  })

  it('does not send HTML back', async () => {
    const script = '<script>alert(1)</script>'
    for (const query of [
      { ...SEGMENT, player: script },
      { ...SEGMENT, betType: script },
    ]) {
      expect(await (await ask(query)).text()).not.toContain(script)
    }
  })
})
