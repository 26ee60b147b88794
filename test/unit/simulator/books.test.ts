import { expect, it } from 'vitest'
import { americanFromDecimal } from '../../../shared/odds/convert.ts'
import { quotedDecimalOdds, wholePointDecimalOdds } from '../../../shared/simulator/books.ts'

it.each([
  [110 / 210, 5, -110],
  [0.5, 5, 100],
  [0.501, 1, 100],
  [0.4975, 5, 100],
  [0.32, 5, 215],
  [0.8, 5, -400],
  [0.205, 1, 390],
  [0.07, 5, 1350],
  [0.03, 1, 3200],
  [0, 5, 8200],
  [1, 5, -2400],
])('quotes the implied probability %d in steps of %d points as %d', (implied, stepPoints, american) => {
  expect(americanFromDecimal(quotedDecimalOdds(implied, stepPoints))).toBe(american)
})

it('moves a product of prices to a whole American point', () => {
  expect(wholePointDecimalOdds((21 / 11) ** 2)).toBe(3.64)
})
