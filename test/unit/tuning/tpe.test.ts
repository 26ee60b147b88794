import { describe, expect, it } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import type { SearchSpace } from '../../../shared/tuning/space.ts'
import { sampleUniform } from '../../../shared/tuning/space.ts'
import { splitTrials, suggest, trialRng } from '../../../shared/tuning/tpe.ts'
import type { Trial } from '../../../shared/tuning/trial.ts'
import { failed, pruned, trial } from './trials.ts'

const SPACE: SearchSpace = [{ kind: 'float', name: 'x', low: 0, high: 1, scale: 'linear' }]

/** Trials at 0.0, 0.05 … of which that at 0.2 is the best, then that at 0.15, then that at 0.25. */
const KNOWN = Array.from({ length: 20 }, (_, k) => trial(k, { params: { x: k / 20 }, value: Math.abs(k - 3.9) }))

function numbers(trials: readonly Trial[]): number[] {
  return trials.map(({ number }) => number)
}

describe('suggest', () => {
  it('draws uniformly until ten trials have told something', () => {
    const told = [...KNOWN.slice(0, 8), pruned(8, 1), failed(9), failed(10)]
    expect(suggest(SPACE, told, createRng(4))).toEqual(sampleUniform(SPACE, createRng(4)))
    expect(suggest(SPACE, [...told, pruned(11, 2)], createRng(4))).not.toEqual(sampleUniform(SPACE, createRng(4)))
  })

  it('draws near the best trials once there are ten', () => {
    const drawn = Array.from({ length: 50 }, (_, seed) => Number(suggest(SPACE, KNOWN, createRng(seed)).x))
    const near = drawn.filter((x) => Math.abs(x - 0.2) < 0.2)
    expect(near.length).toBeGreaterThan(40)
  })

  it('draws the same from the same trials and seed', () => {
    expect(suggest(SPACE, KNOWN, createRng(5))).toEqual(suggest(SPACE, KNOWN, createRng(5)))
  })

  it('learns nothing from failed and running trials', () => {
    const running = trial(20, { state: 'running', value: null, params: { x: 0.9 } })
    const drawn = suggest(SPACE, [...KNOWN, running, failed(21)], createRng(6))
    expect(drawn).toEqual(suggest(SPACE, KNOWN, createRng(6)))
  })
})

describe('splitTrials', () => {
  it('takes the best tenth, rounded up', () => {
    expect(numbers(splitTrials(KNOWN.slice(0, 10)).good)).toEqual([4])
    expect(numbers(splitTrials(KNOWN.slice(0, 11)).good)).toEqual([3, 4])
  })

  it('takes 25 at most', () => {
    const many = Array.from({ length: 400 }, (_, k) => trial(k, { value: -k }))
    const { good, bad } = splitTrials(many)
    expect(numbers(good)).toEqual(Array.from({ length: 25 }, (_, i) => 375 + i))
    expect(bad).toHaveLength(375)
  })

  it('ranks complete trials before pruned ones, and these by how far they came, then by value', () => {
    const ranking = [trial(0, { value: 9 }), pruned(1, 5, 4), pruned(2, 5, 3), pruned(3, 1)]
    const filler = Array.from({ length: 16 }, (_, i) => pruned(10 + i, 2))
    // Of 20 trials two are good: the complete one, and the pruned one with the lower value at the later step.
    expect(numbers(splitTrials([...ranking, ...filler]).good)).toEqual([0, 2])
    // Without the complete one: both that came to step 1.
    expect(numbers(splitTrials([...ranking.slice(1), ...filler]).good)).toEqual([1, 2])
    // Among those of one step, the lower value.
    expect(numbers(splitTrials([...ranking.slice(3), ...filler.slice(0, 9)]).good)).toEqual([3])
  })
})

describe('trialRng', () => {
  it('gives every trial of every study a chance of its own', () => {
    const firsts = [1, 2].flatMap((seed) => Array.from({ length: 500 }, (_, number) => trialRng(seed, number).next()))
    expect(new Set(firsts).size).toBe(1000)
    const mean = firsts.reduce((sum, x) => sum + x, 0) / firsts.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03)
  })
})
