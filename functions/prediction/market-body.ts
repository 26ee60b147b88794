import { invariant } from '../../shared/kernel/errors.ts'
import { round } from '../../shared/kernel/numeric.ts'
import type { MarketForecast, PredictionIntervals } from '../../shared/market-model/forecast-market.ts'
import type { Interval } from '../../shared/market-model/win-distribution.ts'
import type { ServedFrom } from '../../shared/usecases/served-from.ts'
import type { MarketForecastBody, MarketRequest } from './market-contract.ts'

/** What an answer says of itself beside its figures. */
interface AnswerBasis {
  featuresAsOfMs: number
  origin: 'own' | 'demo' | null
  servedFrom: ServedFrom
  answeredAtMs: number
}

/** A forecast as the API shows it: shares to six decimals, returns in per cent to four. @throws {InvariantError} */
export function forecastBody(names: MarketRequest, forecast: MarketForecast, basis: AnswerBasis): MarketForecastBody {
  const { sport, league, market } = names
  const { historicalWinrate, historicalRoi } = forecast
  const expectedRoi = interval(forecast.expectedRoiInterval, percent)
  return {
    ...{ sport, league, market, market_key: `${sport}|${league}|${market}` },
    predicted_winrate: share(forecast.predictedWinrate),
    predicted_roi: percent(forecast.predictedRoi),
    confidence: share(forecast.confidence),
    recommendation_score: told(forecast.score, 1),
    ...{ grade: forecast.grade, should_take: forecast.shouldTake, explanation: forecast.explanation },
    historical_bets: forecast.historicalBets,
    historical_winrate: historicalWinrate === undefined ? null : share(historicalWinrate),
    historical_roi: historicalRoi === undefined ? null : percent(historicalRoi),
    ...{ basis: forecast.basis, level: forecast.level, level_bets: forecast.levelBets },
    horizon_bets: forecast.horizonBets,
    break_even_winrate: share(forecast.breakEvenWinrate),
    winrate_intervals: intervals(forecast.winrateIntervals, share),
    roi_intervals: intervals(forecast.roiIntervals, percent),
    expected_roi_interval: { ...expectedRoi, level: 0.95 },
    features_as_of: new Date(basis.featuresAsOfMs).toISOString(),
    ...{ data: basis.origin, served_from: basis.servedFrom },
    timestamp: new Date(basis.answeredAtMs).toISOString(),
  }
}

function intervals({ p80, p95 }: PredictionIntervals, scale: (x: number) => number) {
  return { p80: interval(p80, scale), p95: interval(p95, scale) }
}

function interval({ low, high }: Interval, scale: (x: number) => number): Interval {
  return { low: scale(low), high: scale(high) }
}

function share(x: number): number {
  return told(x, 6)
}

function percent(x: number): number {
  return told(100 * x, 4)
}

/** JSON would turn what is not finite into null, which means "none" here. */
function told(x: number, digits: number): number {
  invariant(Number.isFinite(x), `the market model forecasts ${x}`)
  return round(x, digits)
}
