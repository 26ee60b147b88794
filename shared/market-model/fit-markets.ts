import { logit, sigmoid } from '../kernel/numeric.ts'
import { inferEffects } from './effects.ts'
import { HORIZON_BETS } from './horizon.ts'
import type { MarketRows } from './market-rows.ts'
import { rowsKnownBefore } from './market-rows.ts'
import type { MarketTree } from './market-tree.ts'
import type { MarketNode, MarketsModel } from './markets-model.ts'
import { overdispersions } from './overdispersion.ts'
import { profilePrices } from './price-profile.ts'
import { recalibratePrices } from './recalibration.ts'
import { windowDispersion } from './window-dispersion.ts'

const DAY_MS = 86_400_000

/**
 * Fits the market model to the results known before an instant.
 *
 * A bet's win probability is taken as σ(logit q + θ), q the recalibrated price and θ the effect of its market, which is
 * shrunk towards that of its kind of bet, of its sport and of the ledger ({@link inferEffects}). One effect gives win rate
 * and ROI together: a mean of returns would be ruled by its longest prices, where each bet says least.
 */
export function fitMarkets(rows: MarketRows, asOfMs: number): MarketsModel {
  const { tree } = rows
  const results = knownResults(rows, asOfMs)
  const { nodes, decimalOdds, residuals, slopes, calibration } = results
  const phis = overdispersions(tree, results)
  const { means, variances, levelVariances } = inferEffects(tree, {
    precisions: sumsByNode(tree, nodes, (i) => (slopes[i] as number) / (phis[nodes[i] as number] as number)),
    scores: sumsByNode(tree, nodes, (i) => (residuals[i] as number) / (phis[nodes[i] as number] as number)),
  })
  const records = recordsUpTheTree(tree, results)
  const profiles = profilePrices(tree, { nodes, decimalOdds, probabilities: results.probabilities }) ?? []
  return {
    ...{ format: 'closeline-markets', version: 1, asOfMs, basis: 'record' },
    ...{ calibration, windowDispersion: windowDispersion(results, HORIZON_BETS), levelVariances },
    nodes: profiles.flatMap((prices, i): MarketNode[] => {
      const names = tree.names[i]
      const bets = records.bets[i] as number
      if (names === undefined || bets === 0) return []
      const [wins, returns] = [records.wins[i] as number, records.returns[i] as number]
      const effect = { mean: means[i] as number, variance: variances[i] as number }
      return [{ names, bets, wins, returns, effect, overdispersion: phis[i] as number, prices }]
    }),
  }
}

/** Bets whose result was known, in order of placement, with what the recalibrated price says of them. */
function knownResults(rows: MarketRows, asOfMs: number) {
  const picked = rowsKnownBefore(rows, asOfMs)
  const nodes = Int32Array.from(picked, (r) => rows.nodes[r] as number)
  const decimalOdds = Float64Array.from(picked, (r) => rows.decimalOdds[r] as number)
  const won = Uint8Array.from(picked, (r) => rows.won[r] as number)
  const logOdds = decimalOdds.map((d) => logit(1 / d))
  const calibration = recalibratePrices(logOdds, won)
  const probabilities = logOdds.map((x) => sigmoid(calibration.intercept + calibration.slope * x))
  return {
    ...{ nodes, decimalOdds, won, calibration, probabilities },
    residuals: probabilities.map((q, i) => (won[i] as number) - q),
    slopes: probabilities.map((q) => q * (1 - q)),
    days: Int32Array.from(picked, (r) => Math.floor((rows.placedAtMs[r] as number) / DAY_MS)),
  }
}

function sumsByNode({ names }: MarketTree, nodes: Int32Array, measure: (i: number) => number): Float64Array {
  const sums = new Float64Array(names.length)
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] as number
    sums[node] = (sums[node] as number) + measure(i)
  }
  return sums
}

/** Bets, wins and returns of each node and all below it. */
function recordsUpTheTree(tree: MarketTree, { nodes, won, decimalOdds }: ReturnType<typeof knownResults>) {
  const gathered = (measure: (i: number) => number) => {
    const sums = sumsByNode(tree, nodes, measure)
    for (let i = sums.length - 1; i > 0; i--) {
      const parent = tree.parents[i] as number
      sums[parent] = (sums[parent] as number) + (sums[i] as number)
    }
    return sums
  }
  return {
    bets: gathered(() => 1),
    wins: gathered((i) => won[i] as number),
    returns: gathered((i) => (won[i] === 1 ? (decimalOdds[i] as number) - 1 : -1)),
  }
}
