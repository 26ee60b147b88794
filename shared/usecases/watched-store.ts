import type { ObjectStore, TaggedReader } from '../kernel/ports.ts'

/** An object store, and whether anybody waits for it. */
export interface WatchedStore {
  objects: ObjectStore & TaggedReader
  isBusy(): boolean
  /** Waits until no request is under way. Never rejects. */
  idle(): Promise<void>
}

/**
 * Knows which requests to an object store are under way, so that a process is not frozen in their midst.
 *
 * @param turn  lets whoever has been answered ask the next thing: `setImmediate` of Node
 */
export function watchedStore(objects: ObjectStore & TaggedReader, turn: () => Promise<unknown>): WatchedStore {
  const underWay = new Set<Promise<unknown>>()
  const watch = <T>(request: Promise<T>): Promise<T> => {
    underWay.add(request)
    const end = () => underWay.delete(request)
    request.then(end, end)
    return request
  }
  return {
    objects: {
      get: (key) => watch(objects.get(key)),
      getTagged: (key, knownTag) => watch(objects.getTagged(key, knownTag)),
      put: (key, body) => watch(objects.put(key, body)),
      putNew: (key, body) => watch(objects.putNew(key, body)),
      list: (prefix) => watch(objects.list(prefix)),
      remove: (keys) => watch(objects.remove(keys)),
    },
    isBusy: () => underWay.size > 0,
    async idle() {
      while (underWay.size > 0) {
        await Promise.allSettled(underWay)
        await turn()
      }
    },
  }
}
