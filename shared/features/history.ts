import type { Bet } from '../bets/bet.ts'
import type { GroupName, Placement } from './groups.ts'
import { GROUP_NAMES, GROUPS } from './groups.ts'
import type { Tally } from './tally.ts'
import { addResult, emptyTally, isCounted } from './tally.ts'

/**
 * What is known of past results at one moment, by group. Training replays the ledger through it; serving holds one that
 * was left at the end. Both ask it the same way, so they cannot disagree.
 */
export interface History {
  /** Takes in a result that has become known. */
  settle(bet: Bet): void
  /** The group's tally for a bet; undefined where the bet has no key in it or nothing is known yet. */
  of(group: GroupName, bet: Placement): Readonly<Tally> | undefined
  /** Every tally by group and key, for the snapshot. */
  entries(group: GroupName): Iterable<[key: string, tally: Readonly<Tally>]>
}

export function createHistory(start?: Iterable<[GroupName, Iterable<[string, Tally]>]>): History {
  const tallies = new Map<GroupName, Map<string, Tally>>(GROUP_NAMES.map((name) => [name, new Map()]))
  for (const [name, entries] of start ?? []) tallies.set(name, new Map(entries))
  const groupOf = (name: GroupName) => tallies.get(name) as Map<string, Tally>
  return {
    settle(bet) {
      if (!isCounted(bet)) return
      for (const name of GROUP_NAMES) {
        const key = GROUPS[name](bet)
        if (key === undefined) continue
        const group = groupOf(name)
        let tally = group.get(key)
        if (tally === undefined) {
          tally = emptyTally()
          group.set(key, tally)
        }
        addResult(tally, bet)
      }
    },
    of(name, bet) {
      const key = GROUPS[name](bet)
      return key === undefined ? undefined : groupOf(name).get(key)
    },
    entries: (name) => groupOf(name),
  }
}
