import { describe, expect, test } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import { binMatrix, fitBins, MAX_BINS, MISSING_BIN } from '../../../shared/trees/binning.ts'

const oneColumn = (values: number[]) => ({ nRows: values.length, columns: [Float32Array.from(values)] })

function edgesOf(values: number[], maxBins?: number): number[] {
  return Array.from(fitBins(oneColumn(values), maxBins).edges[0] ?? [])
}

function codesOf(values: number[], edges: number[]): number[] {
  return Array.from(binMatrix(oneColumn(values), { edges: [Float32Array.from(edges)] }).codes[0] ?? [])
}

describe('fitBins', () => {
  test('gives each of a few values its own bin', () => {
    expect(edgesOf([3, 1, 2, 2, 1])).toEqual([1, 2])
  })

  test('makes no edge of the largest value, above which nothing lies', () => {
    expect(edgesOf([7, 7, 7])).toEqual([])
  })

  test('looks past missing values', () => {
    expect(edgesOf([Number.NaN, 5, Number.NaN, 4])).toEqual([4])
    expect(edgesOf([Number.NaN, Number.NaN])).toEqual([])
  })

  test('fills bins about equally where values outnumber them', () => {
    expect(edgesOf([1, 2, 3, 4, 5, 6, 7, 8], 4)).toEqual([2, 4, 6])
  })

  test('never parts equal values, however many they are', () => {
    expect(edgesOf([0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 3)).toEqual([0, 2])
  })

  test('keeps within the most bins and leaves none nearly empty', () => {
    const rng = createRng(1)
    const values = Array.from({ length: 20_000 }, () => rng.normal())
    const edges = edgesOf(values)
    expect(edges).toHaveLength(MAX_BINS - 1)
    const counts = new Array<number>(MAX_BINS).fill(0)
    for (const code of codesOf(values, edges)) counts[code] = (counts[code] ?? Number.NaN) + 1
    expect(Math.min(...counts)).toBeGreaterThan(60)
    expect(Math.max(...counts)).toBeLessThan(100)
  })

  test('leaves the training column as it was', () => {
    const column = Float32Array.of(3, 1, 2)
    fitBins({ nRows: 3, columns: [column] })
    expect(Array.from(column)).toEqual([3, 1, 2])
  })
})

describe('binMatrix', () => {
  test('puts a value that equals an edge below it', () => {
    expect(codesOf([1, 1.5, 2, 2.5], [1, 2])).toEqual([0, 1, 1, 2])
  })

  test('takes values beyond all that training saw', () => {
    expect(codesOf([-1e30, 1e30, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], [1, 2])).toEqual([0, 2, 2, 0])
  })

  test('keeps missing values apart, even from the last of 255 bins', () => {
    const edges = Array.from({ length: MAX_BINS - 1 }, (_, i) => i)
    expect(codesOf([Number.NaN, 1e9], edges)).toEqual([MISSING_BIN, MAX_BINS - 1])
  })
})
