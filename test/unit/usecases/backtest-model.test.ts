import { beforeAll, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { isDecisive } from '../../../shared/bets/settlement.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { RECIPE } from '../../../shared/recipe/recipe.ts'
import type { BacktestCommand, BacktestOutcome } from '../../../shared/usecases/backtest-model.ts'
import { backtestModel } from '../../../shared/usecases/backtest-model.ts'
import { shuffled } from '../../support/bets.ts'
import { ledgerWithEdge } from '../../support/simulated-ledgers.ts'

/** Little to grow: what is learned is not the matter here. */
const SMALL = { ...RECIPE, boosting: { ...RECIPE.boosting, rounds: 40, earlyStoppingRounds: 40 } }

function backtesting(ledger: readonly Bet[], command: Partial<BacktestCommand> = {}): Promise<BacktestOutcome> {
  const rest = { folds: 2, rules: {}, resampling: { seed: 1, simulations: 50 }, recipe: SMALL }
  return backtestModel({ progress: silentProgress }, ledger, { ...rest, ...command })
}

const edge = ledgerWithEdge()
const learnable = edge.filter(({ state, decimalOdds }) => {
  return isDecisive(state) && decimalOdds !== null && decimalOdds >= 1.01 && decimalOdds <= 101
})

describe('backtestModel', () => {
  let outcome: BacktestOutcome

  beforeAll(async () => {
    outcome = await backtesting(edge)
  })

  it('offers the last 40 % of the bets that were won or lost, fold by fold', () => {
    const n = learnable.length
    expect(outcome.rows).toBe(n)
    expect(outcome.report.offered).toBe(n - Math.floor(0.6 * n))
    const byTime = learnable.map(({ placedAtMs }) => placedAtMs).sort((a, b) => a - b)
    expect(outcome.report.fromMs).toBe(byTime[Math.floor(0.6 * n)])
    expect(outcome.report.toMs).toBe(byTime.at(-1))
    expect(outcome.retrainings.map(({ fold }) => fold)).toEqual([0, 1])
    expect(outcome.retrainings.reduce((sum, { offered }) => sum + offered, 0)).toBe(outcome.report.offered)
  })

  it('learns before each fold from the bets whose results were known by then, and from more as it goes', () => {
    const learned = outcome.retrainings.map((retraining) => retraining.learned)
    const n = learnable.length
    expect(learned[0]).toBeLessThanOrEqual(Math.floor(0.6 * n))
    expect(learned[0]).toBeGreaterThan(0.55 * n)
    expect(learned[1]).toBeGreaterThan(learned[0] ?? Number.NaN)
  })

  it('finds an edge that is there: a profit beyond chance, where the price alone finds none', () => {
    const { strategy, placebo } = outcome.report
    expect(strategy.taken).toBeGreaterThan(30)
    expect(strategy.roi?.interval?.low).toBeGreaterThan(0)
    expect(strategy.roi?.ratio ?? 0).toBeGreaterThan(placebo.roi?.ratio ?? 0)
  })

  it('accounts for every bet on offer, and for the money', () => {
    for (const { taken, refused } of [outcome.report.strategy, outcome.report.placebo, outcome.beside.strategy]) {
      expect(taken + refused.edge + refused.exposure + refused.bankroll).toBe(outcome.report.offered)
    }
    const { profit, finalBankroll, turnover, roi } = outcome.report.strategy
    expect(finalBankroll).toBeCloseTo(1000 + profit, 6)
    expect(roi?.ratio).toBeCloseTo(profit / turnover, 12)
  })

  it('stakes the same bets flat beside Kelly, and Kelly beside flat', async () => {
    expect(outcome.beside.staking).toBe('flat')
    const flat = await backtesting(edge, { rules: { staking: 'flat' } })
    expect(flat.beside.staking).toBe('kelly')
    expect(flat.report.strategy).toEqual(outcome.beside.strategy)
    expect(flat.beside.strategy).toEqual(outcome.report.strategy)
  })

  it('stakes one per cent of the bankroll at the start where it stakes flat', async () => {
    const { strategy } = (
      await backtesting(edge, { rules: { staking: 'flat', initialBankroll: 500, maxOpenShare: 1 } })
    ).report
    expect(strategy.reduced).toBe(0)
    expect(strategy.turnover).toBeCloseTo(5 * strategy.taken, 6)
  })

  it('gives an equal ledger, in whatever order, the same outcome', async () => {
    expect(await backtesting(shuffled(edge, 3))).toEqual(outcome)
  })

  it('lets no result of the tested bets steer what is bet first', async () => {
    const last =
      learnable.map(({ placedAtMs }) => placedAtMs).sort((a, b) => a - b)[Math.floor(0.6 * learnable.length)] ?? 0
    const turned = edge.map((bet) =>
      bet.placedAtMs >= last && bet.state === 'won'
        ? { ...bet, state: 'lost' as const, profitMinor: bet.stakeMinor === null ? null : -bet.stakeMinor }
        : bet,
    )
    const one = { folds: 1, rules: { staking: 'flat' as const, initialBankroll: 1e6, flatStake: 1 } }
    const [as, turnedAs] = [await backtesting(edge, one), await backtesting(turned, one)]
    // All lost now: the same bets are taken, as nothing of them was known, and each loses its stake.
    expect(turnedAs.retrainings).toEqual(as.retrainings)
    expect(turnedAs.report.strategy.taken).toBeGreaterThan(0)
    expect(turnedAs.report.strategy.roi?.ratio).toBeCloseTo(-1, 9)
  })

  it('says that nothing was bet where nothing was worth it', async () => {
    const { report } = await backtesting(edge, { rules: { minEdge: 5 } })
    expect(report.strategy).toMatchObject({ taken: 0, turnover: 0, roi: undefined, finalBankroll: 1000, growth: 0 })
    expect(report.resampling).toBeUndefined()
  })

  it('leaves out bets that cannot be replayed, and counts them', async () => {
    const free = new Set(learnable.slice(0, 7).map(({ id }) => id))
    const ledger = edge.map((bet) => (free.has(bet.id) ? { ...bet, isFreeBet: true } : bet))
    const { rows, unplayable } = await backtesting(ledger)
    expect([rows, unplayable]).toEqual([learnable.length - 7, 7])
  })

  it.each([
    [{ rules: { kellyShare: 0 } }, 'rule_out_of_range'],
    [{ rules: { initialBankroll: Number.NaN } }, 'rule_out_of_range'],
    [{ resampling: { seed: 1, simulations: 0 } }, 'simulations_out_of_range'],
    [{ folds: 100_000 }, 'too_few_rows'],
  ])('refuses %j', async (command, code) => {
    await expect(backtesting(edge, command)).rejects.toMatchObject({ code })
  })

  it('refuses an empty ledger', async () => {
    await expect(backtesting([])).rejects.toMatchObject({ code: 'too_few_rows' })
  })
})
