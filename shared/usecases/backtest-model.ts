import type { BacktestReport, StrategyReport } from '../backtest/backtest.ts'
import { runBacktest } from '../backtest/backtest.ts'
import type { ResamplingOptions } from '../backtest/resample-days.ts'
import type { BacktestCandidate, BacktestRow } from '../backtest/row.ts'
import { candidateOf } from '../backtest/row.ts'
import type { BettingRules } from '../backtest/rules.ts'
import { DEFAULT_RULES } from '../backtest/rules.ts'
import { walkForward } from '../backtest/walk-forward.ts'
import type { Bet } from '../bets/bet.ts'
import type { Fold } from '../evaluation/folds.ts'
import { walkForwardFolds } from '../evaluation/folds.ts'
import { featureSet } from '../features/feature-set.ts'
import { replayLedger } from '../features/replay.ts'
import type { Progress } from '../kernel/ports.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import { learningRows, takeRows } from '../recipe/dataset.ts'
import { isMarketAlone } from '../recipe/fit-blend.ts'
import { WIN_PROBABILITY_INPUTS } from '../recipe/inputs.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { runFold } from '../recipe/walk-forward.ts'
import { membersOf } from './describe-model.ts'

/** One retraining. */
export interface Retraining {
  fold: number
  testFrom: string
  testTo: string
  /** Bets learned from. */
  learned: number
  /** Bets on offer. */
  offered: number
  /** What bet; empty where it was the recalibrated price alone. */
  members: ReturnType<typeof membersOf>
}

/** A back-test of the recipe, retrained as it walked. */
export interface BacktestOutcome {
  /** Learnable bets, of which the last 40 % are on offer. */
  rows: number
  /** Learnable bets that cannot be replayed, free bets for one; nothing is learned from them either. */
  unplayable: number
  retrainings: Retraining[]
  report: BacktestReport
  /** The same bets staked the other way, flat beside Kelly or Kelly beside flat. */
  beside: { staking: BettingRules['staking']; strategy: StrategyReport; placebo: StrategyReport }
}

export interface BacktestCommand {
  folds: number
  /** Those of `DEFAULT_RULES` that are not given; flat stakes are 1 % of the bankroll at the start unless told. */
  rules: Partial<BettingRules>
  resampling: ResamplingOptions
  recipe?: Recipe
}

/** A flat stake as a share of the bankroll at the start. */
const FLAT_SHARE = 0.01

/**
 * Bets on the last 40 % of a ledger as the recipe would have had it: before each fold everything is learned anew from
 * the bets before it whose results were known by then.
 *
 * On offer are bets that were won or lost at a price within American ±10,000, each at the price that was taken. Pushes
 * and voids are not among them; they would have brought nothing.
 *
 * @throws {DomainError} `too_few_rows`, `rule_out_of_range`, `simulations_out_of_range`
 */
export async function backtestModel(
  deps: { progress: Progress },
  ledger: readonly Bet[],
  command: BacktestCommand,
): Promise<BacktestOutcome> {
  const rules = rulesOf(command.rules)
  const offer = offerOf(ledger)
  const folds = walkForwardFolds(offer.candidates.length, command.folds)
  const { rows, retrainings } = await predictAll(deps, offer, folds, command.recipe)
  const staking = rules.staking === 'kelly' ? 'flat' : 'kelly'
  const { strategy, placebo } = runBacktest(rows, { ...rules, staking }, { seed: 0, simulations: 1 })
  return {
    rows: offer.candidates.length,
    unplayable: offer.unplayable,
    retrainings,
    report: runBacktest(rows, rules, command.resampling),
    beside: { staking, strategy, placebo },
  }
}

function rulesOf(given: Partial<BettingRules>): BettingRules {
  const bankroll = given.initialBankroll ?? DEFAULT_RULES.initialBankroll
  return { ...DEFAULT_RULES, flatStake: FLAT_SHARE * bankroll, ...given }
}

/** Learnable bets that can be replayed, row by row beside what a back-test knows of them. */
interface Offer {
  learnable: LearningRows
  candidates: BacktestCandidate[]
  unplayable: number
}

function offerOf(ledger: readonly Bet[]): Offer {
  const replayed = replayLedger(ledger, featureSet(WIN_PROBABILITY_INPUTS))
  const all = learningRows(replayed)
  const found = Array.from(all.ledgerRows, (r, row) => ({ row, candidate: candidateOf(replayed.bets[r] as Bet) }))
  const playable = found.flatMap(({ row, candidate }) => (candidate === undefined ? [] : [{ row, candidate }]))
  return {
    learnable: takeRows(
      all,
      Int32Array.from(playable, ({ row }) => row),
    ),
    candidates: playable.map(({ candidate }) => candidate),
    unplayable: found.length - playable.length,
  }
}

async function predictAll(
  deps: { progress: Progress },
  { learnable, candidates }: Offer,
  folds: readonly Fold[],
  recipe: Recipe | undefined,
): Promise<{ rows: BacktestRow[]; retrainings: Retraining[] }> {
  const task = deps.progress.start('Walking forward', folds.length)
  const retrainings: Retraining[] = []
  const rows = await walkForward(candidates, folds, ({ fold: k }) => {
    const fold = folds[k] as Fold
    const { fitted, learned, predictions } = runFold(learnable, fold, recipe === undefined ? {} : { recipe })
    retrainings.push({
      fold: k,
      testFrom: placedAt(learnable, fold.testBegin),
      testTo: placedAt(learnable, fold.testEnd - 1),
      learned: learned.labels.length,
      offered: fold.testEnd - fold.testBegin,
      members: isMarketAlone(fitted.blend) ? [] : membersOf(fitted.blend),
    })
    task.advance(k + 1)
    return { probabilities: predictions.model, marketProbabilities: predictions.recalibratedImplied }
  })
  task.finish()
  return { rows, retrainings }
}

function placedAt({ placedAtMs }: LearningRows, r: number): string {
  return new Date(placedAtMs[r] as number).toISOString()
}
