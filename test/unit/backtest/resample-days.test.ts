import { describe, expect, test } from 'vitest'
import { replayBets } from '../../../shared/backtest/replay-bets.ts'
import { resampleDays } from '../../../shared/backtest/resample-days.ts'
import type { BacktestRow } from '../../../shared/backtest/row.ts'
import type { BettingRules } from '../../../shared/backtest/rules.ts'
import { DEFAULT_RULES } from '../../../shared/backtest/rules.ts'
import { LOST, row } from './rows.ts'

const FLAT: BettingRules = { ...DEFAULT_RULES, staking: 'flat', flatStake: 100, maxOpenShare: 1 }

function resampled(rows: readonly BacktestRow[], rules: BettingRules, options = {}) {
  const result = resampleDays(replayBets(rows, rules), rules, { seed: 1, ...options })
  if (result === undefined) throw new Error('nothing to resample')
  return result
}

describe('resampleDays', () => {
  test('draws days with their bets: two days, won and lost, give the binomial shares', () => {
    const { finalBankroll, profitProbability, days, maxDrawdown } = resampled([row(0, 1), row(24, 25, LOST)], FLAT, {
      simulations: 20_000,
    })
    // Of two draws each wins or loses 100: 800, 1000, 1200 in a quarter, a half, a quarter.
    expect(days).toBe(2)
    expect(finalBankroll).toEqual({ p5: 800, p25: expect.any(Number), p50: 1000, p75: expect.any(Number), p95: 1200 })
    expect(profitProbability).toBeCloseTo(0.25, 1)
    // Lost twice 20 %, lost first 10 %, won first 1 − 1000/1100.
    expect(maxDrawdown.p95).toBeCloseTo(0.2, 12)
    expect(maxDrawdown.p5).toBe(0)
  })

  test('keeps the bets of a day together', () => {
    // One day's win and loss cancel; drawn apart they would not.
    const { finalBankroll } = resampled([row(0, 1), row(1, 2, LOST), row(24, 25), row(25, 26, LOST)], FLAT)
    expect([finalBankroll.p5, finalBankroll.p95]).toEqual([1000, 1000])
  })

  test('multiplies by Kelly: a day that halves the bankroll halves it every time', () => {
    const half: BettingRules = { ...DEFAULT_RULES, kellyShare: 1, maxStakeShare: 0.5, maxOpenShare: 1 }
    const sure = { probability: 0.99, ...LOST }
    const { finalBankroll, ruin, fan } = resampled([row(0, 1, sure), row(24, 25, sure), row(48, 49, sure)], half, {
      ruinShare: 0.2,
    })
    expect(finalBankroll.p50).toBeCloseTo(125, 9)
    expect(fan.map(({ day, p50 }) => [day, Math.round(p50)])).toEqual([
      [1, 500],
      [2, 250],
      [3, 125],
    ])
    // 125 is below 200. All of 2,000 draws: Wilson's low end is 1/(1 + z²/n).
    expect(ruin.probability).toBe(1)
    expect(ruin.low).toBeCloseTo(2000 / (2000 + 1.959963984540054 ** 2), 9)
    expect(ruin.high).toBeCloseTo(1, 12)
  })

  test('leaves a lost bankroll lost', () => {
    const all: BettingRules = { ...FLAT, flatStake: 1000 }
    const { finalBankroll, maxDrawdown, profitProbability } = resampled([row(0, 1), row(24, 25, LOST)], all)
    // Won twice 3000, won and lost 1000; lost first, nothing can be won back: half of all end at 0.
    expect([finalBankroll.p5, finalBankroll.p25, finalBankroll.p95]).toEqual([0, 0, 3000])
    expect(maxDrawdown.p95).toBe(1)
    expect(profitProbability).toBeCloseTo(0.25, 1)
  })

  test('is the same for the same seed and another for another', () => {
    const rows = Array.from({ length: 40 }, (_, i) => row(24 * i, 24 * i + 2, i % 3 === 0 ? LOST : {}))
    expect(resampled(rows, DEFAULT_RULES, { seed: 3 })).toEqual(resampled(rows, DEFAULT_RULES, { seed: 3 }))
    const other = resampled(rows, DEFAULT_RULES, { seed: 4 }).finalBankroll
    expect(other).not.toEqual(resampled(rows, DEFAULT_RULES, { seed: 3 }).finalBankroll)
  })

  test('has nothing to say where no bet was taken', () => {
    expect(resampleDays(replayBets([], FLAT), FLAT, { seed: 1 })).toBeUndefined()
  })

  test.each([
    [{ simulations: 0 }, 'simulations_out_of_range'],
    [{ simulations: 1.5 }, 'simulations_out_of_range'],
    [{ ruinShare: 1 }, 'ruin_share_out_of_range'],
    [{ ruinShare: Number.NaN }, 'ruin_share_out_of_range'],
  ])('refuses %j', (options, code) => {
    expect(() => resampleDays(replayBets([], FLAT), FLAT, { seed: 1, ...options })).toThrow(
      expect.objectContaining({ code }),
    )
  })
})
