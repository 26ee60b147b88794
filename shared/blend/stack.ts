import { clusteredError } from '../evaluation/clustered.ts'
import { DomainError } from '../kernel/errors.ts'
import { sigmoid, softplus } from '../kernel/numeric.ts'

/** Rows on which no member was fitted, with what each would have said of them. */
export interface StackRows {
  /** 0 or 1, length n. */
  labels: Float64Array
  /** Log-odds of what the members are to improve on, length n. */
  base: Float64Array
  /** Log-odds of the other members, each of length n. */
  members: readonly Float64Array[]
  /** Number of the window that each row lies in, windows in time order. */
  windows: Int32Array
  /** Cluster of each row (a day), within which luck is shared. */
  days: Float64Array
}

/**
 * Standard deviation of a member's weight before anything is known: a lead on the base is believed in part until the
 * rows say more.
 */
const WEIGHT_DEVIATION = 0.5

/** How much of the fitted weights is taken; 0 is the base alone. */
const SHARES = [0, 0.25, 0.5, 0.75, 1]

const MOST_SWEEPS = 500
const LEAST_MOVE = 1e-7

/**
 * Weights of members in a blend base + Σ wₖ·(memberₖ − base), each wₖ in [0, 1], Σ wₖ ≤ 1, the base having the rest.
 *
 * The weights minimise Σ log loss + Σ wₖ²/(2·0.5²). Then a share of them is taken, chosen window by window: weights
 * fitted on the other windows, scaled by the share, are scored on the one left out. Of the shares whose loss is within
 * one standard error of the least, row by row and clustered, the smallest is taken: members that only suited their own
 * windows, or whose lead may be luck, end with nothing.
 *
 * @throws {DomainError} `no_rows`, `length_mismatch`, `score_not_finite`, `label_not_binary` (NaN included), and of two or
 *   more windows `cluster_not_finite`, `too_few_clusters`
 * @see D. H. Wolpert, "Stacked Generalization", Neural Networks 5(2), 1992
 */
export function fitStack(rows: StackRows): Float64Array {
  assertRows(rows)
  const leads = rows.members.map((scores) => scores.map((score, r) => score - (rows.base[r] as number)))
  const numbers = [...new Set(rows.windows)]
  const share = numbers.length < 2 ? 1 : bestShare(rows, leads, numbers)
  const all = Int32Array.from({ length: rows.labels.length }, (_, r) => r)
  const weights = fitWeights(rows, leads, all)
  return weights.map((weight) => share * weight)
}

function bestShare(rows: StackRows, leads: readonly Float64Array[], numbers: readonly number[]): number {
  const losses = SHARES.map(() => new Float64Array(rows.labels.length))
  const all = Int32Array.from({ length: rows.labels.length }, (_, r) => r)
  for (const number of numbers) {
    const weights = fitWeights(
      rows,
      leads,
      all.filter((r) => rows.windows[r] !== number),
    )
    const left = all.filter((r) => rows.windows[r] === number)
    for (const [s, share] of SHARES.entries()) {
      const scaled = weights.map((weight) => share * weight)
      fillLosses(losses[s] as Float64Array, rows, leads, left, scaled)
    }
  }
  return smallestGoodShare(losses, rows.days)
}

/** The smallest share that is no worse than the best by more than one standard error. */
function smallestGoodShare(losses: readonly Float64Array[], days: Float64Array): number {
  const sums = losses.map((loss) => loss.reduce((sum, value) => sum + value, 0))
  const best = losses[sums.indexOf(Math.min(...sums))] as Float64Array
  const good = losses.findIndex((loss) => {
    const { mean, error } = clusteredError(
      loss.map((value, r) => value - (best[r] as number)),
      days,
    )
    return mean <= error
  })
  return SHARES[good] as number
}

/**
 * Newton's method a weight at a time, each held in [0, 1]: the problem is convex, so the order does not matter.
 *
 * A step over the minimum that ends where the slope is steeper than before is halved: among certainties the curvature
 * says nothing of what lies ahead, and full steps would go to and fro for ever.
 */
function fitWeights(rows: StackRows, leads: readonly Float64Array[], among: Int32Array): Float64Array {
  const weights = new Float64Array(leads.length)
  const scores = Float64Array.from(among, (r) => rows.base[r] as number)
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let largest = 0
    for (const [k, lead] of leads.entries()) {
      const weight = weights[k] as number
      const along = (step: number) => slopeAlong({ labels: rows.labels, lead, among, scores, weight, step })
      const { slope, curvature } = along(0)
      let move = Math.min(1, Math.max(0, weight - slope / curvature)) - weight
      if (move === 0) continue
      for (let there = along(move).slope; there * slope < 0 && Math.abs(there) > Math.abs(slope); ) {
        move /= 2
        there = along(move).slope
      }
      weights[k] = weight + move
      for (let i = 0; i < among.length; i++) {
        scores[i] = (scores[i] as number) + move * (lead[among[i] as number] as number)
      }
      largest = Math.max(largest, Math.abs(move))
    }
    if (largest < LEAST_MOVE) break
  }
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return sum > 1 ? weights.map((weight) => weight / sum) : weights
}

interface Line {
  labels: Float64Array
  lead: Float64Array
  among: Int32Array
  /** Log-odds of the rows `among` at `weight`. */
  scores: Float64Array
  weight: number
  step: number
}

/** First and second derivative of the penalised loss by one weight, at `weight + step`. */
function slopeAlong({ labels, lead, among, scores, weight, step }: Line): { slope: number; curvature: number } {
  const penalty = 1 / WEIGHT_DEVIATION ** 2
  let slope = penalty * (weight + step)
  let curvature = penalty
  for (let i = 0; i < among.length; i++) {
    const r = among[i] as number
    const d = lead[r] as number
    const p = sigmoid((scores[i] as number) + step * d)
    slope += (p - (labels[r] as number)) * d
    curvature += p * (1 - p) * d * d
  }
  return { slope, curvature }
}

/** Writes the log loss of some rows at given weights to their places in `out`. */
function fillLosses(
  out: Float64Array,
  rows: StackRows,
  leads: readonly Float64Array[],
  among: Int32Array,
  weights: Float64Array,
): void {
  for (const r of among) {
    let score = rows.base[r] as number
    for (const [k, lead] of leads.entries()) score += (weights[k] as number) * (lead[r] as number)
    out[r] = softplus(rows.labels[r] === 1 ? -score : score)
  }
}

function assertRows({ labels, base, members, windows }: StackRows): void {
  if (labels.length === 0) throw new DomainError('no_rows', 'a blend needs rows, and there are none')
  for (const scores of [base, ...members]) {
    if (scores.length !== labels.length || windows.length !== labels.length) {
      throw new DomainError(
        'length_mismatch',
        `${labels.length} labels, ${scores.length} scores, ${windows.length} windows`,
      )
    }
    const r = scores.findIndex((score) => !Number.isFinite(score))
    if (r >= 0) throw new DomainError('score_not_finite', `score ${scores[r]} of row ${r}: must be finite`)
  }
  const label = labels.find((value) => value !== 0 && value !== 1)
  if (label !== undefined) throw new DomainError('label_not_binary', `label ${label}: must be 0 or 1`)
}
