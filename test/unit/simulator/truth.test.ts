import { describe, expect, it } from 'vitest'
import { biasedProbability, type EdgeSubject, edgeOf, possibleProbability } from '../../../shared/simulator/truth.ts'

const BET: EdgeSubject = {
  ...{ sport: 'Tennis', league: 'ATP', market: 'Moneyline', book: 'Harbor Sportsbook', betType: 'straight' },
  ...{ isLive: false, placedAtMs: 1000 },
}

describe('edgeOf', () => {
  it('adds up the edges that a bet falls under', () => {
    const edges = [
      { where: {}, probabilityShift: 0.01 },
      { where: { sport: 'Tennis', isLive: false }, probabilityShift: 0.02 },
      { where: { sport: 'Tennis', market: 'Spread' }, probabilityShift: 0.5 },
    ]
    expect(edgeOf(BET, edges)).toBeCloseTo(0.03, 12)
  })

  it('takes the start of a window in and leaves its end out', () => {
    const shiftIn = (placedFromMs: number, placedBeforeMs: number) =>
      edgeOf(BET, [{ where: { placedFromMs, placedBeforeMs }, probabilityShift: 0.1 }])
    expect(shiftIn(1000, 1001)).toBe(0.1)
    expect(shiftIn(999, 1000)).toBe(0)
  })

  it('tells a league that is not said from one that is', () => {
    expect(edgeOf({ ...BET, league: null }, [{ where: { league: 'ATP' }, probabilityShift: 0.1 }])).toBe(0)
    expect(edgeOf({ ...BET, league: null }, [{ where: { league: null }, probabilityShift: 0.1 }])).toBe(0.1)
  })
})

it('lowers longshots, raises favourites and leaves even chances', () => {
  expect(biasedProbability(0.1)).toBeCloseTo(0.07984, 12)
  expect(biasedProbability(0.9)).toBeCloseTo(0.92016, 12)
  expect(biasedProbability(0.5)).toBe(0.5)
})

it('keeps probabilities off certainty', () => {
  expect(possibleProbability(-0.4)).toBe(0.001)
  expect(possibleProbability(1.2)).toBe(0.999)
})
