import { DomainError } from '../kernel/errors.ts'
import type { Link } from '../trees/ensemble.ts'
import type { Tree } from '../trees/tree.ts'
import { nodeCount } from '../trees/tree.ts'
import type { ImportedModel } from './imported-model.ts'
import { MAX_FEATURES } from './imported-model.ts'
import type { LightgbmSections, Section } from './lightgbm-sections.ts'
import { countOf, fieldOf, lightgbmSections, notLightgbm, numbersOf, wholeNumbersOf } from './lightgbm-sections.ts'
import { lightgbmSplit } from './lightgbm-split.ts'
import { treeOfNodes } from './node-order.ts'

/** Objectives whose predictions are understood, each with its link. */
export const LIGHTGBM_OBJECTIVES: Readonly<Record<string, Link>> = {
  binary: 'logistic',
  cross_entropy: 'logistic',
  regression: 'identity',
  regression_l1: 'identity',
  huber: 'identity',
  fair: 'identity',
  quantile: 'identity',
  mape: 'identity',
  multiclass: 'softmax',
}

/**
 * Reads a model that LightGBM saved as text (`Booster.save_model`): constant leaves and numeric splits.
 *
 * LightGBM sends a row left where x ≤ threshold in 64 bits, so a threshold here is the largest 32-bit float that is not
 * above it; missing values as in {@link lightgbmSplit}. Leaf values, 64-bit there, are rounded to 32 bits once the
 * sigmoid's factor (`sigmoid:s` divides the log-odds' unit by s) and, where the trees are averaged (random forests), the
 * number of rounds are worked into them. `cover` is the number of training rows, by which LightGBM weighs its own SHAP
 * values.
 *
 * @throws {DomainError} `not_lightgbm` where the file is cut off, fields are missing, numbers too many, too few or not
 *   finite; `unknown_objective`, `categorical_split`, `zero_as_missing`, `linear_trees`, `no_trees`,
 *   `too_many_features`; `corrupt_tree`
 * @see LightGBM, gbdt_model_text.cpp and tree.cpp
 */
export function readLightgbmText(text: string): ImportedModel {
  const sections = lightgbmSections(text)
  const { header, trees } = sections
  const { objective, link, scale } = objectiveOf(header)
  const nFeatures = countOf(header, 'max_feature_idx', 'the header') + 1
  if (nFeatures > MAX_FEATURES) {
    throw new DomainError('too_many_features', `${nFeatures} features: at most ${MAX_FEATURES} are read`)
  }
  const nOutputs = outputsOf(header, link)
  const rounds = roundsOf(sections, nOutputs)
  const factor = header.has('average_output') ? scale / rounds : scale
  return {
    library: 'lightgbm',
    version: fieldOf(header, 'version', 'the header'),
    objective,
    featureNames: featureNamesOf(header, nFeatures),
    ensemble: {
      nFeatures,
      nOutputs,
      link,
      trees: trees.map((tree, t) => readTree(tree, nFeatures, factor, `tree ${t}`)),
      outputOf: Int32Array.from(trees, (_, t) => t % nOutputs),
      baseScores: new Float64Array(nOutputs),
    },
    rounds,
    bestRound: undefined,
  }
}

/** `binary sigmoid:1`, `regression`, `multiclass num_class:3`; `regression sqrt` predicts another unit and is refused. */
function objectiveOf(header: Section): { objective: string; link: Link; scale: number } {
  const text = header.get('objective') ?? ''
  const [objective = '', ...settings] = text.split(' ')
  const link = Object.hasOwn(LIGHTGBM_OBJECTIVES, objective) ? LIGHTGBM_OBJECTIVES[objective] : undefined
  if (link === undefined || settings.includes('sqrt')) {
    const known = Object.keys(LIGHTGBM_OBJECTIVES).join(', ')
    throw new DomainError('unknown_objective', `objective ${text === '' ? '(none)' : text}: known are ${known}`)
  }
  return { objective, link, scale: objective === 'binary' ? sigmoidOf(settings) : 1 }
}

function sigmoidOf(settings: readonly string[]): number {
  const text = settings.find((setting) => setting.startsWith('sigmoid:'))?.slice('sigmoid:'.length)
  const scale = text === undefined || text === '' ? Number.NaN : Number(text)
  if (!(scale > 0 && Number.isFinite(scale))) throw notLightgbm(`sigmoid ${text}: must be above 0`)
  return scale
}

function outputsOf(header: Section, link: Link): number {
  const classes = countOf(header, 'num_class', 'the header')
  const perRound = countOf(header, 'num_tree_per_iteration', 'the header')
  if (link === 'softmax' ? classes < 2 : classes !== 1) throw notLightgbm(`num_class ${classes} for its objective`)
  if (perRound !== classes) throw notLightgbm(`${perRound} trees in a round of ${classes} classes`)
  return classes
}

function roundsOf({ header, trees }: LightgbmSections, nOutputs: number): number {
  const sizes = header
    .get('tree_sizes')
    ?.split(' ')
    .filter((size) => size !== '').length
  if (sizes !== undefined && sizes !== trees.length)
    throw notLightgbm(`${trees.length} trees of ${sizes} that it lists`)
  if (trees.length === 0) throw new DomainError('no_trees', 'the model holds no trees')
  if (trees.length % nOutputs !== 0) throw notLightgbm(`${trees.length} trees do not fill rounds of ${nOutputs}`)
  return trees.length / nOutputs
}

function featureNamesOf(header: Section, nFeatures: number): string[] {
  const names = fieldOf(header, 'feature_names', 'the header').split(' ')
  if (names.length !== nFeatures) throw notLightgbm(`${names.length} feature names for ${nFeatures} features`)
  return names
}

/** Inner nodes come first, in the file's order; leaf j of the file, there −1 − j, follows as node inner + j. */
function readTree(tree: Section, nFeatures: number, factor: number, where: string): Tree {
  const leaves = countOf(tree, 'num_leaves', where)
  if (leaves === 0) throw notLightgbm(`${where} has no leaves`)
  if (tree.has('is_linear') && tree.get('is_linear') !== '0') {
    throw new DomainError('linear_trees', `${where} has linear models in its leaves: only constant leaves are read`)
  }
  // First, since it shows that the file has as many leaves as it tells of: the memory taken below follows that number.
  const values = numbersOf(tree, 'leaf_value', leaves, where).map((value) => value * factor)
  const inner = leaves - 1
  const numbers = (key: string) => (inner === 0 ? [] : numbersOf(tree, key, inner, where))
  const counts = (key: string) => (inner === 0 ? [] : wholeNumbersOf(tree, key, inner, where))
  const ends = new Array<number>(leaves).fill(-1)
  const nodeOf = (child: number) => (child < 0 ? inner - 1 - child : child)
  const types = counts('decision_type')
  const splits = numbers('threshold').map((x, i) => lightgbmSplit(types[i] as number, x, `node ${i} of ${where}`))
  const nothing = new Array<number>(leaves).fill(0)
  const read = treeOfNodes(
    {
      left: [...counts('left_child').map(nodeOf), ...ends],
      right: [...counts('right_child').map(nodeOf), ...ends],
      feature: [...counts('split_feature'), ...ends],
      threshold: [...splits.map(({ threshold }) => threshold), ...nothing],
      missingLeft: [...splits.map(({ missingLeft }) => missingLeft), ...nothing],
      value: [...splits.map(() => 0), ...values],
      gain: [...numbers('split_gain'), ...nothing],
      cover: [...counts('internal_count'), ...leafCounts(tree, leaves, where)],
    },
    nFeatures,
    where,
  )
  if (nodeCount(read) !== inner + leaves) throw notLightgbm(`${where} has nodes that its root does not reach`)
  return read
}

/** A tree of one leaf need not count its rows: its share of them is all. */
function leafCounts(tree: Section, leaves: number, where: string): number[] {
  return leaves === 1 ? [0] : wholeNumbersOf(tree, 'leaf_count', leaves, where)
}
