import { describe, expect, test } from 'vitest'
import type { SplitPenalties } from '../../../shared/trees/penalties.ts'
import { leafWeight, weightScore } from '../../../shared/trees/penalties.ts'

const PLAIN: SplitPenalties = { lambdaL2: 1, gamma: 0, minChildWeight: 0 }

describe('leafWeight', () => {
  test.each([
    ['−G/(H + λ)', { gradient: 3, hessian: 2 }, {}, -1],
    ['the L1 penalty off G', { gradient: -3, hessian: 2 }, { alphaL1: 1.5 }, 0.5],
    ['0 within the L1 penalty', { gradient: 1, hessian: 2 }, { alphaL1: 1.5 }, 0],
    ['the largest step', { gradient: -30, hessian: 2 }, { maxDeltaStep: 2 }, 2],
    ['the largest step down', { gradient: 30, hessian: 2 }, { maxDeltaStep: 2 }, -2],
    ['the upper bound', { gradient: -3, hessian: 2, upper: 0.25 }, {}, 0.25],
    ['the lower bound, past the largest step', { gradient: 3, hessian: 2, lower: 4 }, { maxDeltaStep: 2 }, 4],
    ['0 without weight', { gradient: 0, hessian: 0 }, { lambdaL2: 0 }, 0],
  ])('is %s', (_, node, penalties, expected) => {
    expect(leafWeight(node, { ...PLAIN, ...penalties })).toBeCloseTo(expected, 14)
  })
})

test('the score of the best value is T(G)²/(H + λ), and of any other less', () => {
  const penalties = { ...PLAIN, alphaL1: 0.5 }
  const best = leafWeight({ gradient: -3, hessian: 4 }, penalties)
  expect(best).toBeCloseTo(0.5, 14)
  expect(weightScore(-3, 4, best, penalties)).toBeCloseTo(2.5 ** 2 / 5, 14)
  for (const other of [0.4, 0.6, 0, -0.5]) {
    expect(weightScore(-3, 4, other, penalties)).toBeLessThan(weightScore(-3, 4, best, penalties))
  }
})
