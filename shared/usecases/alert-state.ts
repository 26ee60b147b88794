import type { AlertState } from '../alerts/state.ts'
import { alertStateSchema, EMPTY_STATE } from '../alerts/state.ts'
import { UpstreamError } from '../kernel/errors.ts'
import { encodeChecked, getJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import { STATES_PREFIX, stateKey } from './alert-keys.ts'

/** States that are kept behind the newest, for those who are reading them. */
const KEPT_BEHIND = 3

/** Looks for the newest state before it is given up: others may be writing, and removing, many. */
const MOST_LOOKS = 5

/** The newest state; an empty one before the first. @throws {DomainError} `corrupt_object` */
export async function readAlertState(objects: ObjectStore): Promise<AlertState> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const newest = (await objects.list(STATES_PREFIX)).at(-1)
    if (newest === undefined) return EMPTY_STATE
    const state = await getJson(objects, newest, alertStateSchema)
    if (state !== undefined) return state
  }
  throw new UpstreamError('alerts', 'the state changes faster than it can be read')
}

/**
 * Puts a state behind the one that it was made from. Of several made from the same one, one wins.
 *
 * @returns false where another was quicker, and nothing was kept
 */
export async function commitAlertState(objects: ObjectStore, state: AlertState): Promise<boolean> {
  const text = encodeChecked(state, alertStateSchema, 'the state of the alerts')
  if (!(await objects.putNew(stateKey(state.sequence), text))) return false
  const old = (await objects.list(STATES_PREFIX)).filter(
    (key) => key < stateKey(Math.max(0, state.sequence - KEPT_BEHIND)),
  )
  await objects.remove(old)
  return true
}
