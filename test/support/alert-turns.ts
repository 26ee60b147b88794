import { vi } from 'vitest'
import { TURN_MS } from '../../shared/usecases/alert-turn.ts'

/** What is delivered to the alert function now is taken in together: the turn does not end in the midst of it. */
export async function untilTurnHasTime(): Promise<void> {
  await vi.waitUntil(() => Date.now() % TURN_MS < TURN_MS - 1500, { timeout: TURN_MS, interval: 50 })
}
