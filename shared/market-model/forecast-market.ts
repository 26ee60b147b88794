import { clamp, logit, sigmoid, Z_95 } from '../kernel/numeric.ts'
import { HORIZON_BETS } from './horizon.ts'
import type { Level, MarketNames } from './market-names.ts'
import { LEVELS, lineageOf, nodeKey } from './market-names.ts'
import type { MarketNode, MarketsModel, NodeIndex } from './markets-model.ts'
import { findNode, indexNodes } from './markets-model.ts'
import { normalCdf, Z_80 } from './normal.ts'
import type { MarketVerdict } from './verdict.ts'
import { judgeMarket } from './verdict.ts'
import type { Interval } from './win-distribution.ts'
import { winDistribution, winRateInterval } from './win-distribution.ts'

/** Prediction intervals: where the figure of the next bets will lie, luck included. */
export interface PredictionIntervals {
  p80: Interval
  p95: Interval
}

/** What the next bets of a market are expected to do. Rates and ROI are fractions: 0.03 is 3 %. */
export interface MarketForecast extends MarketVerdict {
  /** The narrowest level with bets; anything but `market` is a fallback. */
  level: Level
  basis: MarketsModel['basis']
  horizonBets: number
  /** Wins over bets won or lost. */
  predictedWinrate: number
  /** Win rate at which the expected ROI is 0 at these prices. */
  breakEvenWinrate: number
  /** Mean return per unit at the price taken, over bets won or lost. */
  predictedRoi: number
  winrateIntervals: PredictionIntervals
  roiIntervals: PredictionIntervals
  /** 95 % credible interval of the expected ROI itself: where the ROI of endless bets would lie. */
  expectedRoiInterval: Interval
  /** n/(n + k): the share of what the market's own record shows that is not luck. 0 without bets of its own. */
  confidence: number
  /** The market's own bets, won or lost at a known price. */
  historicalBets: number
  /** Undefined without bets of its own. */
  historicalWinrate: number | undefined
  historicalRoi: number | undefined
  /** Bets of the level that the forecast stands on. */
  levelBets: number
}

export type MarketAnswer = ({ status: 'forecast' } & MarketForecast) | { status: 'no_history' }

/**
 * Gives the forecasts of a model. What is not known of a market is taken from its kind of bet in the sport, then from
 * the sport, then from the ledger, with the doubt that comes of not knowing how far it differs; an empty model says
 * `no_history` and gives no number.
 */
export function marketForecaster(model: MarketsModel): (names: MarketNames) => MarketAnswer {
  const index = indexNodes(model)
  return (names) => {
    const lineage = lineageOf(names)
    const node = findNode(index, lineage)
    if (node === undefined) return { status: 'no_history' }
    return { status: 'forecast', ...forecastFrom(model, node, ownRecord(index, lineage)) }
  }
}

function ownRecord(index: NodeIndex, [market]: ReturnType<typeof lineageOf>): MarketNode | undefined {
  return market === undefined ? undefined : index.get(nodeKey(market))
}

function forecastFrom(model: MarketsModel, node: MarketNode, own: MarketNode | undefined): MarketForecast {
  const outlook = outlookOf(model, node)
  const { winrate, breakEvenWinrate, roi, roiDeviation } = outlook
  const bets = own?.bets ?? 0
  const confidence = reliability(model, node, bets)
  const profitProbability = normalCdf(roi / roiDeviation)
  return {
    ...judgeMarket({ profitProbability, winrate, breakEvenWinrate, roi, confidence, bets }),
    ...{ level: node.names.level, basis: model.basis, horizonBets: HORIZON_BETS },
    ...{ predictedWinrate: winrate, breakEvenWinrate, predictedRoi: roi },
    winrateIntervals: winrateIntervals(outlook),
    roiIntervals: roiIntervals(outlook),
    expectedRoiInterval: aroundRoi(roi, Z_95 * roiDeviation),
    ...{ confidence, historicalBets: bets, levelBets: node.bets },
    historicalWinrate: own === undefined ? undefined : own.wins / own.bets,
    historicalRoi: own === undefined ? undefined : own.returns / own.bets,
  }
}

/** Expectations, and how they and the next bets vary. */
interface Outlook {
  winrate: number
  breakEvenWinrate: number
  roi: number
  /** Standard deviations of the beliefs about `winrate` and `roi`. */
  winrateDeviation: number
  roiDeviation: number
  /** Variance and skewness of the mean return of the next bets around `roi`. */
  luck: { variance: number; skewness: number }
  winrateDispersion: number
}

/**
 * The expectations that an effect and prices give: win rate q + θ·q(1 − q) (kept in (0, 1) by taking it in log-odds), ROI
 * d·q − 1 + θ·d·q(1 − q), which is 0 at θ = −E[d·q − 1]/E[d·q(1 − q)]: the win rate there is break-even.
 */
export function outlookOf(model: MarketsModel, { names, effect, prices }: MarketNode): Outlook {
  const { mean, variance } = believedEffect(model, names.level, effect)
  const winrateAt = (theta: number) => {
    const { probability: q, probabilitySlope } = prices
    return sigmoid(logit(q) + (theta * probabilitySlope) / (q * (1 - q)))
  }
  const luck = prices.returnVariance + prices.expectedReturnSquare - prices.expectedReturn ** 2
  return {
    winrate: winrateAt(mean),
    breakEvenWinrate: winrateAt(-prices.expectedReturn / prices.returnSlope),
    roi: Math.max(-1, prices.expectedReturn + mean * prices.returnSlope),
    winrateDeviation: Math.sqrt(variance) * prices.probabilitySlope,
    roiDeviation: Math.sqrt(variance) * prices.returnSlope,
    luck: {
      variance: (model.windowDispersion.roi * luck) / HORIZON_BETS,
      skewness: prices.returnSkew / luck ** 1.5 / Math.sqrt(HORIZON_BETS),
    },
    winrateDispersion: model.windowDispersion.winrate,
  }
}

/** Below the level that is known, effects differ by what such effects do; on the basis of prices, all of it is doubt. */
function believedEffect(model: MarketsModel, level: Level, { mean, variance }: MarketNode['effect']) {
  const below = model.levelVariances.slice(LEVELS.indexOf(level) + 1).reduce((sum, v) => sum + v, 0)
  if (model.basis === 'record') return { mean, variance: variance + below }
  return { mean: 0, variance: variance + below + mean * mean }
}

/**
 * n/(n + k) with k = φ/(τ²·E[q(1 − q)]), τ² the variance of effects among markets: the share of the variance of records of
 * n bets that lies in the markets and not in luck.
 */
function reliability(model: MarketsModel, { overdispersion, prices }: MarketNode, bets: number): number {
  const [, ...below] = model.levelVariances
  const variance = below.reduce((sum, v) => sum + v, 0)
  const signal = bets * variance * prices.probabilitySlope
  return signal / (signal + overdispersion)
}

function winrateIntervals({ winrate, winrateDeviation, winrateDispersion }: Outlook): PredictionIntervals {
  const binomial = winrate * (1 - winrate)
  const excess = winrateDispersion - 1 + (HORIZON_BETS * winrateDeviation ** 2) / binomial
  const masses = winDistribution(HORIZON_BETS, winrate, clamp(excess / (HORIZON_BETS - 1), 0, 0.99))
  return { p80: winRateInterval(masses, 0.8), p95: winRateInterval(masses, 0.95) }
}

/** Normal quantiles corrected for skewness γ by one term of Cornish and Fisher, z + γ·(z² − 1)/6. */
function roiIntervals({ roi, roiDeviation, luck }: Outlook): PredictionIntervals {
  const deviation = Math.sqrt(luck.variance + roiDeviation ** 2)
  const skewness = luck.skewness * (Math.sqrt(luck.variance) / deviation) ** 3
  const interval = (z: number): Interval => {
    const shift = (skewness * (z * z - 1)) / 6
    return { low: Math.max(-1, roi + deviation * (shift - z)), high: roi + deviation * (shift + z) }
  }
  return { p80: interval(Z_80), p95: interval(Z_95) }
}

function aroundRoi(roi: number, halfWidth: number): Interval {
  return { low: Math.max(-1, roi - halfWidth), high: roi + halfWidth }
}
