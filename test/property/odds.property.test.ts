import fc from 'fast-check'
import { expect, test } from 'vitest'
import { americanFromDecimal, decimalFromAmerican, impliedProbability } from '../../shared/odds/convert.ts'
import { expectedValue, kellyFraction, stakeShare } from '../../shared/odds/value.ts'

const americanOdds = fc.oneof(fc.integer({ min: 100, max: 1_000_000 }), fc.integer({ min: -1_000_000, max: -101 }))
const decimalOdds = fc.double({ min: 1.001, max: 1000, noNaN: true })
const probability = fc.double({ min: 0, max: 1, noNaN: true })

test('whole American prices survive the way to decimal and back', () => {
  fc.assert(fc.property(americanOdds, (american) => americanFromDecimal(decimalFromAmerican(american)) === american))
})

test('an American price never falls into the hole of the scale', () => {
  fc.assert(
    fc.property(decimalOdds, (decimal) => {
      const american = americanFromDecimal(decimal)
      return Number.isInteger(american) && (american >= 100 || american < -100)
    }),
  )
})

test('a longer American price is a longer decimal price', () => {
  // On the scale, −101 is followed by +100.
  const rank = (american: number) => (american > 0 ? american - 100 : american + 100)
  fc.assert(
    fc.property(americanOdds, americanOdds, (a, b) => {
      return Math.sign(rank(a) - rank(b)) === Math.sign(decimalFromAmerican(a) - decimalFromAmerican(b))
    }),
  )
})

test('the expected value is zero at the implied probability and has the sign of the edge elsewhere', () => {
  fc.assert(
    fc.property(decimalOdds, probability, (decimal, p) => {
      const implied = impliedProbability(decimal)
      expect(Math.abs(expectedValue(implied, decimal))).toBeLessThan(1e-15)
      if (Math.abs(p - implied) > 1e-12) {
        expect(Math.sign(expectedValue(p, decimal))).toBe(Math.sign(p - implied))
        expect(kellyFraction(p, decimal) > 0).toBe(p > implied)
      }
    }),
  )
})

test('Kelly stakes neither debt nor more than the bankroll, and the advice no more than a twentieth', () => {
  fc.assert(
    fc.property(probability, decimalOdds, (p, decimal) => {
      const kelly = kellyFraction(p, decimal)
      return kelly >= 0 && kelly <= 1 && stakeShare(kelly) >= 0 && stakeShare(kelly) <= 0.05
    }),
  )
})

test('no fraction of the bankroll grows it faster than the Kelly fraction', () => {
  const growth = (f: number, p: number, decimal: number) => p * Math.log1p(f * (decimal - 1)) + (1 - p) * Math.log1p(-f)
  const inner = fc.double({ min: 0.01, max: 0.99, noNaN: true })
  fc.assert(
    fc.property(inner, fc.double({ min: 1.01, max: 50, noNaN: true }), inner, (p, decimal, other) => {
      expect(growth(kellyFraction(p, decimal), p, decimal)).toBeGreaterThanOrEqual(growth(other, p, decimal) - 1e-12)
    }),
  )
})
