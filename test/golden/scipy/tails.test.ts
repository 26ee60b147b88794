import { describe, expect, test } from 'vitest'
import { upperGamma } from '../../../shared/drift/incomplete-gamma.ts'
import { kolmogorovTail } from '../../../shared/drift/kolmogorov.ts'
import chiSquare from './chi-square.json' with { type: 'json' }
import kolmogorov from './kolmogorov.json' with { type: 'json' }

describe('kolmogorovTail', () => {
  test('is SciPy’s at few and many rows, in the middle and far out', () => {
    expect(kolmogorov.length).toBeGreaterThan(80)
    for (const { d, n, tail } of kolmogorov) expect(Math.abs(kolmogorovTail(d, n) - tail)).toBeLessThan(1e-11)
  })

  test('keeps its digits far out', () => {
    for (const { d, n, tail } of kolmogorov.filter((row) => n2(row) > 3 && row.tail > 0)) {
      expect(Math.abs(kolmogorovTail(d, n) / tail - 1)).toBeLessThan(1e-9)
    }
  })
})

describe('upperGamma', () => {
  test('is the tail of chi-square as SciPy has it', () => {
    expect(chiSquare).toHaveLength(36)
    for (const { statistic, degrees, tail } of chiSquare) {
      const ours = upperGamma(degrees / 2, statistic / 2)
      expect(Math.abs(ours - tail)).toBeLessThan(1e-12)
      expect(Math.abs(ours / tail - 1)).toBeLessThan(1e-9)
    }
  })
})

function n2({ d, n }: { d: number; n: number }): number {
  return n * d * d
}
