import { describe, expect, test } from 'vitest'
import { calibrationNoise } from '../../../shared/evaluation/calibration-noise.ts'
import { calibrationErrors } from '../../../shared/evaluation/reliability.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

describe('calibrationNoise', () => {
  test('gives what the normal distribution gives for large bins', () => {
    // One bin of 10,000 rows at ½: E|gap| = √(2/π · n/4)/n = 0.00399; its 95 % quantile 1.96·0.005 = 0.0098.
    const { ece, mce } = calibrationNoise(new Float64Array(10_000).fill(0.5), { rng: createRng(1), replicates: 2000 })
    expect(Math.abs(ece.mean - 0.003989)).toBeLessThan(0.0002)
    expect(Math.abs(ece.high - 0.0098)).toBeLessThan(0.0005)
    expect(mce).toEqual(ece)
  })

  test('adds up over bins: ten bins of equal rows are √10 times as noisy as one', () => {
    const p = Float64Array.from({ length: 20_000 }, (_, r) => ((r % 10) + 0.5) / 10)
    const { ece } = calibrationNoise(p, { rng: createRng(2) })
    // Σ_b √(2/π · n_b·p_b(1 − p_b)) / n, with n_b = 2,000.
    const expected = [0.05, 0.15, 0.25, 0.35, 0.45]
      .map((q) => (2 * Math.sqrt((2 / Math.PI) * 2000 * q * (1 - q))) / 20_000)
      .reduce((sum, part) => sum + part, 0)
    expect(Math.abs(ece.mean / expected - 1)).toBeLessThan(0.05)
  })

  test('lets perfect probabilities pass about 95 times of 100, and finds poor ones', () => {
    const rng = createRng(3)
    const p = Float64Array.from({ length: 500 }, () => rng.next())
    const { ece } = calibrationNoise(p, { rng: createRng(4), replicates: 1000 })
    const drawn = (truth: (q: number) => number) =>
      Array.from({ length: 200 }, () => {
        const labels = p.map((q) => (rng.next() < truth(q) ? 1 : 0))
        return calibrationErrors(labels, p).ece <= ece.high
      }).filter(Boolean).length
    const passed = drawn((q) => q)
    expect(passed).toBeGreaterThanOrEqual(180)
    expect(passed).toBeLessThan(200)
    expect(drawn((q) => q * q)).toBe(0)
  })

  test('uses the bins that it is given', () => {
    const p = Float64Array.from({ length: 400 }, (_, r) => 0.5 + r / 10_000)
    const wide = calibrationNoise(p, { rng: createRng(5), bins: 10 })
    const even = calibrationNoise(p, { rng: createRng(5), bins: 10, kind: 'equal_mass' })
    // All rows in one bin of equal width, in ten of equal mass: √10 times the noise.
    expect(even.ece.mean / wide.ece.mean).toBeGreaterThan(2.5)
    expect(even.ece.mean / wide.ece.mean).toBeLessThan(4)
  })

  test('gives the same for the same seed', () => {
    const run = () => calibrationNoise([0.2, 0.4, 0.9], { rng: createRng(6) })
    expect(run()).toEqual(run())
  })

  test('is nothing where all is certain', () => {
    const certain = calibrationNoise([0, 1, 1], { rng: createRng(7) })
    expect(certain).toEqual({ ece: { mean: 0, high: 0 }, mce: { mean: 0, high: 0 } })
  })
})

describe('calibrationNoise refuses', () => {
  const rng = createRng(8)
  test.each([Number.NaN, -0.1, 1.1])('a probability of %d', (p) => {
    expect(() => calibrationNoise([0.5, p], { rng })).toThrow(refusal('probability_out_of_range'))
  })

  test.each([0, 2.5, Number.NaN])('%d replicates or bins', (count) => {
    expect(() => calibrationNoise([0.5], { rng, replicates: count })).toThrow(refusal('replicates_out_of_range'))
    expect(() => calibrationNoise([0.5], { rng, bins: count })).toThrow(refusal('bins_out_of_range'))
  })

  test('no rows', () => {
    expect(() => calibrationNoise([], { rng })).toThrow(refusal('no_rows'))
  })
})
