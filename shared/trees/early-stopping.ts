import type { ScoredRows } from './labelled-rows.ts'
import type { Objective } from './objective.ts'
import type { Tree } from './tree.ts'
import { addTreeScores } from './tree.ts'

/** Watches the loss on validation rows while trees are added. */
export interface EarlyStopping {
  /** @param trees  the round's trees, one for each output */
  afterRound(trees: readonly Tree[]): 'continue' | 'stop'
  /** Number of rounds with the lowest loss; 0 where the initial scores were never beaten. */
  bestRounds(): number
  /** Mean loss after each round. */
  readonly losses: number[]
}

/** @param patience  rounds without a lower loss after which to stop */
export function createEarlyStopping(validation: ScoredRows, objective: Objective, patience: number): EarlyStopping {
  const scores = validation.initialScores.map((initial) => Float64Array.from(initial))
  const losses: number[] = []
  let best = 0
  let bestLoss = objective.meanLoss(scores, validation)
  return {
    losses,
    bestRounds: () => best,
    afterRound(trees) {
      for (const [k, tree] of trees.entries()) addTreeScores(tree, validation.matrix, scores[k] as Float64Array)
      const loss = objective.meanLoss(scores, validation)
      losses.push(loss)
      if (loss < bestLoss) {
        bestLoss = loss
        best = losses.length
      }
      return losses.length - best >= patience ? 'stop' : 'continue'
    },
  }
}
