import { describe, expect, test } from 'vitest'
import { BET_STATES } from '../../../shared/bets/bet.ts'
import { addResult, emptyTally, isCounted } from '../../../shared/features/tally.ts'
import { bet } from '../../support/bets.ts'

test('only simple wins and losses with a price are counted', () => {
  expect(BET_STATES.filter((state) => isCounted(bet({ state })))).toEqual(['won', 'lost'])
  expect(isCounted(bet({ state: 'won', decimalOdds: null }))).toBe(false)
})

describe('addResult', () => {
  test('sums what was won beyond the price, older results faded by two per cent each', () => {
    const tally = emptyTally()
    // Residuals 1 − 1/4 = 0.75, then 0 − 1/2 = −0.5, then 1 − 1/2 = 0.5.
    addResult(tally, { ...bet({ state: 'won' }), decimalOdds: 4 })
    addResult(tally, { ...bet({ state: 'lost' }), decimalOdds: 2 })
    addResult(tally, { ...bet({ state: 'won' }), decimalOdds: 2 })
    expect(tally.count).toBe(3)
    expect(tally.residualSum).toBeCloseTo(0.75, 14)
    expect(tally.formSum).toBeCloseTo(0.75 * 0.9604 - 0.5 * 0.98 + 0.5, 14)
    expect(tally.formWeight).toBeCloseTo(0.9604 + 0.98 + 1, 14)
  })

  test('never lets form weigh more than fifty bets', () => {
    const tally = emptyTally()
    for (let i = 0; i < 2000; i++) addResult(tally, { ...bet(), decimalOdds: 2 })
    expect(tally.formWeight).toBeCloseTo(50, 8)
  })
})
