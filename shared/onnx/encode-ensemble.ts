import type { Link, TreeEnsemble } from '../trees/ensemble.ts'
import { encodeOnnx } from './graph.ts'
import type { ExportOptions, GraphBuilder } from './graph-builder.ts'
import { createGraphBuilder } from './graph-builder.ts'
import { addTreeScores } from './trees-graph.ts'

/**
 * An ensemble by itself as one ONNX file, its link included: `options.input` float [rows, nFeatures], NaN where missing
 * → `options.output` float [rows, nOutputs].
 *
 * @throws {DomainError} `model_not_finite`, `model_column_unknown` where a tree holds NaN or reads beyond the features
 */
export function encodeEnsemble(ensemble: TreeEnsemble, options: ExportOptions): Uint8Array {
  const graph = createGraphBuilder(ensemble.nFeatures, options)
  const result = addLink(graph, ensemble.link, addTreeScores(graph, ensemble))
  return encodeOnnx(graph.finish(result, ensemble.nOutputs))
}

function addLink(graph: GraphBuilder, link: Link, scores: string): string {
  switch (link) {
    case 'identity':
      return scores
    case 'logistic':
      return graph.add('Sigmoid', [scores])
    case 'softmax':
      return graph.add('Softmax', [scores], { axis: { int: 1 } })
  }
}
