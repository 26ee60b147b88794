import { describe, expect, it } from 'vitest'
import { confidenceOf, gradeOf, intervalHalfWidth, isHighGrade } from '../../../shared/usecases/grade.ts'

describe('intervalHalfWidth', () => {
  it('is 1.96 standard errors of a rate from n + 1 bets', () => {
    expect(intervalHalfWidth(0.5, 99)).toBeCloseTo(1.959964 * 0.05, 6)
    expect(intervalHalfWidth(0.2, 0)).toBeCloseTo(1.959964 * 0.4, 6)
  })
})

describe('confidenceOf', () => {
  const evenMoney = (n: number) => confidenceOf(n, 1.96 * Math.sqrt(0.25 / (n + 1)))

  it('rises with history from 0 towards 1', () => {
    const figures = [0, 1, 10, 35, 85, 225, 1000, 100_000].map(evenMoney)
    expect(figures[0]).toBe(0)
    expect(figures).toEqual([...figures].sort((a, b) => a - b))
    expect(figures.at(-1)).toBeLessThan(1)
    expect(figures.at(-1)).toBeGreaterThan(0.98)
  })

  it('reaches the bounds of the grades where its description says', () => {
    expect(evenMoney(35)).toBeCloseTo(0.3, 1)
    expect(evenMoney(85)).toBeCloseTo(0.5, 1)
    expect(evenMoney(225)).toBeCloseTo(0.7, 1)
  })

  it('never falls below 0', () => {
    expect(confidenceOf(10, 0.9)).toBe(0)
  })
})

describe('gradeOf', () => {
  it.each([
    [5.01, 0.71, 'A'],
    [5, 0.71, 'B'],
    [5.01, 0.7, 'B'],
    [3.01, 0.51, 'B'],
    [3, 0.51, 'C'],
    [9, 0.5, 'C'],
    [0.01, 0.31, 'C'],
    [0, 0.99, 'D'],
    [9, 0.3, 'D'],
    [9, 0, 'D'],
    [-1.99, 0.99, 'D'],
    [-2, 0.99, 'F'],
    [-50, 0, 'F'],
  ] as const)('gives %f %% expected ROI at confidence %f the grade %s', (roiPct, confidence, grade) => {
    expect(gradeOf(roiPct, confidence)).toBe(grade)
  })
})

describe('isHighGrade', () => {
  it('is true of A and B alone', () => {
    expect((['A', 'B', 'C', 'D', 'F'] as const).filter(isHighGrade)).toEqual(['A', 'B'])
  })
})
