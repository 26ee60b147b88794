import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { ObjectStore, TaggedReader } from '../../shared/kernel/ports.ts'

/** An object store that can be taken away and given back. */
export interface BreakableStore extends ObjectStore, TaggedReader {
  /** From now on calls fail as for a bucket that cannot be reached: all, or those for keys and prefixes that are hit. */
  fail(isHit?: (key: string) => boolean): void
  recover(): void
  /** How often it was asked since it was made, answered or not. */
  calls(): number
}

/** Text that must never reach a caller: what the store's own error says. */
export const STORE_SECRET = 'bucket-hunter2'

/** Puts a switch before an object store. */
export function breakableStore(objects: ObjectStore & TaggedReader): BreakableStore {
  let isHit: ((key: string) => boolean) | undefined
  let calls = 0
  const guarded = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    calls++
    if (isHit?.(key)) throw new UpstreamError('S3', `connect ECONNREFUSED ${STORE_SECRET}`)
    return work()
  }
  return {
    fail: (hit = () => true) => {
      isHit = hit
    },
    recover: () => {
      isHit = undefined
    },
    calls: () => calls,
    get: (key) => guarded(key, () => objects.get(key)),
    getTagged: (key, knownTag) => guarded(key, () => objects.getTagged(key, knownTag)),
    put: (key, body) => guarded(key, () => objects.put(key, body)),
    putNew: (key, body) => guarded(key, () => objects.putNew(key, body)),
    list: (prefix) => guarded(prefix, () => objects.list(prefix)),
    remove: (keys) => guarded(keys.join('\n'), () => objects.remove(keys)),
  }
}
