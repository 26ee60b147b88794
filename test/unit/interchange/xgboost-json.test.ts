import { describe, expect, test } from 'vitest'
import { importXgboost, readXgboostJson, XGBOOST_OBJECTIVES } from '../../../shared/interchange/xgboost-json.ts'
import { ensembleScores } from '../../../shared/trees/ensemble.ts'
import refused from '../../golden/xgboost-models/refused.json' with { type: 'json' }

/** x1 < 0.5 → −0.25 [3 rows], else (x0 < −2 → 1 [4], else 0.5 [5]); missing x1 → left, missing x0 → right. */
const TREE = {
  tree_param: { num_nodes: '5', num_feature: '2', num_deleted: '0', size_leaf_vector: '0' },
  id: 0,
  left_children: [1, -1, 3, -1, -1],
  right_children: [2, -1, 4, -1, -1],
  parents: [2147483647, 0, 0, 2, 2],
  split_indices: [1, 0, 0, 0, 0],
  split_conditions: [0.5, -0.25, -2, 1, 0.5],
  split_type: [0, 0, 0, 0, 0],
  default_left: [1, 0, 0, 0, 0],
  loss_changes: [8, 0, 2, 0, 0],
  sum_hessian: [12, 3, 9, 4, 5],
  base_weights: [0, -0.25, 0.5, 1, 0.5],
  categories: [],
  categories_nodes: [],
  categories_segments: [],
  categories_sizes: [],
}

const BOOSTER = {
  name: 'gbtree',
  model: {
    gbtree_model_param: { num_trees: '1', num_parallel_tree: '1', size_leaf_vector: '0' },
    tree_info: [0],
    trees: [TREE],
  },
}

const MODEL = {
  version: [1, 7, 4],
  learner: {
    attributes: { best_iteration: '0' },
    feature_names: ['price', 'form'],
    feature_types: ['float', 'float'],
    gradient_booster: BOOSTER,
    learner_model_param: { base_score: '5E-1', num_class: '0', num_feature: '2', num_target: '1' },
    objective: { name: 'binary:logistic', reg_loss_param: { scale_pos_weight: '1' } },
  },
}

/** The model with other values at paths such as `learner.objective.name`; undefined takes a field away. */
function edited(changes: Record<string, unknown>): unknown {
  const copy: unknown = structuredClone(MODEL)
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split('.')
    const last = steps.pop() ?? ''
    const holder = steps.reduce<unknown>((at, step) => Reflect.get(Object(at), step), copy)
    if (value === undefined) Reflect.deleteProperty(Object(holder), last)
    else Reflect.set(Object(holder), last, value)
  }
  return copy
}

const PARAMS = 'learner.learner_model_param'
const FIRST = 'learner.gradient_booster.model.trees.0'
const code = (expected: string) => expect.objectContaining({ name: 'DomainError', code: expected })
const baseOf = (changes: Record<string, unknown>) => Array.from(importXgboost(edited(changes)).ensemble.baseScores)

describe('a model', () => {
  test('sends rows left where they are below the condition, not at it', () => {
    const { ensemble } = importXgboost(MODEL)
    const below = Math.fround(0.5 - 2 ** -25)
    const columns = [
      Float32Array.of(0, 0, -2, -2.5, Number.NaN, Number.NaN),
      Float32Array.of(below, 0.5, 0.5, 0.5, 0.5, Number.NaN),
    ]
    const [scores = []] = ensembleScores(ensemble, { nRows: 6, columns })
    expect(Array.from(scores)).toEqual([-0.25, 0.5, 0.5, 1, 0.5, -0.25])
  })

  test('keeps covers and gains', () => {
    const [tree] = importXgboost(MODEL).ensemble.trees
    expect(Array.from(tree?.cover ?? [])).toEqual([12, 3, 9, 4, 5])
    expect(Array.from(tree?.gain ?? [])).toEqual([8, 0, 2, 0, 0])
  })

  test.each([
    [0, -(2 ** -149), 0],
    [2 ** -149, 0, 2 ** -149],
    [-(2 ** -149), -2 * 2 ** -149, -(2 ** -149)],
    [-1, -1 - 2 ** -23, -1],
    [3.4028234663852886e38, 3.4028232635611926e38, 3.4028234663852886e38],
  ])('with a condition of %d sends %d left and %d right', (condition, left, right) => {
    const { ensemble } = importXgboost(
      edited({ [`${FIRST}.split_conditions`]: [condition, 1, 0, 2, 2], [`${FIRST}.split_indices`]: [1, 0, 0, 0, 0] }),
    )
    const columns = [Float32Array.of(9, 9), Float32Array.of(left, right)]
    const [scores = []] = ensembleScores(ensemble, { nRows: 2, columns })
    expect(Array.from(scores)).toEqual([1, 2])
  })

  test('is the same where missing directions are booleans, as before XGBoost 1.3', () => {
    const old = edited({
      [`${FIRST}.default_left`]: [true, false, false, false, false],
      [`${FIRST}.split_type`]: undefined,
    })
    expect(importXgboost(old)).toEqual(importXgboost(MODEL))
  })

  test('is the same with the leaf sizes of XGBoost 2', () => {
    expect(importXgboost(edited({ [`${FIRST}.tree_param.size_leaf_vector`]: '1' }))).toEqual(importXgboost(MODEL))
  })

  test('without names has none', () => {
    expect(importXgboost(edited({ 'learner.feature_names': [] })).featureNames).toEqual([])
  })

  test('has no best round where the attribute is something else', () => {
    for (const best of ['1', '-1', 'none', '']) {
      expect(importXgboost(edited({ 'learner.attributes.best_iteration': best })).bestRound).toBeUndefined()
    }
  })
})

describe('the base score', () => {
  test('of a logistic objective is a probability', () => {
    expect(baseOf({ [`${PARAMS}.base_score`]: '5E-1' })).toEqual([0])
    expect(baseOf({ [`${PARAMS}.base_score`]: '7.5E-1' })[0]).toBeCloseTo(Math.log(3), 6)
  })

  test('is taken as it is otherwise', () => {
    expect(baseOf({ [`${PARAMS}.base_score`]: '-2.5E0', 'learner.objective.name': 'reg:squarederror' })).toEqual([-2.5])
  })

  test('may stand in brackets, as since XGBoost 3.1', () => {
    expect(baseOf({ [`${PARAMS}.base_score`]: '[7.5E-1]' })[0]).toBeCloseTo(Math.log(3), 6)
  })

  test('may be one for each class', () => {
    const classes = {
      'learner.objective.name': 'multi:softprob',
      [`${PARAMS}.num_class`]: '3',
      'learner.gradient_booster.model.gbtree_model_param.num_trees': '3',
      'learner.gradient_booster.model.tree_info': [0, 1, 2],
      'learner.gradient_booster.model.trees': [TREE, TREE, TREE],
    }
    expect(baseOf({ ...classes, [`${PARAMS}.base_score`]: '[1E-1,2E-1,-3E-1]' })).toEqual(
      [0.1, 0.2, -0.3].map(Math.fround),
    )
    expect(baseOf(classes)).toEqual([0.5, 0.5, 0.5])
    expect(() => baseOf({ ...classes, [`${PARAMS}.base_score`]: '[1E-1,2E-1]' })).toThrow(code('not_xgboost'))
  })

  test.each(['0E0', '1E0', '-1E0', '[2E0]'])('of %s is no probability', (base) => {
    expect(() => baseOf({ [`${PARAMS}.base_score`]: base })).toThrow(code('base_score_out_of_range'))
  })

  test.each(['', '[]', 'half', 'NaN', '1e60'])('of %j is no number', (base) => {
    expect(() => baseOf({ [`${PARAMS}.base_score`]: base })).toThrow(code('not_xgboost'))
  })
})

describe('a dart booster', () => {
  const dart = (weights: unknown) =>
    edited({ 'learner.gradient_booster': { name: 'dart', gbtree: BOOSTER, weight_drop: weights } })

  test('has its weights in its leaves', () => {
    const [tree] = importXgboost(dart([0.5])).ensemble.trees
    expect(Array.from(tree?.value ?? [])).toEqual([0, -0.125, 0, 0.5, 0.25])
  })

  test.each([[[]], [[1, 1]], [['1']], [undefined]])('is refused with weights %j', (weights) => {
    expect(() => importXgboost(dart(weights))).toThrow(code('not_xgboost'))
  })
})

test.each([
  ['linear', 'unknown_booster'],
  ['categorical', 'categorical_split'],
  ['poisson', 'unknown_objective'],
  ['ranking', 'unknown_objective'],
  ['raw_scores', 'unknown_objective'],
  ['two_targets', 'several_targets'],
] as const)("refuses XGBoost's own model: %s", (name, expected) => {
  expect(() => importXgboost(refused[name])).toThrow(code(expected))
})

test('names an unknown objective and those that it knows', () => {
  expect(() => importXgboost(refused.poisson)).toThrow(/count:poisson.*binary:logistic, reg:logistic, reg:squarederror/)
  expect(() => importXgboost(edited({ 'learner.objective.name': 'constructor' }))).toThrow(code('unknown_objective'))
  expect(Object.keys(XGBOOST_OBJECTIVES)).toHaveLength(8)
})

describe('refuses as damaged', () => {
  test.each<[string, Record<string, unknown>]>([
    ['an empty object', { learner: undefined }],
    ['no version', { version: undefined }],
    ['no trees', { 'learner.gradient_booster.model.trees': undefined }],
    ['a count of trees that is not so', { 'learner.gradient_booster.model.gbtree_model_param.num_trees': '2' }],
    ['a count of trees that is no number', { 'learner.gradient_booster.model.gbtree_model_param.num_trees': 'one' }],
    ['classes of more trees than there are', { 'learner.gradient_booster.model.tree_info': [0, 0] }],
    ['an incomplete round', { 'learner.gradient_booster.model.gbtree_model_param.num_parallel_tree': '2' }],
    ['names of other features', { 'learner.feature_names': ['price'] }],
    ['classes without an objective of classes', { [`${PARAMS}.num_class`]: '3' }],
    ['an objective of classes without classes', { 'learner.objective.name': 'multi:softprob' }],
    ['more classes than trees', { 'learner.objective.name': 'multi:softprob', [`${PARAMS}.num_class`]: '999999999' }],
    ['a text for a number', { [`${FIRST}.split_conditions`]: [0.5, '-0.25', -2, 1, 0.5] }],
    ['null for a number', { [`${FIRST}.sum_hessian`]: [12, null, 9, 4, 5] }],
    ['half a child', { [`${FIRST}.left_children`]: [1.5, -1, 3, -1, -1] }],
    ['a direction of 2', { [`${FIRST}.default_left`]: [2, 0, 0, 0, 0] }],
    ['a condition beyond 32 bits', { [`${FIRST}.split_conditions`]: [1e39, -0.25, -2, 1, 0.5] }],
    ['nodes that are not there', { [`${FIRST}.tree_param.num_nodes`]: '6' }],
    ['a list that is too short', { [`${FIRST}.loss_changes`]: [8, 0, 2, 0] }],
    ['a tree without nodes', emptyTree()],
  ])('%s', (_, changes) => {
    expect(() => importXgboost(edited(changes))).toThrow(code('not_xgboost'))
  })

  test.each<[string, Record<string, unknown>]>([
    ['a cycle', { [`${FIRST}.left_children`]: [1, -1, 0, -1, -1] }],
    ['a child beyond the nodes', { [`${FIRST}.right_children`]: [5, -1, 4, -1, -1] }],
    ['one child', { [`${FIRST}.right_children`]: [2, -1, -1, -1, -1] }],
    ['a feature beyond the row', { [`${FIRST}.split_indices`]: [2, 0, 0, 0, 0] }],
    ['a negative cover', { [`${FIRST}.sum_hessian`]: [12, -3, 9, 4, 5] }],
  ])('%s', (_, changes) => {
    expect(() => importXgboost(edited(changes))).toThrow(code('corrupt_tree'))
  })

  test('a tree of a class that is not there', () => {
    expect(() => importXgboost(edited({ 'learner.gradient_booster.model.tree_info': [1] }))).toThrow(
      code('not_xgboost'),
    )
    expect(() => importXgboost(edited({ 'learner.gradient_booster.model.tree_info': [-1] }))).toThrow(
      code('not_xgboost'),
    )
  })
})

function emptyTree(): Record<string, unknown> {
  const lists = [
    'left_children',
    'right_children',
    'split_indices',
    'split_conditions',
    'default_left',
    'loss_changes',
    'sum_hessian',
    'split_type',
  ]
  return {
    [`${FIRST}.tree_param.num_nodes`]: '0',
    ...Object.fromEntries(lists.map((list) => [`${FIRST}.${list}`, []])),
  }
}

test('refuses a model without trees', () => {
  const none = edited({
    'learner.gradient_booster.model.gbtree_model_param.num_trees': '0',
    'learner.gradient_booster.model.tree_info': [],
    'learner.gradient_booster.model.trees': [],
  })
  expect(() => importXgboost(none)).toThrow(code('no_trees'))
})

test('refuses rows of more features than it reads', () => {
  const wide = edited({ [`${PARAMS}.num_feature`]: '100001', 'learner.feature_names': [] })
  expect(() => importXgboost(wide)).toThrow(code('too_many_features'))
})

test.each(['', '{', 'binf', '{"learner": nan}'])('refuses %j, which is not JSON', (text) => {
  expect(() => readXgboostJson(text)).toThrow(code('not_json'))
})

describe('a file with the NaN that XGBoost writes and JSON has not', () => {
  const text = JSON.stringify(MODEL)

  test('is read where the number is not needed, and its names are left alone', () => {
    const named = text.replace('"price"', '"a,NaN \\" [Infinity"').replace('"base_weights":[0', '"base_weights":[NaN')
    const { featureNames, ensemble } = readXgboostJson(named)
    expect(featureNames).toEqual(['a,NaN " [Infinity', 'form'])
    expect(ensemble).toEqual(importXgboost(MODEL).ensemble)
  })

  test('is refused where it is', () => {
    expect(() => readXgboostJson(text.replace('[0.5,-0.25', '[0.5,NaN'))).toThrow(code('not_xgboost'))
    expect(() => readXgboostJson(text.replace('"sum_hessian":[12', '"sum_hessian":[-Infinity'))).toThrow(
      code('not_xgboost'),
    )
  })

  test('is told to have categories where it has', () => {
    const categorical = JSON.stringify(refused.categorical).replace(
      '"split_conditions":[null',
      '"split_conditions":[NaN',
    )
    expect(categorical).toContain('NaN')
    expect(() => readXgboostJson(categorical)).toThrow(code('categorical_split'))
  })
})

test.each([[null], [[]], [3], ['text'], [{}]])('refuses %j, which is no model', (json) => {
  expect(() => importXgboost(json)).toThrow(code('not_xgboost'))
})
