import { describe, expect, test } from 'vitest'
import { binMatrix } from '../../../shared/trees/binned-matrix.ts'
import { MAX_BINS, MISSING_BIN } from '../../../shared/trees/binning.ts'

const oneColumn = (values: number[]) => ({ nRows: values.length, columns: [Float32Array.from(values)] })

function codesOf(values: number[], edges: number[]): number[] {
  return Array.from(binMatrix(oneColumn(values), { edges: [Float32Array.from(edges)] }).codes[0] ?? [])
}

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

  test('takes both zeros for one, as value and as edge', () => {
    expect(codesOf([-0, 0, -1, 1], [0, 0.5])).toEqual([0, 0, 0, 2])
    expect(codesOf([-0, 0, -1e-30, 1e-30], [-0])).toEqual([0, 0, 0, 1])
  })

  test('finds the bin among negative edges and among edges that differ in their last bit', () => {
    expect(codesOf([-4, -3, -2.5, -1, 5], [-3, -2, -1])).toEqual([0, 0, 1, 2, 3])
    const edges = [1, Math.fround(1 + 2 ** -23), Math.fround(1 + 2 ** -22)]
    expect(codesOf([...edges, Math.fround(1 + 3 * 2 ** -23)], edges)).toEqual([0, 1, 2, 3])
  })

  test('packs four features to a word, the first lowest', () => {
    const columns = [1, 2, 3, 4, 5].map((x) => Float32Array.of(x, 9))
    const { words, wordsPerRow } = binMatrix({ nRows: 2, columns }, { edges: columns.map(() => Float32Array.of(0, 3)) })
    expect(wordsPerRow).toBe(2)
    expect(Array.from(words)).toEqual([0x02010101, 0x02, 0x02020202, 0x02])
  })
})
