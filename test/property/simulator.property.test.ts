import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Bet, betSchema, byPlacement } from '../../shared/bets/bet.ts'
import { americanFromDecimal, decimalFromAmerican } from '../../shared/odds/convert.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'

const ENDS_AT_MS = { min: 0, max: Date.UTC(2100, 0, 1) }

const edge = fc.record({
  where: fc.record(
    {
      sport: fc.constantFrom('Tennis', 'Basketball', 'Parlay'),
      market: fc.constantFrom('Moneyline', 'Spread', 'Parlay'),
      isLive: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  probabilityShift: fc.double({ min: -1, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }),
})

const options = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  count: fc.integer({ min: 0, max: 400 }),
  endsAtMs: fc.integer(ENDS_AT_MS),
  edges: fc.array(edge, { maxLength: 3 }),
})

function holdsForEveryBet(check: (bet: Bet, endsAtMs: number) => void): void {
  fc.assert(
    fc.property(options, (drawn) => {
      const bets = simulateLedger(drawn)
      expect(bets).toHaveLength(drawn.count)
      for (const bet of bets) check(bet, drawn.endsAtMs)
    }),
    { numRuns: 60 },
  )
}

it('satisfies the schema of a bet', () => {
  holdsForEveryBet((bet) => expect(betSchema.safeParse(bet).success).toBe(true))
})

it('places nothing after the end, and settles nothing before its placement or after the end', () => {
  holdsForEveryBet((bet, endsAtMs) => {
    expect(bet.placedAtMs).toBeLessThan(endsAtMs)
    if (bet.state === 'open') return expect(bet.settledAtMs).toBeNull()
    expect(bet.settledAtMs).toBeGreaterThan(bet.placedAtMs)
    expect(bet.settledAtMs).toBeLessThanOrEqual(endsAtMs)
  })
})

it('has no result that came late', () => {
  holdsForEveryBet((bet) => expect(bet.resultKnownAtMs).toBeNull())
})

it('keeps money to the rules of settlement', () => {
  holdsForEveryBet(({ state, profitMinor, stakeMinor, decimalOdds }) => {
    if (stakeMinor === null) throw new Error('a demo bet has a stake')
    const fullWinMinor = decimalOdds === null ? undefined : Math.round(stakeMinor * (decimalOdds - 1))
    if (state === 'open') expect(profitMinor).toBeNull()
    else if (state === 'lost') expect(profitMinor).toBe(-stakeMinor)
    else if (state === 'push' || state === 'void') expect(profitMinor).toBe(0)
    else if (state === 'won' && decimalOdds === null) expect(profitMinor).toBeGreaterThan(0)
    else if (state === 'won') expect(profitMinor).toBe(fullWinMinor)
    else {
      expect(state).toBe('cashed_out')
      expect(profitMinor).toBeGreaterThan(-stakeMinor)
      expect(profitMinor).toBeLessThan(fullWinMinor ?? Number.POSITIVE_INFINITY)
    }
  })
})

it('pushes only bets whose line is a whole number', () => {
  holdsForEveryBet((bet) => {
    if (bet.state === 'push') expect(bet.selection).toMatch(/ [+-]?\d+ /)
  })
})

it('prices every bet in whole American points', () => {
  holdsForEveryBet(({ decimalOdds }) => {
    if (decimalOdds !== null) expect(decimalFromAmerican(americanFromDecimal(decimalOdds))).toBe(decimalOdds)
  })
})

it('gives unique ids in order of placement', () => {
  fc.assert(
    fc.property(options, (drawn) => {
      const bets = simulateLedger(drawn)
      expect([...bets].sort(byPlacement)).toEqual(bets)
      expect(new Set(bets.map((bet) => bet.id)).size).toBe(bets.length)
    }),
    { numRuns: 60 },
  )
})

it('is a function of its options', () => {
  fc.assert(
    fc.property(options, (drawn) => {
      expect(simulateLedger(drawn)).toEqual(simulateLedger(structuredClone(drawn)))
    }),
    { numRuns: 20 },
  )
})
