import { DomainError } from '../kernel/errors.ts'
import { Z_95 } from '../kernel/numeric.ts'
import type { Rng } from '../kernel/random.ts'
import { createRng } from '../kernel/random.ts'
import type { Replay } from './replay-bets.ts'
import type { BettingRules } from './rules.ts'

export interface ResamplingOptions {
  /** An integer; equal seeds give equal figures. */
  seed: number
  /** Bankrolls to draw, ≥ 1; 2,000 where not given. */
  simulations?: number
  /** A bankroll below this share of the initial one counts as ruined, in (0, 1); 0.1 where not given. */
  ruinShare?: number
}

/** Percentiles of a figure over all drawn bankrolls. */
export interface Percentiles {
  p5: number
  p25: number
  p50: number
  p75: number
  p95: number
}

/** What might have become of the bankroll, had the days come in other company. */
export interface Resampling {
  simulations: number
  seed: number
  /** Days on which bets were taken: what is drawn from, and how many are drawn for each bankroll. */
  days: number
  finalBankroll: Percentiles
  /** Deepest fall below an earlier high, as a share of it, at the ends of days. */
  maxDrawdown: Percentiles
  /** Share of bankrolls that ended above the initial one. */
  profitProbability: number
  ruinShare: number
  /** Share of bankrolls that were below `ruinShare` of the initial one on some day, with the 95 % interval of drawing. */
  ruin: { probability: number; low: number; high: number }
  /** Bankrolls after shares of the days, for a fan chart; `day` counts drawn days. */
  fan: ({ day: number } & Percentiles)[]
}

const FAN_STEPS = 20
const DAY_MS = 86_400_000

/**
 * Block bootstrap by day: draws as many days as there were with bets, with replacement, each with all its bets, since bets
 * of a day share games and form.
 *
 * By Kelly a drawn day multiplies the bankroll by 1 + (profit of the bets placed that day)/(bankroll at its start); by flat
 * stakes it adds their profit. A bankroll at 0 stays there. Days are taken as settled before the next one, and as
 * independent of one another: a model that slowly goes bad is not in this.
 *
 * @returns undefined where no bet was taken
 * @throws {DomainError} `simulations_out_of_range`, `ruin_share_out_of_range` (NaN included)
 * @see B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, 8.5–8.6
 */
export function resampleDays(
  replay: Replay,
  rules: BettingRules,
  { seed, simulations = 2000, ruinShare = 0.1 }: ResamplingOptions,
): Resampling | undefined {
  assertOptions(simulations, ruinShare)
  const results = dailyResults(replay, rules)
  if (results.length === 0) return undefined
  const rng = createRng(seed)
  const marks = fanMarks(results.length)
  const paths = Array.from({ length: simulations }, () => drawPath(rng, results, rules, marks))
  const ruined = paths.filter(({ lowest }) => lowest < ruinShare * rules.initialBankroll).length
  const profitable = paths.filter(({ final }) => final > rules.initialBankroll).length
  return {
    ...{ simulations, seed, days: results.length, ruinShare },
    finalBankroll: percentilesOf(paths.map(({ final }) => final)),
    maxDrawdown: percentilesOf(paths.map(({ drawdown }) => drawdown)),
    profitProbability: profitable / simulations,
    ruin: { probability: ruined / simulations, ...wilsonInterval(ruined, simulations) },
    fan: marks.map((day, m) => ({ day, ...percentilesOf(paths.map(({ marked }) => marked[m] as number)) })),
  }
}

/** What each day with bets did to the bankroll: by Kelly as a share of it, by flat stakes in units. */
function dailyResults({ taken, curve }: Replay, rules: BettingRules): Float64Array {
  const byDay = Map.groupBy(taken, ({ row }) => Math.floor(row.placedAtMs / DAY_MS))
  const results: number[] = []
  let bankroll = rules.initialBankroll
  for (const mark of curve) {
    const bets = byDay.get(mark.day)
    if (bets !== undefined) {
      const profit = bets.reduce((sum, bet) => sum + bet.profit, 0)
      results.push(rules.staking === 'kelly' ? profit / bankroll : profit)
    }
    bankroll = mark.bankroll
  }
  return Float64Array.from(results)
}

interface Path {
  final: number
  lowest: number
  drawdown: number
  /** Bankroll after each of the fan's days. */
  marked: number[]
}

function drawPath(rng: Rng, results: Float64Array, rules: BettingRules, marks: readonly number[]): Path {
  const { initialBankroll, staking } = rules
  let [bankroll, highest] = [initialBankroll, initialBankroll]
  const path: Path = { final: 0, lowest: initialBankroll, drawdown: 0, marked: [] }
  for (let day = 1; day <= results.length; day++) {
    const result = results[rng.integer(results.length)] as number
    const next = staking === 'kelly' ? bankroll * (1 + result) : bankroll + result
    bankroll = bankroll > 0 ? Math.max(0, next) : 0
    highest = Math.max(highest, bankroll)
    path.lowest = Math.min(path.lowest, bankroll)
    path.drawdown = Math.max(path.drawdown, 1 - bankroll / highest)
    if (marks[path.marked.length] === day) path.marked.push(bankroll)
  }
  path.final = bankroll
  return path
}

/** Up to twenty days, evenly spread, the last one included. */
function fanMarks(days: number): number[] {
  const steps = Math.min(FAN_STEPS, days)
  return Array.from({ length: steps }, (_, s) => Math.ceil((days * (s + 1)) / steps))
}

/** Percentiles by linear interpolation between order statistics. */
function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => {
    const position = share * (sorted.length - 1)
    const below = Math.floor(position)
    const low = sorted[below] as number
    return low + (position - below) * ((sorted[below + 1] ?? low) - low)
  }
  return { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) }
}

/** @see E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22(158), 1927 */
function wilsonInterval(count: number, n: number): { low: number; high: number } {
  const [share, z2] = [count / n, Z_95 ** 2]
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n)
  const halfWidth = (Z_95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))
  return { low: Math.max(0, centre - halfWidth), high: Math.min(1, centre + halfWidth) }
}

function assertOptions(simulations: number, ruinShare: number): void {
  if (!(Number.isInteger(simulations) && simulations >= 1)) {
    throw new DomainError('simulations_out_of_range', `${simulations} simulations: must be a whole number from 1 on`)
  }
  if (!(ruinShare > 0 && ruinShare < 1)) {
    throw new DomainError('ruin_share_out_of_range', `ruin share ${ruinShare}: must lie between 0 and 1`)
  }
}
