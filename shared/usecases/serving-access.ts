import type { KnownKeys } from '../access/access-control.ts'
import { decideAccess, indexKeys } from '../access/access-control.ts'
import type { AccessControl } from '../access/client.ts'
import type { KeyHasher } from '../access/key-material.ts'
import { decodeKeySet, KEY_SET_KEY, NO_KEYS } from '../access/key-set.ts'
import { DomainError, messageOf } from '../kernel/errors.ts'
import type { Clock, Logger, TaggedReader } from '../kernel/ports.ts'
import { createRefresher } from '../kernel/refresher.ts'

/** The keys of an installation: kept in memory, looked after in the background. */
export interface ServingAccess extends AccessControl {
  /** Why the newest key set is not the one in use; undefined where it is. For operators and `/ready`. */
  problem(): string | undefined
  /** Looks for a newer key set; calls that overlap share one look. Never throws. */
  refresh(): Promise<void>
  /** Looks again where the last look is old or found nothing, without making the caller wait. */
  refreshIfStale(): void
}

export interface ServingAccessDeps {
  objects: TaggedReader
  /** Asked until it has answered once, and never again: under another pepper no key would hold. */
  openHasher: () => Promise<KeyHasher>
  clock: Clock
  logger: Logger
  /** Age in milliseconds at which a look is repeated: how long a revoked key may go on, while the store answers. */
  maxAgeMs: number
}

/**
 * Decides on keys from memory. The last good set stands for as long as the store is down or its document is damaged;
 * expiry needs no store. Where there is no document, no key has been made, and none holds.
 */
export function createServingAccess(deps: ServingAccessDeps): ServingAccess {
  const { clock, logger } = deps
  let held: HeldKeys | undefined
  let problem: string | undefined = 'the API keys have not been read yet'

  async function look(): Promise<void> {
    try {
      const next = await readKeys(deps, held)
      if (next !== held) report(next, logger)
      held = next
      problem = undefined
    } catch (thrown) {
      const reason =
        thrown instanceof DomainError ? thrown.message : 'the API keys cannot be read from where they are kept'
      if (reason !== problem) logger.error('keys_refresh_failed', { reason, cause: messageOf(thrown) })
      problem = reason
    }
  }

  const refresher = createRefresher({ clock, maxAgeMs: deps.maxAgeMs, look })
  // A look never rejects, so nothing is lost by not waiting for it.
  const refreshIf = (isEmpty: boolean) => void refresher.refreshIfDue(isEmpty)
  return {
    check(presented) {
      const decision = decideAccess(presented, held?.known, clock())
      // A key that is not known may have been made just now: then it is not left to the next regular look.
      refreshIf(held === undefined || ('refusal' in decision && decision.refusal === 'unknown'))
      return decision
    },
    problem: () => problem,
    refresh: refresher.refresh,
    refreshIfStale: () => refreshIf(held === undefined),
  }
}

interface HeldKeys {
  known: KnownKeys
  keys: number
  /** Of the document; undefined where there is none. */
  tag: string | undefined
}

/** The newest key set; what is held where it is that. @throws {DomainError} `corrupt_object`, `weak_pepper` */
async function readKeys({ objects, openHasher }: ServingAccessDeps, held: HeldKeys | undefined): Promise<HeldKeys> {
  // Asked for at one time: a start waits for the slower of the two.
  const [hasher, read] = await Promise.all([
    held?.known.hasher ?? openHasher(),
    objects.getTagged(KEY_SET_KEY, held?.tag),
  ])
  if (held !== undefined && (read === 'unchanged' || read?.tag === held.tag)) return held
  const keySet = read === undefined || read === 'unchanged' ? NO_KEYS : decodeKeySet(read.body)
  const tag = read === undefined || read === 'unchanged' ? undefined : read.tag
  return { known: indexKeys(keySet, hasher), keys: keySet.keys.length, tag }
}

function report({ known: { orphans }, keys, tag }: HeldKeys, logger: Logger): void {
  if (tag === undefined) logger.warn('keys_missing', { object: KEY_SET_KEY })
  else logger.info('keys_loaded', { keys })
  if (orphans > 0) logger.warn('keys_orphaned', { keys: orphans, reason: 'they were made with another pepper' })
}
