import { describe, expect, test } from 'vitest'
import { fitTemperature } from '../../../shared/calibration/temperature.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

describe('fitTemperature', () => {
  test('finds the hand example', () => {
    // Scores ±2, right three times of four on either side: sigmoid(2/T) = 3/4, so T = 2/ln 3.
    const { temperature } = fitTemperature([2, 2, 2, 2, -2, -2, -2, -2], [1, 1, 1, 0, 0, 0, 0, 1])
    expect(temperature).toBeCloseTo(2 / Math.log(3), 12)
  })

  test('sharpens scores that are too timid', () => {
    const { temperature } = fitTemperature([0.1, 0.1, 0.1, 0.1], [1, 1, 1, 0])
    expect(temperature).toBeCloseTo(0.1 / Math.log(3), 12)
  })

  test.each([1e-6, 1e6])('does not mind scores in units of %d', (unit) => {
    const { temperature } = fitTemperature([3 * unit, 3 * unit, 3 * unit, -unit], [1, 1, 0, 0])
    const plain = fitTemperature([3, 3, 3, -1], [1, 1, 0, 0]).temperature
    expect(temperature / unit / plain).toBeCloseTo(1, 10)
  })

  test('leaves a score of zero out of it', () => {
    const with0 = fitTemperature([2, 2, 2, 2, 0, 0], [1, 1, 1, 0, 1, 0]).temperature
    expect(with0).toBeCloseTo(2 / Math.log(3), 12)
  })
})

describe('fitTemperature refuses', () => {
  test.each<[string, string, number[], number[]]>([
    ['scores that speak against the labels', 'no_temperature', [1, 1, 1, -1], [0, 0, 1, 1]],
    ['scores that say nothing', 'no_temperature', [0, 0, 0], [1, 0, 1]],
    ['scores that cancel out', 'no_temperature', [1, 1], [1, 0]],
    ['scores that are right each time', 'singular', [1, 2, -1], [1, 1, 0]],
    ['one class', 'one_class', [1, -1], [1, 1]],
    ['a missing score', 'score_not_finite', [1, Number.NaN], [1, 0]],
  ])('%s', (_, code, scores, labels) => {
    expect(() => fitTemperature(scores, labels)).toThrow(refusal(code))
  })
})
