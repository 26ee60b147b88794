import { describe, expect, it } from 'vitest'
import { PRICE_BANDS, priceBand } from '../../../shared/performance/price-band.ts'

describe('priceBand', () => {
  it.each([
    [1.01, 'below 1.25'],
    [1.2499, 'below 1.25'],
    [1.25, '1.25-1.50'],
    [1.91, '1.75-2.00'],
    [2, '2.00-2.50'],
    [10.99, '6.00-11.00'],
    [11, '11.00 and longer'],
    [1e9, '11.00 and longer'],
  ])('puts %f into %s', (decimalOdds, band) => {
    expect(priceBand(decimalOdds)).toBe(band)
    expect(PRICE_BANDS).toContain(band)
  })

  it('has no band for a price that is not known', () => {
    expect(priceBand(null)).toBeNull()
  })

  it.each([1, 0.5, Number.NaN])('refuses %f', (decimalOdds) => {
    expect(() => priceBand(decimalOdds)).toThrow(expect.objectContaining({ code: 'odds_out_of_range' }))
  })
})
