import { mean } from '../kernel/numeric.ts'
import type { Coefficient } from './clustered-logistic.ts'
import { fitClusteredLogistic } from './clustered-logistic.ts'
import { twoSidedNormal } from './distributions.ts'
import { assertScorable, logOddsOf } from './metrics.ts'

/** A coefficient with its test against zero. */
export interface TestedCoefficient extends Coefficient {
  /** value / error. */
  z: number
  /** Chance of a |z| at least this large where the coefficient is zero, by the normal distribution. */
  pValue: number
}

/** Whether a model knows something that a reference does not. */
export type EncompassingTest =
  | {
      kind: 'tested'
      intercept: TestedCoefficient
      /** Weight of the reference beside the model; where it is zero, the model holds all that the reference knows. */
      reference: TestedCoefficient
      /** Weight of the model beside the reference; where it is zero, the reference holds all that the model knows. */
      model: TestedCoefficient
      /** Wald statistic z² of the model's weight, chi-square with one degree of freedom where it is zero. */
      wald: number
      /** Whether the 95 % interval of the model's weight lies above zero. */
      modelAdds: boolean
    }
  | {
      kind: 'collinear'
      /**
       * `model_restates_reference`: in log-odds the model is a straight line in the reference (itself, a recalibration
       * of it, or one number for all rows). `reference_is_constant`: there is nothing to hold the model against.
       */
      reason: 'model_restates_reference' | 'reference_is_constant'
    }

/** Share of its variance that the model's log-odds must keep beside the reference's. */
const LEAST_OWN_VARIANCE = 1e-10

/**
 * Encompassing test: does a model add to a reference (the price, say), or does the reference hold all it knows?
 *
 * logit P(label = 1) = intercept + b_r · logit p_reference + b_m · logit p_model by maximum likelihood, with
 * cluster-robust errors. b_m = 0: the reference encompasses the model. b_r = 0: the model encompasses the reference. Both
 * above zero: a blend is better than either. Fair and Shiller ask this of regression forecasts, and Harvey, Leybourne
 * and Newbold of forecast errors; here the link is logistic, since the outcome is binary. The probabilities must come
 * from a model that has not seen these labels.
 *
 * @param labels                   0 or 1
 * @param reference, model         probabilities in [0, 1]; 0 and 1 count as in the log loss
 * @param clusters                 cluster of each row, at least four in all
 * @throws {DomainError} `length_mismatch`, `label_not_binary`, `probability_out_of_range` (NaN included),
 *   `cluster_not_finite`, `too_few_clusters`, `one_class`; `singular` where the labels are told apart without error
 * @see R. C. Fair, R. J. Shiller, "Comparing Information in Forecasts from Econometric Models", American Economic
 *   Review 80, 1990
 * @see D. I. Harvey, S. J. Leybourne, P. Newbold, "Tests for Forecast Encompassing", Journal of Business & Economic
 *   Statistics 16, 1998
 */
export function encompassingTest(
  labels: ArrayLike<number>,
  reference: ArrayLike<number>,
  model: ArrayLike<number>,
  clusters: ArrayLike<number>,
): EncompassingTest {
  assertScorable(labels, reference)
  assertScorable(labels, model)
  const columns = [logOddsOf(reference), logOddsOf(model)] as const
  const reason = collinearity(...columns)
  if (reason !== undefined) return { kind: 'collinear', reason }
  const [intercept, ofReference, ofModel] = fitClusteredLogistic(columns, labels, clusters).map(tested) as [
    TestedCoefficient,
    TestedCoefficient,
    TestedCoefficient,
  ]
  return {
    kind: 'tested',
    intercept,
    reference: ofReference,
    model: ofModel,
    wald: ofModel.z ** 2,
    modelAdds: ofModel.low > 0,
  }
}

function tested(coefficient: Coefficient): TestedCoefficient {
  const z = coefficient.value / coefficient.error
  return { ...coefficient, z, pValue: twoSidedNormal(z) }
}

/** Whether a straight line in the reference explains the model's log-odds but for rounding. */
function collinearity(
  reference: Float64Array,
  model: Float64Array,
): 'model_restates_reference' | 'reference_is_constant' | undefined {
  const ofReference = centred(reference)
  const ofModel = centred(model)
  const spread = dot(ofReference, ofReference)
  // Constant but for rounding: a standard deviation of 1e−7 in log-odds.
  if (spread <= reference.length * 1e-14) return 'reference_is_constant'
  const slope = dot(ofReference, ofModel) / spread
  const own = ofModel.map((value, r) => value - slope * (ofReference[r] as number))
  const whole = dot(ofModel, ofModel)
  const isRestated = whole <= model.length * 1e-14 || dot(own, own) <= LEAST_OWN_VARIANCE * whole
  return isRestated ? 'model_restates_reference' : undefined
}

function centred(values: Float64Array): Float64Array {
  const centre = mean(values)
  return values.map((value) => value - centre)
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, r) => sum + value * (b[r] as number), 0)
}
