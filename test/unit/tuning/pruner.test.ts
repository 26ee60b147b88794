import { describe, expect, it } from 'vitest'
import type { MedianPruner } from '../../../shared/tuning/pruner.ts'
import { shouldPrune } from '../../../shared/tuning/pruner.ts'
import { failed, pruned, stepsOf, trial } from './trials.ts'

const PRUNER: MedianPruner = { startupTrials: 5, warmupSteps: 0, intervalSteps: 1, judges: 'best' }

/** Five complete trials; at step 1 their median is 3. */
const BEFORE = [1, 2, 3, 4, 5].map((value, k) => trial(k, { value, steps: stepsOf(10 * value, value) }))

describe('shouldPrune', () => {
  it('prunes what is worse than the median of complete trials at its step, and not what equals it', () => {
    expect(shouldPrune(stepsOf(40, 3.01), BEFORE, PRUNER)).toBe(true)
    expect(shouldPrune(stepsOf(40, 3), BEFORE, PRUNER)).toBe(false)
    expect(shouldPrune(stepsOf(30.5), BEFORE, PRUNER)).toBe(true)
  })

  it('takes the mean of the middle two of an even number', () => {
    const six = [...BEFORE, trial(5, { value: 9, steps: stepsOf(90, 9) })]
    expect(shouldPrune(stepsOf(40, 3.4), six, PRUNER)).toBe(false)
    expect(shouldPrune(stepsOf(40, 3.6), six, PRUNER)).toBe(true)
  })

  it('judges by the lowest value so far, or by the latest where steps are of different data', () => {
    expect(shouldPrune(stepsOf(2, 3.5), BEFORE, PRUNER)).toBe(false)
    expect(shouldPrune(stepsOf(2, 3.5), BEFORE, { ...PRUNER, judges: 'latest' })).toBe(true)
  })

  it('prunes nothing before enough trials are complete; pruned and failed ones do not count', () => {
    const four = [...BEFORE.slice(0, 4), pruned(4, 1, 1), failed(5)]
    expect(shouldPrune(stepsOf(99, 99), four, PRUNER)).toBe(false)
    expect(shouldPrune(stepsOf(99, 99), four, { ...PRUNER, startupTrials: 4 })).toBe(true)
  })

  it('does not compare with pruned trials', () => {
    const cheap = [6, 7, 8, 9, 10, 11].map((number) => pruned(number, 0, 0))
    expect(shouldPrune(stepsOf(40, 2.5), [...BEFORE, ...cheap], PRUNER)).toBe(false)
  })

  it('prunes nothing during the warm-up', () => {
    expect(shouldPrune(stepsOf(99), BEFORE, { ...PRUNER, warmupSteps: 1 })).toBe(false)
    expect(shouldPrune(stepsOf(99, 99), BEFORE, { ...PRUNER, warmupSteps: 1 })).toBe(true)
  })

  it('judges once an interval, at the first step that is reported in it', () => {
    const long = BEFORE.map((known) => ({ ...known, steps: stepsOf(1, 1, 1, 1, 1) }))
    const every3 = { ...PRUNER, intervalSteps: 3 }
    expect([1, 2, 3, 4, 5].map((n) => shouldPrune(stepsOf(...Array(n).fill(9)), long, every3))).toEqual([
      true,
      false,
      false,
      true,
      false,
    ])
    // Step 3 was due; 4 is the first reported since.
    const late = [0, 4].map((step) => ({ step, value: 9, details: {} }))
    expect(shouldPrune(late, long, every3)).toBe(true)
  })

  it('prunes nothing where no complete trial came to the step, or none is reported', () => {
    expect(shouldPrune(stepsOf(99, 99, 99), BEFORE, PRUNER)).toBe(false)
    expect(shouldPrune([], BEFORE, PRUNER)).toBe(false)
  })
})
