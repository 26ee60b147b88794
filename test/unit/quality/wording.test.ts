import { expect, it } from 'vitest'
import { instantText, moneyText, percentText, priceText } from '../../../shared/quality/wording.ts'

it.each([
  [2, '2.00 (+100)'],
  [1.9090909090909092, '1.91 (-110)'],
  [51, '51.00 (+5,000)'],
  [1.0909090909090908, '1.091 (-1,100)'],
  [1.0004, '1.0004 (-250,000)'],
  [2_370_001, '2,370,001.00 (+237,000,000)'],
  [1e300, '1.00e+300'],
])('tells the price %d in both notations', (decimalOdds, text) => {
  expect(priceText(decimalOdds)).toBe(text)
})

it('tells shares in per cent, money with its cents, instants to the minute', () => {
  expect(percentText(0.2935)).toBe('29.4 %')
  expect(percentText(-1)).toBe('-100.0 %')
  expect(percentText(12.3)).toBe('1,230.0 %')
  expect(moneyText(1_234_567.8)).toBe('1,234,567.80')
  expect(moneyText(-1234)).toBe('-1,234.00')
  expect(instantText(Date.UTC(2025, 2, 1, 18, 5, 59))).toBe('2025-03-01 18:05 UTC')
  expect(instantText(9e15)).toBe('9000000000000000 ms')
})
