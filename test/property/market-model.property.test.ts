import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitMarkets } from '../../shared/market-model/fit-markets.ts'
import { marketForecaster } from '../../shared/market-model/forecast-market.ts'
import { marketRows } from '../../shared/market-model/market-rows.ts'
import { decodeMarkets, encodeMarkets } from '../../shared/market-model/snapshot.ts'
import { judgeMarket, TAKE_CRITERIA } from '../../shared/market-model/verdict.ts'
import { LEDGER_START_MS, randomLedger, shuffled } from '../support/bets.ts'

const DAY_MS = 86_400_000
const ledgers = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 120 }))
const names = fc.record({
  sport: fc.constantFrom('Basketball', 'Tennis', 'Golf', 'a|b', 'a"b', 'never seen'),
  league: fc.constantFrom('NBA', 'ATP', 'PGA', null),
  market: fc.constantFrom('Moneyline', 'Spread', 'Total'),
})
const share = fc.double({ min: 0, max: 1, noNaN: true })
const RUNS = { numRuns: 40 }

test('advice never contradicts the grade, and a skip always has a reason', () => {
  const figures = fc.record({
    ...{ profitProbability: share, winrate: share, breakEvenWinrate: share, confidence: share },
    roi: fc.double({ min: -1, max: 3, noNaN: true }),
    bets: fc.integer({ min: 0, max: 100 }),
  })
  fc.assert(
    fc.property(figures, (given) => {
      const { score, grade, shouldTake, explanation } = judgeMarket(given)
      if (shouldTake) {
        expect(['A', 'B']).toContain(grade)
        expect(score).toBeGreaterThanOrEqual(TAKE_CRITERIA.score)
        expect(explanation).toMatch(/^win rate .*, ROI \+.*, confidence /)
      }
      expect(explanation.length).toBeGreaterThan(10)
      expect('ABCDF'.indexOf(grade)).toBe([90, 75, 50, 25, 0].findIndex((lowest) => score >= lowest))
    }),
  )
})

test('every forecast of every ledger is sound: in range, in order, and the same from its snapshot', () => {
  fc.assert(
    fc.property(ledgers, names, fc.constantFrom('record' as const, 'price' as const), ([seed, size], of, basis) => {
      const model = { ...fitMarkets(marketRows(randomLedger(seed, size)), LEDGER_START_MS + 1000 * DAY_MS), basis }
      const answer = marketForecaster(model)(of)
      expect(marketForecaster(decodeMarkets(encodeMarkets(model), 'm'))(of)).toEqual(answer)
      if (answer.status !== 'forecast') {
        expect(model.nodes).toEqual([])
        return
      }
      const { predictedWinrate, predictedRoi, score, confidence, breakEvenWinrate } = answer
      for (const p of [predictedWinrate, breakEvenWinrate]) expect(p > 0 && p < 1).toBe(true)
      expect(score >= 0 && score <= 100 && confidence >= 0 && confidence < 1 && predictedRoi >= -1).toBe(true)
      if (predictedRoi > -1) {
        expect(Math.sign(predictedRoi)).toBe(Math.sign(predictedWinrate - breakEvenWinrate))
        expect(score > 50 ? predictedRoi > 0 : predictedRoi <= 1e-3).toBe(true)
      }
      for (const { p80, p95 } of [answer.winrateIntervals, answer.roiIntervals]) {
        expect([p95.low, p80.low, p80.high, p95.high]).toEqual(
          [p95.low, p80.low, p80.high, p95.high].sort((a, b) => a - b),
        )
      }
      expect(answer.shouldTake && answer.historicalBets < 30).toBe(false)
    }),
    RUNS,
  )
})

test('the order of a ledger changes nothing', () => {
  fc.assert(
    fc.property(ledgers, names, ([seed, size], of) => {
      const ledger = randomLedger(seed, size)
      const forecast = (bets: typeof ledger) =>
        marketForecaster(fitMarkets(marketRows(bets), LEDGER_START_MS + 1000 * DAY_MS))(of)
      expect(forecast(shuffled(ledger, seed))).toEqual(forecast(ledger))
    }),
    RUNS,
  )
})

test('no forecast depends on a result that was not known, nor on a bet that was not placed', () => {
  fc.assert(
    fc.property(ledgers, names, fc.integer({ min: 0, max: 30 }), ([seed, size], of, day) => {
      const asOfMs = LEDGER_START_MS + day * DAY_MS
      const rows = marketRows(randomLedger(seed, size))
      const known = randomLedger(seed, size).filter((_, i, all) => {
        const one = all[i]
        return one !== undefined && (marketRows([one]).knownAtMs[0] ?? Number.POSITIVE_INFINITY) < asOfMs
      })
      const forecast = (of2: typeof rows) => marketForecaster(fitMarkets(of2, asOfMs))(of)
      const [all, only] = [forecast(rows), forecast(marketRows(known))]
      expect(all.status).toBe(only.status)
      if (all.status !== 'forecast' || only.status !== 'forecast') return
      expect(all.predictedRoi).toBeCloseTo(only.predictedRoi, 10)
      expect(all.expectedRoiInterval.high).toBeCloseTo(only.expectedRoiInterval.high, 10)
      expect([all.historicalBets, all.level]).toEqual([only.historicalBets, only.level])
    }),
    RUNS,
  )
})
