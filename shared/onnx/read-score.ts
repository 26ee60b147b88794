import type { Blend, ColumnScore, Member } from '../blend/blend.ts'
import type { TreeEnsemble } from '../trees/ensemble.ts'
import { singleOutput } from '../trees/ensemble.ts'
import type { GraphReading } from './graph-reading.ts'
import { readGraph } from './graph-reading.ts'

/** What a file computes up to the score, in log-odds, that is calibrated. */
export interface ReadScore {
  /**
   * Of the blend the calibrator is left out (`none`), members are named by their place, and scales of linear scores are
   * all 1.
   */
  from: { blend: Blend } | { trees: TreeEnsemble }
  /** Log-odds of the answer: intercept + slope · score; undefined where no line leads there. */
  calibration: { slope: number; intercept: number } | undefined
  /** Whether all trees tell how many training rows each of their nodes saw: Shapley values need it. */
  hasCover: boolean
}

/**
 * Reads back what {@link import('./encode-blend.ts').encodeBlend} or `encodeEnsemble` (one logistic output) has written,
 * operator for operator; undefined where the graph is another, whatever it computes.
 *
 * The scores of what is read are those of what was written, but for the last bits of linear members.
 *
 * @throws {DomainError} `corrupt_model`, `unsupported_model` where the bytes are no ONNX file whose trees can be read
 */
export function readScore(bytes: Uint8Array): ReadScore | undefined {
  const graph = readGraph(bytes)
  const result = graph?.inputsOf(graph.output, 'Cast')?.[0]
  return graph === undefined ? undefined : (readLine(graph, result) ?? readCurve(graph, result))
}

const UNCALIBRATED = { slope: 1, intercept: 0 }

/** A blend that ends with a sigmoid, with or without a line before it. */
function readLine(graph: GraphReading, result: string | undefined): ReadScore | undefined {
  const score = graph.inputsOf(result, 'Sigmoid')?.[0]
  if (score === undefined) return undefined
  const trees = readTrees(graph, score)
  if (trees !== undefined) return { from: { trees }, calibration: UNCALIBRATED, hasCover: graph.hasCover }
  const uncalibrated = readBlend(graph, score)
  if (uncalibrated !== undefined) return { ...uncalibrated, calibration: UNCALIBRATED }
  const [divided, divisor] = graph.inputsOf(score, 'Div') ?? []
  const temperature = graph.number(divisor)
  const line =
    temperature === undefined ? readScaled(graph, score) : { value: divided, slope: 1 / temperature, intercept: 0 }
  const blend = readBlend(graph, line?.value)
  return line && blend && { ...blend, calibration: { slope: line.slope, intercept: line.intercept } }
}

/** A blend that is calibrated by a curve: the score stands beside it, for rows where it is missing. */
function readCurve(graph: GraphReading, result: string | undefined): ReadScore | undefined {
  const [isMissing, score] = graph.inputsOf(result, 'Where') ?? []
  const asked = graph.inputsOf(isMissing, 'IsNaN')?.[0]
  const blend = asked === score ? readBlend(graph, score) : undefined
  return blend && { ...blend, calibration: undefined }
}

/** Weighted members, the intercept last. */
function readBlend(graph: GraphReading, name: string | undefined): Pick<ReadScore, 'from' | 'hasCover'> | undefined {
  const constant = readEveryRow(graph, name)
  const [sum, added] = graph.inputsOf(name, 'Add') ?? []
  const intercept = constant ?? graph.number(added)
  const terms = constant === undefined ? readTerms(graph, sum) : []
  if (intercept === undefined || terms === undefined) return undefined
  const members = terms.map((term, k) => ({ name: `member ${k}`, ...term }))
  const blend: Blend = { nFeatures: graph.nFeatures, members, intercept, calibrator: { kind: 'none' } }
  return { from: { blend }, hasCover: graph.hasCover }
}

type Term = Pick<Blend['members'][number], 'weight' | 'member'>

/** Sums nest to the left, so they are walked along rather than into: files hold as many members as they like. */
function readTerms(graph: GraphReading, name: string | undefined): Term[] | undefined {
  const terms: Term[] = []
  for (let at = name; ; ) {
    const [rest, last] = graph.inputsOf(at, 'Add') ?? []
    const [value, factor] = graph.inputsOf(last ?? at, 'Mul') ?? []
    const weight = graph.number(factor)
    const member = readMember(graph, value)
    if (weight === undefined || member === undefined) return undefined
    terms.unshift({ weight, member })
    if (last === undefined) return terms
    at = rest
  }
}

function readMember(graph: GraphReading, name: string | undefined): Member | undefined {
  if (name === undefined) return undefined
  const score = readColumn(graph, name)
  if (score !== undefined) return { kind: 'column', score }
  return readLinear(graph, name) ?? readBoosted(graph, name) ?? readForest(graph, name) ?? readSegments(graph, name)
}

function readColumn(graph: GraphReading, name: string | undefined): ColumnScore | undefined {
  const line = readScaled(graph, name)
  const columns = readColumns(graph, line?.value)
  if (line === undefined || columns?.length !== 1) return undefined
  return { column: columns[0] as number, slope: line.slope, intercept: line.intercept }
}

function readLinear(graph: GraphReading, name: string | undefined): Member | undefined {
  const constant = readEveryRow(graph, name)
  const score = constant === undefined ? readWeightedColumns(graph, name) : { columns: [], intercept: constant }
  if (score === undefined) return undefined
  return { kind: 'linear', score: { means: [], coefficients: [], ...score, scales: score.columns.map(() => 1) } }
}

function readWeightedColumns(graph: GraphReading, name: string | undefined) {
  const [sum, added] = graph.inputsOf(name, 'Add') ?? []
  const intercept = graph.number(added)
  const [known, weights] = graph.inputsOf(sum, 'MatMul') ?? []
  const [isMissing, nought, offsets] = graph.inputsOf(known, 'Where') ?? []
  const [values, centre] = graph.inputsOf(offsets, 'Sub') ?? []
  const columns = readColumns(graph, values)
  const [means, coefficients] = [graph.numbers(centre), graph.numbers(weights)]
  const fits = graph.number(nought) === 0 && graph.inputsOf(isMissing, 'IsNaN')?.[0] === values
  if (!fits || intercept === undefined || columns === undefined) return undefined
  if (means?.length !== columns.length || coefficients?.length !== columns.length) return undefined
  return { columns, means, coefficients, intercept }
}

function readBoosted(graph: GraphReading, name: string | undefined): Member | undefined {
  const [before, sum] = graph.inputsOf(name, 'Add') ?? []
  const start = readColumn(graph, before)
  const trees = readTrees(graph, sum)
  return start && trees && { kind: 'boosted', start, trees }
}

function readForest(graph: GraphReading, name: string | undefined): Member | undefined {
  const [won, lost] = graph.inputsOf(name, 'Sub') ?? []
  const p = graph.inputsOf(won, 'Log')?.[0]
  const [one, complemented] = graph.inputsOf(graph.inputsOf(lost, 'Log')?.[0], 'Sub') ?? []
  if (p === undefined || complemented !== p || graph.number(one) !== 1) return undefined
  const trees = readTrees(graph, graph.inputsOf(p, 'Clip')?.[0])
  return trees && { kind: 'forest', trees }
}

/** Segments without a case are their fallback. */
function readSegments(graph: GraphReading, name: string | undefined): Member | undefined {
  const [isCase, chosen, otherwise] = graph.inputsOf(name, 'Where') ?? []
  const [codes, asked] = graph.inputsOf(isCase, 'Equal') ?? []
  const columns = readColumns(graph, codes)
  const code = graph.number(asked)
  const member = readMember(graph, chosen)
  const fallback = readMember(graph, otherwise)
  if (columns?.length !== 1 || code === undefined || member === undefined || fallback === undefined) return undefined
  return { kind: 'segments', column: columns[0] as number, cases: [{ code, member }], fallback }
}

/** Trees of one output with their base score. */
function readTrees(graph: GraphReading, name: string | undefined): TreeEnsemble | undefined {
  const constant = readEveryRow(graph, name)
  if (constant !== undefined) return singleOutput([], graph.nFeatures, { baseScore: constant })
  const [sum, base] = graph.inputsOf(name, 'Add') ?? []
  const read = graph.trees(graph.inputsOf(sum ?? name, 'Cast')?.[0])
  const baseScore = base === undefined ? 0 : graph.numbers(base)?.[0]
  if (read?.reads !== graph.input || baseScore === undefined) return undefined
  const { ensemble } = read
  const isPlain = ensemble.nOutputs === 1 && ensemble.link === 'identity' && ensemble.baseScores[0] === 0
  return isPlain ? singleOutput([...ensemble.trees], graph.nFeatures, { baseScore }) : undefined
}

function readColumns(graph: GraphReading, name: string | undefined): readonly number[] | undefined {
  const [features, indices] = graph.inputsOf(name, 'Gather') ?? []
  return graph.inputsOf(features, 'Cast')?.[0] === graph.input ? graph.integers(indices) : undefined
}

/** value · slope + intercept. */
function readScaled(graph: GraphReading, name: string | undefined) {
  const [product, added] = graph.inputsOf(name, 'Add') ?? []
  const [value, factor] = graph.inputsOf(product, 'Mul') ?? []
  const [slope, intercept] = [graph.number(factor), graph.number(added)]
  return slope === undefined || intercept === undefined ? undefined : { value, slope, intercept }
}

/** A value that is the same in every row. */
function readEveryRow(graph: GraphReading, name: string | undefined): number | undefined {
  const values = graph.numbers(graph.inputsOf(name, 'Expand')?.[0])
  return values?.length === 1 ? values[0] : undefined
}
