import { describe, expect, test } from 'vitest'
import { LIGHTGBM_OBJECTIVES, readLightgbmText } from '../../../shared/interchange/lightgbm-text.ts'
import { ensembleScores } from '../../../shared/trees/ensemble.ts'
import refused from '../../golden/lightgbm-models/refused.json' with { type: 'json' }

/** x1 ≤ 0.25 → (x0 ≤ −1 → −0.5 [3 rows], else 0.75 [5]), else 1.5 [2]; missing x1 → left, missing x0 → right. */
const MODEL = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=binary sigmoid:1
feature_names=price form
feature_infos=[-2:2] [-2:2]
tree_sizes=318

Tree=0
num_leaves=3
num_cat=0
split_feature=1 0
split_gain=12.5 3.25
threshold=0.25 -1
decision_type=10 8
left_child=1 -1
right_child=-2 -3
leaf_value=-0.5 1.5 0.75
leaf_weight=0.75 0.5 1.25
leaf_count=3 2 5
internal_value=0 0
internal_weight=2.5 2
internal_count=10 8
is_linear=0
shrinkage=0.1


end of trees

feature_importances:
form=1
price=1

parameters:
[boosting: gbdt]
end of parameters
`

const edited = (from: string, to: string) => {
  expect(MODEL).toContain(from)
  return MODEL.replace(from, to)
}
const code = (expected: string) => expect.objectContaining({ name: 'DomainError', code: expected })

describe('readLightgbmText', () => {
  test('reads inner nodes before leaves, in the order of breadth', () => {
    const { ensemble, ...about } = readLightgbmText(MODEL)
    expect(about).toEqual({
      library: 'lightgbm',
      version: 'v4',
      objective: 'binary',
      featureNames: ['price', 'form'],
      rounds: 1,
      bestRound: undefined,
    })
    expect(ensemble).toMatchObject({ nFeatures: 2, nOutputs: 1, link: 'logistic' })
    const [tree] = ensemble.trees
    expect(Array.from(tree?.left ?? [])).toEqual([1, 3, -1, -1, -1])
    expect(Array.from(tree?.right ?? [])).toEqual([2, 4, -1, -1, -1])
    expect(Array.from(tree?.feature ?? [])).toEqual([1, 0, 0, 0, 0])
    expect(Array.from(tree?.threshold ?? [])).toEqual([0.25, -1, 0, 0, 0])
    expect(Array.from(tree?.missingLeft ?? [])).toEqual([1, 0, 0, 0, 0])
    expect(Array.from(tree?.value ?? [])).toEqual([0, 0, 1.5, -0.5, 0.75])
    expect(Array.from(tree?.gain ?? [])).toEqual([12.5, 3.25, 0, 0, 0])
    expect(Array.from(tree?.cover ?? [])).toEqual([10, 8, 2, 3, 5])
  })

  test('sends rows where LightGBM sends them', () => {
    const { ensemble } = readLightgbmText(MODEL)
    const columns = [Float32Array.of(-1, 0, 0, Number.NaN), Float32Array.of(0.25, 0.25, 0.5, Number.NaN)]
    expect(ensembleScores(ensemble, { nRows: 4, columns }).map((scores) => Array.from(scores))).toEqual([
      [-0.5, 0.75, 1.5, 0.75],
    ])
  })

  test('bears lines that end as on Windows', () => {
    expect(readLightgbmText(MODEL.replaceAll('\n', '\r\n'))).toEqual(readLightgbmText(MODEL))
  })

  test('bears a file that ends with its trees, as older versions end them', () => {
    expect(readLightgbmText(edited('end of trees\n\nfeature_importances', 'feature importances'))).toEqual(
      readLightgbmText(MODEL),
    )
  })

  test("scales leaves by the sigmoid's factor", () => {
    const [tree] = readLightgbmText(edited('sigmoid:1', 'sigmoid:2.5')).ensemble.trees
    expect(Array.from(tree?.value ?? [])).toEqual([0, 0, 3.75, -1.25, 1.875])
  })

  test('averages the trees of a forest over its rounds', () => {
    const twice = MODEL.replace('tree_sizes=318', 'average_output\ntree_sizes=318 318').replace(
      'end of trees',
      `${MODEL.slice(MODEL.indexOf('Tree=0'), MODEL.indexOf('end of trees')).replace('Tree=0', 'Tree=1')}end of trees`,
    )
    const { ensemble, rounds } = readLightgbmText(twice)
    expect(rounds).toBe(2)
    for (const tree of ensemble.trees) expect(Array.from(tree.value)).toEqual([0, 0, 0.75, -0.25, 0.375])
  })
})

test.each([
  ['zero_against_threshold', 'zero_as_missing'],
  ['linear_trees', 'linear_trees'],
  ['categorical', 'categorical_split'],
  ['poisson', 'unknown_objective'],
  ['square_root', 'unknown_objective'],
  ['one_against_all', 'unknown_objective'],
  ['ranking', 'unknown_objective'],
] as const)("refuses LightGBM's own model: %s", (name, expected) => {
  expect(() => readLightgbmText(refused[name])).toThrow(code(expected))
})

test('names an unknown objective and those that it knows', () => {
  expect(() => readLightgbmText(edited('binary sigmoid:1', 'gamma'))).toThrow(
    /gamma.*binary, cross_entropy, regression/,
  )
  expect(() => readLightgbmText(edited('objective=binary sigmoid:1\n', ''))).toThrow(code('unknown_objective'))
  expect(() => readLightgbmText(edited('binary sigmoid:1', 'constructor'))).toThrow(code('unknown_objective'))
  expect(Object.keys(LIGHTGBM_OBJECTIVES)).toHaveLength(9)
})

describe('refuses as damaged', () => {
  test.each([
    ['another first line', 'tree\n', 'forest\n'],
    ['a file that is cut off', MODEL.slice(MODEL.indexOf('shrinkage')), ''],
    ['fewer trees than it lists', 'tree_sizes=318', 'tree_sizes=318 318'],
    ['a tree out of order', 'Tree=0', 'Tree=1'],
    ['no version', 'version=v4\n', ''],
    ['no leaf values', 'leaf_value=-0.5 1.5 0.75\n', ''],
    ['no counts', 'leaf_count=3 2 5\n', ''],
    ['more leaves than values', 'num_leaves=3', 'num_leaves=4'],
    ['more leaves than memory', 'num_leaves=3', 'num_leaves=999999999'],
    ['no leaves', 'num_leaves=3', 'num_leaves=0'],
    ['leaves that are no number', 'num_leaves=3', 'num_leaves=three'],
    ['a threshold too many', 'threshold=0.25 -1', 'threshold=0.25 -1 2'],
    ['a threshold that is no number', 'threshold=0.25 -1', 'threshold=0.25 nan'],
    ['a threshold in hexadecimal', 'threshold=0.25 -1', 'threshold=0.25 0x10'],
    ['an infinite threshold', 'threshold=0.25 -1', 'threshold=0.25 1e999'],
    ['an infinite leaf', 'leaf_value=-0.5', 'leaf_value=-inf'],
    ['half a child', 'left_child=1 -1', 'left_child=1 -1.5'],
    ['an unknown type of decision', 'decision_type=10 8', 'decision_type=10 12'],
    ['fewer names than features', 'feature_names=price form', 'feature_names=price'],
    ['no sigmoid', 'binary sigmoid:1', 'binary'],
    ['a sigmoid of 0', 'sigmoid:1', 'sigmoid:0'],
    ['three classes of a binary model', 'num_class=1', 'num_class=3'],
    ['two trees a round', 'num_tree_per_iteration=1', 'num_tree_per_iteration=2'],
    ['one class of several', 'binary sigmoid:1', 'multiclass num_class:1'],
  ])('%s', (_, from, to) => {
    expect(() => readLightgbmText(edited(from, to))).toThrow(code('not_lightgbm'))
  })

  test.each([
    ['a cycle', 'left_child=1 -1', 'left_child=1 0'],
    ['a leaf that is not there', 'right_child=-2 -3', 'right_child=-2 -4'],
    ['a leaf reached twice', 'right_child=-2 -3', 'right_child=-2 -2'],
    ['a feature that is not there', 'split_feature=1 0', 'split_feature=2 0'],
    ['a negative count', 'leaf_count=3', 'leaf_count=-3'],
    ['a leaf beyond 32 bits', 'leaf_value=-0.5', 'leaf_value=-1e39'],
  ])('%s', (_, from, to) => {
    expect(() => readLightgbmText(edited(from, to))).toThrow(code('corrupt_tree'))
  })

  test('nodes that are not reached', () => {
    const apart = edited('left_child=1 -1', 'left_child=-1 -1')
    expect(() => readLightgbmText(apart)).toThrow(code('not_lightgbm'))
  })
})

test('refuses a model without trees', () => {
  const none = `${MODEL.slice(0, MODEL.indexOf('tree_sizes'))}tree_sizes=\n\nend of trees\n`
  expect(() => readLightgbmText(none)).toThrow(code('no_trees'))
})

test('refuses rows of more features than it reads', () => {
  expect(() => readLightgbmText(edited('max_feature_idx=1', 'max_feature_idx=100000'))).toThrow(
    code('too_many_features'),
  )
})
