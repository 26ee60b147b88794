import type { Calibrator } from '../calibration/calibrator.ts'
import { invariant } from '../kernel/errors.ts'
import { INT64 } from './graph.ts'
import type { GraphBuilder } from './graph-builder.ts'

/** Adds a calibrator to a graph: from scores [rows, 1] to probabilities [rows, 1]; NaN stays NaN. */
export function addCalibrator(graph: GraphBuilder, calibrator: Calibrator, score: string): string {
  switch (calibrator.kind) {
    case 'none':
      return graph.add('Sigmoid', [score])
    case 'platt': {
      const sloped = graph.add('Mul', [score, graph.number(calibrator.slope)])
      return graph.add('Sigmoid', [graph.add('Add', [sloped, graph.number(calibrator.intercept)])])
    }
    case 'temperature':
      return graph.add('Sigmoid', [graph.add('Div', [score, graph.number(calibrator.temperature)])])
    case 'beta':
      return keepMissing(graph, score, graph.add('Sigmoid', [addBetaScore(graph, calibrator, score)]))
    case 'isotonic':
      return keepMissing(graph, score, addInterpolation(graph, calibrator, score))
  }
}

/** What Clip and Relu make of NaN is not specified, and a weight of 0 would lose it. */
function keepMissing(graph: GraphBuilder, score: string, result: string): string {
  return graph.add('Where', [graph.add('IsNaN', [score]), score, result])
}

/**
 * a · ln p − b · ln(1 − p) + c, with −ln p = max(−s, 0) + t and −ln(1 − p) = max(s, 0) + t, t = ln(1 + e^−|s|): the
 * operator Softplus has no 64-bit kernel in onnxruntime-web.
 */
function addBetaScore(graph: GraphBuilder, { a, b, c }: Extract<Calibrator, { kind: 'beta' }>, score: string): string {
  const exponential = graph.add('Exp', [graph.add('Neg', [graph.add('Abs', [score])])])
  const tail = graph.add('Log', [graph.add('Add', [exponential, graph.number(1)])])
  const term = (signed: string, weight: number) =>
    graph.add('Mul', [graph.add('Add', [graph.add('Relu', [signed]), tail]), graph.number(weight)])
  let sum = graph.everyRow([c])
  if (a !== 0) sum = graph.add('Add', [sum, term(graph.add('Neg', [score]), -a)])
  if (b !== 0) sum = graph.add('Add', [sum, term(score, b)])
  return sum
}

/**
 * Linear interpolation by looking up the piece that holds the score: the number of points below it is the piece's index
 * in four tables. One piece is evaluated, so steep neighbours cannot cancel each other's digits away.
 */
function addInterpolation(
  graph: GraphBuilder,
  { scores, probabilities }: Extract<Calibrator, { kind: 'isotonic' }>,
  score: string,
): string {
  const first = scores[0]
  const last = scores.at(-1)
  invariant(
    first !== undefined && last !== undefined && scores.length === probabilities.length,
    `${scores.length} scores and ${probabilities.length} probabilities of an isotone`,
  )
  const within = graph.add('Clip', [score, graph.number(first), graph.number(last)])
  const isAbove = graph.add('Greater', [within, graph.numbers(scores)])
  const index = graph.add('ReduceSum', [graph.add('Cast', [isAbove], { to: { int: INT64 } }), graph.integers([1])])
  const lookUp = (values: readonly number[]) => graph.add('Gather', [graph.numbers(values), index])
  const before = (values: readonly number[]) => values.map((value, i) => values[i - 1] ?? value)
  const rise = (values: readonly number[]) => values.map((value, i) => value - (values[i - 1] ?? value))
  // Before the first point, and where two share a score, no piece has a width; nothing is looked up there but the level.
  const widths = rise(scores).map((width) => (width > 0 ? width : 1))
  const offset = graph.add('Sub', [within, lookUp(before(scores))])
  const share = graph.add('Div', [offset, lookUp(widths)])
  return graph.add('Add', [lookUp(before(probabilities)), graph.add('Mul', [share, lookUp(rise(probabilities))])])
}
