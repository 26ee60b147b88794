import { describe, expect, it } from 'vitest'
import { betsBodySchema } from '../../../../functions/scoring/bets-contract.ts'
import { encodeCursor } from '../../../../functions/scoring/bets-cursor.ts'
import { betsRoutes } from '../../../../functions/scoring/bets-routes.ts'
import { bet, LEDGER_START_MS } from '../../../support/bets.ts'
import { HOSTILE_TEXTS } from '../../../support/hostile-values.ts'
import { exampleRequests, openApiOf, problemOf } from '../../../support/http-answers.ts'
import { memoryBetQueries } from '../../../support/memory-bet-queries.ts'
import { memoryBetStore } from '../../../support/memory-ledger.ts'
import { openNothing, scoringApi } from '../../../support/scoring-routes.ts'

const PATH = '/api/bets'
const NOW_MS = Date.UTC(2026, 2, 1)
const DAY_MS = 86_400_000

const LEDGER = [
  bet({ id: 'a', decimalOdds: 1 + 100 / 110, returnPerUnit: 0.909, closingLineValue: 0.025, isLive: true }),
  bet({ id: 'b', placedAtMs: LEDGER_START_MS + DAY_MS, settledAtMs: null, state: 'open', profitMinor: null }),
  bet({
    ...{ id: 'c', placedAtMs: LEDGER_START_MS + 2 * DAY_MS, settledAtMs: null, origin: 'demo', betType: 'parlay' },
    ...{ sport: null, league: null, market: null, book: null, selection: null, decimalOdds: null },
    ...{ stakeMinor: null, profitMinor: null, currency: null },
  }),
]

const queries = memoryBetQueries(memoryBetStore(LEDGER), NOW_MS)

function apiOf(open: Parameters<typeof betsRoutes>[0]['open'] = async () => ({ bets: queries }), scopes?: ['sync']) {
  return scoringApi(betsRoutes({ open }), () => NOW_MS, scopes)
}

const ask = (query: string | Record<string, string>, api = apiOf()) =>
  api.app.request(`${PATH}?${new URLSearchParams(query)}`)

async function listed(query: string | Record<string, string>) {
  const response = await ask(query)
  expect(response.status).toBe(200)
  return betsBodySchema.parse(await response.json())
}

const idsOf = async (query: string | Record<string, string>) => (await listed(query)).bets.map(({ id }) => id)

describe('GET /api/bets', () => {
  it('tells a bet with money in minor units, shares in per cent, and its price in three ways', async () => {
    const body = await listed({ is_live: 'true' })
    expect(body).toEqual({
      success: true,
      bets: [
        {
          ...{ id: 'a', origin: 'own', state: 'won', settled: true, bet_type: 'straight', sport: 'Basketball' },
          ...{ league: 'NBA', market: 'Player Points', book: 'DraftKings', selection: 'Over 20.5', is_live: true },
          ...{ is_free_bet: false, decimal_odds: 1.9090909090909092, american_odds: -110 },
          implied_probability: expect.closeTo(0.5238095, 6),
          ...{ stake_minor: 1000, profit_minor: 1000, currency: 'USD', closing_line_value_pct: 2.5 },
          return_pct: expect.closeTo(90.9, 9),
          ...{ placed_at: '2025-03-01T00:00:00.000Z', settled_at: '2025-03-01T03:00:00.000Z', result_known_at: null },
          updated_at: '2026-03-01T00:00:00.000Z',
        },
      ],
      next_cursor: null,
    })
  })

  it('says null where nothing is known', async () => {
    const [only] = (await listed({ bet_type: 'parlay' })).bets
    expect(only).toMatchObject({
      ...{ origin: 'demo', sport: null, decimal_odds: null, american_odds: null, implied_probability: null },
      ...{ stake_minor: null, profit_minor: null, currency: null, return_pct: null, settled_at: null },
    })
  })

  it('has no American points for a price a hair above 1', async () => {
    const shortest = memoryBetQueries(memoryBetStore([bet({ decimalOdds: 1 + Number.EPSILON })]), NOW_MS)
    const response = await ask(
      '',
      apiOf(async () => ({ bets: shortest })),
    )
    const [only] = betsBodySchema.parse(await response.json()).bets
    expect(only).toMatchObject({ decimal_odds: 1 + Number.EPSILON, american_odds: null })
  })

  it.each([
    ['', ['c', 'b', 'a']],
    ['sport=&league=&cursor=', ['c', 'b', 'a']],
    ['unknown=1', ['c', 'b', 'a']],
    ['sport=Basketball', ['b', 'a']],
    ['sport=basketball', []],
    ['league=NBA&market=Player+Points&book=DraftKings', ['b', 'a']],
    ['state=open', ['b']],
    ['settled=false', ['b']],
    ['settled=true', ['c', 'a']],
    ['is_live=false', ['c', 'b']],
    ['origin=own', ['b', 'a']],
    ['origin=demo', ['c']],
    ['placed_from=2025-03-02T00:00:00Z', ['c', 'b']],
    ['placed_to=2025-03-02T00:00:00Z', ['a']],
    ['placed_to=2025-03-02T01:00:00+01:00', ['a']],
    ['placed_to=2025-03-02T01:00:00%2B01:00', ['a']],
    ['min_american_odds=100', ['b']],
    ['min_american_odds=-110&max_american_odds=-110', ['a']],
    ['max_american_odds=+100', ['b', 'a']],
    ['limit=2', ['c', 'b']],
  ])('keeps to %j', async (query, ids) => {
    expect(await idsOf(query)).toEqual(ids)
  })

  it('goes on where its cursor says, and ends', async () => {
    const first = await listed('limit=1')
    const second = await listed({ limit: '1', cursor: first.next_cursor ?? '' })
    const third = await listed({ limit: '1', cursor: second.next_cursor ?? '' })
    expect([first, second, third].flatMap(({ bets }) => bets.map(({ id }) => id))).toEqual(['c', 'b', 'a'])
    expect(third.next_cursor).toBeNull()
  })

  it.each([
    'limit=0',
    'limit=501',
    'limit=1e2',
    'limit=-1',
    'limit=',
    'limit=2&limit=3',
    'state=won)',
    'bet_type=',
    'settled=1',
    'is_live=TRUE',
    'origin=import',
    'placed_from=yesterday',
    'placed_from=2025-13-01T00:00:00Z',
    'placed_from=2025-03-02',
    'placed_from=2025-03-02T00:00:00Z&placed_to=2025-03-02T00:00:00Z',
    'min_american_odds=50',
    'min_american_odds=NaN',
    'min_american_odds=-110&max_american_odds=-200',
    `sport=${'x'.repeat(201)}`,
    'sport=a%00b',
    'sport=a%0d%0ax-injected:%201',
    'sport=NBA&sport=MLB',
    'sport[ne]=NBA&state=%7B%22%24ne%22%3Anull%7D',
  ])('refuses %s', async (query) => {
    const response = await ask(query)
    expect(response.status).toBe(400)
    expect((await problemOf(response)).errors.length).toBeGreaterThan(0)
  })

  const cursorOf = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
  const place = { list: 'bets', at: '2025-03-02T00:00:00+00:00', id: 'b' }

  it('takes a cursor that is as it was given', async () => {
    expect(await idsOf({ cursor: cursorOf(place) })).toEqual(['a'])
    expect(encodeCursor('bets', place)).toBe(cursorOf(place))
  })

  it.each([
    ['of another list', cursorOf({ ...place, list: 'opportunities' })],
    ['with more in it', cursorOf({ ...place, sport: 'NBA' })],
    ['without an id', cursorOf({ list: 'bets', at: place.at })],
    ['with a condition for an id', cursorOf({ ...place, id: { gt: '' } })],
    ['with an id too long', cursorOf({ ...place, id: 'x'.repeat(101) })],
    ['with NUL in its id', cursorOf({ ...place, id: 'a\u0000' })],
    ['with a statement for an instant', cursorOf({ ...place, at: "2025-03-02T00:00:00Z'; drop table bets; --" })],
    ['with an operator for an instant', cursorOf({ ...place, at: 'infinity' })],
    ['with no such instant', cursorOf({ ...place, at: '2025-02-30T00:00:00Z' })],
    ['of no object', cursorOf([place])],
    ['of no JSON', 'AAAA'],
    ['with a prototype', Buffer.from('{"__proto__":{"list":"bets"}}').toString('base64url')],
    ['not in base64url', `${cursorOf(place)}=`],
    ['too long', 'A'.repeat(801)],
  ])('refuses a cursor %s', async (_, cursor) => {
    const response = await ask({ cursor })
    expect(response.status).toBe(400)
    expect(await problemOf(response)).toMatchObject({ errors: [{ field: 'cursor' }] })
  })

  it.each(HOSTILE_TEXTS.filter(([name]) => name !== 'empty'))('refuses a cursor that is %s', async (_, cursor) => {
    expect((await ask({ cursor })).status).toBe(400)
  })

  it.each(HOSTILE_TEXTS)('finds nothing under a name of %s, or refuses it', async (name, text) => {
    for (const field of ['sport', 'league', 'market', 'book']) {
      const response = await ask({ [field]: text })
      if (response.status === 400) await problemOf(response)
      else expect(betsBodySchema.parse(await response.json()).bets).toHaveLength(name === 'empty' ? 3 : 0)
      expect(response.headers.get('x-injected')).toBeNull()
    }
  })

  it('wants a key with the scope read, and asks to come back where the ledger cannot be reached', async () => {
    expect((await ask('', apiOf(undefined, ['sync']))).status).toBe(403)
    const response = await ask('', apiOf(openNothing))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(JSON.stringify(await problemOf(response))).not.toMatch(/hunter2|10\.0\.0\.7/)
  })

  it('answers its own documented example', async () => {
    const { app } = apiOf()
    const example = exampleRequests(await openApiOf(app)).find(({ name }) => name === 'GET /api/bets')
    expect((await app.request(example?.target ?? '')).status).toBe(200)
  })
})
