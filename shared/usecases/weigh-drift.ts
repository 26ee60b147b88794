import { WIN_PROBABILITY_INPUTS } from '../recipe/inputs.ts'
import { FIELDS_OF_INPUT } from './drift-columns.ts'

/** Share of what the model goes by that must have moved before training is asked for. */
export const MOVED_TO_RETRAIN = 0.05

/** How much a model goes by an input: mean absolute SHAP, gain, in any unit that adds up. */
export interface InputImportance {
  feature: string
  meanAbsolute: number
}

/** What is asked of a report's columns. */
export interface WeighableReport {
  feature_details: Readonly<
    Record<
      string,
      {
        is_drifted: boolean
        /** Share of rows that changed; null or left out where it cannot be told. */
        effect?: number | null | undefined
        movement?: string | undefined
      }
    >
  >
}

/** One input that has moved. */
export interface MovedInput {
  input: string
  /** Share of the model's importance, in [0, 1]. */
  weight: number
  /** Share of rows that changed, in [0, 1], and the column in which. */
  effect: number
  because: string
}

/** How much of what a model goes by has moved. */
export interface DriftWeight {
  /** Σ weight · effect over inputs, in [0, 1]. */
  moved: number
  threshold: number
  requiresRetraining: boolean
  /** The largest part first. */
  inputs: MovedInput[]
}

/**
 * Weighs a report by what the model goes by: moved = Σ wᵢ·eᵢ over its inputs, wᵢ the input's share of the importance and eᵢ
 * the largest change of the input itself or of a field that it is looked up by (a new book moves the record at the book).
 *
 * Seasonal changes count nothing: the model has seen them. Closing values and results are no inputs; what they tell is for
 * decay to judge.
 *
 * @param importances  of the model in service; every input alike where none are given or all are 0
 */
export function weighDrift(report: WeighableReport, importances: readonly InputImportance[]): DriftWeight {
  const weights = weightsOf(importances)
  const inputs = [...weights].flatMap(([input, weight]) => {
    const largest = [input, ...(FIELDS_OF_INPUT.get(input) ?? [])]
      .map((because) => ({ because, effect: effectOf(report, because) }))
      .reduce((a, b) => (b.effect > a.effect ? b : a))
    return largest.effect > 0 && weight > 0 ? [{ input, weight, ...largest }] : []
  })
  inputs.sort((a, b) => b.weight * b.effect - a.weight * a.effect)
  const moved = inputs.reduce((sum, { weight, effect }) => sum + weight * effect, 0)
  return { moved, threshold: MOVED_TO_RETRAIN, requiresRetraining: moved >= MOVED_TO_RETRAIN, inputs }
}

function effectOf({ feature_details }: WeighableReport, name: string): number {
  const details = feature_details[name]
  if (details === undefined || !details.is_drifted || details.movement === 'seasonal') return 0
  return details.effect ?? 0
}

/** Shares that add up to 1. */
function weightsOf(importances: readonly InputImportance[]): Map<string, number> {
  const usable = importances.filter(({ meanAbsolute }) => meanAbsolute > 0 && Number.isFinite(meanAbsolute))
  const total = usable.reduce((sum, { meanAbsolute }) => sum + meanAbsolute, 0)
  if (total > 0) return new Map(usable.map(({ feature, meanAbsolute }) => [feature, meanAbsolute / total]))
  return new Map(WIN_PROBABILITY_INPUTS.map((input) => [input, 1 / WIN_PROBABILITY_INPUTS.length]))
}
