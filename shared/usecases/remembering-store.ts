import type { ObjectStore, TaggedObject, TaggedReader } from '../kernel/ports.ts'

/**
 * An object store that remembers what it has read and asks only whether that has changed. What has been read stays in
 * memory as long as the store does.
 */
export function rememberingStore(objects: ObjectStore & TaggedReader): ObjectStore {
  const known = new Map<string, TaggedObject>()
  return {
    ...objects,
    async get(key) {
      const before = known.get(key)
      const read = await objects.getTagged(key, before?.tag)
      if (read === 'unchanged') return before?.body
      if (read !== undefined) known.set(key, read)
      return read?.body
    },
  }
}
