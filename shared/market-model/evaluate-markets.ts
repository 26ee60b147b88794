import type { Bet } from '../bets/bet.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Contender } from './contenders.ts'
import { contenderForecasts } from './contenders.ts'
import type { BasisVerdict, FreeContender } from './decide-basis.ts'
import { decideBasis } from './decide-basis.ts'
import { fitMarkets } from './fit-markets.ts'
import { marketForecaster } from './forecast-market.ts'
import type { ContenderScores, IntervalCoverage, JudgedForecast, PairedDifferences } from './forecast-scores.ts'
import { coverageOf, differencesTo, scoresOf } from './forecast-scores.ts'
import type { ForecastWindow } from './forecast-windows.ts'
import { forecastWindows } from './forecast-windows.ts'
import { HORIZON_BETS } from './horizon.ts'
import type { MarketRows } from './market-rows.ts'
import { marketRows } from './market-rows.ts'

export interface MarketEvaluationOptions {
  /** Share of the bets before the first forecast, in (0, 1); 0.6 where not given. */
  learnShare?: number
  /** Told how many of the forecasts have been made. */
  onForecast?: (done: number, total: number) => void
}

/** The market model's forecasts held against what came, beside those that cost nothing. */
export interface MarketEvaluation {
  horizonBets: number
  /** Windows of 30 bets that were forecast. */
  forecasts: number
  markets: number
  /** First and last day of forecasts, milliseconds since the epoch. */
  fromMs: number
  toMs: number
  scores: Record<Contender, ContenderScores>
  recordMinus: Record<FreeContender, PairedDifferences>
  coverage: Record<'winrate80' | 'winrate95' | 'roi80' | 'roi95', IntervalCoverage>
  verdict: BasisVerdict
}

/**
 * Evaluates the market model walking forward, without look-ahead: the next 30 bets of a market are forecast by a model
 * fitted to the results known before the day of the first of them, window after window ({@link forecastWindows}).
 *
 * @throws {DomainError} `too_few_bets` where no market has 30 bets after the learning share; `learn_share_out_of_range`
 */
export function evaluateMarkets(ledger: readonly Bet[], options: MarketEvaluationOptions = {}): MarketEvaluation {
  const judged = judgeForecasts(marketRows(ledger), options)
  const [first, last] = [judged[0], judged.at(-1)]
  if (first === undefined || last === undefined) {
    throw new DomainError('too_few_bets', `no market has ${HORIZON_BETS} decided bets after the share to learn from`)
  }
  const scores = {
    record: scoresOf(judged, 'record'),
    recalibrated_price: scoresOf(judged, 'recalibrated_price'),
    price: scoresOf(judged, 'price'),
    market_mean: scoresOf(judged, 'market_mean'),
    ledger_mean: scoresOf(judged, 'ledger_mean'),
  }
  const recordMinus = {
    recalibrated_price: differencesTo(judged, 'recalibrated_price'),
    price: differencesTo(judged, 'price'),
    market_mean: differencesTo(judged, 'market_mean'),
    ledger_mean: differencesTo(judged, 'ledger_mean'),
  }
  return {
    ...{ horizonBets: HORIZON_BETS, forecasts: judged.length, scores, recordMinus },
    markets: new Set(judged.map(({ window }) => window.node)).size,
    ...{ fromMs: first.window.forecastAtMs, toMs: last.window.forecastAtMs },
    coverage: {
      winrate80: coverageOf(judged, 0.8, ({ window, forecast }) => [window.winrate, forecast.winrateIntervals.p80]),
      winrate95: coverageOf(judged, 0.95, ({ window, forecast }) => [window.winrate, forecast.winrateIntervals.p95]),
      roi80: coverageOf(judged, 0.8, ({ window, forecast }) => [window.roi, forecast.roiIntervals.p80]),
      roi95: coverageOf(judged, 0.95, ({ window, forecast }) => [window.roi, forecast.roiIntervals.p95]),
    },
    verdict: decideBasis(recordMinus),
  }
}

/** All forecasts with what came, in order of time. Where nothing was known on a day, there is no forecast. */
export function judgeForecasts(
  rows: MarketRows,
  { learnShare = 0.6, onForecast = () => {} }: MarketEvaluationOptions = {},
): JudgedForecast[] {
  const windows = forecastWindows(rows, learnShare)
  const judged: JudgedForecast[] = []
  let done = 0
  for (const [forecastAtMs, ofDay] of Map.groupBy(windows, (window) => window.forecastAtMs)) {
    judged.push(...judgeDay(rows, forecastAtMs, ofDay))
    done += ofDay.length
    onForecast(done, windows.length)
  }
  return judged
}

function judgeDay(rows: MarketRows, forecastAtMs: number, windows: readonly ForecastWindow[]): JudgedForecast[] {
  const model = fitMarkets(rows, forecastAtMs)
  const forecastOf = marketForecaster(model)
  const pointsOf = contenderForecasts(model)
  return windows.flatMap((window) => {
    const answer = forecastOf(window.names)
    const points = pointsOf(window.names)
    return answer.status === 'forecast' && points !== undefined ? [{ window, forecast: answer, points }] : []
  })
}
