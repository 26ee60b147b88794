import { describe, expect, test } from 'vitest'
import type { MarketFigures } from '../../../shared/market-model/verdict.ts'
import { judgeMarket } from '../../../shared/market-model/verdict.ts'

const good: MarketFigures = {
  profitProbability: 0.93,
  winrate: 0.561,
  breakEvenWinrate: 0.522,
  roi: 0.0712,
  confidence: 0.44,
  bets: 400,
}

describe('judgeMarket', () => {
  test('takes a market that is probably profitable and says what it is expected to do', () => {
    expect(judgeMarket(good)).toEqual({
      score: 93,
      grade: 'A',
      shouldTake: true,
      explanation: 'win rate 56.1 %, ROI +7.1 %, confidence 44 %',
    })
  })

  test.each([
    [1, 'A'],
    [0.9, 'A'],
    // What rounds to a grade's lowest score has the grade: the score that is shown decides.
    [0.89951, 'A'],
    [0.8994, 'B'],
    [0.75, 'B'],
    [0.7494, 'C'],
    [0.5, 'C'],
    [0.4994, 'D'],
    [0.25, 'D'],
    [0.2494, 'F'],
    [0, 'F'],
  ])('gives probability %d grade %s', (profitProbability, grade) => {
    expect(judgeMarket({ ...good, profitProbability }).grade).toBe(grade)
  })

  test('names only the criteria that fail, in the order win rate, ROI, confidence', () => {
    const { shouldTake, explanation } = judgeMarket({
      ...{ profitProbability: 0.1, winrate: 0.48, breakEvenWinrate: 0.52 },
      ...{ roi: -0.06, confidence: 0.012, bets: 1 },
    })
    expect(shouldTake).toBe(false)
    expect(explanation).toBe(
      'win rate 48.0 % does not exceed break-even 52.0 % | ROI -6.0 % is below +1.0 % | confidence 1 % stands on 1 bet, fewer than 30',
    )
  })

  test.each([
    [{ bets: 29 }, 'confidence 44 % stands on 29 bets, fewer than 30'],
    [{ roi: 0.009 }, 'ROI +0.9 % is below +1.0 %'],
    [{ profitProbability: 0.7 }, 'ROI +7.1 % is above zero with probability 70 %, below 75 %'],
    [{ winrate: Number.NaN }, 'win rate NaN % does not exceed break-even 52.2 %'],
  ])('skips for %j', (change, explanation) => {
    expect(judgeMarket({ ...good, ...change })).toMatchObject({ shouldTake: false, explanation })
  })

  test.each([{ bets: 30 }, { roi: 0.01 }, { profitProbability: 0.75 }])('takes at the limit %j', (change) => {
    expect(judgeMarket({ ...good, ...change }).shouldTake).toBe(true)
  })
})
