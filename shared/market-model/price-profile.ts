import type { MarketTree } from './market-tree.ts'
import type { PriceProfile } from './markets-model.ts'

/**
 * What the prices of a node's bets are like, as means per bet: d the decimal odds, q the recalibrated win probability.
 * With these and an effect θ, an expected win rate is q + θ·q(1 − q) and an expected return d·q − 1 + θ·d·q(1 − q).
 */
export const PROFILE_KEYS = [
  /** 1/d. */
  'implied',
  /** q. */
  'probability',
  /** q(1 − q). */
  'probabilitySlope',
  /** d·q − 1. */
  'expectedReturn',
  /** d·q(1 − q). */
  'returnSlope',
  /** (d·q − 1)². */
  'expectedReturnSquare',
  /** d²·q(1 − q): variance of one return. */
  'returnVariance',
  /** d³·q(1 − q)(1 − 2q): third central moment of one return. */
  'returnSkew',
] as const satisfies readonly (keyof PriceProfile)[]

const WIDTH = PROFILE_KEYS.length

/** A market's next prices are taken to be like those of its latest bets, this many at most. */
const LATEST_BETS = 50

/** Bets of its parent's prices that a node's own are mixed with. Prices of one market are alike: few are needed. */
const PARENT_BETS = 5

/** Bets in order of placement. */
export interface PricedBets {
  nodes: Int32Array
  decimalOdds: Float64Array
  /** Recalibrated win probabilities. */
  probabilities: Float64Array
}

/**
 * Profiles of all nodes. A node's mean is (Σ own + 5·parent's)/(n + 5), where its own are the latest 50 bets of each
 * market in it; the whole ledger's is its own alone.
 *
 * @returns undefined for a tree without bets
 */
export function profilePrices(tree: MarketTree, bets: PricedBets): PriceProfile[] | undefined {
  const { counts, sums } = latestSums(tree.names.length, bets)
  for (let i = tree.names.length - 1; i > 0; i--) {
    const parent = tree.parents[i] as number
    counts[parent] = (counts[parent] as number) + (counts[i] as number)
    for (let k = 0; k < WIDTH; k++) addTo(sums, parent * WIDTH + k, sums[i * WIDTH + k] as number)
  }
  if (counts[0] === 0) return undefined
  for (let i = 0; i < tree.names.length; i++) {
    const parent = tree.parents[i] as number
    const parentBets = parent < 0 ? 0 : PARENT_BETS
    for (let k = 0; k < WIDTH; k++) {
      const above = parent < 0 ? 0 : (sums[parent * WIDTH + k] as number)
      const own = sums[i * WIDTH + k] as number
      sums[i * WIDTH + k] = (own + parentBets * above) / ((counts[i] as number) + parentBets)
    }
  }
  return tree.names.map((_, i) => profileAt(sums, i * WIDTH))
}

function latestSums(nNodes: number, { nodes, decimalOdds, probabilities }: PricedBets) {
  const counts = new Float64Array(nNodes)
  const sums = new Float64Array(nNodes * WIDTH)
  for (let r = nodes.length - 1; r >= 0; r--) {
    const node = nodes[r] as number
    if ((counts[node] as number) >= LATEST_BETS) continue
    counts[node] = (counts[node] as number) + 1
    const [d, q] = [decimalOdds[r] as number, probabilities[r] as number]
    const [slope, expected] = [q * (1 - q), d * q - 1]
    const at = node * WIDTH
    addTo(sums, at, 1 / d)
    addTo(sums, at + 1, q)
    addTo(sums, at + 2, slope)
    addTo(sums, at + 3, expected)
    addTo(sums, at + 4, d * slope)
    addTo(sums, at + 5, expected * expected)
    addTo(sums, at + 6, d * d * slope)
    addTo(sums, at + 7, d ** 3 * slope * (1 - 2 * q))
  }
  return { counts, sums }
}

function addTo(sums: Float64Array, at: number, value: number): void {
  sums[at] = (sums[at] as number) + value
}

function profileAt(sums: Float64Array, at: number): PriceProfile {
  return Object.fromEntries(PROFILE_KEYS.map((key, k) => [key, sums[at + k] as number])) as PriceProfile
}
