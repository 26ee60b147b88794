import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { betSchema, byPlacement } from '../../../shared/bets/bet.ts'
import { bet, randomLedger, shuffled } from '../../support/bets.ts'

describe('betSchema', () => {
  test('accepts a bet of which the source says almost nothing', () => {
    const bare = bet({
      sport: null,
      league: null,
      market: null,
      book: null,
      selection: null,
      decimalOdds: null,
      stakeMinor: null,
      profitMinor: null,
      currency: null,
      settledAtMs: null,
    })
    expect(betSchema.parse(bare)).toEqual(bare)
  })

  const refused: [string, Partial<Record<keyof Bet, unknown>>][] = [
    ['odds of one', { decimalOdds: 1 }],
    ['odds of NaN', { decimalOdds: Number.NaN }],
    ['infinite odds', { decimalOdds: Number.POSITIVE_INFINITY }],
    ['a negative stake', { stakeMinor: -1 }],
    ['a fraction of a cent', { profitMinor: 0.5 }],
    ['a loss above the stake', { returnPerUnit: -1.01 }],
    ['a closing line value of minus one', { closingLineValue: -1 }],
    ['a state outside the list', { state: 'settled' }],
    ['an empty sport', { sport: '' }],
    ['an empty id', { id: '' }],
    ['an instant between milliseconds', { placedAtMs: 0.5 }],
    ['a settlement before the placement', { placedAtMs: 1000, settledAtMs: 999 }],
    ['a result known before the placement', { placedAtMs: 1000, settledAtMs: null, resultKnownAtMs: 999 }],
    ['a result known between milliseconds', { resultKnownAtMs: bet().placedAtMs + 0.5 }],
    ['an absent field', { isLive: undefined }],
    ['a result of which nothing says since when it is known', { resultKnownAtMs: undefined }],
  ]
  test.each(refused)('refuses %s', (_, overrides) => {
    expect(betSchema.safeParse({ ...bet(), ...overrides }).success).toBe(false)
  })

  test('accepts a settlement at the moment of placement', () => {
    expect(betSchema.safeParse(bet({ placedAtMs: 1000, settledAtMs: 1000 })).success).toBe(true)
  })

  test('accepts a result known at the moment of placement, and before the settlement that its source gives', () => {
    const known = { placedAtMs: 1000, settledAtMs: 2000 }
    expect(betSchema.safeParse(bet({ ...known, resultKnownAtMs: 1000 })).success).toBe(true)
    expect(betSchema.safeParse(bet({ ...known, resultKnownAtMs: 1999 })).success).toBe(true)
  })
})

describe('byPlacement', () => {
  test('orders by placement, then by id', () => {
    const bets = [bet({ id: 'b', placedAtMs: 2 }), bet({ id: 'a', placedAtMs: 2 }), bet({ id: 'z', placedAtMs: 1 })]
    expect(bets.sort(byPlacement).map(({ id }) => id)).toEqual(['z', 'a', 'b'])
  })

  test('leaves no two bets of a ledger in an order that depends on where they stood', () => {
    const ledger = randomLedger(5, 200)
    const ids = (bets: Bet[]) => bets.sort(byPlacement).map(({ id }) => id)
    expect(ids(shuffled(ledger, 1))).toEqual(ids(shuffled(ledger, 2)))
  })
})

describe('the random ledger of the tests', () => {
  const ledger = randomLedger(11, 1000)

  test('holds only valid bets', () => {
    expect(ledger.filter((entry) => !betSchema.safeParse(entry).success)).toEqual([])
  })

  test('has results that were told, at their settlement or later, and none of an open bet', () => {
    const told = ledger.filter(({ resultKnownAtMs }) => resultKnownAtMs !== null)
    const delaysMs = told.map((entry) => (entry.resultKnownAtMs ?? 0) - (entry.settledAtMs ?? entry.placedAtMs))
    expect(told.length).toBeGreaterThan(100)
    expect(told.length).toBeLessThan(200)
    expect(told.filter(({ state }) => state === 'open')).toEqual([])
    expect(Math.min(...delaysMs)).toBe(0)
    expect(Math.max(...delaysMs)).toBeGreaterThan(86_400_000)
  })
})
