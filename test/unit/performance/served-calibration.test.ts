import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import type { ServedQuestion } from '../../../shared/performance/served-calibration.ts'
import {
  MATCH_WITHIN_MS,
  matchServed,
  servedCalibrationSchema,
} from '../../../shared/performance/served-calibration.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'

const HOUR_MS = 3_600_000

/** A prediction of the bet of {@link bet}, served an hour before it is placed. */
function prediction(overrides: Partial<ServedQuestion> = {}): ServedQuestion {
  return {
    ...{ sport: 'Basketball', league: 'NBA', market: 'Player Points', book: 'DraftKings', betType: 'straight' },
    ...{ isLive: false, decimalOdds: 2, winProbability: 0.6, atMs: LEDGER_START_MS - HOUR_MS },
    ...overrides,
  }
}

function judged(predictions: readonly ServedQuestion[], ...bets: (readonly Bet[])[]) {
  const matcher = matchServed(predictions)
  for (const some of bets) matcher.add(some)
  return matcher.calibration()
}

describe('matchServed', () => {
  it('matches a bet to the prediction of it', () => {
    expect(judged([prediction()], [bet()])).toMatchObject({
      ...{ fromMs: LEDGER_START_MS - HOUR_MS, toMs: LEDGER_START_MS - HOUR_MS, predictions: 1, predictionsMatched: 1 },
      ...{ bets: 1, betsMatched: 1, open: 0, scores: { n: 1, winRate: 1 } },
    })
  })

  it.each([
    ['sport', { sport: 'Tennis' }],
    ['league', { league: 'WNBA' }],
    ['market', { market: 'Spread' }],
    ['book', { book: 'FanDuel' }],
    ['bet type', { betType: 'parlay' }],
    ['live mark', { isLive: true }],
    ['price', { decimalOdds: 2.006 }],
  ] as const)('does not match another %s', (_, other) => {
    expect(judged([prediction(other)], [bet()])).toMatchObject({ bets: 1, betsMatched: 0, scores: null })
  })

  it('takes prices for one that differ by half a cent', () => {
    expect(judged([prediction({ decimalOdds: 1.909 })], [bet({ decimalOdds: 1.91 })]).betsMatched).toBe(1)
    expect(judged([prediction()], [bet({ decimalOdds: null })]).betsMatched).toBe(0)
  })

  it('matches what the source does not say to an empty name', () => {
    expect(judged([prediction({ league: '' })], [bet({ league: null })]).betsMatched).toBe(1)
  })

  it.each([
    ['at the very moment', 0, 1],
    ['24 hours before', MATCH_WITHIN_MS, 1],
    ['longer before', MATCH_WITHIN_MS + 1, 0],
  ])('matches a prediction served %s', (_, beforeMs, matched) => {
    expect(judged([prediction({ atMs: LEDGER_START_MS - beforeMs })], [bet()]).betsMatched).toBe(matched)
  })

  it('does not count bets placed before the first prediction, nor match them', () => {
    expect(judged([prediction({ atMs: LEDGER_START_MS + 1 })], [bet()])).toMatchObject({ bets: 0, betsMatched: 0 })
  })

  it('takes the latest of several predictions at the price, once for each bet', () => {
    const early = prediction({ atMs: LEDGER_START_MS - 3 * HOUR_MS, winProbability: 0.1 })
    const late = prediction({ atMs: LEDGER_START_MS - HOUR_MS, winProbability: 0.7 })
    const elsewhere = prediction({ atMs: LEDGER_START_MS - 1, decimalOdds: 3, winProbability: 0.2 })
    const calibration = judged([late, elsewhere, early], [bet({ id: 'a' })], [bet({ id: 'b' })])
    expect(calibration).toMatchObject({ predictions: 3, predictionsMatched: 1, bets: 2, betsMatched: 2 })
    expect(calibration.scores?.model.meanProbability).toBeCloseTo(0.7, 12)
  })

  it('scores predictions beside the price', () => {
    const bets = [
      bet({ id: 'a', decimalOdds: 2.5 }),
      bet({ id: 'b', decimalOdds: 2.5, state: 'lost' }),
      bet({ id: 'c', decimalOdds: 2.5, state: 'push' }),
      bet({ id: 'd', decimalOdds: 2.5, state: 'open' }),
    ]
    const { betsMatched, open, scores } = judged([prediction({ decimalOdds: 2.5 })], bets)
    expect([betsMatched, open, scores?.n, scores?.winRate]).toEqual([4, 1, 2, 0.5])
    // p = 0.6: (0.16 + 0.36)/2 and −(ln 0.6 + ln 0.4)/2; the price says 0.4: the same turned round.
    expect(scores?.model.brier).toBeCloseTo(0.26, 12)
    expect(scores?.model.logLoss).toBeCloseTo(-(Math.log(0.6) + Math.log(0.4)) / 2, 12)
    expect(scores?.price.brier).toBeCloseTo(0.26, 12)
    expect(scores?.price.meanProbability).toBeCloseTo(0.4, 12)
    expect(scores?.bins).toEqual([expect.objectContaining({ n: 2, share: 0.5 })])
  })

  it('says that there is nothing where nothing was served', () => {
    expect(judged([], [bet()])).toEqual({
      ...{ fromMs: null, toMs: null, predictions: 0, predictionsMatched: 0, bets: 0, betsMatched: 0, open: 0 },
      scores: null,
    })
  })

  it('tells what can be stored', () => {
    const calibration = judged([prediction()], [bet()])
    expect(servedCalibrationSchema.parse(JSON.parse(JSON.stringify(calibration)))).toEqual(calibration)
  })
})
