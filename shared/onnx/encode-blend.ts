import type { Blend } from '../blend/blend.ts'
import { addCalibrator } from './calibrator-graph.ts'
import { encodeOnnx } from './graph.ts'
import type { ExportOptions, GraphBuilder } from './graph-builder.ts'
import { createGraphBuilder } from './graph-builder.ts'
import { addMember } from './member-graph.ts'

/**
 * A blend as one ONNX file, from raw features to calibrated probability: `options.input` float [rows, nFeatures], NaN
 * where missing → `options.output` float [rows, 1].
 *
 * It agrees with `predictBlend` to the rounding of its output, 6e-8. NaN where a member that has weight gives NaN.
 *
 * @throws {DomainError} `model_not_finite`, `model_column_unknown` where the blend holds NaN or reads beyond its features
 */
export function encodeBlend(blend: Blend, options: ExportOptions): Uint8Array {
  const graph = createGraphBuilder(blend.nFeatures, options)
  return encodeOnnx(graph.finish(addCalibrator(graph, blend.calibrator, addBlendScore(graph, blend)), 1))
}

/** The weighted sum, members in their order, the intercept last. */
function addBlendScore(graph: GraphBuilder, { members, intercept }: Blend): string {
  const weighted = members
    .filter(({ weight }) => weight !== 0)
    .map(({ weight, member }) => graph.add('Mul', [addMember(graph, member), graph.number(weight)]))
  if (weighted.length === 0) return graph.everyRow([intercept])
  const sum = weighted.reduce((left, right) => graph.add('Add', [left, right]))
  return graph.add('Add', [sum, graph.number(intercept)])
}
