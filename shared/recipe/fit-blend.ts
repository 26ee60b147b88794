import type { Blend } from '../blend/blend.ts'
import { memberScores } from '../blend/predict.ts'
import { fitStack } from '../blend/stack.ts'
import type { CalibrationChoice } from '../calibration/choose.ts'
import { chooseCalibrator } from '../calibration/choose.ts'
import { fitBase, MARKET_MEMBER } from './base-member.ts'
import type { BoostingChoice } from './boosted-member.ts'
import { boostedMember, chooseRounds } from './boosted-member.ts'
import type { Contender } from './contenders.ts'
import { contendersOf } from './contenders.ts'
import type { LearningRows } from './dataset.ts'
import { judgeContenders, stackedScores } from './judged-rows.ts'
import { fitMarket } from './market.ts'
import type { Recipe } from './recipe.ts'
import { RECIPE } from './recipe.ts'
import { judgingWindows } from './windows.ts'

/** A win probability, and why it is what it is. */
export interface FittedBlend {
  blend: Blend
  /** How the calibrator was chosen; undefined where there was too little to choose by. */
  calibration: CalibrationChoice | undefined
}

/**
 * Standard errors that a calibration must gain over none: the members are fitted by likelihood and need none, unless the
 * rows leave little doubt.
 */
const CALIBRATION_PATIENCE = 2

/** A choice between members that one stretch of time alone would make is left undone. */
const LEAST_WINDOWS = 2

/**
 * Learns a win probability from rows in time order; nothing but these rows steers it.
 *
 * The base is the recalibrated market, shifted by the bettor's record where sports and markets are shown to differ
 * ({@link fitBase}). On top of it trees, a forest and a logistic regression are learned three times from what was known
 * before a later stretch of rows, and judged there ({@link judgingWindows}). On these rows, which no member has seen, the
 * trees' number and weight are chosen ({@link chooseRounds}), the weights of the others found ({@link fitStack}) and the
 * calibration chosen, window by window ({@link chooseCalibrator}). Members with weight are then learned from all rows.
 * Where nothing beat the market, the blend is the recalibrated market.
 *
 * @param onStep  told the number of trees grown, over all members
 * @throws {DomainError} `one_class` and others of rows that cannot be learned from
 */
export function fitBlend(
  rows: LearningRows,
  recipe: Recipe = RECIPE,
  onStep: (done: number) => void = () => {},
): FittedBlend {
  const windows = judgingWindows(rows)
  if (windows.length < LEAST_WINDOWS) return marketAlone(rows)
  const count = stepCounter(onStep)
  const choice = chooseRounds(windows, recipe.boosting, count())
  const contenders = contendersOf(windows, recipe, count)
  const judged = judgeContenders(windows, choice, contenders)
  const weights = fitStack(judged)
  const calibration = chooseCalibrator(stackedScores(judged, weights), judged.labels, {
    folds: judged.windows,
    clusters: judged.days,
    patience: CALIBRATION_PATIENCE,
  })
  const members = fitMembers(rows, { recipe, choice, contenders, weights, count })
  return {
    calibration,
    blend: { nFeatures: rows.matrix.columns.length, members, intercept: 0, calibrator: calibration.calibrator },
  }
}

/** The recalibrated market, where there is too little to judge anything else by. */
export function marketAlone(rows: LearningRows): FittedBlend {
  const members = [{ name: MARKET_MEMBER, weight: 1, member: { kind: 'column', score: fitMarket(rows) } }] as const
  const blend: Blend = { nFeatures: rows.matrix.columns.length, members, intercept: 0, calibrator: { kind: 'none' } }
  return { blend, calibration: undefined }
}

/** Whether a blend says what the recalibrated market says. */
export function isMarketAlone({ members, calibrator }: Blend): boolean {
  return calibrator.kind === 'none' && members.every(({ name, weight }) => name === MARKET_MEMBER || weight === 0)
}

interface Choices {
  recipe: Recipe
  choice: BoostingChoice
  contenders: readonly Contender[]
  weights: Float64Array
  count: () => (done: number) => void
}

/** The members that have weight, learned from all rows; base and trees have what forests leave. */
function fitMembers(rows: LearningRows, { recipe, choice, contenders, weights, count }: Choices): Blend['members'] {
  const base = fitBase(rows)
  const scores = memberScores(base.member, rows.matrix)
  const others = contenders.flatMap(({ name, adds, learn }, k) => {
    const weight = weights[k] as number
    const member = weight > 0 ? learn(rows, scores) : undefined
    return member === undefined ? [] : [{ name, adds, weight, member }]
  })
  const rest = others.reduce((left, { adds, weight }) => (adds ? left : left - weight), 1)
  // What is added stands in the place of trees, as it did where the weights were found.
  const left = others.reduce((sum, { weight }) => sum - weight, 1)
  const params = { ...recipe.boosting, rounds: choice.rounds }
  const trees =
    choice.rounds === 0
      ? []
      : [
          {
            name: 'boosted',
            weight: Math.max(0, left) * choice.weight,
            member: boostedMember(rows, scores, params, count()),
          },
        ]
  return [{ ...base, weight: rest }, ...trees, ...others.map(({ name, weight, member }) => ({ name, weight, member }))]
}

/** Adds up the steps of works that each count from one. */
function stepCounter(onStep: (done: number) => void): () => (done: number) => void {
  let before = 0
  let latest = 0
  return () => {
    before = latest
    return (done) => {
      latest = before + done
      onStep(latest)
    }
  }
}
