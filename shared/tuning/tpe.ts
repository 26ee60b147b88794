import { createRng, type Rng } from '../kernel/random.ts'
import { parzenEstimator } from './parzen.ts'
import type { Dimension, SearchSpace, TrialParams } from './space.ts'
import { sampleUniform } from './space.ts'
import type { Trial } from './trial.ts'

/** Trials that are drawn uniformly before anything is made of what is known. */
export const STARTUP_TRIALS = 10

/** Values drawn from l(x), of which the one with the largest l(x)/g(x) is taken. */
const CANDIDATES = 24

/** At most so many trials count as good. */
const MOST_GOOD = 25

/**
 * Parameters for the next trial, by a tree-structured Parzen estimator, each dimension by itself.
 *
 * The n trials that say something are ranked: complete ones by value, then pruned ones by how far they came and by their
 * last value. The best min(⌈0.1·n⌉, 25) make l(x), the others g(x) ({@link parzenEstimator}); of 24 draws from l the one
 * with the largest l(x)/g(x) is taken. Failed and running trials say nothing. With fewer than ten that do, the draw is
 * uniform. The settings are those of Optuna's default sampler.
 *
 * Pure: equal trials and equal chance give equal parameters.
 *
 * @param trials  in order of their numbers
 * @see J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, "Algorithms for hyper-parameter optimization", NeurIPS 2011
 */
export function suggest(space: SearchSpace, trials: readonly Trial[], rng: Rng): TrialParams {
  const told = trials.filter(({ state }) => state === 'complete' || state === 'pruned')
  if (told.length < STARTUP_TRIALS) return sampleUniform(space, rng)
  const { good, bad } = splitTrials(told)
  return Object.fromEntries(space.map((dimension) => [dimension.name, suggestOne(dimension, good, bad, rng)]))
}

function suggestOne(dimension: Dimension, good: readonly Trial[], bad: readonly Trial[], rng: Rng): number | string {
  const valuesOf = (trials: readonly Trial[]) =>
    trials.flatMap(({ params }) => {
      const value = params[dimension.name]
      return value === undefined ? [] : [value]
    })
  const l = parzenEstimator(dimension, valuesOf(good))
  const g = parzenEstimator(dimension, valuesOf(bad))
  let best = l.sample(rng)
  let bestRatio = l.density(best) / g.density(best)
  for (let i = 1; i < CANDIDATES; i++) {
    const candidate = l.sample(rng)
    const ratio = l.density(candidate) / g.density(candidate)
    if (ratio <= bestRatio) continue
    best = candidate
    bestRatio = ratio
  }
  return best
}

/** The best tenth of trials, 25 at most, and the others, each in order of their numbers. */
export function splitTrials(told: readonly Trial[]): { good: Trial[]; bad: Trial[] } {
  const ranked = [...told].sort(byMerit)
  const chosen = new Set(ranked.slice(0, Math.min(Math.ceil(0.1 * told.length), MOST_GOOD)))
  return { good: told.filter((trial) => chosen.has(trial)), bad: told.filter((trial) => !chosen.has(trial)) }
}

/** Complete before pruned, the pruned that came farther before those that did not, then the lower value. */
function byMerit(a: Trial, b: Trial): number {
  const [first, second] = [meritOf(a), meritOf(b)]
  return first.reach === second.reach ? first.value - second.value : second.reach > first.reach ? 1 : -1
}

function meritOf({ value, steps }: Trial): { reach: number; value: number } {
  if (value !== null) return { reach: Number.POSITIVE_INFINITY, value }
  const last = steps.at(-1)
  return { reach: last?.step ?? -1, value: last?.value ?? 0 }
}

/**
 * The chance of one trial: every trial has its own, from the study's seed and its number alone, so that it draws the
 * same whether the trials before it were run just now or read from a store.
 */
export function trialRng(seed: number, number: number): Rng {
  return createRng(seed ^ Math.imul(number + 1, 0x85ebca6b))
}
