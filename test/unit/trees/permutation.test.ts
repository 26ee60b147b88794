import { expect, test } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import type { FeatureMatrix } from '../../../shared/trees/matrix.ts'
import { permutationImportance } from '../../../shared/trees/permutation.ts'

const rng = createRng(1)
const columns = [0, 1].map(() => Float32Array.from({ length: 4000 }, () => rng.normal()))
const matrix: FeatureMatrix = { nRows: 4000, columns }
const truth = columns[0]?.slice() ?? new Float32Array()

/** Minus the mean squared difference of the first column to what it was. */
function score({ columns: [first = new Float32Array()] }: FeatureMatrix): number {
  return -first.reduce((sum, x, r) => sum + (x - (truth[r] ?? Number.NaN)) ** 2, 0) / 4000
}

test('is how far the score falls, and nothing for a feature that it does not read', () => {
  const { baseline, mean, standardError } = permutationImportance(matrix, score, { repeats: 8, rng: createRng(2) })
  expect(baseline).toBe(-0)
  // Two independent standard normals differ by 2 in mean square; √(8/4000) is the standard deviation of a shuffle.
  expect(Math.abs((mean[0] ?? Number.NaN) - 2)).toBeLessThan(0.1)
  expect(standardError[0]).toBeGreaterThan(0.003)
  expect(standardError[0]).toBeLessThan(0.04)
  expect([mean[1], standardError[1]]).toEqual([0, 0])
})

test('leaves the matrix as it was and is the same for the same seed', () => {
  const once = permutationImportance(matrix, score, { repeats: 2, rng: createRng(3) })
  expect(Array.from(columns[0] ?? [])).toEqual(Array.from(truth))
  expect(permutationImportance(matrix, score, { repeats: 2, rng: createRng(3) })).toEqual(once)
  expect(permutationImportance(matrix, score, { repeats: 2, rng: createRng(4) })).not.toEqual(once)
})

test('the mean and its standard error are those worked out by hand', () => {
  const falls = [10, 7, 8, 6]
  const told = permutationImportance({ nRows: 1, columns: [Float32Array.of(1)] }, () => falls.shift() ?? Number.NaN, {
    repeats: 3,
    rng: createRng(1),
  })
  // Falls of 3, 2 and 4: mean 3, standard deviation 1.
  expect(told.mean[0]).toBe(3)
  expect(told.standardError[0]).toBeCloseTo(1 / Math.sqrt(3), 14)
})

test.each([0, 1.5, Number.NaN])('refuses %s repeats', (repeats) => {
  expect(() => permutationImportance(matrix, score, { repeats, rng: createRng(1) })).toThrow(
    expect.objectContaining({ name: 'DomainError', code: 'repeats_out_of_range' }),
  )
})

test('refuses a score that is none', () => {
  expect(() => permutationImportance(matrix, () => Number.NaN, { repeats: 1, rng: createRng(1) })).toThrow(
    expect.objectContaining({ code: 'score_not_finite' }),
  )
})
