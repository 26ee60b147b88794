import { describe, expect, test } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import { binMatrix } from '../../../shared/trees/binned-matrix.ts'
import { BINNING_SAMPLE_ROWS, fitBins, MAX_BINS } from '../../../shared/trees/binning.ts'

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

  test('finds the bins of many rows on a sample of them, the same every time', () => {
    const rng = createRng(2)
    const nRows = 2 * BINNING_SAMPLE_ROWS
    const column = Float32Array.from({ length: nRows }, () => rng.next())
    const matrix = { nRows, columns: [column] }
    const edges = Array.from(fitBins(matrix).edges[0] ?? [])
    expect(edges).toHaveLength(MAX_BINS - 1)
    expect(Array.from(fitBins(matrix).edges[0] ?? [])).toEqual(edges)
    // An edge of a uniform column is off by at most √(¼/200,000) = 0.0011 a standard deviation; take four.
    expect(Math.max(...edges.map((edge, i) => Math.abs(edge - (i + 1) / MAX_BINS)))).toBeLessThan(0.0045)
  })

  test('sees about half of the values that occur once among twice the rows of a sample', () => {
    const column = new Float32Array(2 * BINNING_SAMPLE_ROWS)
    for (let i = 1; i <= 200; i++) column[1999 * i] = i
    const [edges] = fitBins({ nRows: column.length, columns: [column] }).edges
    // Heads of 200 coins: 100, give or take 7.
    expect(Math.abs((edges?.length ?? Number.NaN) - 100)).toBeLessThan(36)
  })

  test.each([1, 256, 2.5, Number.NaN])('refuses %s bins', (maxBins) => {
    expect(() => fitBins(oneColumn([1, 2, 3]), maxBins)).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'bins_out_of_range' }),
    )
  })
})
