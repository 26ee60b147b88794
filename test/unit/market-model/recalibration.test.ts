import { expect, test } from 'vitest'
import { logit } from '../../../shared/kernel/numeric.ts'
import { recalibratePrices } from '../../../shared/market-model/recalibration.ts'

const logOdds = (...decimalOdds: number[]) => Float64Array.from(decimalOdds, (d) => logit(1 / d))

test('recalibration finds the most probable line of a few bets', () => {
  const fit = recalibratePrices(logOdds(1.5, 1.91, 2.1, 3, 5, 10, 1.2, 1.91), Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 1))
  // scipy.optimize.minimize on the same objective
  expect(fit.intercept).toBeCloseTo(0.05067248295044579, 6)
  expect(fit.slope).toBeCloseTo(1.0185864769348605, 6)
})

test('without bets the price stands', () => {
  expect(recalibratePrices(new Float64Array(0), new Uint8Array(0))).toEqual({ intercept: 0, slope: 1 })
})

test('bets that are all won have a finite answer', () => {
  const { intercept, slope } = recalibratePrices(logOdds(1.5, 2, 3), Uint8Array.of(1, 1, 1))
  expect(intercept).toBeGreaterThan(0)
  expect(Number.isFinite(slope)).toBe(true)
})
