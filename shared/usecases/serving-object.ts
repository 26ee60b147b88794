import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { Clock, Logger, ObjectStore, TaggedReader } from '../kernel/ports.ts'
import { createRefresher } from '../kernel/refresher.ts'
import type { ServedFrom } from './served-from.ts'
import { servedFrom } from './served-from.ts'

/** Something served from memory, and whether that is known to be the newest. */
export interface Served<T> {
  value: T
  /** `memory` where the last look failed, or succeeded more than five minutes ago. */
  servedFrom: ServedFrom
}

/** One stored object, kept in memory and read again when it is old. */
export interface ServingObject<T> {
  /** @throws {UpstreamError} where there is none to be had */
  current(): Promise<Served<T>>
  /** Looks again where the last look is old, without making the caller wait. */
  refreshIfStale(): void
}

export interface ServingDeps {
  objects: Pick<ObjectStore, 'get'> & TaggedReader
  clock: Clock
  logger: Logger
  /** Age in milliseconds at which a look is repeated. */
  maxAgeMs: number
}

/**
 * Keeps one object of a store ready; after a failed look the last good one stays.
 *
 * @param of.name  what it is called: `NAME_refresh_failed` is logged, `no NAME of the ledger …` answered
 * @param of.read  the value of the object's bytes; it may throw
 */
export function createServingObject<T>(
  deps: ServingDeps,
  of: { name: string; key: string; read: (body: Uint8Array) => Promise<T> },
): ServingObject<T> {
  let known: { tag: string; value: T } | undefined
  let confirmedAtMs: number | undefined
  let problem: string | undefined

  async function look(): Promise<void> {
    const askedAtMs = deps.clock()
    try {
      const found = await deps.objects.getTagged(of.key, known?.tag)
      if (found !== undefined && found !== 'unchanged') known = { tag: found.tag, value: await of.read(found.body) }
      // One that is gone was not meant to go.
      problem = found === undefined ? `${of.key} is gone` : undefined
      if (problem === undefined) confirmedAtMs = askedAtMs
    } catch (thrown) {
      problem = messageOf(thrown)
      deps.logger.error(`${of.name}_refresh_failed`, { cause: problem })
    }
  }

  const refresher = createRefresher({ clock: deps.clock, maxAgeMs: deps.maxAgeMs, look })
  return {
    async current() {
      const running = refresher.refreshIfDue(known === undefined)
      // Only the first callers have nothing to be served from meanwhile.
      if (known === undefined) await running
      if (known === undefined) {
        const explanation = `no ${of.name} of the ledger has been made yet`
        throw new UpstreamError(of.name, explanation, { explanation })
      }
      const looks = { problem: () => problem, confirmedAtMs: () => confirmedAtMs }
      return { value: known.value, servedFrom: servedFrom(looks, deps.clock()) }
    },
    // A look never rejects, so nothing is lost by not waiting for it.
    refreshIfStale: () => void refresher.refreshIfDue(known === undefined),
  }
}
