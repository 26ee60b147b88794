import { createBlendExplainer } from '../blend/explain.ts'
import type { FeatureDefinition } from '../features/definition.ts'
import { DomainError } from '../kernel/errors.ts'
import { logit, sigmoid } from '../kernel/numeric.ts'
import type { ReadScore } from '../onnx/read-score.ts'
import { readScore } from '../onnx/read-score.ts'
import { createExplainer } from '../trees/shap.ts'
import type { LoadedModel } from './serving-model.ts'

/** What one feature adds to an answer. */
export interface Contribution {
  feature: string
  description: string
  /** As the model was asked; null where it is not known. */
  value: number | null
  /** Shapley value in log-odds. */
  logOdds: number
  /** The same in points of probability: 100 · (p − sigmoid(logit p − logOdds)); null where calibration bends the scale. */
  probabilityPoints: number | null
  sentence: string
}

/**
 * A win probability, taken apart: `baseLogOdds` + the `contributions` + `others` + `calibrationLogOdds` = `logOdds`.
 */
export interface PredictionExplanation {
  /** What the model says before it looks at any feature. */
  baseLogOdds: number
  /** The largest first. */
  contributions: Contribution[]
  /** The features that are not among these, and what they add together. */
  others: { features: number; logOdds: number }
  /** What a calibration that is no straight line moves the sum by; 0 where there is none. */
  calibrationLogOdds: number
  /** Log-odds of the win probability. */
  logOdds: number
}

/** Tells what an answer is made of, or why that cannot be told. */
export type ExplainAnswer = (
  loaded: Pick<LoadedModel, 'onnx' | 'inputs'>,
  values: Float32Array,
  p: number,
) => PredictionExplanation | { unavailable: string }

/** Largest difference of probability between the served answer and the sum of its parts; 32-bit rounding is 6e-8. */
const TOLERANCE = 1e-5

/**
 * Makes explanations of answers. Models are read back from their files when they are first asked about, then kept.
 *
 * @param top  most contributions that are told one by one
 */
export function createExplanations(top = 5): ExplainAnswer {
  const known = new WeakMap<Uint8Array, RowParts | { unavailable: string }>()
  return ({ onnx, inputs }, values, p) => {
    const parts = known.get(onnx) ?? partsOf(onnx)
    known.set(onnx, parts)
    if ('unavailable' in parts) return parts
    const said = parts.explain(values)
    const sum = said.reduce((total, part) => total + part, 0)
    // What is told must be what was served: a file that is read wrongly would be found out here.
    const isSame = parts.isBent || Math.abs(sigmoid(sum) - p) <= TOLERANCE
    if (!isSame) return { unavailable: 'the parts that were read back from the model do not add up to its answer' }
    const logOdds = parts.isBent ? logit(p) : sum
    const all = inputs.definitions.map((definition, f) =>
      contributionOf(definition, values[f] as number, said[f] as number, parts.isBent ? undefined : logOdds),
    )
    const contributions = all
      .filter((one) => one.logOdds !== 0)
      .sort((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds))
      .slice(0, top)
    const told = contributions.reduce((total, one) => total + one.logOdds, 0)
    const baseLogOdds = said[said.length - 1] as number
    return {
      ...{ baseLogOdds, contributions, logOdds },
      others: { features: all.length - contributions.length, logOdds: sum - baseLogOdds - told },
      calibrationLogOdds: logOdds - sum,
    }
  }
}

/** What features add to the log-odds, what is left without any last; `isBent`: before a calibration that is a curve. */
interface RowParts {
  isBent: boolean
  explain(row: Float32Array): Float64Array
}

function partsOf(onnx: Uint8Array): RowParts | { unavailable: string } {
  const score = scoreOf(onnx)
  if (score === undefined)
    return { unavailable: 'the model’s file is of another form than those whose parts can be read' }
  if (!score.hasCover) {
    return { unavailable: 'the model’s file does not tell how many bets its trees learned from at each split' }
  }
  const { from, calibration } = score
  const explainer = 'blend' in from ? createBlendExplainer(from.blend) : createExplainer(from.trees)
  const { slope, intercept } = calibration ?? { slope: 1, intercept: 0 }
  return {
    isBent: calibration === undefined,
    explain(row) {
      const said = explainer.explain(row).map((part) => slope * part)
      said[said.length - 1] = (said[said.length - 1] as number) + intercept
      return said
    },
  }
}

function scoreOf(onnx: Uint8Array): ReadScore | undefined {
  try {
    return readScore(onnx)
  } catch (thrown) {
    // It runs, so it is sound; it holds something that this software does not read.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

/** @param logOdds  of the answer; undefined where the contribution is to something that is bent afterwards */
function contributionOf(
  { name, description }: FeatureDefinition,
  value: number,
  own: number,
  logOdds: number | undefined,
): Contribution {
  const points = logOdds === undefined ? null : 100 * (sigmoid(logOdds) - sigmoid(logOdds - own))
  const isKnown = Number.isFinite(value)
  const change =
    logOdds === undefined
      ? `the log-odds before calibration by ${figure(Math.abs(own))}`
      : `the win probability from ${percent(logOdds - own)} to ${percent(logOdds)}`
  const subject = `${name.replaceAll('_', ' ')} is ${isKnown ? figure(value) : 'not known'}`
  return {
    ...{ feature: name, description, value: isKnown ? value : null, logOdds: own, probabilityPoints: points },
    sentence: `${subject}, which ${own < 0 ? 'lowers' : 'raises'} ${change}. ${description}`,
  }
}

function percent(logOdds: number): string {
  return `${(100 * sigmoid(logOdds)).toFixed(2)} %`
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)))
}
