import { DomainError } from '../kernel/errors.ts'
import type { TreeEnsemble } from '../trees/ensemble.ts'
import type { Tree } from '../trees/tree.ts'
import { DOUBLE } from './graph.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { treeEnsembleNode } from './tree-ensemble.ts'

/**
 * Adds an ensemble's raw scores to a graph: [rows, nOutputs], base scores included, the link left out. The sum of the
 * trees is 64-bit inside the operator and rounded to 32 bits where it leaves it.
 *
 * @throws {DomainError} `model_column_unknown`, `model_not_finite` where a tree reads beyond the features, splits at NaN
 *   or has a leaf that is no finite number
 */
export function addTreeScores(graph: GraphBuilder, ensemble: TreeEnsemble): string {
  const { trees, nOutputs, outputOf } = ensemble
  const base = [...ensemble.baseScores]
  if (trees.length === 0) return graph.everyRow(base)
  for (const tree of trees) checkTree(tree, graph.nFeatures)
  const input = graph.features()
  const sum = graph.addNode((output) => treeEnsembleNode(trees, input, output, { nOutputs, outputOf }))
  const wide = graph.add('Cast', [sum], { to: { int: DOUBLE } })
  return base.every((value) => value === 0) ? wide : graph.add('Add', [wide, graph.numbers(base)])
}

function checkTree({ left, feature, threshold, value }: Tree, nFeatures: number): void {
  for (let node = 0; node < left.length; node++) {
    if ((left[node] as number) < 0) {
      if (!Number.isFinite(value[node]))
        throw new DomainError('model_not_finite', `a leaf has the value ${value[node]}`)
      continue
    }
    const column = feature[node] as number
    if (!(column >= 0 && column < nFeatures)) {
      throw new DomainError('model_column_unknown', `a tree reads column ${column} of ${nFeatures}`)
    }
    if (Number.isNaN(threshold[node])) throw new DomainError('model_not_finite', 'a tree splits at NaN')
  }
}
