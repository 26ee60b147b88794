import { Command, InvalidArgumentError } from 'commander'
import type { BettingRules } from '../../shared/backtest/rules.ts'
import { backtestModel } from '../../shared/usecases/backtest-model.ts'
import { readBetFile } from '../bet-file.ts'
import { exitingWithCode } from '../failure.ts'
import { backtestJson } from '../pages/backtest-json.ts'
import { renderBacktestPage } from '../pages/backtest-page.ts'
import { backtestText } from '../pages/backtest-text.ts'
import { terminalProgress } from '../terminal.ts'
import { writePage } from '../write-page.ts'
import { print } from './command.ts'

interface BacktestFlags {
  bets: string
  folds: number
  bankroll: number
  kelly: number
  maxStake: number
  maxOpen: number
  minEdge: number
  flat: boolean
  simulations: number
  seed: number
  html?: string
  json: boolean
}

const HELP = `
Before each fold the recipe is learned anew from the bets whose results were known by then. Bets are taken at the price
that they were taken at; a stake is back when its result is known. Beside the model the recalibrated price bets by the
same rule: what that gains, the rule gained without a model. There is no Sharpe ratio: such returns have no period.

closeline backtest --bets bets.csv --kelly 0.25 --html backtest.html`

export function backtestCommand(): Command {
  return new Command('backtest')
    .description('Bet a bankroll through a bet log, the recipe retrained as it walks, and tell what came of it.')
    .requiredOption('--bets <file>', 'bet log, CSV or Parquet')
    .option('--folds <number>', 'retrainings over the last 40 %', wholeNumber(1, 40), 4)
    .option('--bankroll <amount>', 'at the start', above(0), 1000)
    .option('--kelly <share>', 'share of the Kelly fraction that is staked', share, 0.25)
    .option('--max-stake <share>', 'largest stake, of the money at hand', share, 0.05)
    .option('--max-open <share>', 'most in open bets, of the bankroll', share, 0.25)
    .option('--min-edge <share>', 'least that the model must expect of a stake: 0.01 is 1 %', atLeastZero, 0.01)
    .option('--flat', 'stake 1 % of the bankroll at the start each time, instead of Kelly', false)
    .option('--simulations <number>', 'bankrolls drawn from its days', wholeNumber(1, 100_000), 2000)
    .option('--seed <number>', 'equal seeds draw equal bankrolls', wholeNumber(0, 0xffffffff), 1)
    .option('--html <file>', 'write a page with the curves')
    .option('--json', 'print the result as JSON', false)
    .addHelpText('after', HELP)
    .action((flags: BacktestFlags) => exitingWithCode(() => backtest(flags)))
}

async function backtest(flags: BacktestFlags): Promise<void> {
  const progress = terminalProgress()
  const { parsed } = await readBetFile(flags.bets, progress)
  const latest = new Map(parsed.bets.map(({ bet }) => [bet.id, bet]))
  const { folds, seed, simulations } = flags
  const command = { folds, rules: rulesOf(flags), resampling: { seed, simulations } }
  const outcome = await backtestModel({ progress }, [...latest.values()], command)
  if (flags.html !== undefined) await writePage(flags.html, renderBacktestPage(outcome))
  print(flags, backtestJson(outcome), () =>
    [backtestText(outcome), ...(flags.html === undefined ? [] : ['', `The page is in ${flags.html}.`])].join('\n'),
  )
}

function rulesOf({ flat, bankroll, kelly, maxStake, maxOpen, minEdge }: BacktestFlags): Partial<BettingRules> {
  return {
    staking: flat ? 'flat' : 'kelly',
    initialBankroll: bankroll,
    kellyShare: kelly,
    maxStakeShare: maxStake,
    maxOpenShare: maxOpen,
    minEdge,
  }
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = numberOf(text)
    if (Number.isInteger(number) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`a whole number from ${least} to ${most}.`)
  }
}

function above(least: number): (text: string) => number {
  return (text) => {
    const number = numberOf(text)
    if (Number.isFinite(number) && number > least) return number
    throw new InvalidArgumentError(`a number above ${least}.`)
  }
}

function atLeastZero(text: string): number {
  const number = numberOf(text)
  if (Number.isFinite(number) && number >= 0) return number
  throw new InvalidArgumentError('a number of at least 0.')
}

function share(text: string): number {
  const number = numberOf(text)
  if (number > 0 && number <= 1) return number
  throw new InvalidArgumentError('a share above 0, at most 1.')
}
