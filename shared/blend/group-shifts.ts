import { sigmoid } from '../kernel/numeric.ts'

/** Rows by group, scored by what the shifts are to improve on. */
export interface GroupedRows {
  /** Log-odds before any shift, finite, length n. */
  base: Float64Array
  /** 0 or 1, length n. */
  labels: Float64Array
  /** Group of each row, 0 … nGroups − 1; −1 where it belongs to none. */
  groups: Int32Array
  nGroups: number
  /** Cluster of each row (a day), within which luck is shared. */
  days: Float64Array
}

/** Standard deviations of the groups' true shifts that are thought possible, in log-odds: 0.1 is 2.5 points at evens. */
const DEVIATIONS = [0.03, 0.06, 0.1, 0.15, 0.22, 0.32] as const

/** Shares of the groups that are thought to have a shift at all. */
const SHARES = [0.05, 0.2, 0.5, 1] as const

/** What may be true of all groups together. */
const WORLDS = DEVIATIONS.flatMap((deviation) => SHARES.map((share) => ({ variance: deviation ** 2, share })))

/** How many times likelier the rows must be with shifts than without before any is believed. */
const LEAST_EVIDENCE = 3

/** Σ (label − p) of a group, and what its variance would be by chance. */
interface GroupSums {
  residual: number
  information: number
}

/**
 * Shifts of groups' log-odds by empirical Bayes: all 0 where the rows do not show that the groups differ.
 *
 * To second order about 0, the log likelihood of a shift u of a group is g·u − ½·I·u², with g = Σ (y − p) and
 * I = Σ p(1 − p), both divided by the overdispersion φ of g by day. A share π of the groups has a shift u ~ N(0, τ²). A
 * group's rows are then B = (1 + τ²I)^(−½) · exp(½·g²τ²/(1 + τ²I)) times as likely with a shift as without, the evidence
 * of (π, τ) is Π (1 − π + π·B), and E[u] = π·B/(1 − π + π·B) · τ²g/(1 + τ²I). The mean is taken over (π, τ) by their
 * evidence, if that of all together is at least three times that of no shift at all.
 *
 * @returns length nGroups
 * @see B. Efron, "Large-Scale Inference", 2010, chapters 1 and 2
 */
export function groupShifts(rows: GroupedRows): Float64Array {
  const sums = groupSums(rows)
  const logEvidence = WORLDS.map((world) => sums.reduce((sum, group) => sum + Math.log(likelihood(group, world)), 0))
  const largest = Math.max(0, ...logEvidence)
  const weights = logEvidence.map((value) => Math.exp(value - largest) / WORLDS.length)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shifts = new Float64Array(rows.nGroups)
  if (total < LEAST_EVIDENCE * Math.exp(-largest)) return shifts
  for (const [w, world] of WORLDS.entries()) {
    const weight = (weights[w] as number) / total
    for (const [g, group] of sums.entries()) shifts[g] = (shifts[g] as number) + weight * expectedShift(group, world)
  }
  return shifts
}

type World = (typeof WORLDS)[number]

/** How many times as likely a group's rows are in a world as in one without shifts. */
function likelihood(group: GroupSums, { variance, share }: World): number {
  return 1 - share + share * shiftedLikelihood(group, variance)
}

/** The same of a group that has a shift; bounded, so that a hundred groups of certainty do not overflow. */
function shiftedLikelihood({ residual, information }: GroupSums, variance: number): number {
  const spread = 1 + variance * information
  return Math.min(1e12, Math.exp((0.5 * residual * residual * variance) / spread) / Math.sqrt(spread))
}

function expectedShift(group: GroupSums, world: World): number {
  const { variance, share } = world
  const chance = (share * shiftedLikelihood(group, variance)) / likelihood(group, world)
  return (chance * variance * group.residual) / (1 + variance * group.information)
}

function groupSums({ base, labels, groups, nGroups, days }: GroupedRows): GroupSums[] {
  const sums = Array.from({ length: nGroups }, () => ({ residual: 0, information: 0 }))
  const byDay = Array.from({ length: nGroups }, () => new Map<number, number>())
  for (let r = 0; r < labels.length; r++) {
    const group = sums[groups[r] as number]
    if (group === undefined) continue
    const p = sigmoid(base[r] as number)
    const residual = (labels[r] as number) - p
    group.residual += residual
    group.information += p * (1 - p)
    const ofDays = byDay[groups[r] as number] as Map<number, number>
    const day = days[r] as number
    ofDays.set(day, (ofDays.get(day) ?? 0) + residual)
  }
  const dispersion = overdispersion(sums, byDay)
  return sums.map(({ residual, information }) => ({
    residual: residual / dispersion,
    information: information / dispersion,
  }))
}

/** φ ≥ 1: Σ over days of squared sums of residuals, as a multiple of what independent rows would give. */
function overdispersion(sums: readonly GroupSums[], byDay: readonly ReadonlyMap<number, number>[]): number {
  const information = sums.reduce((sum, group) => sum + group.information, 0)
  const squares = byDay.reduce(
    (sum, ofDays) => sum + [...ofDays.values()].reduce((s, value) => s + value * value, 0),
    0,
  )
  return information > 0 ? Math.max(1, squares / information) : 1
}
