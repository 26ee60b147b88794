import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { supabaseBetQueries } from '../../shared/adapters/supabase-bet-queries.ts'
import { supabaseBetStore } from '../../shared/adapters/supabase-bet-store.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { BET_STATES, BET_TYPES } from '../../shared/bets/bet.ts'
import type { BetFilter, BetPosition, BetQueries } from '../../shared/usecases/ledger-queries.ts'
import { listBets } from '../../shared/usecases/ledger-queries.ts'
import { bet, LEDGER_START_MS, randomLedger } from '../support/bets.ts'
import type { TestSupabase } from '../support/embedded-supabase.ts'
import { startTestSupabase } from '../support/embedded-supabase.ts'
import { memoryBetQueries } from '../support/memory-bet-queries.ts'
import { memoryBetStore } from '../support/memory-ledger.ts'

const DAY_MS = 86_400_000

/** Names that mean something to PostgREST, SQL, patterns or JSON, each beside one that a loose comparison would take for it. */
const AWKWARD = [
  ...[
    'null',
    'true',
    '1',
    ' x ',
    'x',
    'a,b',
    'a',
    '(a)',
    'eq.a',
    'in.(a,b)',
    'not.is.null',
    'is.null',
    '%',
    '*',
    '_',
    'a%',
  ],
  ...[
    'a*',
    'c"d',
    '"a"',
    "a'b",
    "' or 1=1 --",
    'a\\b',
    'a\\',
    '{a}',
    '[1]',
    'a&b=c',
    'a+b',
    'A',
    'á',
    '日本',
    '👨‍👩‍👧',
    'a.b',
  ],
]

const LEDGER: Bet[] = [
  ...randomLedger(11, 200),
  ...AWKWARD.map((name, i) =>
    bet({
      ...{ id: name, sport: name, league: name, market: name, book: name },
      placedAtMs: LEDGER_START_MS - DAY_MS * (i + 1),
      settledAtMs: null,
    }),
  ),
  bet({ id: 'demo', origin: 'demo', placedAtMs: LEDGER_START_MS - 100 * DAY_MS, settledAtMs: null }),
]

let supabase: TestSupabase
let stored: BetQueries

beforeAll(async () => {
  supabase = await startTestSupabase()
  stored = supabaseBetQueries(supabase.client)
  await supabaseBetStore(supabase.client).save(LEDGER, { importId: null })
})

afterAll(() => supabase[Symbol.asyncDispose]())

const SUITES: [name: string, queries: () => BetQueries][] = [
  ['in memory', () => memoryBetQueries(memoryBetStore(LEDGER), Date.now())],
  ['in Supabase', () => stored],
]

const newestFirst = (a: Bet, b: Bet) => b.placedAtMs - a.placedAtMs || (a.id < b.id ? 1 : -1)

describe.each(SUITES)('questions to a ledger %s', (_, queries) => {
  const idsOf = async (filter: BetFilter, limit = 500, after: BetPosition | null = null) =>
    (await queries().list(filter, { limit, after })).map((listed) => listed.bet.id)
  const expected = (keeps: (bet: Bet) => boolean) =>
    LEDGER.filter(keeps)
      .sort(newestFirst)
      .map(({ id }) => id)

  it('list bets newest first, every field as it is', async () => {
    const listed = await queries().list({}, { limit: 500, after: null })
    expect(listed.map((each) => each.bet)).toEqual([...LEDGER].sort(newestFirst))
  })

  it('keep every condition', async () => {
    const fromMs = LEDGER_START_MS + 3 * DAY_MS
    const beforeMs = LEDGER_START_MS + 20 * DAY_MS
    const cases: [BetFilter, (bet: Bet) => boolean][] = [
      [{ sport: 'Tennis' }, ({ sport }) => sport === 'Tennis'],
      [{ league: 'NBA', market: 'Spread' }, ({ league, market }) => league === 'NBA' && market === 'Spread'],
      [{ isSettled: true }, ({ state }) => state !== 'open'],
      [{ isSettled: false }, ({ state }) => state === 'open'],
      [{ isLive: true }, ({ isLive }) => isLive],
      [{ isLive: false }, ({ isLive }) => !isLive],
      [{ origin: 'demo' }, ({ origin }) => origin === 'demo'],
      [{ origin: 'import' }, ({ origin }) => origin === 'import'],
      [{ placedFromMs: fromMs }, ({ placedAtMs }) => placedAtMs >= fromMs],
      [{ placedBeforeMs: beforeMs }, ({ placedAtMs }) => placedAtMs < beforeMs],
      [{ minDecimalOdds: 2 }, ({ decimalOdds }) => decimalOdds !== null && decimalOdds >= 2],
      [{ maxDecimalOdds: 2 }, ({ decimalOdds }) => decimalOdds !== null && decimalOdds <= 2],
      ...BET_STATES.map((state): [BetFilter, (bet: Bet) => boolean] => [{ state }, (each) => each.state === state]),
      ...BET_TYPES.map((betType): [BetFilter, (bet: Bet) => boolean] => [
        { betType },
        (each) => each.betType === betType,
      ]),
    ]
    for (const [filter, keeps] of cases) {
      const ids = expected(keeps)
      expect(ids.length, JSON.stringify(filter)).toBeGreaterThan(0)
      expect(ids.length, JSON.stringify(filter)).toBeLessThan(LEDGER.length)
      expect(await idsOf(filter), JSON.stringify(filter)).toEqual(ids)
    }
  })

  it.each(AWKWARD)('take the name %j for nothing but itself', async (name) => {
    for (const filter of [{ sport: name }, { league: name }, { market: name }, { book: name }]) {
      expect(await idsOf(filter)).toEqual([name])
    }
  })

  it('go on behind any bet, ids of any characters included, and end', async () => {
    for (const limit of [1, 7, 500]) {
      const seen: string[] = []
      let after: BetPosition | null = null
      for (let parts = 0; parts <= LEDGER.length; parts++) {
        const page = await listBets(queries(), {}, { limit, after })
        seen.push(...page.bets.map((listed) => listed.bet.id))
        after = page.next
        if (after === null) break
      }
      expect(seen).toEqual(expected(() => true))
    }
  })

  it('find nothing behind the end and nothing of an unknown name', async () => {
    expect(await idsOf({}, 500, { placedAt: '1999-01-01T00:00:00+00:00', id: 'a' })).toEqual([])
    expect(await idsOf({ sport: 'Curling' })).toEqual([])
  })

  it('tell the newest change', async () => {
    const changedMs = await queries().newestChangeMs()
    expect(changedMs).toBeLessThanOrEqual(Date.now())
    expect(changedMs).toBeGreaterThan(Date.now() - 3_600_000)
  })
})

it('has no newest change where there is no bet', async () => {
  await using empty = await startTestSupabase()
  expect(await supabaseBetQueries(empty.client).newestChangeMs()).toBeUndefined()
  expect(await memoryBetQueries(memoryBetStore(), 0).newestChangeMs()).toBeUndefined()
})

it('pages past placements that differ by a microsecond', async () => {
  await using one = await startTestSupabase()
  await supabaseBetStore(one.client).save(
    ['a', 'b', 'c'].map((id) => bet({ id })),
    { importId: null },
  )
  for (const [id, us] of [
    ['a', '000002'],
    ['b', '000001'],
    ['c', '000003'],
  ]) {
    await one.client
      .from('bets')
      .update({ placed_at: `2025-03-01T00:00:00.${us}Z` })
      .eq('id', id)
  }
  const queries = supabaseBetQueries(one.client)
  const first = await listBets(queries, {}, { limit: 1, after: null })
  const second = await listBets(queries, {}, { limit: 1, after: first.next })
  const third = await listBets(queries, {}, { limit: 1, after: second.next })
  expect([first, second, third].flatMap(({ bets }) => bets.map((each) => each.bet.id))).toEqual(['c', 'a', 'b'])
  expect(third.next).toBeNull()
})
