import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { supabaseOpportunityStore } from '../../shared/adapters/supabase-opportunity-store.ts'
import type { Offer, OfferFilter, OpportunityStore } from '../../shared/usecases/opportunity-ports.ts'
import type { TestSupabase } from '../support/embedded-supabase.ts'
import { startTestSupabase } from '../support/embedded-supabase.ts'
import { memoryOpportunityStore } from '../support/memory-opportunity-store.ts'

const HOUR_MS = 3_600_000
const NOW_MS = Date.UTC(2026, 2, 1, 12)

const idOf = (n: number) => n.toString(16).padStart(64, '0')

function offer(n: number, overrides: Partial<Offer> = {}): Offer {
  return {
    id: idOf(n),
    ...{ sport: 'Basketball', league: 'NBA', market: 'Spread', book: 'DraftKings', selection: null },
    ...{ americanOdds: -110, expectedValuePct: 2.5, observedAtMs: null },
    ...{ expiresAtMs: NOW_MS + 24 * HOUR_MS, isExpiryGiven: false, sightings: 1 },
    ...overrides,
  }
}

let supabase: TestSupabase

beforeAll(async () => {
  supabase = await startTestSupabase()
})

afterAll(() => supabase[Symbol.asyncDispose]())

const MAKERS: [name: string, make: () => Promise<OpportunityStore>][] = [
  ['in memory', async () => memoryOpportunityStore()],
  [
    'in Supabase',
    async () => {
      const { error } = await supabase.client.from('opportunities').delete().neq('id', '')
      expect(error).toBeNull()
      return supabaseOpportunityStore(supabase.client)
    },
  ],
]

const AWKWARD = ['null', ' x ', 'a,b', '(a)', 'a"b', "' or 1=1 --", 'a\\b', '%', '*', 'eq.a', '日本']

describe.each(MAKERS)('offers %s', (_, make) => {
  let store: OpportunityStore

  beforeEach(async () => {
    store = await make()
  })

  const capture = (offers: Offer[], atMs = NOW_MS, removeBeforeMs = 0, removeAtMost = 100) =>
    store.capture(offers, { seenAtMs: atMs, removeBeforeMs, removeAtMost })
  const list = (filter: OfferFilter = {}) => store.list(filter, { limit: 200, after: null })
  const numbers = async (filter: OfferFilter = {}) =>
    (await list(filter)).map((each) => Number.parseInt(each.offer.id, 16))

  it('give back what was captured', async () => {
    const full = offer(1, {
      selection: 'Lakers -3.5',
      observedAtMs: NOW_MS - 5,
      expectedValuePct: 1 / 3,
      americanOdds: 105.5,
    })
    const bare = offer(2, { league: null, americanOdds: null, expectedValuePct: null })
    expect(await capture([full, bare])).toBe(2)
    const seen = { capturedAtMs: NOW_MS, lastSeenAtMs: NOW_MS, seenCount: 1 }
    expect((await list()).map((each) => each.offer)).toEqual(
      [bare, full].map(({ isExpiryGiven, sightings, ...told }) => ({ ...told, ...seen })),
    )
  })

  it('count an offer that is seen again and extend its life, its capture staying', async () => {
    await capture([offer(1)])
    const later = offer(1, { expectedValuePct: null, expiresAtMs: NOW_MS + 30 * HOUR_MS, sightings: 2 })
    expect(await capture([later, offer(2)], NOW_MS + 6 * HOUR_MS)).toBe(1)
    const [, kept] = await list()
    expect(kept?.offer).toMatchObject({
      ...{ capturedAtMs: NOW_MS, lastSeenAtMs: NOW_MS + 6 * HOUR_MS, seenCount: 3 },
      ...{ expectedValuePct: 2.5, expiresAtMs: NOW_MS + 30 * HOUR_MS },
    })
    await capture([offer(1, { expectedValuePct: -1 })], NOW_MS + 7 * HOUR_MS)
    expect((await list())[1]?.offer.expectedValuePct).toBe(-1)
  })

  it('let no default take the place of an expiry that was told, and the latest told one hold', async () => {
    const told = (hours: number) => ({ expiresAtMs: NOW_MS + hours * HOUR_MS, isExpiryGiven: true })
    const expiryMs = async () => ((await list())[0]?.offer.expiresAtMs ?? Number.NaN) - NOW_MS
    await capture([offer(1, told(2))])
    await capture([offer(1)], NOW_MS + HOUR_MS)
    expect(await expiryMs()).toBe(2 * HOUR_MS)
    await capture([offer(1, told(3))], NOW_MS + HOUR_MS)
    await capture([offer(1)], NOW_MS + HOUR_MS)
    expect(await expiryMs()).toBe(3 * HOUR_MS)
  })

  it('begin anew once their life is over', async () => {
    await capture([offer(1, { observedAtMs: NOW_MS, sightings: 5, isExpiryGiven: true })])
    const endMs = NOW_MS + 24 * HOUR_MS
    const again = offer(1, { expectedValuePct: null, expiresAtMs: endMs + 24 * HOUR_MS })
    expect(await capture([again], endMs)).toBe(1)
    expect((await list()).map((each) => each.offer)).toMatchObject([
      {
        capturedAtMs: endMs,
        seenCount: 1,
        expectedValuePct: null,
        observedAtMs: null,
        expiresAtMs: endMs + 24 * HOUR_MS,
      },
    ])
    await capture([{ ...again, expiresAtMs: endMs + 48 * HOUR_MS }], endMs + 1)
    expect((await list())[0]?.offer.expiresAtMs).toBe(endMs + 48 * HOUR_MS)
  })

  it('are removed when they ended before an instant, the oldest first and not too many', async () => {
    await capture([1, 2, 3, 4].map((n) => offer(n, { expiresAtMs: NOW_MS + n * HOUR_MS })))
    const laterMs = NOW_MS + 10 * HOUR_MS
    await capture([offer(9, { expiresAtMs: laterMs + HOUR_MS })], laterMs, NOW_MS + 4 * HOUR_MS, 2)
    expect(await numbers()).toEqual([9, 4, 3])
    await capture([offer(3, { expiresAtMs: laterMs + HOUR_MS })], laterMs, NOW_MS + 4 * HOUR_MS + 1, 9)
    expect(await numbers()).toEqual([9, 3])
  })

  it('are found by every condition', async () => {
    await capture([
      offer(1, { sport: 'Tennis', league: null, expectedValuePct: 5 }),
      offer(2, { market: 'Total', expectedValuePct: null }),
      offer(3, { book: 'FanDuel', expectedValuePct: -1, expiresAtMs: NOW_MS + HOUR_MS }),
    ])
    expect(await numbers({ sport: 'Tennis' })).toEqual([1])
    expect(await numbers({ league: 'NBA' })).toEqual([3, 2])
    expect(await numbers({ market: 'Total' })).toEqual([2])
    expect(await numbers({ book: 'FanDuel' })).toEqual([3])
    expect(await numbers({ minValuePct: -1 })).toEqual([3, 1])
    expect(await numbers({ minValuePct: 5 })).toEqual([1])
    expect(await numbers({ aliveAtMs: NOW_MS + HOUR_MS })).toEqual([2, 1])
    expect(await numbers({ aliveAtMs: NOW_MS + HOUR_MS - 1 })).toEqual([3, 2, 1])
  })

  it('take a name for nothing but itself', async () => {
    await capture(AWKWARD.map((name, i) => offer(i, { sport: name, league: name, market: name, book: name })))
    for (const [i, name] of AWKWARD.entries()) {
      for (const filter of [{ sport: name }, { league: name }, { market: name }, { book: name }]) {
        expect(await numbers(filter)).toEqual([i])
      }
    }
  })

  it('are listed part by part, newest capture first, none twice and none left out', async () => {
    for (let n = 0; n < 20; n++) await capture([offer(n)], NOW_MS + Math.floor(n / 4))
    const seen: number[] = []
    for (let after: Parameters<OpportunityStore['list']>[1]['after'] = null; ; ) {
      const part = await store.list({}, { limit: 3, after })
      seen.push(...part.map((each) => Number.parseInt(each.offer.id, 16)))
      const last = part.at(-1)
      if (last === undefined) break
      after = last.position
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_unused, i) => 19 - i))
  })
})
