import type { AlertInput } from '../alerts/input.ts'
import { claimedTimeOf } from '../alerts/input.ts'
import { dayOf } from '../alerts/state.ts'

/**
 * Where alerts are kept in the object store:
 *
 *     alerts/inbox/DAY/TIME-HASH.json        an input that waits to be taken in; created once
 *     alerts/seen/DAY/TIME-HASH.json         that one has been taken in
 *     alerts/state/00000042.json             the 42nd state; created once, of which the newest stands
 *     alerts/turns/DAY/TIME                  who takes in what came within some seconds; created once
 *     alerts/claims/DAY/DELIVERY.TRY         who makes a try at a delivery; created once
 *     alerts/history/DAY/DELIVERY.json       a delivery that is over
 *     lake/alerts/day=DAY/alerts.parquet     the history of a day as a table
 *
 * DAY is of UTC. Inputs lie under the day and time that they claim, so that one that comes again meets its first.
 */
export const INBOX_PREFIX = 'alerts/inbox/'
export const SEEN_PREFIX = 'alerts/seen/'
export const STATES_PREFIX = 'alerts/state/'
export const TURNS_PREFIX = 'alerts/turns/'
export const CLAIMS_PREFIX = 'alerts/claims/'
export const HISTORY_PREFIX = 'alerts/history/'

/** Name of an input below inbox and seen. */
export function inputName(input: AlertInput, id: string): string {
  const claimedMs = claimedTimeOf(input)
  return `${dayOf(claimedMs)}/${String(claimedMs).padStart(15, '0')}-${id}.json`
}

export function stateKey(sequence: number): string {
  return `${STATES_PREFIX}${String(sequence).padStart(8, '0')}.json`
}

export function tableKey(day: string): string {
  return `lake/alerts/day=${day}/alerts.parquet`
}
