import { describe, expect, test } from 'vitest'
import { booksum, DEVIG_METHODS, devig, overround, shin } from '../../../shared/odds/devig.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

describe('booksum and overround', () => {
  test('of 2.5 and 2.0 are 0.9 and −0.1', () => {
    expect(booksum([2.5, 2])).toBeCloseTo(0.9, 15)
    expect(overround([2.5, 2])).toBeCloseTo(-0.1, 15)
  })
})

// π = 0.8 and 0.4: B = 1.2.
const UNEVEN = [1.25, 2.5]

describe('multiplicative', () => {
  test('divides by the booksum', () => {
    const [a, b] = devig(UNEVEN, 'multiplicative')
    expect(a).toBeCloseTo(2 / 3, 15)
    expect(b).toBeCloseTo(1 / 3, 15)
  })
})

describe('additive', () => {
  test('takes an equal part from each', () => {
    const [a, b] = devig(UNEVEN, 'additive')
    expect(a).toBeCloseTo(0.7, 15)
    expect(b).toBeCloseTo(0.3, 15)
  })

  test('refuses where a part is more than an outcome has', () => {
    // π = 0.8, 0.8 and 0.02: B = 1.62, a part of 0.2067 each.
    expect(() => devig([1.25, 1.25, 50], 'additive')).toThrow(code('no_fair_probability'))
  })
})

describe('power', () => {
  test('finds the exponent: √0.5 twice needs a square', () => {
    const odds = 1 / Math.sqrt(0.5)
    expect(devig([odds, odds], 'power')[0]).toBeCloseTo(0.5, 15)
  })

  test('finds an exponent below one where the booksum is below one', () => {
    // 0.36^½ = 0.6 and 0.16^½ = 0.4.
    const [a, b] = devig([1 / 0.36, 1 / 0.16], 'power')
    expect(a).toBeCloseTo(0.6, 14)
    expect(b).toBeCloseTo(0.4, 14)
  })

  test('takes more from a long shot, in proportion, than from a favourite', () => {
    const odds = [1.1, 6, 15]
    const [favourite = 0, , outsider = 0] = devig(odds, 'power')
    expect(outsider * 15).toBeLessThan(favourite * 1.1)
  })

  test('bears prices next to one', () => {
    expect(devig([1.000000001, 1.000000001], 'power')[0]).toBeCloseTo(0.5, 12)
  })
})

describe('shin', () => {
  test('of two outcomes is the additive method, with z in closed form', () => {
    const { probabilities, insiderShare } = shin(UNEVEN)
    expect(probabilities[0]).toBeCloseTo(0.7, 12)
    expect(probabilities[1]).toBeCloseTo(0.3, 12)
    // z = (B − 1)(D² − B) / (B·(D² − 1)) with D = 0.8 − 0.4.
    expect(insiderShare).toBeCloseTo((0.2 * (0.16 - 1.2)) / (1.2 * (0.16 - 1)), 12)
  })

  test('sees no insiders where there is no margin', () => {
    expect(shin([2, 2])).toEqual({ probabilities: [0.5, 0.5], insiderShare: 0 })
    const under = shin([2.5, 2])
    expect(under.insiderShare).toBe(0)
    expect(under.probabilities[0]).toBeCloseTo(4 / 9, 15)
  })

  test('satisfies its own equation for three outcomes', () => {
    const odds = [2.6, 2.4, 4.3]
    const { probabilities, insiderShare: z } = shin(odds)
    const total = booksum(odds)
    for (const [i, o] of odds.entries()) {
      const p = (Math.sqrt(z * z + (4 * (1 - z)) / (o * o * total)) - z) / (2 * (1 - z))
      expect(probabilities[i]).toBeCloseTo(p, 13)
    }
    expect(z).toBeGreaterThan(0)
  })
})

describe.each(DEVIG_METHODS)('%s', (method) => {
  test('gives probabilities that sum to one and keep the order', () => {
    const [a = 0, b = 0, c = 0] = devig([1.2, 7, 15], method)
    expect(sum([a, b, c])).toBeCloseTo(1, 14)
    expect(a).toBeGreaterThan(b)
    expect(b).toBeGreaterThan(c)
    expect(c).toBeGreaterThan(0)
  })

  test('leaves a market without a margin as it is', () => {
    const [a, b] = devig([4, 4 / 3], method)
    expect(a).toBeCloseTo(0.25, 13)
    expect(b).toBeCloseTo(0.75, 13)
  })

  test.each([[[]], [[1.9]]])('refuses a market of prices %j', (odds) => {
    expect(() => devig(odds, method)).toThrow(code('too_few_outcomes'))
  })

  test.each([1, 0.5, -110, Number.NaN, Number.POSITIVE_INFINITY])('refuses a price of %d', (price) => {
    expect(() => devig([2, price], method)).toThrow(code('odds_out_of_range'))
  })
})
