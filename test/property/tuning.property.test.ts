import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { createRng } from '../../shared/kernel/random.ts'
import type { Dimension, SearchSpace, TrialParams } from '../../shared/tuning/space.ts'
import { assertInSpace, assertSpace, sampleUniform } from '../../shared/tuning/space.ts'
import { splitTrials, suggest, trialRng } from '../../shared/tuning/tpe.ts'
import type { Trial } from '../../shared/tuning/trial.ts'
import { trial } from '../unit/tuning/trials.ts'

const bounds = fc.tuple(
  fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  fc.double({ min: 1.001, max: 1e6, noNaN: true }),
)
const scale = fc.constantFrom('linear' as const, 'log' as const)
const dimension: fc.Arbitrary<Dimension> = fc.oneof(
  fc.tuple(bounds, scale).map(([[low, factor], on]) => ({
    kind: 'float' as const,
    name: 'a',
    low,
    high: low * factor,
    scale: on,
  })),
  fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 500 }), scale).map(([low, more, on]) => ({
    kind: 'integer' as const,
    name: 'a',
    low,
    high: low + more,
    scale: on,
  })),
  fc
    .uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 6 })
    .map((choices) => ({ kind: 'choice' as const, name: 'a', choices })),
)
const space = fc
  .array(dimension, { minLength: 1, maxLength: 4 })
  .map((dimensions): SearchSpace => dimensions.map((d, i) => ({ ...d, name: `p${i}` })))

/** Trials with any outcome at points of a space. */
function randomTrials(of: SearchSpace, seed: number, count: number): Trial[] {
  const rng = createRng(seed)
  return Array.from({ length: count }, (_, number) => {
    const params = sampleUniform(of, rng)
    const value = rng.integer(5)
    const kind = rng.integer(4)
    if (kind > 1) return trial(number, { params, value })
    if (kind === 1) return trial(number, { params, state: 'failed', value: null, error: { code: 'a', message: 'b' } })
    return trial(number, {
      params,
      state: 'pruned',
      value: null,
      steps: [{ step: rng.integer(3), value, details: {} }],
    })
  })
}

const seed = fc.integer({ min: 0, max: 0xffffffff })

test('every suggestion is a point of its space and survives JSON, whatever the trials', () => {
  fc.assert(
    fc.property(space, seed, fc.integer({ min: 0, max: 120 }), (searched, chance, count) => {
      assertSpace(searched)
      const params = suggest(searched, randomTrials(searched, chance, count), createRng(chance + 1))
      assertInSpace(searched, params)
      expect(JSON.parse(JSON.stringify(params))).toEqual(params)
    }),
  )
})

test('no good trial is worse than one that is not good', () => {
  fc.assert(
    fc.property(space, seed, fc.integer({ min: 1, max: 300 }), (searched, chance, count) => {
      const told = randomTrials(searched, chance, count).filter(({ state }) => state !== 'failed')
      const { good, bad } = splitTrials(told)
      expect(good.length).toBe(Math.min(Math.ceil(told.length / 10), 25))
      expect(good.length + bad.length).toBe(told.length)
      const valuesOf = (trials: Trial[]) => trials.flatMap(({ value }) => (value === null ? [] : [value]))
      if (valuesOf(bad).length > 0) {
        expect(Math.max(...valuesOf(good))).toBeLessThanOrEqual(Math.min(...valuesOf(bad)))
        expect(good.every(({ state }) => state === 'complete')).toBe(true)
      }
    }),
  )
})

interface Problem {
  name: string
  space: SearchSpace
  loss(params: TrialParams): number
}

function float(name: string, low: number, high: number, on: 'linear' | 'log' = 'linear'): Dimension {
  return { kind: 'float', name, low, high, scale: on }
}

const PROBLEMS: Problem[] = [
  {
    name: 'a quadratic of five dimensions',
    space: ['a', 'b', 'c', 'd', 'e'].map((name) => float(name, -5, 5)),
    loss: (params) => Object.values(params).reduce<number>((sum, x, i) => sum + (Number(x) - i + 2) ** 2, 0),
  },
  {
    // Its minimum is 0.397887 at (π, 2.275) and two other places.
    name: 'Branin’s function',
    space: [float('x', -5, 10), float('y', 0, 15)],
    loss({ x, y }) {
      const [a, b] = [Number(x), Number(y)]
      const bend = b - (5.1 / (4 * Math.PI ** 2)) * a ** 2 + (5 / Math.PI) * a - 6
      return bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10
    },
  },
  {
    name: 'a mixture of a logarithmic rate, a whole number and choices',
    space: [
      float('rate', 1e-5, 1, 'log'),
      { kind: 'integer', name: 'depth', low: 1, high: 12, scale: 'linear' },
      { kind: 'choice', name: 'kind', choices: ['a', 'b', 'c', 'd', 'e'] },
      { kind: 'choice', name: 'mode', choices: [1, 2, 3] },
    ],
    loss: ({ rate, depth, kind, mode }) =>
      Math.abs(Math.log10(Number(rate)) + 3) +
      Math.abs(Number(depth) - 7) / 4 +
      (kind === 'd' ? 0 : 1) +
      Math.abs(Number(mode) - 2) / 2,
  },
]

const TRIALS = 60

/** The lowest loss of a search. */
function searchBest({ space: searched, loss }: Problem, chance: number, learns: boolean): number {
  const trials: Trial[] = []
  for (let number = 0; number < TRIALS; number++) {
    const rng = trialRng(chance, number)
    const params = learns ? suggest(searched, trials, rng) : sampleUniform(searched, rng)
    trials.push(trial(number, { params, value: loss(params) }))
  }
  return Math.min(...trials.map(({ value }) => value ?? Number.POSITIVE_INFINITY))
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return ((sorted[9] ?? Number.NaN) + (sorted[10] ?? Number.NaN)) / 2
}

describe('the estimator', () => {
  it.each(PROBLEMS)(
    'finds lower values of $name than chance does: medians over 20 seeds, 60 trials each',
    (problem) => {
      const seeds = Array.from({ length: 20 }, (_, i) => 1000 + i)
      const learned = median(seeds.map((chance) => searchBest(problem, chance, true)))
      const random = median(seeds.map((chance) => searchBest(problem, chance, false)))
      expect(learned).toBeLessThan(0.75 * random)
    },
  )
})
