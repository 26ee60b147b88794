import { expect, test } from 'vitest'
import { closingLineValuesOf } from '../../../shared/performance/closing-values.ts'
import { bet } from '../../support/bets.ts'

test('closingLineValuesOf picks the bets asked for and invents no closing price', () => {
  const bets = [0.05, null, -0.02, 0].map((closingLineValue) => bet({ closingLineValue }))
  expect(Array.from(closingLineValuesOf(bets, Int32Array.of(3, 0, 1, 9, 2)))).toEqual([
    0,
    0.05,
    Number.NaN,
    Number.NaN,
    -0.02,
  ])
})
