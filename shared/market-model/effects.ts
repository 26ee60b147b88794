import { LEVELS } from './market-names.ts'
import type { MarketTree } from './market-tree.ts'

/**
 * What the bets counted at each node say of its effect θ, the shift of log-odds against the recalibrated price: for small
 * θ, Σ (won − q) = θ·Σ q(1 − q) + noise of variance φ·Σ q(1 − q).
 */
export interface Evidence {
  /** P = Σ q(1 − q) / φ over the node's own bets: the precision of its record. */
  precisions: Float64Array
  /** h = Σ (won − q) / φ: precision times record. */
  scores: Float64Array
}

/** Beliefs about all effects, given all bets. */
export interface Effects {
  means: Float64Array
  variances: Float64Array
  /** Posterior mean of τ² by level, of a child's effect around its parent's; of the ledger's around 0 it is given. */
  levelVariances: [ledger: number, sport: number, sportMarket: number, market: number]
}

/** τ of the ledger's effect around 0, in log-odds: five points of win probability at evens. */
const LEDGER_DEVIATION = 0.2

/**
 * Values that τ of each level below the ledger may have, in log-odds: 0.04 is a point of win probability at evens, two
 * points of ROI. Their prior is half-normal with scale 0.2: levels that differ by some points of ROI are common, by twenty rare.
 */
const DEVIATIONS = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4]
const DEVIATION_SCALE = 0.2

/** Combinations of less weight are left out. Together they weigh less than a hundredth. */
const LEAST_WEIGHT = 1e-5

/**
 * Effects of all nodes in a tree of normal distributions, θ_child ~ N(θ_parent, τ²) with one τ for each level.
 *
 * For given τ the posterior is exact: precisions and scores run up the tree, P′ = P/(1 + Pτ²), h′ = h/(1 + Pτ²), and
 * beliefs run down, mean = (hτ² + mean_parent)/(1 + Pτ²), var = τ²/(1 + Pτ²) + var_parent/(1 + Pτ²)². The three τ are not
 * estimated but averaged over, 9³ combinations by their posterior weights: an estimate would often be 0, and then every
 * market would be called known without doubt.
 *
 * @see A. Gelman et al., "Bayesian Data Analysis", 3rd ed., 5.4 (normal hierarchy, integration over τ)
 */
export function inferEffects(tree: MarketTree, evidence: Evidence): Effects {
  const grid = deviationGrid()
  const passes = createPasses(tree, evidence)
  const logWeights = grid.map((point) => passes.up(point.deviations) + point.logPrior)
  const largest = Math.max(...logWeights)
  const weights = logWeights.map((w) => Math.exp(w - largest))
  const sum = weights.reduce((total, w) => total + w, 0)
  const kept = weights.map((w) => (w < LEAST_WEIGHT * sum ? 0 : w))
  const total = kept.reduce((total, w) => total + w, 0)
  const n = tree.names.length
  const means = new Float64Array(n)
  const squares = new Float64Array(n)
  const levelVariances: Effects['levelVariances'] = [LEDGER_DEVIATION ** 2, 0, 0, 0]
  for (const [g, { deviations }] of grid.entries()) {
    const weight = (kept[g] as number) / total
    if (weight === 0) continue
    passes.up(deviations)
    passes.down(deviations, weight, means, squares)
    for (let l = 1; l < 4; l++)
      levelVariances[l] = (levelVariances[l] as number) + weight * (deviations[l] as number) ** 2
  }
  return {
    means,
    variances: squares.map((square, i) => Math.max(0, square - (means[i] as number) ** 2)),
    levelVariances,
  }
}

interface GridPoint {
  deviations: readonly [number, number, number, number]
  logPrior: number
}

function deviationGrid(): GridPoint[] {
  const logPrior = (deviation: number) => -0.5 * (deviation / DEVIATION_SCALE) ** 2
  return DEVIATIONS.flatMap((a) =>
    DEVIATIONS.flatMap((b) =>
      DEVIATIONS.map((c): GridPoint => {
        return { deviations: [LEDGER_DEVIATION, a, b, c], logPrior: logPrior(a) + logPrior(b) + logPrior(c) }
      }),
    ),
  )
}

function createPasses({ names, parents }: MarketTree, evidence: Evidence) {
  const n = names.length
  const levels = Int32Array.from(names, ({ level }) => LEVELS.indexOf(level))
  const precisions = new Float64Array(n)
  const scores = new Float64Array(n)
  const beliefs = { means: new Float64Array(n), variances: new Float64Array(n) }

  /** Gathers each node's evidence with that of all below it. @returns log marginal likelihood, but for a constant */
  function up(deviations: readonly number[]): number {
    precisions.set(evidence.precisions)
    scores.set(evidence.scores)
    let logLikelihood = 0
    for (let i = n - 1; i >= 0; i--) {
      const [p, h] = [precisions[i] as number, scores[i] as number]
      const variance = (deviations[levels[i] as number] as number) ** 2
      const spread = 1 + p * variance
      logLikelihood += 0.5 * ((h * h * variance) / spread - Math.log(spread))
      const parent = parents[i] as number
      if (parent < 0) continue
      precisions[parent] = (precisions[parent] as number) + p / spread
      scores[parent] = (scores[parent] as number) + h / spread
    }
    return logLikelihood
  }

  /** Hands beliefs down, after {@link up} at the same deviations, and adds weight·mean and weight·(mean² + variance). */
  function down(deviations: readonly number[], weight: number, means: Float64Array, squares: Float64Array): void {
    for (let i = 0; i < n; i++) {
      const parent = parents[i] as number
      const above = parent < 0 ? 0 : (beliefs.means[parent] as number)
      const doubt = parent < 0 ? 0 : (beliefs.variances[parent] as number)
      const variance = (deviations[levels[i] as number] as number) ** 2
      const spread = 1 + (precisions[i] as number) * variance
      const mean = ((scores[i] as number) * variance + above) / spread
      const posterior = variance / spread + doubt / spread ** 2
      beliefs.means[i] = mean
      beliefs.variances[i] = posterior
      means[i] = (means[i] as number) + weight * mean
      squares[i] = (squares[i] as number) + weight * (mean * mean + posterior)
    }
  }
  return { up, down }
}
