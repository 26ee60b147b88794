import { describe, expect, it } from 'vitest'
import { recommendationFor, SCORES, scoreRecord, warningsFor } from '../../../shared/performance/evaluation.ts'
import type { RoiEstimate } from '../../../shared/performance/tally.ts'

describe('scoreRecord', () => {
  it.each([
    [5, 52, 'good'],
    [80, 100, 'good'],
    [4.99, 52, 'neutral'],
    [5, 51.99, 'neutral'],
    [0, 48, 'neutral'],
    [-0.01, 60, 'warning'],
    [20, 47.99, 'warning'],
    [-5, 44, 'warning'],
    [-5.01, 60, 'danger'],
    [30, 43.99, 'danger'],
    [-100, 0, 'danger'],
  ] as const)('reads %f %% ROI and %f %% won as %s', (roiPct, winRatePct, score) => {
    expect(scoreRecord(roiPct, winRatePct)).toBe(score)
  })

  it.each([
    ['no return is known', undefined, 60],
    ['nothing was decided', 3, Number.NaN],
    ['there is nothing', undefined, Number.NaN],
  ])('is unknown where %s', (_, roiPct, winRatePct) => {
    expect(scoreRecord(roiPct, winRatePct)).toBe('unknown')
  })
})

describe('recommendationFor', () => {
  it.each(SCORES)('quotes the number of bets: %s', (score) => {
    expect(recommendationFor(score, 412)).toMatch(/412 settled bets/)
    expect(recommendationFor(score, 1)).toMatch(/1 settled bet\b/)
  })

  it('says that no bet matches', () => {
    expect(recommendationFor('unknown', 0)).toBe('Unknown: no settled bets match.')
  })

  it('does not claim that no return is known where only nothing was decided', () => {
    expect(recommendationFor('unknown', 3)).toBe(
      'Unknown: nothing was won or lost, or no return is known, over 3 settled bets.',
    )
  })
})

describe('warningsFor', () => {
  const roi = (overrides: Partial<RoiEstimate> = {}): RoiEstimate => ({
    ...{ basis: 'turnover', roi: 0.1, interval: { low: 0.02, high: 0.18 }, n: 100 },
    ...overrides,
  })

  it('has none where the record is long and clear', () => {
    expect(warningsFor(100, roi())).toEqual([])
    expect(warningsFor(30, roi({ n: 30 }))).toEqual([])
  })

  it('warns below 30 bets, and of no bets not at all', () => {
    expect(warningsFor(29, roi({ n: 29 }))).toEqual(['Only 29 settled bets: below 30 a record is mostly luck.'])
    expect(warningsFor(1, roi({ n: 1 }))[0]).toContain('Only 1 settled bet:')
    expect(warningsFor(0, undefined)).toEqual([])
  })

  it('warns where the ROI stands on some of the bets only', () => {
    expect(warningsFor(100, roi({ n: 60 }))[0]).toContain('60 of 100 bets')
  })

  it.each([
    [{ low: -0.01, high: 0.21 }, true],
    [{ low: 0.01, high: 0.21 }, false],
    [{ low: -0.21, high: -0.01 }, false],
  ])('says whether the interval %j includes zero', (interval, warns) => {
    expect(warningsFor(100, roi({ interval })).some((text) => text.includes('includes zero'))).toBe(warns)
  })
})
