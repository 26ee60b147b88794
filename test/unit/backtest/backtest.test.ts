import { describe, expect, test } from 'vitest'
import { runBacktest } from '../../../shared/backtest/backtest.ts'
import { candidateOf } from '../../../shared/backtest/row.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { HOUR_MS, LOST, row } from './rows.ts'

const FLAT = { staking: 'flat', flatStake: 100, maxOpenShare: 1 } as const

describe('runBacktest', () => {
  test('reports a hand example', () => {
    const rows = [
      row(0, 1, { closingLineValue: 0.02 }),
      row(1, 2, { ...LOST, closingLineValue: 0 }),
      row(24, 25, LOST),
      row(25, 26, { returnPerUnit: 0 }),
      row(26, 27, LOST),
      row(27, 28, { probability: 0.4 }),
    ]
    const { strategy, offered, fromMs, toMs } = runBacktest(rows, FLAT, { seed: 1 })
    expect(offered).toBe(6)
    expect([fromMs, toMs]).toEqual([LEDGER_START_MS, LEDGER_START_MS + 27 * HOUR_MS])
    expect(strategy).toMatchObject({
      ...{ taken: 5, reduced: 0, refused: { edge: 1, exposure: 0, bankroll: 0 } },
      ...{ turnover: 500, profit: -200, finalBankroll: 800, longestLosingRun: 3 },
    })
    expect(strategy.growth).toBeCloseTo(-0.2, 12)
    // Turnover, not bankroll times bets, is what ROI is of. Day one: 0 − (−0.4)·200 = 80; day two −200 + 0.4·300 = −80.
    expect(strategy.roi?.ratio).toBe(-0.4)
    expect(strategy.roi?.interval?.high).toBeCloseTo(-0.4 + (1.959963984540054 * Math.sqrt(2 * 2 * 80 ** 2)) / 500, 12)
    expect(strategy.closingLineValue).toMatchObject({ ratio: 0.01, n: 2 })
    expect(strategy.drawdown.depth).toBeCloseTo(0.2, 12)
  })

  test('runs the placebo through the same rule on the probabilities of the market', () => {
    const rows = [row(0, 1, { marketProbability: 0.5 }), row(24, 25, { marketProbability: 0.55 })]
    const { strategy, placebo } = runBacktest(rows, FLAT, { seed: 1 })
    expect([strategy.taken, placebo.taken, placebo.profit]).toEqual([2, 1, 100])
    expect(placebo.refused.edge).toBe(1)
  })

  test('says nothing of what it cannot say where nothing is taken', () => {
    const report = runBacktest([], {}, { seed: 1 })
    expect(report).toMatchObject({ offered: 0, fromMs: undefined, toMs: undefined, resampling: undefined })
    expect(report.strategy).toMatchObject({ taken: 0, turnover: 0, roi: undefined, closingLineValue: undefined })
    expect(report.strategy.finalBankroll).toBe(1000)
  })

  test('has no Sharpe ratio', () => {
    expect(JSON.stringify(runBacktest([row(0, 1), row(24, 25, LOST)], {}, { seed: 1 })).toLowerCase()).not.toContain(
      'sharpe',
    )
  })
})

describe('candidateOf', () => {
  test('takes the return of the settlement and the time at which it was known', () => {
    expect(candidateOf(bet({ profitMinor: 550, closingLineValue: 0.03 }))).toEqual({
      ...{ placedAtMs: LEDGER_START_MS, knownAtMs: LEDGER_START_MS + 3 * HOUR_MS },
      ...{ decimalOdds: 2, returnPerUnit: 0.55, closingLineValue: 0.03 },
    })
    expect(candidateOf(bet({ state: 'push', profitMinor: 0 }))?.returnPerUnit).toBe(0)
    expect(candidateOf(bet({ resultKnownAtMs: LEDGER_START_MS + 90 * HOUR_MS }))?.knownAtMs).toBe(
      LEDGER_START_MS + 90 * HOUR_MS,
    )
  })

  test.each([
    ['open', { state: 'open', profitMinor: null } as const],
    ['free', { isFreeBet: true }],
    ['without a price', { decimalOdds: null }],
    ['cashed out for nobody knows what', { state: 'cashed_out', profitMinor: null } as const],
    ['said to lose more than its stake', { profitMinor: -1500 }],
  ])('leaves out a bet that is %s', (_, change) => {
    expect(candidateOf(bet(change))).toBeUndefined()
  })
})
