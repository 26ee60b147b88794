import type { Blend } from '../blend/blend.ts'
import type { Fold } from '../evaluation/folds.ts'
import type { FeatureRows } from '../features/replay.ts'
import type { Progress } from '../kernel/ports.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { RoiScores } from '../recipe/roi-comparison.ts'
import { joinRoi, scoreRoi } from '../recipe/roi-comparison.ts'
import type { RoiFold } from '../recipe/roi-fold.ts'
import { predictRoiFold } from '../recipe/roi-fold.ts'
import type { RoiDecision } from '../registry/roi-gate.ts'
import { judgeRoi } from '../registry/roi-gate.ts'
import { foldOrReason, orReason } from './learn-roi.ts'

/** What predicting ROI by itself would have come to, over the test bets of all folds together. */
export interface RoiEvaluation extends RoiDecision {
  /** What each fold learned: bets, trees that earned weight, and how far these are trusted. */
  folds: { fold: number; learned: number; trees: number; weight: number }[]
  /** Undefined where a fold could not be learned or scored; `reason` says why. */
  scores: RoiScores | undefined
}

/** A fold of a win probability's walk forward, and what was learned for it. */
export interface JudgedFold {
  fold: Fold
  blend: Blend
}

/**
 * Learns and scores an ROI head walking forward beside a win probability, and says whether it would be served.
 *
 * @param decided  the rows that the folds cut, of the same ledger
 */
export function evaluateRoi(
  deps: { progress: Progress },
  ledger: FeatureRows,
  { decided, judged }: { decided: LearningRows; judged: readonly JudgedFold[] },
  recipe?: Recipe,
): RoiEvaluation {
  const task = deps.progress.start('Learning from the returns', judged.length)
  const learned = judged.map(({ fold, blend }, k) => {
    const found = foldOrReason(ledger, { decided, fold }, recipe === undefined ? {} : { recipe })
    task.advance(k + 1)
    return { found, blend }
  })
  task.finish()
  const reason = learned.map(({ found }) => found).find((found) => typeof found === 'string')
  const folds = learned.flatMap(({ found, blend }) => (typeof found === 'string' ? [] : [{ found, blend }]))
  const scores =
    reason ?? orReason(() => scoreRoi(joinRoi(folds.map(({ found, blend }) => predictRoiFold(found, blend)))))
  const hasLearned = folds.some(({ found }) => found.fitted.head !== undefined)
  return {
    ...judgeRoi({ hasLearned, scores, parity: undefined }),
    folds: learned.map(({ found }, k) => ({ fold: k, ...factsOf(found) })),
    scores: typeof scores === 'string' ? undefined : scores,
  }
}

function factsOf(found: RoiFold | string): { learned: number; trees: number; weight: number } {
  if (typeof found === 'string') return { learned: 0, trees: 0, weight: 0 }
  const { head } = found.fitted
  return { learned: found.learned, trees: head?.trees.trees.length ?? 0, weight: head?.weight ?? 0 }
}
