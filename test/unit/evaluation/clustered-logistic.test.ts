import { expect, test } from 'vitest'
import { fitClusteredLogistic } from '../../../shared/evaluation/clustered-logistic.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })
const labels = [1, 0, 0, 0, 1, 1, 1, 0]
const input = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1)

test('fitClusteredLogistic gives the log-odds of two groups, and their errors', () => {
  const [intercept, slope] = fitClusteredLogistic([input], labels, [1, 2, 3, 4, 5, 6, 7, 8])
  expect(intercept?.value).toBeCloseTo(-Math.log(3), 10)
  expect(slope?.value).toBeCloseTo(Math.log(9), 10)
  // 1/(4·¾·¼) = 4/3 a group, and 8/7 for the number of clusters.
  expect(intercept?.error).toBeCloseTo(Math.sqrt((8 / 7) * (4 / 3)), 10)
  expect(slope?.error).toBeCloseTo(Math.sqrt((8 / 7) * (8 / 3)), 10)
})

test('fitClusteredLogistic counts rows of a cluster as one draw', () => {
  const twice = <T>(values: readonly T[]) => [...values, ...values]
  const [once, doubled] = [
    fitClusteredLogistic([input], labels, [1, 2, 3, 4, 5, 6, 7, 8]),
    fitClusteredLogistic([Float64Array.from(twice([...input]))], twice(labels), twice([1, 2, 3, 4, 5, 6, 7, 8])),
  ]
  expect(doubled[1]?.error).toBeCloseTo(once[1]?.error ?? Number.NaN, 10)
})

test.each<[string, string, Float64Array, number[], number[]]>([
  ['a missing input', 'value_not_finite', input.with(2, Number.NaN), labels, [1, 2, 3, 4, 5, 6, 7, 8]],
  ['an input of another length', 'length_mismatch', input.subarray(1), labels, [1, 2, 3, 4, 5, 6, 7, 8]],
  ['a missing label', 'label_not_binary', input, labels.with(0, Number.NaN), [1, 2, 3, 4, 5, 6, 7, 8]],
  ['two clusters for two parameters', 'too_few_clusters', input, labels, [1, 2, 1, 2, 1, 2, 1, 2]],
])('fitClusteredLogistic refuses %s', (_, code, column, ys, clusters) => {
  expect(() => fitClusteredLogistic([column], ys, clusters)).toThrow(refusal(code))
})
