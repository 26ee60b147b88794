import { describe, expect, test } from 'vitest'
import { calibrationSlope } from '../../../shared/evaluation/calibration-slope.ts'
import { logit, sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })
/** Ten rows at 1/5, ten at 4/5, with `low` and `high` ones among them; each row its own cluster. */
function twoGroups(low: number, high: number) {
  const p = Array.from<unknown, number>({ length: 20 }, (_, r) => (r < 10 ? 0.2 : 0.8))
  const labels = p.map((_, r) => (r < 10 ? Number(r < low) : Number(r - 10 < high)))
  return [labels, p, p.map((_, r) => r)] as const
}

describe('calibrationSlope', () => {
  test('is one and zero where the shares are the probabilities', () => {
    const { slope, intercept } = calibrationSlope(...twoGroups(2, 8))
    expect(slope.value).toBeCloseTo(1, 10)
    expect(intercept.value).toBeCloseTo(0, 10)
  })

  test('is below one where the probabilities are too extreme', () => {
    // Shares 0.4 and 0.6 at 1/5 and 4/5: slope ln 1.5 / ln 4.
    expect(calibrationSlope(...twoGroups(4, 6)).slope.value).toBeCloseTo(Math.log(1.5) / Math.log(4), 10)
  })

  test('has an intercept above zero where ones are more frequent than said', () => {
    // Shares 0.4 and 0.9: intercept (logit 0.4 + logit 0.9)/2.
    expect(calibrationSlope(...twoGroups(4, 9)).intercept.value).toBeCloseTo((logit(0.4) + logit(0.9)) / 2, 10)
  })

  test('has the error of a difference of two log-odds, within its interval of 1.96 errors', () => {
    // Var(logit of a share of 10 rows) = 1/(10·p·(1 − p)); slope = difference / (2·ln 4); correction 20/19.
    const { slope } = calibrationSlope(...twoGroups(2, 8))
    const expected = Math.sqrt((20 / 19) * (2 / 1.6)) / (2 * Math.log(4))
    expect(slope.error).toBeCloseTo(expected, 10)
    expect(slope.high - slope.value).toBeCloseTo(1.959963984540054 * expected, 10)
    expect(slope.value - slope.low).toBeCloseTo(1.959963984540054 * expected, 10)
  })

  test('covers the truth about 95 times of 100 where rows of a day move together', () => {
    const rng = createRng(1)
    let covered = 0
    for (let run = 0; run < 200; run++) {
      const days = Float64Array.from({ length: 600 }, (_, r) => Math.floor(r / 10))
      const ofDay = Array.from({ length: 60 }, () => rng.normal())
      const p = days.map((day) => sigmoid(ofDay[day] ?? Number.NaN))
      // All rows of a day come out alike.
      const drawn = Array.from({ length: 60 }, (_, day) => (rng.next() < sigmoid(ofDay[day] ?? Number.NaN) ? 1 : 0))
      const { slope } = calibrationSlope(
        days.map((day) => drawn[day] ?? Number.NaN),
        p,
        days,
      )
      if (slope.low <= 1 && slope.high >= 1) covered++
    }
    expect(covered).toBeGreaterThanOrEqual(178)
  })

  test('bears certainties', () => {
    const p = [0, 1, 0.3, 0.6, 0.5, 0.7]
    expect(calibrationSlope([0, 1, 1, 0, 1, 0], p, [1, 2, 3, 4, 5, 6]).slope.value).toBeGreaterThan(0)
  })
})

describe('calibrationSlope refuses', () => {
  const [labels, p, clusters] = twoGroups(3, 7)

  test.each<[string, string, ArrayLike<number>, ArrayLike<number>, ArrayLike<number>]>([
    ['probabilities of another length', 'length_mismatch', labels, p.slice(1), clusters],
    ['clusters of another length', 'length_mismatch', labels, p, clusters.slice(1)],
    ['a missing probability', 'probability_out_of_range', labels, p.with(3, Number.NaN), clusters],
    ['a label of one half', 'label_not_binary', labels.with(3, 0.5), p, clusters],
    ['a missing cluster', 'cluster_not_finite', labels, p, clusters.with(3, Number.NaN)],
    ['one class', 'one_class', labels.map(() => 1), p, clusters],
    ['no rows', 'one_class', [], [], []],
    ['equal probabilities', 'singular', labels, p.map(() => 0.4), clusters],
    ['probabilities that part the labels', 'singular', p.map((q) => (q > 0.5 ? 1 : 0)), p, clusters],
    ['no more clusters than parameters', 'too_few_clusters', labels, p, clusters.map((c) => c % 2)],
  ])('%s', (_, code, ...input) => {
    expect(() => calibrationSlope(...input)).toThrow(refusal(code))
  })
})
