import fc from 'fast-check'
import { expect, test } from 'vitest'
import { booksum, devig, shin } from '../../shared/odds/devig.ts'

const price = fc.double({ min: 1.001, max: 500, noNaN: true })
const market = fc.array(price, { minLength: 2, maxLength: 12 })

test.each(['multiplicative', 'power', 'shin'] as const)('%s probabilities sum to one and keep the order', (method) => {
  fc.assert(
    fc.property(market, (odds) => {
      const fair = devig(odds, method)
      expect(fair.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
      for (const [i, p] of fair.entries()) {
        // Of two near-certainties beside it a power leaves an outcome less than a number can hold.
        expect(p).toBeGreaterThanOrEqual(booksum(odds) < 1.5 ? Number.MIN_VALUE : 0)
        for (const [j, q] of fair.entries()) if ((odds[i] ?? 0) < (odds[j] ?? 0)) expect(p).toBeGreaterThanOrEqual(q)
      }
    }),
  )
})

test('additive probabilities sum to one where every outcome keeps some', () => {
  fc.assert(
    fc.property(market, (odds) => {
      const part = (booksum(odds) - 1) / odds.length
      fc.pre(odds.every((o) => 1 / o - part > 0))
      expect(devig(odds, 'additive').reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
    }),
  )
})

test('prices made of fair ones by a power are taken back by it', () => {
  const weights = fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 })
  fc.assert(
    fc.property(weights, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (raw, exponent) => {
      const total = raw.reduce((sum, w) => sum + w, 0)
      const fair = raw.map((w) => w / total)
      const found = devig(
        fair.map((p) => 1 / p ** exponent),
        'power',
      )
      for (const [i, p] of fair.entries()) expect(found[i]).toBeCloseTo(p, 12)
    }),
  )
})

test("Shin's z is a share, and 0 where there is no margin", () => {
  fc.assert(
    fc.property(market, (odds) => {
      const { insiderShare } = shin(odds)
      expect(insiderShare).toBeGreaterThanOrEqual(0)
      expect(insiderShare).toBeLessThanOrEqual(1)
      if (booksum(odds) <= 1) expect(insiderShare).toBe(0)
    }),
  )
})
