import { describe, expect, test } from 'vitest'
import { encompassingTest } from '../../../shared/evaluation/encompassing.ts'
import { logit, sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

/** Rows whose log-odds are what the reference knows plus `share` of what only the model claims to know. */
function forecasts(seed: number, share: number, n = 4000) {
  const rng = createRng(seed)
  const known = Float64Array.from({ length: n }, () => rng.normal())
  const own = Float64Array.from({ length: n }, () => 0.5 * rng.normal())
  return {
    labels: known.map((x, r) => (rng.next() < sigmoid(x + share * (own[r] ?? Number.NaN)) ? 1 : 0)),
    reference: known.map(sigmoid),
    model: known.map((x, r) => sigmoid(x + (own[r] ?? Number.NaN))),
    days: known.map((_, r) => Math.floor(r / 20)),
  }
}

function run({ labels, reference, model, days }: ReturnType<typeof forecasts>) {
  const result = encompassingTest(labels, reference, model, days)
  if (result.kind !== 'tested') throw new Error(result.reason)
  return result
}

describe('encompassingTest', () => {
  test('finds a model that knows more: all weight on it, none on the reference', () => {
    const result = run(forecasts(1, 1))
    expect(result.modelAdds).toBe(true)
    expect(Math.abs(result.model.value - 1)).toBeLessThan(3 * result.model.error)
    expect(Math.abs(result.reference.value)).toBeLessThan(3 * result.reference.error)
    expect(result.model.pValue).toBeLessThan(1e-6)
    expect(result.model.z).toBeCloseTo(result.model.value / result.model.error, 12)
    expect(result.wald).toBeCloseTo(result.model.z ** 2, 12)
  })

  test('gives half a weight each where half of what the model claims is true', () => {
    const result = run(forecasts(2, 0.5, 20_000))
    expect(Math.abs(result.model.value - 0.5)).toBeLessThan(0.15)
    expect(Math.abs(result.reference.value - 0.5)).toBeLessThan(0.15)
  })

  test('says so of a model of noise in about 2.5 of 100 cases only', () => {
    const runs = Array.from({ length: 200 }, (_, seed) => run(forecasts(seed + 10, 0, 400)))
    expect(runs.filter(({ modelAdds }) => modelAdds).length).toBeLessThanOrEqual(12)
    // Its p-values are level: as many below one half as above.
    const low = runs.filter(({ model }) => model.pValue < 0.5).length
    expect(Math.abs(low - 100)).toBeLessThan(28)
  })

  test('does not call a model that must be turned round an addition', () => {
    const rows = forecasts(3, -1)
    const result = run(rows)
    expect(result.model.pValue).toBeLessThan(0.001)
    expect(result.modelAdds).toBe(false)
  })
})

describe('a model that restates the reference', () => {
  const { labels, reference, days } = forecasts(4, 0)
  const restated = { kind: 'collinear', reason: 'model_restates_reference' }

  test.each<[string, (p: number) => number]>([
    ['itself', (p) => p],
    ['its recalibration', (p) => sigmoid(0.7 * logit(p) - 0.2)],
    ['itself in single precision', Math.fround],
    ['one number for all rows', () => 0.4],
    ['its opposite', (p) => 1 - p],
  ])('as %s gives a result and no test', (_, restate) => {
    expect(encompassingTest(labels, reference, reference.map(restate), days)).toEqual(restated)
  })

  test('is not one that differs in a few rows', () => {
    const model = reference.map((p, r) => (r % 100 === 0 ? sigmoid(logit(p) + 0.1) : p))
    expect(encompassingTest(labels, reference, model, days).kind).toBe('tested')
  })

  test('is told from a reference that says nothing', () => {
    const level = reference.map(() => 0.45)
    expect(encompassingTest(labels, level, reference, days)).toEqual({
      kind: 'collinear',
      reason: 'reference_is_constant',
    })
  })
})

describe('encompassingTest refuses', () => {
  const { labels, reference, model, days } = forecasts(5, 1, 200)

  test.each<[string, string, Float64Array, Float64Array, Float64Array, Float64Array]>([
    ['a model of another length', 'length_mismatch', labels, reference, model.subarray(1), days],
    ['a reference of another length', 'length_mismatch', labels, reference.subarray(1), model, days],
    ['clusters of another length', 'length_mismatch', labels, reference, model, days.subarray(1)],
    ['a missing probability', 'probability_out_of_range', labels, reference, model.with(0, Number.NaN), days],
    ['a missing label', 'label_not_binary', labels.with(0, Number.NaN), reference, model, days],
    ['one class', 'one_class', labels.map(() => 0), reference, model, days],
    ['no more clusters than parameters', 'too_few_clusters', labels, reference, model, days.map((day) => day % 3)],
    ['a model that parts the labels', 'singular', labels, reference, labels.map((y) => 0.2 + 0.6 * y), days],
  ])('%s', (_, code, ...input) => {
    expect(() => encompassingTest(...input)).toThrow(refusal(code))
  })
})
