import { describe, expect, test } from 'vitest'
import { addFading, fadeOverDays } from '../../../shared/features/fading.ts'
import { BET_SUM, BET_WEIGHT, DAY_SUM, DAY_WEIGHT, FADING_DAY, TALLY_NUMBERS } from '../../../shared/features/totals.ts'

/** Residuals with the days on which they became known, added one after the other. */
function faded(...residuals: (readonly [residual: number, day: number])[]) {
  const numbers = new Float64Array(TALLY_NUMBERS)
  for (const [residual, day] of residuals) addFading(numbers, residual, day)
  const at = (position: number) => numbers[position] ?? Number.NaN
  return {
    ...{ betSum: at(BET_SUM), betWeight: at(BET_WEIGHT) },
    ...{ daySum: at(DAY_SUM), dayWeight: at(DAY_WEIGHT), day: at(FADING_DAY) },
  }
}

describe('fadeOverDays', () => {
  test('is a half after thirty days', () => {
    expect(fadeOverDays(0)).toBe(1)
    expect(fadeOverDays(30)).toBeCloseTo(0.5, 14)
    expect(fadeOverDays(60)).toBeCloseTo(0.25, 14)
    expect(fadeOverDays(300)).toBeCloseTo(2 ** -10, 15)
    // 2^(−1/30) by another tool.
    expect(fadeOverDays(1)).toBeCloseTo(0.9771599684342459, 15)
  })

  test('never rises, and is nothing beyond two thousand days', () => {
    const fades = Array.from({ length: 2100 }, (_, days) => fadeOverDays(days))
    expect(fades.every((fade, days) => days === 0 || fade < (fades[days - 1] ?? 0) || fade === 0)).toBe(true)
    expect(fadeOverDays(1999) / 2 ** (-1999 / 30)).toBeCloseTo(1, 10)
    expect([fadeOverDays(2000), fadeOverDays(1e6), fadeOverDays(Number.POSITIVE_INFINITY)]).toEqual([0, 0, 0])
  })
})

describe('faded sums', () => {
  test('fade by 2 % a result and by half in thirty days', () => {
    const fading = faded([0.75, 20_000], [-0.5, 20_000], [0.5, 20_030])
    expect(fading.betSum).toBeCloseTo(0.75 * 0.9604 - 0.5 * 0.98 + 0.5, 14)
    expect(fading.betWeight).toBeCloseTo(0.9604 + 0.98 + 1, 14)
    expect(fading.daySum).toBeCloseTo(0.25 / 2 + 0.5, 14)
    expect(fading.dayWeight).toBeCloseTo(2 / 2 + 1, 14)
    expect(fading.day).toBe(20_030)
  })

  test('never weigh more than fifty results', () => {
    const fading = faded(...Array.from({ length: 2000 }, (_, i) => [0.5, 20_000 + i] as const))
    expect(fading.betWeight).toBeCloseTo(50, 8)
    // A result a day: Σ 2^(−k/30) = 1/(1 − 2^(−1/30)) = 43.78.
    expect(fading.dayWeight).toBeCloseTo(43.782_62, 3)
  })

  test('are numbers whatever the first day, before 1970 too', () => {
    for (const day of [-1, -100, -5000, 0, 1, 1999, 2000]) {
      expect(faded([0.5, day])).toEqual({ day, betSum: 0.5, betWeight: 1, daySum: 0.5, dayWeight: 1 })
    }
  })
})
