import type { StackRows } from '../blend/stack.ts'
import type { BoostingChoice } from './boosted-member.ts'
import { concat } from './concat.ts'
import type { Contender } from './contenders.ts'
import { dayOfRow } from './dataset.ts'
import type { Window } from './windows.ts'

/**
 * The rows of all windows that judge, with what the boosted market and every contender say of them.
 *
 * The base is the market and its trees at their weight: their number and weight were chosen with early stopping, so
 * they need no second proof, and the others are held against both.
 */
export function judgeContenders(
  windows: readonly Window[],
  { weight, leads }: BoostingChoice,
  contenders: readonly Contender[],
): StackRows {
  return {
    labels: concat(windows.map(({ judge }) => judge.labels)),
    base: concat(windows.map(({ base }, w) => base.map((score, r) => score + weight * (leads[w]?.[r] ?? 0)))),
    members: contenders.map(({ judged }) => concat(judged)),
    windows: Int32Array.from(windows.flatMap(({ judge }, w) => Array.from(judge.labels, () => w))),
    days: concat(windows.map(({ judge }) => dayOfRow(judge))),
  }
}

/** Log-odds of a blend with these weights, the market having the rest. */
export function stackedScores({ base, members }: StackRows, weights: Float64Array): Float64Array {
  const scores = Float64Array.from(base)
  for (const [k, member] of members.entries()) {
    const weight = weights[k] as number
    for (let r = 0; r < scores.length; r++) {
      scores[r] = (scores[r] as number) + weight * ((member[r] as number) - (base[r] as number))
    }
  }
  return scores
}
