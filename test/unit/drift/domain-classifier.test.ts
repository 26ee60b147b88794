import { describe, expect, test } from 'vitest'
import { clusteredAuc } from '../../../shared/drift/clustered-auc.ts'
import { tellApart } from '../../../shared/drift/domain-classifier.ts'
import { windowsOf } from '../../../shared/drift/table.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { drawnTable } from '../../support/drift-tables.ts'

describe('clusteredAuc', () => {
  test('is the share of pairs in the right order, ties counting half', () => {
    // Current 2 and 3 against reference 1, 2 and 4: 1 + ½ + 0 and 1 + 1 + 0 of six pairs.
    const { auc } = clusteredAuc(
      Float64Array.of(1, 2, 4, 2, 3),
      Uint8Array.of(0, 0, 0, 1, 1),
      Int32Array.of(1, 2, 3, 4, 5),
    )
    expect(auc).toBeCloseTo(3.5 / 6, 12)
  })

  test('has the error of the placements, day by day', () => {
    // Placements: reference 1, ¾… by hand: of 1: (2 above)/2 = 1; of 2: (½ + 1)/2 = ¾; of 4: 0; current 2: ½, 3: ⅔.
    const auc = 3.5 / 6
    const parts = [(1 - auc) / 3, (0.75 - auc) / 3, (0 - auc) / 3, (0.5 - auc) / 2, (2 / 3 - auc) / 2]
    const scores = Float64Array.of(1, 2, 4, 2, 3)
    const isCurrent = Uint8Array.of(0, 0, 0, 1, 1)
    const squares = parts.reduce((sum, part) => sum + part * part, 0)
    const apart = clusteredAuc(scores, isCurrent, Int32Array.of(1, 2, 3, 4, 5))
    expect(apart.error).toBeCloseTo(Math.sqrt(squares * 2), 12)
    const [a, b, c, d, e] = parts as [number, number, number, number, number]
    const together = clusteredAuc(scores, isCurrent, Int32Array.of(1, 1, 2, 3, 4))
    expect(together.error).toBeCloseTo(Math.sqrt(((a + b) ** 2 + c * c + d * d + e * e) * 2), 12)
  })

  test('has no error of a single day, and no value without rows', () => {
    expect(clusteredAuc(Float64Array.of(1, 2), Uint8Array.of(0, 1), Int32Array.of(1, 2)).error).toBeNaN()
    expect(() => clusteredAuc(Float64Array.of(1), Uint8Array.of(1), Int32Array.of(1))).toThrow(
      expect.objectContaining({ code: 'no_rows' }),
    )
  })
})

describe('tellApart', () => {
  const tell = (seed: number, shift: number, calibrated = true) => {
    const rng = createRng(seed)
    const reference = drawnTable(rng, { rows: 3000 })
    const current = drawnTable(rng, { rows: 500, firstDay: 150, shift })
    const windows = calibrated ? windowsOf(reference, { days: 25, least: 6, most: 8 }) : []
    return tellApart(reference, current, { windows, least: 100 })
  }

  test('seldom tells apart what is alike, and always what is not', () => {
    const alike = Array.from({ length: 6 }, (_, seed) => tell(seed, 0))
    expect(alike.filter((joint) => (joint?.pValue ?? 0) <= 0.01).length).toBeLessThanOrEqual(1)
    const apart = Array.from({ length: 2 }, (_, seed) => tell(seed, 0.8))
    expect(apart.every((joint) => (joint?.pValue ?? 1) <= 0.01 && joint?.usual?.windows === 6)).toBe(true)
  })

  test('goes by chance alone where there are no windows', () => {
    expect(tell(1, 0.8, false)).toMatchObject({ usual: null })
    expect(tell(1, 0.8, false)?.pValue).toBeLessThan(1e-6)
  })

  test('says nothing of too few rows', () => {
    const rng = createRng(2)
    const [reference, current] = [drawnTable(rng, { rows: 500 }), drawnTable(rng, { rows: 99, firstDay: 90 })]
    expect(tellApart(reference, current, { windows: [], least: 100 })).toBeUndefined()
  })
})
