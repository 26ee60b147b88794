import { dayOf } from '../alerts/state.ts'
import { TURNS_PREFIX } from './alert-keys.ts'
import type { AlertDeps } from './alert-ports.ts'

/** Inputs that come within this time are taken in together. */
export const TURN_MS = 5000

/** Clocks of two functions may differ by so much. */
const SKEW_MS = 1000

/**
 * Waits for the end of this turn, for one of all who ask within it; false at once for the others.
 *
 * An input is kept before its deliverer asks, so that whoever has the turn finds it when the turn is over. If that one
 * dies, the next turn or the next flush takes in what it left.
 */
export async function takeTurn({
  objects,
  clock,
  sleep,
}: Pick<AlertDeps, 'objects' | 'clock' | 'sleep'>): Promise<boolean> {
  const nowMs = clock()
  const beginsMs = Math.floor(nowMs / TURN_MS) * TURN_MS
  const time = new Date(beginsMs).toISOString().slice(11, 19)
  if (!(await objects.putNew(`${TURNS_PREFIX}${dayOf(beginsMs)}/${time}`, ''))) return false
  await sleep(beginsMs + TURN_MS + SKEW_MS - nowMs)
  return true
}
