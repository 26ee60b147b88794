import type { ClusteredRatio } from '../backtest/clustered.ts'
import { clusteredRatio } from '../backtest/clustered.ts'
import { invariant } from '../kernel/errors.ts'
import { clamp } from '../kernel/numeric.ts'
import type { Contender, PointForecast } from './contenders.ts'
import type { MarketForecast } from './forecast-market.ts'
import type { ForecastWindow } from './forecast-windows.ts'
import type { Interval } from './win-distribution.ts'

/** One forecast beside what came. */
export interface JudgedForecast {
  window: ForecastWindow
  forecast: MarketForecast
  points: Record<Contender, PointForecast>
}

/** Mean errors of one contender over all forecasts. */
export interface ContenderScores {
  /** Mean absolute error of the win rate of the next 30 bets. */
  winrateMae: number
  winrateSquaredError: number
  /** Log loss a bet, in nats, of the win rate taken as each bet's probability, kept within [0.01, 0.99]. */
  winrateLogLoss: number
  roiMae: number
  roiSquaredError: number
}

/** How often a prediction interval, ends included, held what came, with a 95 % interval of that share. */
export interface IntervalCoverage {
  nominal: number
  share: number
  interval: ClusteredRatio['interval']
  n: number
}

type LossName = Exclude<keyof ContenderScores, 'winrateMae' | 'roiMae'>

/** The record's mean loss minus another contender's on the same forecasts; negative where the record is better. */
export type PairedDifferences = Record<LossName, ClusteredRatio>

const WEEK_MS = 7 * 86_400_000

export function scoresOf(judged: readonly JudgedForecast[], name: Contender): ContenderScores {
  const losses = judged.map(({ window, points }) => lossesOf(window, points[name]))
  const mean = (key: keyof ContenderScores) => losses.reduce((sum, loss) => sum + loss[key], 0) / losses.length
  return {
    winrateMae: mean('winrateMae'),
    winrateSquaredError: mean('winrateSquaredError'),
    winrateLogLoss: mean('winrateLogLoss'),
    roiMae: mean('roiMae'),
    roiSquaredError: mean('roiSquaredError'),
  }
}

/** Differences with errors clustered by the week of the forecast. */
export function differencesTo(judged: readonly JudgedForecast[], other: Contender): PairedDifferences {
  const difference = (key: LossName) =>
    clusteredMean(
      judged,
      ({ window, points }) => lossesOf(window, points.record)[key] - lossesOf(window, points[other])[key],
    )
  return {
    winrateLogLoss: difference('winrateLogLoss'),
    winrateSquaredError: difference('winrateSquaredError'),
    roiSquaredError: difference('roiSquaredError'),
  }
}

/** @param figureOf  what came, and the interval that was given for it */
export function coverageOf(
  judged: readonly JudgedForecast[],
  nominal: number,
  figureOf: (judged: JudgedForecast) => readonly [number, Interval],
): IntervalCoverage {
  const { ratio, interval, n } = clusteredMean(judged, (one) => {
    const [figure, { low, high }] = figureOf(one)
    // Shares of 30 and their bounds are quotients of equal whole numbers, but for the last place.
    return figure >= low - 1e-9 && figure <= high + 1e-9 ? 1 : 0
  })
  return { nominal, share: ratio, interval, n }
}

function lossesOf({ winrate, roi }: ForecastWindow, forecast: PointForecast): ContenderScores {
  const p = clamp(forecast.winrate, 0.01, 0.99)
  return {
    winrateMae: Math.abs(winrate - forecast.winrate),
    winrateSquaredError: (winrate - forecast.winrate) ** 2,
    winrateLogLoss: -(winrate * Math.log(p) + (1 - winrate) * Math.log1p(-p)),
    roiMae: Math.abs(roi - forecast.roi),
    roiSquaredError: (roi - forecast.roi) ** 2,
  }
}

function clusteredMean(judged: readonly JudgedForecast[], figure: (judged: JudgedForecast) => number): ClusteredRatio {
  const weeks = judged.map(({ window }) => Math.floor(window.forecastAtMs / WEEK_MS))
  const mean = clusteredRatio(
    judged.map(figure),
    judged.map(() => 1),
    weeks,
  )
  invariant(mean !== undefined, 'a mean over no forecast')
  return mean
}
