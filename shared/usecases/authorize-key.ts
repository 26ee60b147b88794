import type { AccessDecision } from '../access/client.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import { EMPTY_RETRY_MS } from '../kernel/refresher.ts'
import type { ServingAccess } from './serving-access.ts'

export interface AuthorizeDeps {
  access: Pick<ServingAccess, 'check' | 'refresh' | 'problem'>
  clock: Clock
  /** Age in milliseconds at which the key set is looked at before anything is decided by it. */
  maxAgeMs: number
}

/**
 * Decides on keys by a set that has been looked at lately: it waits for the look, where {@link ServingAccess} alone would
 * decide from memory and look afterwards. A function that was frozen for an hour would let in a key that was revoked in
 * that hour, and its answer would be kept by whoever asked.
 *
 * A key that is not known is looked for once in five seconds, since it may have been made just now. While the store is away
 * the last good set stands; where there is none, nobody is let in.
 */
export function createKeyAuthorizer(
  deps: AuthorizeDeps,
): (presented: string | undefined) => Promise<Exclude<AccessDecision, { refusal: 'unavailable' }>> {
  const { access, clock, maxAgeMs } = deps
  let lookedAtMs = Number.NEGATIVE_INFINITY

  async function lookIfOlderThan(ageMs: number): Promise<void> {
    const nowMs = clock()
    if (nowMs - lookedAtMs < ageMs) return
    lookedAtMs = nowMs
    await access.refresh()
  }

  /** @throws {UpstreamError} where no key set has been read: a refusal would be kept, and is not known to be right */
  return async function authorizeKey(presented) {
    await lookIfOlderThan(maxAgeMs)
    let decision = access.check(presented)
    if ('refusal' in decision && isPerhapsNew(decision.refusal)) {
      await lookIfOlderThan(EMPTY_RETRY_MS)
      decision = access.check(presented)
    }
    if ('refusal' in decision && decision.refusal === 'unavailable') {
      throw new UpstreamError('keys', `nobody can be let in: ${access.problem() ?? 'the API keys have not been read'}`)
    }
    return decision
  }
}

function isPerhapsNew(refusal: Extract<AccessDecision, { refusal: unknown }>['refusal']): boolean {
  return refusal === 'unknown' || refusal === 'unavailable'
}
