import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binMatrix } from '../../shared/trees/binned-matrix.ts'
import { fitBins, MISSING_BIN } from '../../shared/trees/binning.ts'

/** Columns with many ties, extreme values and missing ones. */
const value = fc.oneof(fc.float({ noDefaultInfinity: true }), fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN))
const column = fc.array(value, { maxLength: 80 }).map((values) => Float32Array.from(values))
const maxBins = fc.integer({ min: 2, max: 12 })

function binned(training: Float32Array, asked: Float32Array, limit: number) {
  const bins = fitBins({ nRows: training.length, columns: [training] }, limit)
  const codes = binMatrix({ nRows: asked.length, columns: [asked] }, bins).codes[0] ?? new Uint8Array()
  return { edges: bins.edges[0] ?? new Float32Array(), codes }
}

test('a code is at most an edge exactly where the value is', () => {
  fc.assert(
    fc.property(column, column, maxBins, (training, asked, limit) => {
      const { edges, codes } = binned(training, asked, limit)
      for (const [r, x] of asked.entries()) {
        if (Number.isNaN(x)) expect(codes[r]).toBe(MISSING_BIN)
        else for (const [bin, edge] of edges.entries()) expect((codes[r] ?? Number.NaN) <= bin).toBe(x <= edge)
      }
    }),
  )
})

test('edges ascend, occur in the data and leave something above the last', () => {
  fc.assert(
    fc.property(column, maxBins, (training, limit) => {
      const { edges } = binned(training, training, limit)
      expect(edges.length).toBeLessThan(limit)
      expect(edges.slice(1).every((edge, i) => edge > (edges[i] ?? Number.NaN))).toBe(true)
      expect(edges.every((edge) => training.includes(edge))).toBe(true)
      if (edges.length > 0) expect(training.some((x) => x > (edges.at(-1) ?? Number.NaN))).toBe(true)
    }),
  )
})

test('few values are told apart exactly', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), (values) => {
      const { edges } = binned(Float32Array.from(values), new Float32Array(), 10)
      expect(edges).toHaveLength(new Set(values).size - 1)
    }),
  )
})

test('the words of a row hold the codes of its columns', () => {
  const table = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20 })).chain(([nColumns, nRows]) => {
    const values = fc.array(value, { minLength: nRows, maxLength: nRows }).map((row) => Float32Array.from(row))
    return fc.array(values, { minLength: nColumns, maxLength: nColumns })
  })
  fc.assert(
    fc.property(table, (columns) => {
      const matrix = { nRows: columns[0]?.length ?? 0, columns }
      const { codes, words, wordsPerRow } = binMatrix(matrix, fitBins(matrix))
      for (const [f, column] of codes.entries()) {
        for (const [r, code] of column.entries()) {
          const word = words[r * wordsPerRow + Math.floor(f / 4)] ?? Number.NaN
          expect(Math.floor((word >>> 0) / 256 ** (f % 4)) % 256).toBe(code)
        }
      }
    }),
  )
})
