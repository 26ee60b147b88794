import { describe, expect, it } from 'vitest'
import { backtestJson } from '../../../../bin/pages/backtest-json.ts'
import { renderBacktestPage } from '../../../../bin/pages/backtest-page.ts'
import { backtestText } from '../../../../bin/pages/backtest-text.ts'
import { runBacktest } from '../../../../shared/backtest/backtest.ts'
import type { BacktestRow } from '../../../../shared/backtest/row.ts'
import type { BacktestOutcome } from '../../../../shared/usecases/backtest-model.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2025, 0, 1)

/** Ten days with a bet at even money each, won and lost in turn; the model expects 10 %, the price loses 5 %. */
function rows(probability = 0.55): BacktestRow[] {
  return Array.from({ length: 10 }, (_, day) => ({
    placedAtMs: START_MS + day * DAY_MS,
    knownAtMs: START_MS + day * DAY_MS + 3_600_000,
    decimalOdds: 2,
    returnPerUnit: day % 2 === 0 ? 1 : -1,
    closingLineValue: day === 0 ? 0.04 : undefined,
    probability,
    marketProbability: 0.475,
  }))
}

function outcome(probability?: number): BacktestOutcome {
  const rules = { staking: 'flat' as const, flatStake: 10 }
  const report = runBacktest(rows(probability), rules, { seed: 1, simulations: 20 })
  const { strategy, placebo } = runBacktest(rows(probability), {}, { seed: 1, simulations: 1 })
  const placed = { testFrom: '2025-01-01T00:00:00.000Z', testTo: '2025-01-10T00:00:00.000Z' }
  return {
    rows: 25,
    unplayable: 3,
    retrainings: [
      { fold: 0, ...placed, learned: 15, offered: 10, members: [{ name: 'boosted', weight: 1, trees: 7 }] },
    ],
    report,
    beside: { staking: 'kelly', strategy, placebo },
  }
}

describe.each([
  ['text', backtestText],
  ['page', renderBacktestPage],
] as const)('a back-test as %s', (_, render) => {
  it('tells bets taken and refused, turnover, return with its interval, and the placebo', () => {
    const said = render(outcome())
    // Five won, five lost at stakes of 10: nothing is left of a turnover of 100.
    expect(said).toContain('No profit is proven: ROI 0.0 % (95 %')
    expect(said).toContain('over 10 bets; the recalibrated price by the same rule bet nothing')
    expect(said).toContain('100.00')
    expect(said).toContain('2025-01-01 to 2025-01-10')
    expect(said).toMatch(/model, flat[\s\S]*price, flat[\s\S]*model, Kelly/)
    for (const part of ['refused: edge too small', 'deepest drawdown', 'longest losing run', 'closing line value']) {
      expect(said).toContain(part)
    }
    expect(said).toMatch(/fall below 10\.0 % of it/)
    expect(said).toContain('boosted 1.00')
  })

  it('says plainly that nothing was bet', () => {
    const said = render(outcome(0.4))
    expect(said).toContain('Nothing was bet: of 10 bets on offer the model saw none with an edge of 1.0 % or more.')
    expect(said).toMatch(/1,000\.00/)
    expect(said).not.toContain('NaN')
  })

  it('names no Sharpe ratio of its own', () => {
    expect(render(outcome())).not.toMatch(/sharpe ratio:? -?\d/i)
  })

  it('shows no number that is none', () => {
    expect(render(outcome())).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('the page of a back-test', () => {
  it('draws bankrolls, drawdown and the fan, and fetches nothing', () => {
    const page = renderBacktestPage(outcome())
    for (const label of ['Bankroll by day', 'Drawdown by day', 'Resampled bankrolls']) {
      expect(page).toContain(`aria-label="${label}"`)
    }
    expect(page).toContain('default-src &#39;none&#39;')
    expect(page).not.toMatch(/(?:src|href)="|<script|style="/)
  })

  it('draws no curve where nothing was bet', () => {
    const page = renderBacktestPage(outcome(0.4))
    expect(page).not.toContain('Bankroll by day')
    expect(page).toContain('there is no curve')
  })
})

describe('a back-test as JSON', () => {
  it('keeps what is not known as null', () => {
    expect(JSON.parse(JSON.stringify(backtestJson(outcome(0.4))))).toMatchObject({
      strategy: { taken: 0, roi: null },
      resampling: null,
      beside: { staking: 'kelly' },
    })
  })
})
