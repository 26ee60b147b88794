import type * as z from 'zod'
import { DomainError, messageOf } from '../kernel/errors.ts'
import { previousFloat32 } from '../onnx/float32.ts'
import type { Link, TreeEnsemble } from '../trees/ensemble.ts'
import type { Tree } from '../trees/tree.ts'

import type { ImportedModel } from './imported-model.ts'
import { MAX_FEATURES } from './imported-model.ts'
import { treeOfNodes } from './node-order.ts'
import type { XgboostFile, XgboostTree } from './xgboost-schema.ts'
import { xgboostKindSchema, xgboostSchema } from './xgboost-schema.ts'

/** Objectives whose predictions are understood, each with its link. */
export const XGBOOST_OBJECTIVES: Readonly<Record<string, Link>> = {
  'binary:logistic': 'logistic',
  'reg:logistic': 'logistic',
  'reg:squarederror': 'identity',
  'reg:linear': 'identity',
  'reg:absoluteerror': 'identity',
  'reg:pseudohubererror': 'identity',
  'multi:softprob': 'softmax',
  'multi:softmax': 'softmax',
}

/**
 * Reads a model that XGBoost 1.0 or later saved as JSON: boosters `gbtree` and `dart`, numeric splits, one target.
 *
 * XGBoost sends a row left where x < split condition, both 32-bit floats, so a threshold here is the largest float below
 * that condition. A dart tree's weight is multiplied into its leaves. For `multi:softmax` the ensemble gives the
 * probabilities of which XGBoost names the largest.
 *
 * @param options.upToBest  leave out the rounds after the best of an early-stopped run, as XGBoost's scikit-learn
 *   interface does where it predicts; by default all count, as in `Booster.predict`
 * @throws {DomainError} `not_json`; `not_xgboost` where fields are missing, of the wrong type, not finite or of lengths
 *   that disagree; `unknown_booster`, `unknown_objective`, `categorical_split`, `several_targets`, `no_trees`,
 *   `too_many_features`, `base_score_out_of_range`; `corrupt_tree`
 * @see XGBoost documentation, "Introduction to Model IO", JSON schema
 */
export function readXgboostJson(text: string, options: { upToBest?: boolean } = {}): ImportedModel {
  return importXgboost(parseJson(text), options)
}

/** The same for JSON that is parsed already. @throws {DomainError} as {@link readXgboostJson}, but for `not_json` */
export function importXgboost(json: unknown, { upToBest = false }: { upToBest?: boolean } = {}): ImportedModel {
  const { learner: kind } = checked(xgboostKindSchema, json)
  assertBooster(kind.gradient_booster.name)
  const link = linkOf(kind.objective.name)
  const file = checked(xgboostSchema, json)
  const { nFeatures, nOutputs } = shapeOf(file, link)
  const { model, weights } = boosterOf(file)
  const perRound = Math.max(1, model.gbtree_model_param.num_parallel_tree ?? 1) * nOutputs
  if (model.trees.length % perRound !== 0) {
    throw notXgboost(`${model.trees.length} trees do not fill rounds of ${perRound}`)
  }
  const rounds = model.trees.length / perRound
  const bestRound = bestRoundOf(file, rounds)
  const kept = upToBest && bestRound !== undefined ? (bestRound + 1) * perRound : model.trees.length
  const ensemble: TreeEnsemble = {
    nFeatures,
    nOutputs,
    link,
    trees: model.trees.slice(0, kept).map((tree, t) => readTree(tree, t, nFeatures, weights?.[t] ?? 1)),
    outputOf: Int32Array.from(model.tree_info.slice(0, kept), (output) => inRange(output, nOutputs)),
    baseScores: baseScoresOf(file, link, nOutputs),
  }
  return {
    library: 'xgboost',
    version: file.version.join('.'),
    objective: kind.objective.name,
    featureNames: file.learner.feature_names ?? [],
    ensemble,
    rounds: kept / perRound,
    bestRound,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(withNulls(text))
  } catch (cause) {
    const message = `not JSON: ${messageOf(cause)}; XGBoost writes JSON where the file's name ends in .json`
    throw new DomainError('not_json', message, { cause })
  }
}

/** XGBoost writes NaN and Infinity, which JSON has not; in place of a number that is needed null is refused later on. */
function withNulls(text: string): string {
  if (!/NaN|Infinity/.test(text)) return text
  return text.replace(/"(?:[^"\\]|\\.)*"|-?(?:NaN|Infinity)/g, (token) => (token.startsWith('"') ? token : 'null'))
}

function checked<T>(schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw notXgboost(`${issue?.path.join('.') || 'the file'}: ${issue?.message}`)
}

function assertBooster(name: string): void {
  if (name === 'gbtree' || name === 'dart') return
  throw new DomainError('unknown_booster', `booster ${name}: only trees are read (gbtree, dart)`)
}

function linkOf(objective: string): Link {
  const link = Object.hasOwn(XGBOOST_OBJECTIVES, objective) ? XGBOOST_OBJECTIVES[objective] : undefined
  if (link !== undefined) return link
  const known = Object.keys(XGBOOST_OBJECTIVES).join(', ')
  throw new DomainError('unknown_objective', `objective ${objective}: known are ${known}`)
}

function shapeOf(file: XgboostFile, link: Link): { nFeatures: number; nOutputs: number } {
  const { num_class, num_feature: nFeatures, num_target } = file.learner.learner_model_param
  const names = file.learner.feature_names ?? []
  if ((num_target ?? 1) > 1) throw new DomainError('several_targets', `${num_target} targets: a model here has one`)
  if (nFeatures > MAX_FEATURES) {
    throw new DomainError('too_many_features', `${nFeatures} features: at most ${MAX_FEATURES} are read`)
  }
  if (names.length > 0 && names.length !== nFeatures) {
    throw notXgboost(`${names.length} feature names for ${nFeatures} features`)
  }
  if (link === 'softmax' ? num_class < 2 : num_class > 1) throw notXgboost(`num_class ${num_class} for its objective`)
  return { nFeatures, nOutputs: link === 'softmax' ? num_class : 1 }
}

function boosterOf(file: XgboostFile) {
  const booster = file.learner.gradient_booster
  const model = booster.name === 'dart' ? booster.gbtree.model : booster.model
  const weights = booster.name === 'dart' ? booster.weight_drop : undefined
  const n = model.trees.length
  if (n === 0) throw new DomainError('no_trees', 'the model holds no trees')
  assertLength('num_trees', model.gbtree_model_param.num_trees, n)
  assertLength('tree_info', model.tree_info.length, n)
  if (weights !== undefined) assertLength('weight_drop', weights.length, n)
  return { model, weights }
}

function assertLength(field: string, length: number, expected: number): void {
  if (length !== expected) throw notXgboost(`${field} tells of ${length}, the file has ${expected}`)
}

function inRange(output: number, nOutputs: number): number {
  if (output >= 0 && output < nOutputs) return output
  throw notXgboost(`tree_info holds ${output}: there are ${nOutputs} outputs`)
}

/** Zero-based, written among the attributes as text; whatever else stands there is the user's own. */
function bestRoundOf(file: XgboostFile, rounds: number): number | undefined {
  const text = file.learner.attributes?.best_iteration ?? ''
  return /^\d{1,9}$/.test(text) && Number(text) < rounds ? Number(text) : undefined
}

/** `5E-1` until XGBoost 3.0, `[5E-1]` or one for each class since. */
function baseScoresOf(file: XgboostFile, link: Link, nOutputs: number): Float64Array {
  const text = file.learner.learner_model_param.base_score
  const parts = text.replace(/^\[(.*)\]$/, '$1').split(',')
  if (parts.length !== 1 && parts.length !== nOutputs)
    throw notXgboost(`${parts.length} base scores, ${nOutputs} outputs`)
  return Float64Array.from({ length: nOutputs }, (_, k) => baseScore(parts[parts.length === 1 ? 0 : k] ?? '', link))
}

function baseScore(text: string, link: Link): number {
  const base = Math.fround(text.trim() === '' ? Number.NaN : Number(text))
  if (!Number.isFinite(base)) throw notXgboost(`base_score ${JSON.stringify(text)} is not a finite number`)
  if (link !== 'logistic') return base
  if (!(base > 0 && base < 1)) {
    throw new DomainError('base_score_out_of_range', `base_score ${base}: of a logistic objective it is in (0, 1)`)
  }
  // Each step in 32 bits, as XGBoost takes the log-odds.
  return 0 - Math.fround(Math.log(Math.fround(Math.fround(1 / base) - 1)))
}

function readTree(tree: XgboostTree, t: number, nFeatures: number, weight: number): Tree {
  const name = `tree ${t}`
  assertNumericSplits(tree, name)
  const n = tree.tree_param.num_nodes
  for (const field of NODE_FIELDS) assertLength(`${field} of ${name}`, tree[field].length, n)
  if (n === 0) throw notXgboost(`${name} has no nodes`)
  const values = tree.split_conditions.map((value) => finite(value, name))
  return treeOfNodes(
    {
      left: tree.left_children,
      right: tree.right_children,
      feature: tree.split_indices,
      threshold: values.map(previousFloat32),
      missingLeft: tree.default_left,
      // A leaf's value stands where a split has its condition.
      value: values.map((value) => weight * value),
      gain: tree.loss_changes,
      cover: tree.sum_hessian,
    },
    nFeatures,
    name,
  )
}

const NODE_FIELDS = [
  'left_children',
  'right_children',
  'split_indices',
  'split_conditions',
  'default_left',
  'loss_changes',
  'sum_hessian',
] as const

function assertNumericSplits(tree: XgboostTree, name: string): void {
  if ((tree.tree_param.size_leaf_vector ?? 0) > 1) {
    throw new DomainError('several_targets', `${name} has leaves of several targets: a model here has one`)
  }
  const categorical = tree.split_type?.some((type) => type !== 0) || (tree.categories_nodes ?? []).length > 0
  if (!categorical) return
  throw new DomainError('categorical_split', `${name} splits on categories: only numeric splits are read`)
}

function finite(value: number | null, name: string): number {
  const float = Math.fround(value ?? Number.NaN)
  if (Number.isFinite(float)) return float
  throw notXgboost(`split_conditions of ${name} holds ${value}: must be finite as a 32-bit float`)
}

function notXgboost(message: string): DomainError {
  return new DomainError('not_xgboost', `not a model of XGBoost as it can be read: ${message}`)
}
