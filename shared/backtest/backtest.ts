import type { ClusteredRatio } from './clustered.ts'
import { clusteredRatio } from './clustered.ts'
import type { Drawdown } from './drawdown.ts'
import { drawdownOf } from './drawdown.ts'
import type { DailyBankroll, ProbabilityOf, Refusals, Replay, TakenBet } from './replay-bets.ts'
import { replayBets } from './replay-bets.ts'
import type { Resampling, ResamplingOptions } from './resample-days.ts'
import { resampleDays } from './resample-days.ts'
import type { BacktestRow } from './row.ts'
import type { BettingRules } from './rules.ts'
import { DEFAULT_RULES } from './rules.ts'

const DAY_MS = 86_400_000

/** How one way of betting went. Money in the units of the rules; shares and ROI are fractions. */
export interface StrategyReport {
  taken: number
  /** Of those, bets with less at stake than the rules wanted, for want of room. */
  reduced: number
  refused: Refusals
  /** Σ stakes. */
  turnover: number
  profit: number
  /** Profit over turnover, with errors clustered by day of placement; undefined where nothing was staked. */
  roi: ClusteredRatio | undefined
  finalBankroll: number
  /** Final over initial bankroll − 1. */
  growth: number
  drawdown: Drawdown
  /** Most losses in a row, in order of settlement; bets that neither lose nor gain do not break a run. */
  longestLosingRun: number
  /** Mean closing line value of the bets that have one, clustered by day; undefined where none has. */
  closingLineValue: ClusteredRatio | undefined
  curve: DailyBankroll[]
}

/**
 * A back-test: the rule with the model's probabilities, and the same rule with the market's own, which knows nothing that
 * the price does not: what the placebo gains, the rule gained by luck or by its form.
 *
 * There is no Sharpe ratio: returns of bets of different length on a bankroll of one's own choosing have no period over
 * which it could be stated. ROI with its interval, drawdown and the resampled bankrolls say what it would.
 */
export interface BacktestReport {
  rules: BettingRules
  /** Bets on offer. */
  offered: number
  /** First and last placement on offer, milliseconds since the epoch; undefined where there is none. */
  fromMs: number | undefined
  toMs: number | undefined
  strategy: StrategyReport
  placebo: StrategyReport
  /** Undefined where no bet was taken. */
  resampling: Resampling | undefined
}

/**
 * Runs a betting rule over bets whose probabilities were made before they were placed ({@link BacktestRow}).
 *
 * @param rules  those of {@link DEFAULT_RULES} that are not given
 * @throws {DomainError} `row_out_of_range`, `rule_out_of_range`, `simulations_out_of_range`, `ruin_share_out_of_range`
 */
export function runBacktest(
  rows: readonly BacktestRow[],
  rules: Partial<BettingRules>,
  resampling: ResamplingOptions,
): BacktestReport {
  const allRules = { ...DEFAULT_RULES, ...rules }
  const replay = replayBets(rows, allRules)
  return {
    rules: allRules,
    offered: rows.length,
    ...spanOf(rows),
    strategy: reportOf(replay, allRules),
    placebo: reportOf(replayBets(rows, allRules, marketProbabilityOf), allRules),
    resampling: resampleDays(replay, allRules, resampling),
  }
}

const marketProbabilityOf: ProbabilityOf = ({ marketProbability }) => marketProbability

function reportOf({ taken, settled, refused, curve, finalBankroll }: Replay, rules: BettingRules): StrategyReport {
  const sum = (of: (bet: TakenBet) => number) => taken.reduce((total, bet) => total + of(bet), 0)
  const closed = taken.filter(({ row }) => row.closingLineValue !== undefined)
  return {
    taken: taken.length,
    reduced: taken.filter(({ isReduced }) => isReduced).length,
    refused,
    turnover: sum(({ stake }) => stake),
    profit: sum(({ profit }) => profit),
    roi: ratioByDay(
      taken,
      ({ profit }) => profit,
      ({ stake }) => stake,
    ),
    finalBankroll,
    growth: finalBankroll / rules.initialBankroll - 1,
    drawdown: drawdownOf(curve, rules.initialBankroll),
    longestLosingRun: longestLosingRun(settled),
    closingLineValue: ratioByDay(
      closed,
      ({ row }) => row.closingLineValue ?? Number.NaN,
      () => 1,
    ),
    curve,
  }
}

function ratioByDay(
  bets: readonly TakenBet[],
  numerator: (bet: TakenBet) => number,
  denominator: (bet: TakenBet) => number,
): ClusteredRatio | undefined {
  const days = bets.map(({ row }) => Math.floor(row.placedAtMs / DAY_MS))
  return clusteredRatio(bets.map(numerator), bets.map(denominator), days)
}

function longestLosingRun(settled: readonly TakenBet[]): number {
  let [run, longest] = [0, 0]
  for (const { profit } of settled) {
    if (profit > 0) run = 0
    else if (profit < 0) run += 1
    longest = Math.max(longest, run)
  }
  return longest
}

function spanOf(rows: readonly BacktestRow[]): Pick<BacktestReport, 'fromMs' | 'toMs'> {
  if (rows.length === 0) return { fromMs: undefined, toMs: undefined }
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { placedAtMs } of rows) {
    fromMs = Math.min(fromMs, placedAtMs)
    toMs = Math.max(toMs, placedAtMs)
  }
  return { fromMs, toMs }
}
