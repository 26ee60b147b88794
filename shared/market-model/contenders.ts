import { outlookOf } from './forecast-market.ts'
import type { MarketNames } from './market-names.ts'
import { lineageOf } from './market-names.ts'
import type { MarketNode, MarketsModel } from './markets-model.ts'
import { findNode, indexNodes } from './markets-model.ts'

/**
 * Ways to forecast a market's win rate and ROI: our own, and four that cost nothing.
 *
 * - `record`: the recalibrated price with the market's shrunken effect.
 * - `recalibrated_price`: the same without an effect.
 * - `price`: 1/decimalOdds, whose ROI is 0.
 * - `market_mean`: the market's own mean so far from 20 bets on, before them the ledger's. That is the old way.
 * - `ledger_mean`: one figure for every market.
 */
export type Contender = 'record' | 'recalibrated_price' | 'price' | 'market_mean' | 'ledger_mean'

/** Fractions. */
export interface PointForecast {
  winrate: number
  roi: number
}

const FEWEST_MARKET_BETS = 20

/** Gives the forecasts of all contenders; undefined where the model knows no bet. Prices are those of the latest bets. */
export function contenderForecasts(
  model: MarketsModel,
): (names: MarketNames) => Record<Contender, PointForecast> | undefined {
  const index = indexNodes(model)
  const [ledger] = model.nodes
  return (names) => {
    const lineage = lineageOf(names)
    const node = findNode(index, lineage)
    if (node === undefined || ledger === undefined) return undefined
    const market = findNode(index, lineage.slice(0, 1))
    return {
      record: pointOf({ ...model, basis: 'record' }, node),
      recalibrated_price: pointOf({ ...model, basis: 'price' }, node),
      price: { winrate: node.prices.implied, roi: 0 },
      market_mean: meanOf(market !== undefined && market.bets >= FEWEST_MARKET_BETS ? market : ledger),
      ledger_mean: meanOf(ledger),
    }
  }
}

function pointOf(model: MarketsModel, node: MarketNode): PointForecast {
  const { winrate, roi } = outlookOf(model, node)
  return { winrate, roi }
}

function meanOf({ wins, returns, bets }: MarketNode): PointForecast {
  return { winrate: wins / bets, roi: returns / bets }
}
