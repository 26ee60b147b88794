import type { ObjectStore } from '../../shared/kernel/ports.ts'

/** An object store in memory, the twin of the folder and the bucket; a contract suite keeps the three alike. */
export function memoryObjectStore(): ObjectStore {
  const objects = new Map<string, Uint8Array>()
  return {
    get: async (key) => objects.get(key)?.slice(),
    put: async (key, body) => {
      objects.set(key, bytesOf(body))
    },
    putNew: async (key, body) => {
      if (objects.has(key)) return false
      objects.set(key, bytesOf(body))
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
