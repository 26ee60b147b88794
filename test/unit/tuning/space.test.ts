import { describe, expect, it } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import type { Dimension, NumericDimension } from '../../../shared/tuning/space.ts'
import {
  assertInSpace,
  assertSpace,
  fromInternal,
  internalBounds,
  rangeText,
  sampleUniform,
} from '../../../shared/tuning/space.ts'

const RATE: NumericDimension = { kind: 'float', name: 'rate', low: 0.01, high: 1, scale: 'log' }
const DEPTH: NumericDimension = { kind: 'integer', name: 'depth', low: 2, high: 4, scale: 'linear' }
const GROWTH: Dimension = { kind: 'choice', name: 'growth', choices: ['level', 'leaf', 3] }
const SPACE = [RATE, DEPTH, GROWTH]
const POINT = { rate: 0.1, depth: 3, growth: 'leaf' }

describe('assertSpace', () => {
  it('takes floats, whole numbers and choices', () => {
    expect(() => assertSpace(SPACE)).not.toThrow()
  })

  it.each<[string, readonly unknown[], string]>([
    ['no dimension', [], 'cannot be used'],
    ['a name twice', [RATE, RATE], 'rate occurs twice'],
    ['a name that is no key', [{ ...RATE, name: '__proto__' }], '0.name'],
    ['bounds out of order', [{ ...RATE, low: 2 }], 'rate from 2 to 1'],
    ['equal bounds', [{ ...RATE, low: 1 }], 'rate from 1 to 1'],
    ['a bound that is NaN', [{ ...RATE, high: Number.NaN }], 'high'],
    ['an endless range', [{ ...RATE, low: -1e308, high: 1e308, scale: 'linear' }], 'rate from'],
    ['a logarithm of 0', [{ ...RATE, low: 0 }], 'above 0'],
    ['a logarithm of whole numbers from 0', [{ ...DEPTH, low: 0, scale: 'log' }], 'above 0'],
    ['a bound between whole numbers', [{ ...DEPTH, high: 4.5 }], 'whole bounds'],
    ['one choice', [{ ...GROWTH, choices: ['leaf'] }], 'growth has 1 choices'],
    ['a choice twice', [{ ...GROWTH, choices: ['leaf', 'leaf'] }], 'growth has a choice twice'],
  ])('refuses %s', (_, space, why) => {
    const refused = () => assertSpace(space as Dimension[])
    expect(refused).toThrow(expect.objectContaining({ code: 'search_space_invalid' }))
    expect(refused).toThrow(why)
  })
})

describe('assertInSpace', () => {
  it('takes points of the space, its ends included', () => {
    expect(() => assertInSpace(SPACE, POINT)).not.toThrow()
    expect(() => assertInSpace(SPACE, { rate: 0.01, depth: 4, growth: 3 })).not.toThrow()
  })

  it.each<[string, Record<string, number | string>, string]>([
    ['a value past an end', { ...POINT, rate: 1.001 }, 'rate 1.001 is not in 0.01 to 1'],
    ['NaN', { ...POINT, rate: Number.NaN }, 'rate NaN'],
    ['a part of a whole number', { ...POINT, depth: 2.5 }, 'depth 2.5 is not in 2 to 4'],
    ['a number as text', { ...POINT, depth: '3' }, 'depth 3'],
    ['no choice', { ...POINT, growth: '3' }, 'growth 3 is not in level, leaf, 3'],
    ['a missing value', { rate: 0.1, depth: 3 }, 'growth undefined'],
    ['a value of no dimension', { ...POINT, luck: 1 }, 'luck is no parameter'],
  ])('refuses %s', (_, params, why) => {
    const refused = () => assertInSpace(SPACE, params)
    expect(refused).toThrow(expect.objectContaining({ code: 'params_outside_space' }))
    expect(refused).toThrow(why)
  })
})

describe('sampleUniform', () => {
  const points = (() => {
    const rng = createRng(3)
    return Array.from({ length: 3000 }, () => sampleUniform(SPACE, rng))
  })()
  const share = (of: (point: (typeof points)[number]) => boolean) => points.filter(of).length / points.length

  it('draws points of the space', () => {
    for (const point of points) assertInSpace(SPACE, point)
  })

  it('draws equal shares below and above the middle of a logarithmic scale', () => {
    expect(share(({ rate }) => Number(rate) < 0.1)).toBeCloseTo(0.5, 1)
  })

  it('draws every whole number and every choice as often as the others', () => {
    for (const depth of [2, 3, 4]) expect(share((point) => point.depth === depth)).toBeCloseTo(1 / 3, 1)
    for (const growth of GROWTH.choices) expect(share((point) => point.growth === growth)).toBeCloseTo(1 / 3, 1)
  })

  it('draws the same from the same seed', () => {
    expect(sampleUniform(SPACE, createRng(3))).toEqual(points[0])
  })
})

describe('a scale', () => {
  it('of whole numbers reaches half a step past its ends, which belong to the ends', () => {
    expect(internalBounds(DEPTH)).toEqual({ low: 1.5, high: 4.5 })
    expect([1.5, 2.49, 2.51, 4.5].map((place) => fromInternal(DEPTH, place))).toEqual([2, 2, 3, 4])
  })

  it('does not leave the range by a rounding of logarithms', () => {
    const { low, high } = internalBounds(RATE)
    expect([low - 1e-12, high + 1e-12].map((place) => fromInternal(RATE, place))).toEqual([0.01, 1])
  })

  it('is told in words', () => {
    expect(SPACE.map(rangeText)).toEqual(['0.01 to 1', '2 to 4', 'level, leaf, 3'])
  })
})
