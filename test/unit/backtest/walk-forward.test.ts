import { describe, expect, test } from 'vitest'
import { walkForward } from '../../../shared/backtest/walk-forward.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import { row } from './rows.ts'

const candidates = [row(0, 5), row(1, 10), row(2, 3), row(5, 6), row(5, 7), row(8, 9)]
const folds = [
  { testBegin: 3, testEnd: 5 },
  { testBegin: 5, testEnd: 6 },
]

describe('walkForward', () => {
  test('lets each fold learn from what was known before it alone, and puts the predictions together', async () => {
    const steps: unknown[] = []
    const rows = await walkForward(candidates, folds, (step) => {
      steps.push(step)
      return Promise.resolve({
        probabilities: step.test.map((r) => r / 10),
        marketProbabilities: step.test.map((r) => r / 100),
      })
    })
    // The first fold begins at hour 5, when candidate 0 is told: too late. Candidate 1 is known at hour 10.
    expect(steps).toEqual([
      { fold: 0, learnFrom: [2], test: [3, 4] },
      { fold: 1, learnFrom: [0, 2, 3, 4], test: [5] },
    ])
    expect(
      rows.map(({ probability, marketProbability, placedAtMs }) => [probability, marketProbability, placedAtMs]),
    ).toEqual([
      [0.3, 0.03, candidates[3]?.placedAtMs],
      [0.4, 0.04, candidates[4]?.placedAtMs],
      [0.5, 0.05, candidates[5]?.placedAtMs],
    ])
  })

  test.each([
    [[0.5], [0.5, 0.5]],
    [[0.5, 0.5], []],
  ])('refuses predictions for fewer bets than there are', async (probabilities, marketProbabilities) => {
    const predict = () => ({ probabilities, marketProbabilities })
    await expect(walkForward(candidates, folds, predict)).rejects.toThrow(
      expect.objectContaining({ code: 'length_mismatch' }),
    )
  })

  test('passes on what goes wrong in a fold', async () => {
    const predict = () => Promise.reject(new RangeError('no fit'))
    await expect(walkForward(candidates, folds, predict)).rejects.toThrow('no fit')
  })

  test.each([
    ['candidates out of order', candidates.toReversed(), folds],
    ['folds that overlap', candidates, [folds[0], { testBegin: 4, testEnd: 6 }]],
    ['folds beyond the end', candidates, [{ testBegin: 5, testEnd: 7 }]],
  ])('is not to be called with %s', async (_, rows, of) => {
    const none = () => ({ probabilities: [], marketProbabilities: [] })
    await expect(walkForward(rows, of as typeof folds, none)).rejects.toThrow(InvariantError)
  })
})
