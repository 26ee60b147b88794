import { beforeEach, describe, expect, it } from 'vitest'
import { captureAnswerSchema, opportunitiesBodySchema } from '../../../../functions/scoring/opportunities-contract.ts'
import { opportunitiesRoutes } from '../../../../functions/scoring/opportunities-routes.ts'
import type { OpportunityStore } from '../../../../shared/usecases/opportunity-ports.ts'
import { HOSTILE_BODIES, HOSTILE_TEXTS, HOSTILE_VALUES } from '../../../support/hostile-values.ts'
import { exampleRequests, jsonRequest, openApiOf, problemOf } from '../../../support/http-answers.ts'
import { manualClock } from '../../../support/manual-clock.ts'
import { memoryOpportunityStore } from '../../../support/memory-opportunity-store.ts'
import { openNothing, scoringApi } from '../../../support/scoring-routes.ts'

const NOW_MS = Date.UTC(2026, 2, 1, 12)
const HOUR_MS = 3_600_000
const OFFER = { sport: 'Basketball', market: 'Spread', book: 'DraftKings' }

describe('opportunities over HTTP', () => {
  let store: OpportunityStore & { size(): number }
  let clock: ReturnType<typeof manualClock>

  beforeEach(() => {
    store = memoryOpportunityStore()
    clock = manualClock(NOW_MS)
  })

  const apiOf = (overrides: Partial<Parameters<typeof opportunitiesRoutes>[0]> = {}, scopes?: ('read' | 'sync')[]) =>
    scoringApi(
      opportunitiesRoutes({ open: async () => ({ opportunities: store }), clock, ...overrides }),
      clock,
      scopes,
    )
  const post = (body: unknown, api = apiOf()) => api.app.request('/api/capture-opportunities', jsonRequest(body))
  const ask = (query: string | Record<string, string> = '', api = apiOf()) =>
    api.app.request(`/api/opportunities?${new URLSearchParams(query)}`)
  const captured = async (...opportunities: unknown[]) => {
    const response = await post({ opportunities })
    expect(response.status).toBe(200)
    return captureAnswerSchema.parse(await response.json())
  }
  const listed = async (query: string | Record<string, string> = '') => {
    const response = await ask(query)
    expect(response.status).toBe(200)
    return opportunitiesBodySchema.parse(await response.json())
  }

  it('are captured once and told with what is known of them', async () => {
    const offer = { ...OFFER, odds: -110, value: 3.2, timestamp: '2026-03-01T11:59:00Z' }
    expect(await captured(offer, { ...OFFER, odds: 5 }, offer)).toEqual({
      ...{ success: true, captured: 1, duplicates: 1 },
      rejected: [{ index: 1, field: 'odds', error: expect.stringContaining('American odds') }],
    })
    expect(await listed()).toEqual({
      success: true,
      opportunities: [
        {
          id: expect.stringMatching(/^[0-9a-f]{64}$/),
          ...{ ...OFFER, league: null, selection: null, odds: -110, value: 3.2, timestamp: '2026-03-01T11:59:00.000Z' },
          ...{ captured_at: '2026-03-01T12:00:00.000Z', last_seen_at: '2026-03-01T12:00:00.000Z', seen_count: 2 },
          ...{ expires_at: '2026-03-02T12:00:00.000Z', expired: false },
        },
      ],
      next_cursor: null,
    })
  })

  it('are found by typed filters, and expired ones only where they are asked for', async () => {
    await captured(
      { ...OFFER, sport: 'Tennis', value: 5 },
      { ...OFFER, league: 'NBA', value: -2.5 },
      { ...OFFER, book: 'FanDuel', expires_at: new Date(NOW_MS + HOUR_MS).toISOString() },
    )
    clock.advance(HOUR_MS)
    const found = async (query: string) => (await listed(query)).opportunities.length
    expect(await found('')).toBe(2)
    expect(await found('include_expired=true')).toBe(3)
    expect(await found('include_expired=false')).toBe(2)
    expect(await found('sport=Tennis')).toBe(1)
    expect(await found('league=NBA&market=Spread&book=DraftKings')).toBe(1)
    expect(await found('min_value=-2.5')).toBe(2)
    expect(await found('min_value=0')).toBe(1)
    const expired = (await listed('book=FanDuel&include_expired=true')).opportunities
    expect(expired.map((each) => each.expired)).toEqual([true])
  })

  it('are listed part by part', async () => {
    await captured(...[100, 200, 300].map((odds) => ({ ...OFFER, odds })))
    const first = await listed('limit=2')
    const second = await listed({ limit: '2', cursor: first.next_cursor ?? '' })
    const odds = [...first.opportunities, ...second.opportunities].map((each) => each.odds ?? 0)
    expect(odds.sort()).toEqual([100, 200, 300])
    expect(second.next_cursor).toBeNull()
  })

  it.each([
    ['limit=0'],
    ['limit=201'],
    ['min_value=abc'],
    ['min_value=-101'],
    ['min_value=1e5'],
    ['min_value=NaN'],
    ['include_expired=yes'],
    [`sport=${'x'.repeat(201)}`],
    ['market=a%00b'],
    ['cursor=AAAA'],
    [`cursor=${Buffer.from('{"list":"bets","at":"2026-03-01T12:00:00Z","id":"a"}').toString('base64url')}`],
  ])('are not asked for by %s', async (query) => {
    const response = await ask(query)
    expect(response.status).toBe(400)
    await problemOf(response)
  })

  it.each(HOSTILE_TEXTS)('take %s for a name like any other, or refuse it', async (_, text) => {
    const response = await post({ opportunities: [{ sport: text, market: text, book: text }, OFFER] })
    expect(response.status).toBe(200)
    const { captured: isNew, rejected } = captureAnswerSchema.parse(await response.json())
    expect(isNew + rejected.length).toBe(2)
    for (const field of ['sport', 'league', 'market', 'book']) {
      const found = await ask({ [field]: text })
      expect([200, 400]).toContain(found.status)
      if (found.status === 400) await problemOf(found)
    }
  })

  it('are judged one by one, whatever an item holds', async () => {
    const fields = [
      ...Object.keys(OFFER),
      'league',
      'selection',
      'odds',
      'value',
      'timestamp',
      'expires_at',
      '__proto__',
    ]
    const items = fields.flatMap((field) => HOSTILE_VALUES.map(([, value]) => ({ ...OFFER, [field]: value })))
    for (let begin = 0; begin < items.length; begin += 199) {
      const batch = [OFFER, ...items.slice(begin, begin + 199)]
      const response = await post({ opportunities: batch })
      const { captured: isNew, duplicates, rejected } = captureAnswerSchema.parse(await response.json())
      expect(isNew + duplicates + rejected.length).toBe(batch.length)
      await listed('include_expired=true&limit=200')
    }
  })

  it.each([
    ['none', { opportunities: [] }],
    ['too many', { opportunities: Array.from({ length: 201 }, () => OFFER) }],
    ['an unknown field', { opportunities: [OFFER], notify: true }],
    ['nothing that is one', { opportunities: [{}, { ...OFFER, odds: 7 }] }],
    ...HOSTILE_BODIES.map(([name, body]): [string, unknown] => [name, body]),
  ] as [string, unknown][])('are refused as a body of %s, and nothing is kept', async (_, body) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    expect(await problemOf(response)).toMatchObject({ success: false })
    expect(store.size()).toBe(0)
  })

  it('need the scope sync to be captured and read to be listed', async () => {
    expect((await post({ opportunities: [OFFER] }, apiOf({}, ['read']))).status).toBe(403)
    expect((await ask('', apiOf({}, ['sync']))).status).toBe(403)
  })

  it('ask to come back where they cannot be kept', async () => {
    const api = apiOf({ open: openNothing })
    for (const response of [await post({ opportunities: [OFFER] }, api), await ask('', api)]) {
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
      expect(JSON.stringify(await problemOf(response))).not.toMatch(/hunter2/)
    }
  })

  it('answer their own documented examples', async () => {
    const { app } = apiOf()
    for (const { name, target, init } of exampleRequests(await openApiOf(app))) {
      expect((await app.request(target, init)).status, name).toBe(200)
    }
  })
})
