import type { StrategyReport } from '../../shared/backtest/backtest.ts'
import type { Percentiles, Resampling } from '../../shared/backtest/resample-days.ts'
import type { BettingRules } from '../../shared/backtest/rules.ts'
import type { BacktestOutcome } from '../../shared/usecases/backtest-model.ts'
import { block, count } from '../report.ts'
import { table } from '../terminal.ts'
import { dayOf, dayOfMs, percent, percentInterval } from './model-figures.ts'

/** A back-test for the terminal. */
export function backtestText(outcome: BacktestOutcome): string {
  const { report, retrainings, unplayable } = outcome
  return [
    backtestVerdict(outcome),
    block('On offer', [
      `${count(report.offered)} bets placed ${dayOfMs(report.fromMs)} to ${dayOfMs(report.toMs)}, of ${count(outcome.rows)}`,
      ...(unplayable > 0 ? [`${count(unplayable)} more cannot be replayed: free, or their return is not known`] : []),
      'pushes and voids are left out: they would have brought nothing',
    ]),
    block('Rules', rulesLines(report.rules)),
    block('What bet', retrainings.map(retrainingLine)),
    block('Result', [strategiesTable(outcome)]),
    block('Had the days come in other company', resamplingLines(report.resampling, report.rules)),
  ].join('\n')
}

/** What is to be thought of it, in one or two sentences. */
export function backtestVerdict({ report }: BacktestOutcome): string {
  const { strategy, placebo, offered } = report
  if (strategy.taken === 0) {
    const least = percent(report.rules.minEdge)
    return `Nothing was bet: of ${count(offered)} bets on offer the model saw none with an edge of ${least} or more. The bankroll stays as it was.`
  }
  const roi = `ROI ${percent(strategy.roi?.ratio)} (95 % ${percentInterval(strategy.roi?.interval)})`
  const beside =
    placebo.taken === 0
      ? 'the recalibrated price by the same rule bet nothing'
      : `the recalibrated price by the same rule: ${percent(placebo.roi?.ratio)} (95 % ${percentInterval(placebo.roi?.interval)})`
  return `${profitWords(strategy)}: ${roi} over ${count(strategy.taken)} bets; ${beside}.`
}

function profitWords({ roi }: StrategyReport): string {
  const interval = roi?.interval
  if (interval === undefined) return 'Nothing is proven, all bets being of one day'
  if (interval.low > 0) return 'A profit that is more than chance'
  return interval.high < 0 ? 'A loss that is more than chance' : 'No profit is proven'
}

/** How the bets were sized, line by line. */
export function rulesLines(rules: BettingRules): string[] {
  const { staking, kellyShare, maxStakeShare, maxOpenShare, minEdge, initialBankroll, flatStake } = rules
  return [
    `a bet is taken where the model expects ${percent(minEdge)} or more of the stake`,
    staking === 'kelly'
      ? `stake: ${Number(kellyShare.toFixed(4))} of Kelly on the money at hand, at most ${percent(maxStakeShare)} of it`
      : `stake: ${amount(flatStake)} each time`,
    `open bets hold at most ${percent(maxOpenShare)} of the bankroll; a stake is back when its result is known`,
    `bankroll at the start: ${amount(initialBankroll)}`,
  ]
}

function retrainingLine({ fold, testFrom, testTo, learned, offered, members }: BacktestOutcome['retrainings'][number]) {
  const what = members.map(({ name, weight }) => `${name} ${weight.toFixed(2)}`).join(', ')
  return `fold ${fold}, ${dayOf(testFrom)} to ${dayOf(testTo)}: ${count(offered)} bets on offer, learned from ${count(learned)}: ${what === '' ? 'the recalibrated price' : what}`
}

/** Names of both ways to stake. */
const STAKING_WORDS = { kelly: 'Kelly', flat: 'flat' } as const

/** Every strategy that was tried, with what it is called. */
export function strategiesOf({ report, beside }: BacktestOutcome): { name: string; of: StrategyReport }[] {
  const [main, other] = [STAKING_WORDS[report.rules.staking], STAKING_WORDS[beside.staking]]
  return [
    { name: `model, ${main}`, of: report.strategy },
    { name: `price, ${main}`, of: report.placebo },
    { name: `model, ${other}`, of: beside.strategy },
    { name: `price, ${other}`, of: beside.placebo },
  ]
}

/** What is told of each strategy. */
export const STRATEGY_FIGURES: readonly [string, (of: StrategyReport) => string][] = [
  ['bets taken', ({ taken, reduced }) => `${count(taken)}${reduced > 0 ? ` (${count(reduced)} reduced)` : ''}`],
  ['refused: edge too small', ({ refused }) => count(refused.edge)],
  ['refused: too much open', ({ refused }) => count(refused.exposure)],
  ['refused: no money', ({ refused }) => count(refused.bankroll)],
  ['turnover', ({ turnover }) => amount(turnover)],
  ['profit', ({ profit }) => amount(profit)],
  ['ROI', ({ roi }) => percent(roi?.ratio)],
  ['  95 %, by day', ({ roi }) => percentInterval(roi?.interval)],
  ['bankroll at the end', ({ finalBankroll }) => amount(finalBankroll)],
  ['growth', ({ growth }) => percent(growth)],
  ['deepest drawdown', ({ drawdown }) => percent(drawdown.depth)],
  ['longest time below a high', ({ drawdown }) => `${count(drawdown.longestDays)} days`],
  ['longest losing run', ({ longestLosingRun }) => `${count(longestLosingRun)} bets`],
  ['closing line value', ({ closingLineValue }) => percent(closingLineValue?.ratio)],
  ['  95 %, by day', ({ closingLineValue }) => percentInterval(closingLineValue?.interval)],
  ['  known for', ({ closingLineValue, taken }) => (taken === 0 ? '-' : percent((closingLineValue?.n ?? 0) / taken))],
]

function strategiesTable(outcome: BacktestOutcome): string {
  const strategies = strategiesOf(outcome)
  return table([
    ['', ...strategies.map(({ name }) => name)],
    ...STRATEGY_FIGURES.map(([name, figure]) => [name, ...strategies.map(({ of }) => figure(of))]),
  ])
}

function resamplingLines(resampling: Resampling | undefined, { initialBankroll }: BettingRules): string[] {
  if (resampling === undefined) return ['nothing was bet, so there is nothing to draw from']
  const { simulations, days, finalBankroll, maxDrawdown, profitProbability, ruin, ruinShare, seed } = resampling
  const row = (name: string, of: Percentiles, text: (x: number) => string) => [
    name,
    ...[of.p5, of.p25, of.p50, of.p75, of.p95].map(text),
  ]
  return [
    `${count(simulations)} bankrolls of ${count(days)} drawn days each, seed ${seed}`,
    table([
      ['', '5 %', '25 %', '50 %', '75 %', '95 %'],
      row('bankroll at the end', finalBankroll, amount),
      row('deepest drawdown', maxDrawdown, percent),
    ]),
    `${percent(profitProbability)} end above the ${amount(initialBankroll)} at the start`,
    `${percent(ruin.probability)} fall below ${percent(ruinShare)} of it (95 % of drawing ${percentInterval(ruin)})`,
    'days are drawn as if independent: a model that slowly goes bad is not in this',
  ]
}

/** Money without a currency. */
export function amount(money: number): string {
  const digits = Math.abs(money) < 100_000 ? 2 : 0
  return money.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
