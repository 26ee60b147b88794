import { describe, expect, it } from 'vitest'
import { logit, sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { learnReference } from '../../../shared/performance/decay-reference.ts'
import { marketProbability } from '../../../shared/performance/decay-state.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'

const DAY_MS = 86_400_000
const END_MS = LEDGER_START_MS + 400 * DAY_MS

/** Ten bets a day at various prices, won with log-odds −0.2 + 0.9·logit(1/d), all of a day alike in a share of cases. */
function ledger(days: number, alike: number) {
  const rng = createRng(8)
  return Array.from({ length: days }, (_, day) => {
    const common = rng.next()
    return Array.from({ length: 10 }, (_, i) => {
      const decimalOdds = 1.4 + 2 * rng.next()
      const draw = rng.next() < alike ? common : rng.next()
      const state = draw < sigmoid(-0.2 + 0.9 * logit(1 / decimalOdds)) ? ('won' as const) : ('lost' as const)
      const placedAtMs = LEDGER_START_MS + day * DAY_MS + i * 60_000
      return bet({ id: `${day}-${i}`, decimalOdds, state, placedAtMs, settledAtMs: placedAtMs + 1000 })
    })
  }).flat()
}

describe('learnReference', () => {
  it('learns the line from the price to winning', () => {
    const { bets, intercept, slope } = learnReference(ledger(390, 0), END_MS)
    expect(bets).toBe(3900)
    expect(intercept).toBeCloseTo(-0.2, 0)
    expect(Math.abs(intercept + 0.2)).toBeLessThan(0.1)
    expect(Math.abs(slope - 0.9)).toBeLessThan(0.25)
  })

  it('tells how alike the results of a day are', () => {
    expect(learnReference(ledger(390, 0), END_MS).dispersion).toBeLessThan(1.15)
    // Half of the draws are the day's: correlation near ¼, so 1 + 9·¼.
    expect(learnReference(ledger(390, 0.5), END_MS).dispersion).toBeGreaterThan(2)
  })

  it('takes the price as it is where too few results are known by then', () => {
    const plain = { bets: 0, intercept: 0, slope: 1, dispersion: 1 }
    expect(learnReference(ledger(49, 0), END_MS)).toEqual(plain)
    expect(learnReference(ledger(390, 0), LEDGER_START_MS + 49 * DAY_MS)).toEqual(plain)
  })

  it('takes the price as it is where all bets came out alike', () => {
    expect(
      learnReference(
        ledger(60, 0).map((one) => ({ ...one, state: 'won' as const })),
        END_MS,
      ).bets,
    ).toBe(0)
  })
})

describe('marketProbability', () => {
  it('is the line at the price', () => {
    const reference = { bets: 0, intercept: -1, slope: 2, dispersion: 1 }
    expect(marketProbability(4, reference)).toBeCloseTo(sigmoid(-1 + 2 * logit(0.25)), 12)
  })
})
