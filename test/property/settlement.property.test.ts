import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BET_STATES } from '../../shared/bets/bet.ts'
import { netReturnPerUnit, returnByRule } from '../../shared/bets/settlement.ts'
import { bet } from '../support/bets.ts'

const state = fc.constantFrom(...BET_STATES)
const price = fc.double({ min: 1.0001, max: 10_000, noNaN: true })

test('the rules never lose more than the stake and never win more than the price pays', () => {
  fc.assert(
    fc.property(state, fc.option(price), (settled, decimalOdds) => {
      const net = returnByRule(settled, decimalOdds)
      if (net === undefined) return
      expect(net).toBeGreaterThanOrEqual(-1)
      expect(net).toBeLessThanOrEqual((decimalOdds ?? 1) - 1)
    }),
  )
})

test('better results never return less', () => {
  fc.assert(
    fc.property(price, (decimalOdds) => {
      const worstToBest = (['lost', 'half_lost', 'push', 'half_won', 'won'] as const).map(
        (settled) => returnByRule(settled, decimalOdds) ?? Number.NaN,
      )
      expect(worstToBest.slice(1).every((net, i) => net >= (worstToBest[i] ?? Number.NaN))).toBe(true)
    }),
  )
})

test('a bet never loses more than its stake, whichever of its fields are known', () => {
  const money = fc.integer({ min: 0, max: 1_000_000 }).chain((stakeMinor) =>
    fc.record({
      stakeMinor: fc.option(fc.constant(stakeMinor)),
      profitMinor: fc.option(fc.integer({ min: -stakeMinor, max: 10_000_000 })),
    }),
  )
  const returnPerUnit = fc.option(fc.double({ min: -1, max: 100, noNaN: true }))
  fc.assert(
    fc.property(state, money, returnPerUnit, fc.option(price), (settled, paid, told, decimalOdds) => {
      const net = netReturnPerUnit(bet({ state: settled, ...paid, returnPerUnit: told, decimalOdds }))
      expect(net ?? 0).toBeGreaterThanOrEqual(-1)
      if (settled === 'open') expect(net).toBeUndefined()
    }),
  )
})
