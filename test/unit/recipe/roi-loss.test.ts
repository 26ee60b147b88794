import { describe, expect, it } from 'vitest'
import { huberLoss, PAYOUT_HUBER } from '../../../shared/recipe/roi-loss.ts'

/** Mean loss of one forecast for all bets, in stakes, of bets at one price. */
function meanLoss(forecast: number, returns: readonly number[], decimalOdds: number): number {
  return PAYOUT_HUBER.meanLoss([new Float64Array(returns.length).fill(forecast)], {
    labels: Float64Array.from(returns),
    weights: new Float64Array(returns.length).fill(1 / decimalOdds),
  })
}

/** The forecast of the least mean loss, to a thousandth. */
function bestForecast(returns: readonly number[], decimalOdds: number): number {
  const tried = Array.from({ length: 12_001 }, (_, i) => -1 + i / 1000)
  const losses = tried.map((forecast) => meanLoss(forecast, returns, decimalOdds))
  return tried[losses.indexOf(Math.min(...losses))] ?? Number.NaN
}

function pairsOf(score: number, label: number, weight: number): number[] {
  const pairs = new Float64Array(2)
  PAYOUT_HUBER.fillPairs([pairs], [Float64Array.of(score)], {
    labels: Float64Array.of(label),
    weights: Float64Array.of(weight),
  })
  return Array.from(pairs)
}

describe('the loss of returns', () => {
  it('is the square within one payout and a line beyond, without a step or a kink between', () => {
    expect([0, 0.5, -0.5, 1, -1].map(huberLoss)).toEqual([0, 0.25, 0.25, 1, 1])
    expect([2, -2, 10].map(huberLoss)).toEqual([3, 3, 19])
    const slope = (at: number) => (huberLoss(at + 1e-6) - huberLoss(at - 1e-6)) / 2e-6
    expect(slope(1)).toBeCloseTo(2, 5)
  })

  it('is none of no number', () => {
    expect(huberLoss(Number.NaN)).toBeNaN()
    expect(PAYOUT_HUBER.refuseLabel(Number.NaN)).toMatchObject({ code: 'label_not_finite' })
    expect(PAYOUT_HUBER.refuseLabel(undefined)).toMatchObject({ code: 'label_not_finite' })
    expect(PAYOUT_HUBER.refuseLabel(-1)).toBeUndefined()
  })

  it.each([
    ['a bet at evens that wins two of five', 2, [1, 1, -1, -1, -1], -0.2],
    ['a long shot that wins one of five', 6, [5, -1, -1, -1, -1], 0.2],
    ['a favourite that loses one of five', 1.2, [0.2, 0.2, 0.2, 0.2, -1], -0.04],
    ['ties among wins and losses', 3, [2, 0, 0, -1, -1], 0],
  ])('is least at the mean return, not at the median: %s', (_, decimalOdds, returns, mean) => {
    expect(bestForecast(returns, decimalOdds)).toBeCloseTo(mean, 3)
  })

  it('lets no slip of the pen pull harder than a win does', () => {
    const clean = [1, 1, -1, -1, -1]
    // One return of 1,000 among 500 moves the mean by 2, and the forecast by less than a hundredth.
    const many = Array.from({ length: 100 }, () => clean).flat()
    const forecast = bestForecast([1000, ...many], 2)
    expect(Math.abs(forecast + 0.2)).toBeLessThan(0.01)
  })

  it('has the gradient and the Hessian of half of it, in stakes', () => {
    // e = (0.5 + 1)/3 = 0.5 payouts: g = 0.5/3, h = 1/9.
    expect(pairsOf(0.5, -1, 1 / 3)[0]).toBeCloseTo(0.5 / 3, 12)
    expect(pairsOf(0.5, -1, 1 / 3)[1]).toBeCloseTo(1 / 9, 12)
    // e = (0 − 20)/4 = −5 payouts, cut to −1: g = −1/4.
    expect(pairsOf(0, 20, 0.25)).toEqual([-0.25, 0.0625])
  })
})
