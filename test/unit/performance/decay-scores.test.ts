import { describe, expect, it } from 'vitest'
import { expectedLogLoss, scoresOf } from '../../../shared/performance/decay-scores.ts'
import { LEAST_SEGMENT_BETS, segmentsOf } from '../../../shared/performance/decay-segments.ts'
import type { DecayEntry } from '../../../shared/performance/decay-state.ts'

const PLAIN = { bets: 0, intercept: 0, slope: 1, dispersion: 1 }

function entry(overrides: Partial<DecayEntry> = {}): DecayEntry {
  return {
    ...{ betId: 'b', day: 20_000, label: 1, look: 1, probability: 0.6, decimalOdds: 2, functionVersion: null },
    ...{ sport: 'Basketball', market: 'Spread', book: 'FanDuel' },
    ...overrides,
  }
}

/** Two days: won, won, lost on the first, lost on the second. */
const FOUR = [
  entry(),
  entry({ probability: 0.8, decimalOdds: 1.25 }),
  entry({ label: 0 }),
  entry({ label: 0, day: 20_001, probability: 0.3, decimalOdds: 4 }),
]

describe('scoresOf', () => {
  it('scores what was served beside the market and beside what was to be expected', () => {
    const scores = scoresOf([...FOUR, entry({ label: null, day: 20_002 })], PLAIN)
    // −(ln 0.6 + ln 0.8 + ln 0.4 + ln 0.7)/4, and the squares 0.16, 0.04, 0.36, 0.09.
    expect(scores?.logLoss.value).toBeCloseTo(-Math.log(0.6 * 0.8 * 0.4 * 0.7) / 4, 12)
    expect(scores?.brier.value).toBeCloseTo(0.65 / 4, 12)
    // The market: 0.5, 0.8, 0.5, 0.25.
    const market = -Math.log(0.5 * 0.8 * 0.5 * 0.75) / 4
    expect(scores?.market.logLoss).toBeCloseTo(market, 12)
    expect(scores?.minusMarket.value).toBeCloseTo((scores?.logLoss.value ?? 0) - market, 12)
    expect([scores?.n, scores?.days, scores?.winRate]).toEqual([4, 2, 0.5])
    expect(scores?.meanProbability).toBeCloseTo(2.3 / 4, 12)
    expect(scores?.minusExpected.value).toBeCloseTo((scores?.logLoss.value ?? 0) - (scores?.expectedLogLoss ?? 0), 12)
  })

  it('clusters by day: two days, Student with one degree of freedom', () => {
    const scores = scoresOf(FOUR, PLAIN)
    // Squared errors 0.16, 0.04, 0.36 | 0.09, mean 0.1625: sums of the days ±0.0725, error √2·√2·0.0725/4, t = 12.706.
    const reach = (12.7062047364 * 2 * 0.0725) / 4
    expect(scores?.brier.low).toBeCloseTo(0.1625 - reach, 9)
    expect(scores?.brier.high).toBeCloseTo(0.1625 + reach, 9)
  })

  it('gives no interval where all bets are of one day, and no line where all were won', () => {
    const scores = scoresOf([entry(), entry({ probability: 0.5 })], PLAIN)
    expect(scores?.logLoss).toMatchObject({ low: null, high: null })
    expect(scores?.calibration).toBeNull()
  })

  it('says nothing where nothing is settled', () => {
    expect(scoresOf([entry({ label: null })], PLAIN)).toBeNull()
    expect(scoresOf([], PLAIN)).toBeNull()
  })

  it('takes the market at the line that was learned', () => {
    const scores = scoresOf([entry({ decimalOdds: 2 })], { ...PLAIN, intercept: -1, slope: 3 })
    // logit(0.5) = 0, so the line leaves −1.
    expect(scores?.market.logLoss).toBeCloseTo(Math.log(1 + Math.E), 9)
  })
})

describe('expectedLogLoss', () => {
  it('is the mean entropy of what was served', () => {
    expect(expectedLogLoss([0.5, 0.5])).toBeCloseTo(Math.LN2, 12)
    // 0.25: 0.5623351446 nats.
    expect(expectedLogLoss([0.5, 0.25])).toBeCloseTo((Math.LN2 + 0.5623351446) / 2, 9)
    expect(expectedLogLoss([0, 1])).toBeCloseTo(0, 9)
    expect(expectedLogLoss([])).toBeNull()
  })
})

describe('segmentsOf', () => {
  /** `n` bets of a sport served at one half, of which some were won. */
  const bets = (sport: string, n: number, won: number, name = sport): DecayEntry[] =>
    Array.from({ length: n }, (_, i) =>
      entry({ betId: `${sport}-${i}`, sport, market: name, book: name, probability: 0.5, label: i < won ? 1 : 0 }),
    )

  it('tells wins less those served, with its p-value', () => {
    const [segment] = segmentsOf(bets('Tennis', 100, 40), 1)
    // z = −10/√25 = −2: 0.0455 on both sides.
    expect(segment).toMatchObject({ n: 100, excess: { value: -0.1 } })
    expect(segment?.pValue).toBeCloseTo(0.0455002639, 9)
    expect(segment?.excess.low).toBeCloseTo(-0.1 - (1.959963984540054 * 5) / 100, 9)
  })

  it('widens with the likeness of a day’s results', () => {
    const [segment] = segmentsOf(bets('Tennis', 100, 40), 4)
    // z = −1.
    expect(segment?.pValue).toBeCloseTo(0.3173105079, 9)
  })

  it('adjusts over all segments: one of two is off, its four names alike', () => {
    const found = segmentsOf([...bets('Tennis', 100, 30), ...bets('Golf', 100, 50)], 1)
    const off = found.filter(({ isOff }) => isOff)
    expect(off.map(({ by, name }) => `${by} ${name}`).sort()).toEqual([
      'book Tennis',
      'market Tennis',
      'price 2.00-2.50',
      'sport Tennis',
    ])
    for (const { pValue, adjustedPValue } of found) expect(adjustedPValue).toBeGreaterThanOrEqual(pValue)
  })

  it('calls few segments off where nothing is wrong, however many there are', () => {
    // 40 sports whose wins are spread as chance spreads them: every tenth at z = ±1.6.
    const fair = Array.from({ length: 40 }, (_, i) => bets(`sport ${i}`, 100, 42 + ((i * 7) % 17)))
    expect(segmentsOf(fair.flat(), 1).filter(({ isOff }) => isOff)).toEqual([])
  })

  it('leaves out segments of few bets and those without a name', () => {
    expect(segmentsOf(bets('Tennis', LEAST_SEGMENT_BETS - 1, 0), 1)).toEqual([])
    const unnamed = bets('', LEAST_SEGMENT_BETS, 10)
    expect(segmentsOf(unnamed, 1).map(({ by }) => by)).toEqual(['price'])
  })
})
