import type * as z from 'zod'
import { DomainError, invariant, messageOf } from './errors.ts'
import type { ObjectStore } from './ports.ts'

/**
 * Reads a JSON object and checks it against its schema.
 *
 * @returns undefined where there is no such object
 * @throws {DomainError} `corrupt_object` where it is not JSON or not of the schema
 */
export async function getJson<T>(objects: ObjectStore, key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const body = await objects.get(key)
  return body === undefined ? undefined : parseObject(body, key, schema)
}

/** The value of an object's bytes. @throws {DomainError} `corrupt_object` where they are not JSON or not of the schema */
export function parseObject<T>(body: Uint8Array, key: string, schema: z.ZodType<T>): T {
  // What is read seldom is checked sooner than a checker of its own would be compiled.
  const parsed = schema.safeParse(parseJson(body, key), { jitless: true })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new DomainError('corrupt_object', `${key} is damaged: ${issue?.path.join('.')}: ${issue?.message}`)
}

/**
 * The JSON of a value that must be readable again.
 *
 * @param name  what the error calls it
 * @throws {InvariantError} where what would be read is not of the schema: JSON turns Infinity into null
 */
export function encodeChecked<T>(value: T, schema: z.ZodType<T>, name: string): string {
  const text = `${JSON.stringify(value)}\n`
  const parsed = schema.safeParse(JSON.parse(text))
  const issue = parsed.error?.issues[0]
  invariant(parsed.success, `${name} could not be read back: ${issue?.path.join('.')}: ${issue?.message}`)
  return text
}

/** Writes a value as one JSON object. */
export function putJson(objects: ObjectStore, key: string, value: unknown): Promise<void> {
  return objects.put(key, `${JSON.stringify(value)}\n`)
}

function parseJson(body: Uint8Array, key: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch (cause) {
    throw new DomainError('corrupt_object', `${key} is damaged: ${messageOf(cause)}`, { cause })
  }
}
