import { describe, expect, test } from 'vitest'
import type { StackRows } from '../../../shared/blend/stack.ts'
import { fitStack } from '../../../shared/blend/stack.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

interface World extends StackRows {
  truth: Float64Array
}

/** Three windows of rows whose base is blind to a part of the truth; ten rows a day. */
function world(seed: number, n: number, blindness = 1): World {
  const rng = createRng(seed)
  const base = Float64Array.from({ length: n }, () => rng.normal())
  const truth = base.map((score) => score + blindness * rng.normal())
  const labels = truth.map((score) => (rng.next() < sigmoid(score) ? 1 : 0))
  const windows = Int32Array.from(base, (_, r) => Math.floor((3 * r) / n))
  return { labels, base, members: [truth], windows, days: base.map((_, r) => Math.floor(r / 10)), truth }
}

/** What a member adds to the base at random. */
function noise(seed: number, { base }: StackRows, size = 0.5): Float64Array {
  const rng = createRng(seed)
  return base.map((score) => score + size * rng.normal())
}

describe('fitStack', () => {
  const rows = world(1, 3000)

  test('believes a member that says the truth', () => {
    const [weight = Number.NaN] = fitStack(rows)
    expect(weight).toBeGreaterThan(0.8)
    expect(weight).toBeLessThanOrEqual(1)
  })

  test('gives nothing to noise, alone or beside the truth', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const here = world(seed, 3000)
      expect(Array.from(fitStack({ ...here, members: [noise(seed + 50, here)] }))).toEqual([0])
      const [truth = Number.NaN, other = Number.NaN] = fitStack({
        ...here,
        members: [here.truth, noise(seed + 50, here)],
      })
      expect(truth).toBeGreaterThan(0.8)
      expect(other).toBeLessThan(0.1)
    }
  })

  test('gives nothing to a member that says what the base says', () => {
    expect(Array.from(fitStack({ ...rows, members: [rows.base] }))).toEqual([0])
    const [own = Number.NaN, truth = Number.NaN] = fitStack({ ...rows, members: [rows.base, rows.truth] })
    expect(own).toBe(0)
    expect(truth).toBe(fitStack(rows)[0])
  })

  test('gives nothing to a member that says the opposite of what is missing', () => {
    const opposite = rows.base.map((score, r) => score - ((rows.truth[r] ?? 0) - score))
    expect(Array.from(fitStack({ ...rows, members: [opposite] }))).toEqual([0])
  })

  test('takes about as much of a member as there is truth in it', () => {
    // Twice the lead: half the weight.
    const loud = rows.base.map((score, r) => score + 2 * ((rows.truth[r] ?? 0) - score))
    const [weight = Number.NaN] = fitStack({ ...rows, members: [loud] })
    expect(weight).toBeGreaterThan(0.4)
    expect(weight).toBeLessThan(0.6)
  })

  test('keeps all weights in [0, 1] and their sum at 1 or below, whatever is said', () => {
    const rng = createRng(9)
    for (let trial = 0; trial < 20; trial++) {
      const here = world(trial, 300, 2 * rng.next())
      const members = Array.from({ length: 1 + rng.integer(4) }, (_, k) =>
        rng.next() < 0.5 ? here.truth : noise(k + 10 * trial, here, 6 * rng.next()),
      )
      const weights = Array.from(fitStack({ ...here, members }))
      for (const weight of weights) expect(weight >= 0 && weight <= 1).toBe(true)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(1 + 1e-12)
    }
  })

  test('does not mind the order of the members', () => {
    const [a, b, c] = [rows.truth, noise(1, rows), rows.base.map((score, r) => 0.5 * (score + (rows.truth[r] ?? 0)))]
    const [truth = Number.NaN, other = Number.NaN, half = Number.NaN] = fitStack({ ...rows, members: [a, b, c] })
    const turned = fitStack({ ...rows, members: [c, b, a] })
    for (const [k, weight] of [half, other, truth].entries()) expect(turned[k]).toBeCloseTo(weight, 4)
  })

  test('is the same for the same rows, and for rows of windows and days by other numbers', () => {
    const named = { ...rows, windows: rows.windows.map((w) => 7 - w), days: rows.days.map((day) => 1e6 - day) }
    expect(fitStack(named)).toEqual(fitStack(rows))
  })

  test('lets go of a member that suited one window alone', () => {
    // In the first window it says the truth, later the opposite of what is missing.
    const fickle = rows.base.map(
      (score, r) => score + (rows.windows[r] === 0 ? 1 : -0.3) * ((rows.truth[r] ?? 0) - score),
    )
    expect(Array.from(fitStack({ ...rows, members: [fickle] }))).toEqual([0])
  })

  test('takes weights as they are fitted where there is one window', () => {
    // w minimises −ln sigmoid(w) · 3 − ln sigmoid(−w) + 2w²: 4·sigmoid(w) − 3 + 4w = 0, by scipy.optimize.brentq.
    const labels = Float64Array.of(1, 1, 1, 0)
    const few = { labels, base: new Float64Array(4), members: [new Float64Array(4).fill(1)] }
    const [weight] = fitStack({ ...few, windows: new Int32Array(4), days: new Float64Array(4) })
    expect(weight).toBeCloseTo(0.20013306669394895, 6)
  })

  test('finds the minimum among certainties, where full steps would go to and fro', () => {
    // The base is sure of the contrary: 96 of 100 won. At w log-odds are 20w − 10; ln(96/4) = 3.18 is w = 0.66.
    const labels = Float64Array.from({ length: 1000 }, (_, r) => (r % 25 === 0 ? 0 : 1))
    const rows = { labels, base: new Float64Array(1000).fill(-10), members: [new Float64Array(1000).fill(10)] }
    const [weight] = fitStack({ ...rows, windows: new Int32Array(1000), days: new Float64Array(1000) })
    expect(weight).toBeGreaterThan(0.65)
    expect(weight).toBeLessThan(0.67)
  })

  test('leaves the base alone where nobody else is there', () => {
    expect(Array.from(fitStack({ ...rows, members: [] }))).toEqual([])
  })

  test.each([
    ['no rows', 'no_rows', { labels: new Float64Array(0) }],
    ['a base of another length', 'length_mismatch', { base: new Float64Array(5) }],
    ['a member of another length', 'length_mismatch', { members: [new Float64Array(5)] }],
    ['windows of another length', 'length_mismatch', { windows: new Int32Array(5) }],
    ['days of another length', 'length_mismatch', { days: new Float64Array(5) }],
    ['a base that is no number', 'score_not_finite', { base: rows.base.with(3, Number.NaN) }],
    ['a member without end', 'score_not_finite', { members: [rows.base.with(3, Number.POSITIVE_INFINITY)] }],
    ['a label that is missing', 'label_not_binary', { labels: rows.labels.with(3, Number.NaN) }],
    ['a label of 2', 'label_not_binary', { labels: rows.labels.with(3, 2) }],
    ['windows of a single day', 'too_few_clusters', { days: new Float64Array(3000) }],
  ] as [string, string, Partial<StackRows>][])('refuses %s', (_, code, overrides) => {
    expect(() => fitStack({ ...rows, ...overrides })).toThrow(refusal(code))
  })
})
