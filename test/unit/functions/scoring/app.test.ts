import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { composeScoring } from '../../../../functions/scoring/compose.ts'
import { scoreBodySchema } from '../../../../functions/scoring/score-contract.ts'
import { scoreRoutes } from '../../../../functions/scoring/score-routes.ts'
import { STYLE } from '../../../../functions/scoring/style.ts'
import { createApi } from '../../../../shared/http/api.ts'
import { mountDocs } from '../../../../shared/http/docs.ts'
import { UpstreamError } from '../../../../shared/kernel/errors.ts'
import type { ObjectStore, TaggedReader } from '../../../../shared/kernel/ports.ts'
import { scoringSetting } from '../../../support/api-settings.ts'
import { bet } from '../../../support/bets.ts'
import type { Answering } from '../../../support/http-answers.ts'
import { exampleRequests, openApiOf, problemOf } from '../../../support/http-answers.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'
import { memoryObjectStore } from '../../../support/memory-object-store.ts'
import { MODELS_MADE_MS, materializeInto } from '../../../support/models.ts'
import { openAccess } from '../../../support/open-access.ts'

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

function compose(objects: ObjectStore & TaggedReader, logger = memoryLogger()) {
  const { app } = composeScoring(scoringSetting({ objects, clock: () => MODELS_MADE_MS, logger }))
  mountDocs(app, 'Scoring')
  return app
}

describe('the scoring API', () => {
  let objects: ObjectStore & TaggedReader
  let app: Answering

  beforeAll(async () => {
    objects = memoryObjectStore()
    await materializeInto(objects, LEDGER)
  })

  beforeEach(() => {
    app = compose(objects)
  })

  const ask = (query: Record<string, string>) => app.request(`${PATH}?${new URLSearchParams(query)}`)

  async function scored(query: Record<string, string>) {
    const response = await ask(query)
    expect(response.status).toBe(200)
    return scoreBodySchema.parse(await response.json())
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

  it('gives no money where the ledger has none, and says that ROI is at flat stakes', async () => {
    const { performance } = await scored({ ...SEGMENT, market: 'Spread' })
    expect(performance).toMatchObject({ totalBets: 2, totalWagered: null, totalProfit: null, currency: null })
    expect(performance).toMatchObject({ roi: 0, roiBasis: 'flat_stakes' })
  })

  it('gives no figure where no bet matches', async () => {
    const { performance, evaluation } = await scored({ sport: 'Curling', market: 'Spread' })
    expect(performance).toMatchObject({ totalBets: 0, totalWagered: null, totalProfit: null, roi: null, winRate: null })
    expect(evaluation).toMatchObject({
      score: 'unknown',
      scoreValue: 0,
      recommendation: 'Unknown: no settled bets match.',
    })
  })

  it.each([
    [{ league: 'NBA' }, 3],
    [{ league: 'WNBA' }, 0],
    [{ book: 'FanDuel' }, 1],
    [{ player: 'jokić' }, 1],
    [{ betType: 'straight' }, 3],
    [{ betType: 'parlay' }, 0],
    [{ sport: ' Basketball ' }, 3],
  ])('asked for %j, counts %i bets', async (more, bets) => {
    expect((await scored({ ...SEGMENT, ...more })).performance.totalBets).toBe(bets)
  })

  it('takes an empty parameter for any, as old clients send it', async () => {
    const empty = { league: '', book: ' ', player: '', betType: '' }
    expect(await scored({ ...SEGMENT, ...empty })).toEqual(await scored(SEGMENT))
  })

  it.each([
    ['sport', { market: 'Spread' }],
    ['market', { sport: 'Basketball' }],
    ['sport', { ...SEGMENT, sport: ' ' }],
    ['market', { ...SEGMENT, market: 'x'.repeat(201) }],
    ['betType', { ...SEGMENT, betType: 'single' }],
    ['player', { ...SEGMENT, player: 'x'.repeat(201) }],
  ])('refuses with 400, names %s and says success false', async (field, query) => {
    const response = await ask(query as Record<string, string>)
    expect(response.status).toBe(400)
    const problem = await problemOf(response)
    expect(problem.errors.map((error) => error.field)).toEqual([field])
    expect(problem).toMatchObject({ success: false, error: problem.detail })
    expect(problem.detail).toContain(field)
  })

  it('refuses a parameter given twice', async () => {
    const response = await app.request(`${PATH}?sport=a&sport=b&market=c`)
    expect(response.status).toBe(400)
    expect((await problemOf(response)).errors[0]?.field).toBe('sport')
  })

  it('has nothing elsewhere', async () => {
    const response = await app.request('/api/score-bets')
    expect(response.status).toBe(404)
    expect(await problemOf(response)).toMatchObject({ success: false })
  })

  it('answers 503 with a time to come back where no record has been made', async () => {
    app = compose(memoryObjectStore())
    const response = await ask(SEGMENT)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await problemOf(response)).toMatchObject({ success: false, type: 'urn:closeline:problem:unavailable' })
  })

  it.each([
    ['a vendor', new UpstreamError('S3', 'bucket hunter2 denied'), 503],
    ['a bug', new Error('hunter2 undefined'), 500],
  ])('tells nobody but its log about %s', async (_, thrown, status) => {
    const logger = memoryLogger()
    const record = { current: () => Promise.reject(thrown) }
    const broken = createApi({ style: STYLE, clock: () => MODELS_MADE_MS, logger, access: openAccess() })
    app = broken.route('/', scoreRoutes({ record }))
    const response = await ask(SEGMENT)
    expect(response.status).toBe(status)
    expect(JSON.stringify(await problemOf(response))).not.toContain('hunter2')
    expect(logger.of('request_failed')[0]?.fields.error).toContain('hunter2')
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

  it('is described in OpenAPI 3.1, with examples that are answered', async () => {
    const document = await openApiOf(app)
    expect(document.openapi).toBe('3.1.0')
    const requests = exampleRequests(document).filter(({ name }) => name === `GET ${PATH}`)
    expect(requests).toHaveLength(1)
    for (const { target, init } of requests) {
      scoreBodySchema.parse(await (await app.request(target, init)).json())
    }
  })
})
