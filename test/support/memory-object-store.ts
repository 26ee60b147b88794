import type { ObjectStore, TaggedObject, TaggedReader } from '../../shared/kernel/ports.ts'

/** An object store in memory, the twin of the folder and the bucket; a contract suite keeps the three alike. */
export function memoryObjectStore(): ObjectStore & TaggedReader {
  const objects = new Map<string, TaggedObject>()
  let writes = 0
  const write = (key: string, body: Uint8Array | string) =>
    objects.set(key, { body: bytesOf(body), tag: String(writes++) })
  return {
    get: async (key) => objects.get(key)?.body.slice(),
    getTagged: async (key, knownTag) => {
      const object = objects.get(key)
      if (object === undefined) return undefined
      return object.tag === knownTag ? 'unchanged' : { ...object, body: object.body.slice() }
    },
    put: async (key, body) => {
      write(key, body)
    },
    putNew: async (key, body) => {
      if (objects.has(key)) return false
      write(key, body)
      return true
    },
    list: async (prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)).sort(),
    remove: async (keys) => {
      for (const key of keys) objects.delete(key)
    },
  }
}

/** A copy of a body, as bytes. */
export function bytesOf(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : Uint8Array.from(body)
}

/** The text of an object. */
export async function textOf(objects: ObjectStore, key: string): Promise<string> {
  const body = await objects.get(key)
  if (body === undefined) throw new Error(`there is no object ${key}`)
  return new TextDecoder().decode(body)
}

/** Cuts an object to half its length, as a torn write would. */
export async function truncateObject(objects: ObjectStore, key: string): Promise<void> {
  const text = await textOf(objects, key)
  await objects.put(key, text.slice(0, text.length / 2))
}

/** Changes the fields of a JSON object. */
export async function editJson(objects: ObjectStore, key: string, fields: Record<string, unknown>): Promise<void> {
  await objects.put(key, JSON.stringify({ ...JSON.parse(await textOf(objects, key)), ...fields }))
}
