import { encodeOnnx } from '../onnx/graph.ts'
import type { ExportOptions, GraphBuilder } from '../onnx/graph-builder.ts'
import { createGraphBuilder } from '../onnx/graph-builder.ts'
import { addMember } from '../onnx/member-graph.ts'
import { addTreeScores } from '../onnx/trees-graph.ts'
import { MARKET_LOG_ODDS_INDEX } from './inputs.ts'
import type { RoiHead } from './roi-head.ts'

/**
 * A head as one ONNX file, from raw features to expected return: `options.input` float [rows, nFeatures], NaN where
 * missing → `options.output` float [rows, 1].
 *
 * It agrees with `predictRoi` to the rounding of its output, 4e-6 at the longest price and 6e-8 around evens.
 *
 * @throws {DomainError} `model_not_finite`, `model_column_unknown` where the head holds NaN or reads beyond its features
 */
export function encodeRoi(head: RoiHead, options: ExportOptions): Uint8Array {
  const graph = createGraphBuilder(head.nFeatures, options)
  const one = graph.number(1)
  const profit = graph.add('Exp', [graph.add('Neg', [graph.columns([MARKET_LOG_ODDS_INDEX])])])
  const payout = graph.add('Add', [profit, one])
  const expected = graph.add('Mul', [payout, graph.add('Sigmoid', [addMember(graph, head.base)])])
  const implied = graph.add('Sub', [expected, one])
  const lead = graph.add('Mul', [addTreeScores(graph, head.trees), graph.number(head.weight)])
  const roi = graph.add('Add', [implied, lead])
  const atMost = lesser(graph, roi, graph.add('Sub', [payout, one]))
  return encodeOnnx(graph.finish(greater(graph, atMost, graph.number(-1)), 1))
}

/** The lesser of two; NaN where the first is. What the operators Min and Max make of NaN is not specified. */
function lesser(graph: GraphBuilder, value: string, bound: string): string {
  return graph.add('Where', [graph.add('Greater', [value, bound]), bound, value])
}

function greater(graph: GraphBuilder, value: string, bound: string): string {
  return graph.add('Where', [graph.add('Greater', [bound, value]), bound, value])
}
