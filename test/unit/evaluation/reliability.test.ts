import { describe, expect, test } from 'vitest'
import { scoreBinary } from '../../../shared/evaluation/metrics.ts'
import { calibrationErrors, reliabilityCurve } from '../../../shared/evaluation/reliability.ts'
import { wilsonInterval } from '../../../shared/evaluation/wilson-interval.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

describe('reliabilityCurve', () => {
  test('tells each bin that holds a row, by rising probability', () => {
    const curve = reliabilityCurve([1, 0, 1, 0], [0.9, 0.15, 0.85, 0.05], { bins: 4 })
    expect(curve.map(({ n, share }) => ({ n, share }))).toEqual([
      { n: 2, share: 0 },
      { n: 2, share: 1 },
    ])
    expect(curve[0]?.meanProbability).toBeCloseTo(0.1, 14)
    expect(curve[1]?.meanProbability).toBeCloseTo(0.875, 14)
    expect({ low: curve[1]?.low, high: curve[1]?.high }).toEqual(wilsonInterval(2, 2))
  })

  test('puts an edge into the upper bin and 1 into the last, in bins of equal width', () => {
    const curve = reliabilityCurve([0, 1, 0, 1, 1], [0.2, 0.25, 0.5, 0.99, 1], { bins: 4 })
    expect(curve.map(({ n }) => n)).toEqual([1, 1, 1, 2])
  })

  test('gives bins of equal mass about as many rows each', () => {
    const p = [0.5, 0.51, 0.52, 0.53, 0.54, 0.55, 0.56, 0.9]
    const curve = reliabilityCurve([0, 1, 0, 1, 0, 1, 0, 1], p, { bins: 4, kind: 'equal_mass' })
    expect(curve.map(({ n }) => n)).toEqual([2, 2, 2, 2])
  })

  test('does not part equal probabilities, whatever the order of the rows', () => {
    const p = [0.3, 0.3, 0.3, 0.3, 0.3, 0.7]
    const binning = { bins: 3, kind: 'equal_mass' } as const
    const curve = reliabilityCurve([1, 0, 0, 0, 0, 1], p, binning)
    expect(curve.map(({ n }) => n)).toEqual([5, 1])
    expect(reliabilityCurve([0, 0, 0, 0, 1, 1], p, binning)).toEqual(curve)
  })

  test('uses ten bins of equal width where not told otherwise', () => {
    const p = Array.from({ length: 100 }, (_, i) => (i + 0.5) / 100)
    expect(
      reliabilityCurve(
        p.map((_, i) => i % 2),
        p,
      ).map(({ n }) => n),
    ).toEqual(new Array(10).fill(10))
  })
})

describe('calibrationErrors', () => {
  test('weighs bins by their rows in the ECE and not in the MCE', () => {
    // Three rows off by 0.1 together, one off by 0.6.
    const { ece, mce } = calibrationErrors([0, 0, 0, 1], [0.1, 0.1, 0.1, 0.4], { bins: 5 })
    expect(ece).toBeCloseTo((3 * 0.1 + 0.6) / 4, 14)
    expect(mce).toBeCloseTo(0.6, 14)
  })

  test('depends on the number and kind of bins', () => {
    // One bin: the mean probability meets the share of ones.
    expect(calibrationErrors([1, 0], [0.2, 0.8], { bins: 1 })).toEqual({ ece: 0, mce: 0 })
    expect(calibrationErrors([1, 0], [0.2, 0.8], { bins: 2 }).ece).toBeCloseTo(0.8, 14)
    expect(calibrationErrors([1, 0], [0.2, 0.3], { bins: 2, kind: 'equal_mass' }).ece).toBeCloseTo(0.55, 14)
  })

  test('is, in ten bins of equal width, the ECE of the scores to the last bit', () => {
    const rng = createRng(1)
    const p = Float64Array.from({ length: 500 }, () => rng.next())
    const labels = p.map((value) => (rng.next() < value ? 1 : 0))
    expect(calibrationErrors(labels, p).ece).toBe(scoreBinary(labels, p).ece)
  })
})

describe.each([
  ['reliabilityCurve', reliabilityCurve],
  ['calibrationErrors', calibrationErrors],
])('%s refuses', (_, score) => {
  test.each([0, -1, 2.5, Number.NaN])('%d bins', (bins) => {
    expect(() => score([1, 0], [0.5, 0.5], { bins })).toThrow(refusal('bins_out_of_range'))
  })

  test('nothing to score, unequal lengths, labels and probabilities that are none', () => {
    expect(() => score([], [])).toThrow(refusal('no_rows'))
    expect(() => score([1], [0.5, 0.5])).toThrow(refusal('length_mismatch'))
    expect(() => score([2], [0.5])).toThrow(refusal('label_not_binary'))
    expect(() => score([1], [Number.NaN])).toThrow(refusal('probability_out_of_range'))
  })
})

describe('wilsonInterval', () => {
  test('is that of the published example of 5 in 10', () => {
    const { low, high } = wilsonInterval(5, 10)
    expect(low).toBeCloseTo(0.2366, 4)
    expect(high).toBeCloseTo(0.7634, 4)
  })

  test('touches the end where all or none are ones, and has its width by z²/(n + z²)', () => {
    const z2 = 1.959963984540054 ** 2
    expect(wilsonInterval(0, 10).low).toBe(0)
    expect(wilsonInterval(0, 10).high).toBeCloseTo(z2 / (10 + z2), 12)
    expect(wilsonInterval(10, 10).low).toBeCloseTo(10 / (10 + z2), 12)
    expect(wilsonInterval(10, 10).high).toBe(1)
  })

  test.each([
    [0, 0],
    [-1, 5],
    [6, 5],
    [Number.NaN, 5],
    [1, Number.NaN],
  ])('refuses %d of %d', (ones, n) => {
    expect(() => wilsonInterval(ones, n)).toThrow(refusal('share_out_of_range'))
  })
})
