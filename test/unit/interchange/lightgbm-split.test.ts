import { describe, expect, test } from 'vitest'
import { lightgbmSplit } from '../../../shared/interchange/lightgbm-split.ts'

const CATEGORICAL = 1
const DEFAULT_LEFT = 2
const ZERO = 4
const NAN = 8
/** 32-bit 1e−35, where LightGBM's zero ends. */
const BAND = Math.fround(1e-35)
/** The floats next to it, one step of 2^−140 away. */
const STEP = 2 ** -140

const split = (type: number, threshold: number) => lightgbmSplit(type, threshold, 'node 0')
const goesLeft = (type: number, threshold: number, x: number) => {
  const { threshold: t, missingLeft } = split(type, threshold)
  return Number.isNaN(x) ? missingLeft === 1 : Math.fround(x) <= t
}

/** The decision as LightGBM's tree.h has it, on 64-bit numbers. */
function decideAsLightgbm(type: number, threshold: number, value: number): boolean {
  const missing = type >> 2
  const x = Number.isNaN(value) && missing !== 2 ? 0 : value
  const isMissing = (missing === 1 && Math.abs(x) <= BAND) || (missing === 2 && Number.isNaN(x))
  return isMissing ? (type & DEFAULT_LEFT) !== 0 : x <= threshold
}

const VALUES = [0, -0, BAND, -BAND, BAND + STEP, -BAND - STEP, 1e-40, -1e-40, 0.1, -0.1, 0.5, 2, -2, 1e38, -1e38].map(
  Math.fround,
)
VALUES.push(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
const THRESHOLDS = [
  0,
  0.1,
  -0.1,
  0.5,
  -0.5,
  1.5000000000000002,
  BAND,
  -BAND,
  -1.0000000180025095e-35,
  1.0000000180025095e-35,
  1e-40,
  -1e-40,
  1e300,
  -1e300,
]

test('the steps of this test are next to each other', () => {
  expect(Math.fround(BAND + STEP)).not.toBe(BAND)
  expect(Math.fround(BAND + STEP / 2.1)).toBe(BAND)
})

describe.each([
  ['none', 0],
  ['none, default left', DEFAULT_LEFT],
  ['NaN', NAN],
  ['NaN, default left', NAN | DEFAULT_LEFT],
])('missing: %s', (_, type) => {
  test.each(THRESHOLDS)('decides as LightGBM at a threshold of %d', (threshold) => {
    for (const x of VALUES) expect([x, goesLeft(type, threshold, x)]).toEqual([x, decideAsLightgbm(type, threshold, x)])
  })
})

describe.each([
  ['right', ZERO, [0, -0.1, -0.5, BAND, -BAND, 1.0000000180025095e-35, 1e-40, -1e-40, -1e300], [0.1, 0.5, 1.5, 1e300]],
  ['left', ZERO | DEFAULT_LEFT, [0, 0.1, 0.5, BAND, -BAND, 1e-40, -1e-40, 1e300], [-0.1, -0.5, -1e300]],
])('missing: zero, going %s', (_, type, same, against) => {
  test.each(same)('decides as LightGBM at a threshold of %d', (threshold) => {
    for (const x of VALUES) expect([x, goesLeft(type, threshold, x)]).toEqual([x, decideAsLightgbm(type, threshold, x)])
  })

  test.each(against)('is refused at a threshold of %d, on whose other side zero lies', (threshold) => {
    expect(() => split(type, threshold)).toThrow(expect.objectContaining({ code: 'zero_as_missing' }))
  })
})

test('a threshold between two floats becomes the lower of them', () => {
  // 1 + 2^−23 follows 1 in 32 bits.
  expect(split(NAN, 1 + 2 ** -24)).toEqual({ threshold: 1, missingLeft: 0 })
  expect(split(NAN, 1 + 2 ** -23)).toEqual({ threshold: 1 + 2 ** -23, missingLeft: 0 })
  expect(split(NAN, -1 - 2 ** -30)).toEqual({ threshold: -1 - 2 ** -23, missingLeft: 0 })
})

test('refuses categories', () => {
  expect(() => split(CATEGORICAL, 0)).toThrow(expect.objectContaining({ code: 'categorical_split' }))
})

test.each([12, 16, -4])('refuses a type of %d', (type) => {
  expect(() => split(type, 0)).toThrow(expect.objectContaining({ code: 'not_lightgbm' }))
})
