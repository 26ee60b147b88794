import { clamp } from '../kernel/numeric.ts'
import type { MarketTree } from './market-tree.ts'

/** Pairs of bets taken as independent before any were seen: some hundred of each other's day. */
const PRIOR_PAIRS = 25

/** Results beside the recalibrated price, in order of placement. */
export interface DailyResults {
  nodes: Int32Array
  /** UTC day of the placement. */
  days: Int32Array
  /** won − q. */
  residuals: Float64Array
  /** q(1 − q). */
  slopes: Float64Array
}

/**
 * How much more the sums of results vary than those of independent bets would: bets of one market and day are on the same
 * games and players.
 *
 * With s = q(1 − q) and pairs within a market and day c, the correlation of results is ρ = Σ_c((Σr)² − Σr²) /
 * (Σ_c((Σ√s)² − Σs) + 25), kept in [0, 1], and a node's factor φ = 1 + ρ·Σ_c((Σ√s)² − Σs)/Σs over the days in it.
 *
 * @returns φ ≥ 1 by node; that of a node without bets is 1
 * @see L. Kish, "Survey Sampling", 1965, 5.4 (design effect, 1 + ρ·(m̄ − 1))
 */
export function overdispersions(tree: MarketTree, results: DailyResults): Float64Array {
  const { residualPairs, slopePairs, slopes } = pairSums(tree.names.length, results)
  for (let i = tree.names.length - 1; i > 0; i--) {
    for (const sums of [residualPairs, slopePairs, slopes]) {
      const parent = tree.parents[i] as number
      sums[parent] = (sums[parent] as number) + (sums[i] as number)
    }
  }
  const correlation = clamp((residualPairs[0] as number) / ((slopePairs[0] as number) + PRIOR_PAIRS), 0, 1)
  return slopes.map((sum, i) => (sum > 0 ? 1 + (correlation * (slopePairs[i] as number)) / sum : 1))
}

/** Sums by node of (Σr)² − Σr², of (Σ√s)² − Σs and of s. The bets of a node and day follow one another among the node's. */
function pairSums(nNodes: number, { nodes, days, residuals, slopes }: DailyResults) {
  const zeros = () => new Float64Array(nNodes)
  const sums = { residualPairs: zeros(), slopePairs: zeros(), slopes: zeros() }
  const open = { day: new Int32Array(nNodes).fill(-1), residual: zeros(), root: zeros() }
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] as number
    const [residual, slope] = [residuals[i] as number, slopes[i] as number]
    const root = Math.sqrt(slope)
    if (open.day[node] !== days[i]) {
      open.day[node] = days[i] as number
      open.residual[node] = 0
      open.root[node] = 0
    }
    // (S + r)² − S² − r² = 2·S·r, with S what came before on that day.
    addTo(sums.residualPairs, node, 2 * (open.residual[node] as number) * residual)
    addTo(sums.slopePairs, node, 2 * (open.root[node] as number) * root)
    addTo(sums.slopes, node, slope)
    addTo(open.residual, node, residual)
    addTo(open.root, node, root)
  }
  return sums
}

function addTo(sums: Float64Array, at: number, value: number): void {
  sums[at] = (sums[at] as number) + value
}
