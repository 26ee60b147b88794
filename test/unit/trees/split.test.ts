import { describe, expect, test } from 'vitest'
import { MISSING_BIN } from '../../../shared/trees/binning.ts'
import { createHistogram, slotOffset } from '../../../shared/trees/histogram.ts'
import type { SplitPenalties } from '../../../shared/trees/penalties.ts'
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
  return findSplit({ histogram, features: indices }, { edges }, { gradient, hessian }, { ...LENIENT, ...penalties })
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

  test('takes the first of equal splits', () => {
    expect(splitOf([{ bins: LOSSES_THEN_WINS }, { bins: LOSSES_THEN_WINS }])?.feature).toBe(0)
  })
})

test('an empty lowest bin may part the missing values off', () => {
  const split = splitOf([
    {
      bins: [
        [0, 0],
        [1, 0.5],
      ],
      missing: [-1, 0.5],
    },
  ])
  expect(split).toMatchObject({ bin: 0, missingLeft: true })
})

describe('findSplit with presence splits', () => {
  const level: Sums[] = [
    [0.5, 0.25],
    [0.5, 0.25],
  ]
  const missing: Sums = [-1, 0.5]

  test('parts all values from the missing ones where that gains most', () => {
    const split = splitOf([{ bins: level, missing }], { presenceSplits: true })
    expect(split).toMatchObject({ bin: 1, threshold: Number.POSITIVE_INFINITY, missingLeft: false })
    // G = 0 in the node; 1²/(0.5 + 1) on each side.
    expect(split?.gain).toBeCloseTo(4 / 3, 14)
  })

  test('splits a constant feature off its missing values', () => {
    const split = splitOf([{ bins: [[1, 0.5]], missing }], { presenceSplits: true })
    expect(split).toMatchObject({ bin: 0, threshold: Number.POSITIVE_INFINITY })
  })

  test('finds none where nothing is missing, and looks for none unless asked', () => {
    expect(splitOf([{ bins: [[1, 0.5]] }], { presenceSplits: true })).toBeUndefined()
    expect(splitOf([{ bins: [[1, 0.5]], missing }])).toBeUndefined()
  })

  test('is in no order with a monotone feature', () => {
    const split = splitOf([{ bins: level, missing }], { presenceSplits: true, monotone: [-1] })
    expect(split?.threshold).toBe(Number.POSITIVE_INFINITY)
    expect(split?.gain).toBeCloseTo(4 / 3, 14)
  })
})

describe('findSplit with more penalties', () => {
  test('takes the L1 penalty off every sum', () => {
    // (1 − 0.25)²/(0.5 + 1) on each side, nothing for G = 0 in the node.
    expect(splitOf([{ bins: LOSSES_THEN_WINS }], { alphaL1: 0.25 })?.gain).toBeCloseTo(0.75, 14)
    expect(splitOf([{ bins: LOSSES_THEN_WINS }], { alphaL1: 1 })).toBeUndefined()
  })

  test('counts the loss that the largest step leaves', () => {
    // Both sides move by 0.5 instead of 2/3: 2 · 1 · 0.5 − 1.5 · 0.25 each.
    expect(splitOf([{ bins: LOSSES_THEN_WINS }], { maxDeltaStep: 0.5 })?.gain).toBeCloseTo(1.25, 14)
  })

  test('splits only in the order that a feature may take', () => {
    // Losses below, wins above: the prediction rises.
    expect(splitOf([{ bins: LOSSES_THEN_WINS }], { monotone: [1] })?.bin).toBe(1)
    expect(splitOf([{ bins: LOSSES_THEN_WINS }], { monotone: [-1] })).toBeUndefined()
    expect(splitOf([{ bins: LOSSES_THEN_WINS }], { monotone: [0] })?.gain).toBeCloseTo(4 / 3, 14)
  })
})
