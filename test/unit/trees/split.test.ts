import { describe, expect, test } from 'vitest'
import { MISSING_BIN } from '../../../shared/trees/binning.ts'
import { createHistogram, slotOffset } from '../../../shared/trees/histogram.ts'
import type { SplitPenalties } from '../../../shared/trees/split.ts'
import { findSplit } from '../../../shared/trees/split.ts'

type Sums = [gradient: number, hessian: number]

const LENIENT: SplitPenalties = { lambdaL2: 1, gamma: 0, minChildWeight: 0 }

/** The split of a node whose features have these sums by bin; edges are 10, 20, 30 … */
function splitOf(features: { bins: Sums[]; missing?: Sums }[], penalties: Partial<SplitPenalties> = {}) {
  const histogram = createHistogram(features.length)
  for (const [slot, { bins, missing }] of features.entries()) {
    for (const [bin, sums] of bins.entries()) histogram.set(sums, slotOffset(slot) + 2 * bin)
    if (missing !== undefined) histogram.set(missing, slotOffset(slot) + 2 * MISSING_BIN)
  }
  const all = features.slice(0, 1).flatMap(({ bins, missing }) => [...bins, ...(missing ? [missing] : [])])
  const gradient = all.reduce((sum, [g]) => sum + g, 0)
  const hessian = all.reduce((sum, [, h]) => sum + h, 0)
  const edges = features.map(({ bins }) => Float32Array.from({ length: bins.length - 1 }, (_, i) => 10 * (i + 1)))
  const indices = Int32Array.from(features, (_, i) => i)
  return findSplit(histogram, indices, { edges }, { gradient, hessian }, { ...LENIENT, ...penalties })
}

// Two losses then two wins from even odds: g = ±0.5, h = 0.25 a row.
const LOSSES_THEN_WINS: Sums[] = [
  [0.5, 0.25],
  [0.5, 0.25],
  [-0.5, 0.25],
  [-0.5, 0.25],
]

describe('findSplit', () => {
  test('parts losses from wins with the gain worked out by hand', () => {
    const split = splitOf([{ bins: LOSSES_THEN_WINS }])
    expect(split).toMatchObject({ feature: 0, bin: 1, threshold: 20 })
    // G = 0 in the node; 1²/(0.5 + 1) on each side.
    expect(split?.gain).toBeCloseTo(4 / 3, 14)
  })

  test('takes the feature of larger gain', () => {
    const mixed: Sums[] = [
      [0, 0.5],
      [0, 0.5],
    ]
    expect(splitOf([{ bins: mixed }, { bins: LOSSES_THEN_WINS }])?.feature).toBe(1)
  })

  test.each([
    ['left, with the losses', [0.5, 0.25], true],
    ['right, with the wins', [-0.5, 0.25], false],
  ] as [string, Sums, boolean][])('sends missing values %s', (_, missing, missingLeft) => {
    expect(splitOf([{ bins: LOSSES_THEN_WINS, missing }])).toMatchObject({ bin: 1, missingLeft })
  })

  test('sends missing values right where none were seen', () => {
    expect(splitOf([{ bins: LOSSES_THEN_WINS }])?.missingLeft).toBe(false)
  })

  test('sends missing values right where all that is left of them is rounding', () => {
    const dust: Sums = [8.9e-16, 2.2e-16]
    expect(splitOf([{ bins: LOSSES_THEN_WINS, missing: dust }])?.missingLeft).toBe(false)
  })

  test('splits no empty side off where all that is on it is rounding', () => {
    const empty: Sums = [1e-9, 1e-20]
    const level: Sums = [0, 1]
    expect(splitOf([{ bins: [empty, level] }], { lambdaL2: 0 })).toBeUndefined()
    expect(splitOf([{ bins: [level, empty] }], { lambdaL2: 0 })).toBeUndefined()
  })

  test('finds nothing where no split gains', () => {
    const level: Sums = [0.1, 0.25]
    expect(splitOf([{ bins: [level, level] }], { lambdaL2: 0 })).toBeUndefined()
    expect(splitOf([{ bins: [[0.5, 0.25]] }])).toBeUndefined()
  })

  test('wants more gain than gamma', () => {
    expect(splitOf([{ bins: LOSSES_THEN_WINS }], { gamma: 1.33 })).toBeDefined()
    expect(splitOf([{ bins: LOSSES_THEN_WINS }], { gamma: 1.34 })).toBeUndefined()
  })

  test('keeps the least weight on both sides', () => {
    const lone: Sums[] = [
      [0.5, 0.25],
      [-0.5, 0.25],
      [-0.5, 0.25],
      [-0.5, 0.25],
    ]
    expect(splitOf([{ bins: lone }], { lambdaL2: 0 })?.bin).toBe(0)
    expect(splitOf([{ bins: lone }], { lambdaL2: 0, minChildWeight: 0.5 })?.bin).toBe(1)
    expect(splitOf([{ bins: lone }], { lambdaL2: 0, minChildWeight: 0.6 })).toBeUndefined()
  })

  test('counts missing values to the weight of the side that they go to', () => {
    const bins: Sums[] = [
      [0.5, 0.25],
      [-1, 0.5],
    ]
    const split = splitOf([{ bins, missing: [-0.1, 0.25] }], { lambdaL2: 0, minChildWeight: 0.5 })
    expect(split).toMatchObject({ bin: 0, missingLeft: true })
  })
})
