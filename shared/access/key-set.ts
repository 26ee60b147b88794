import * as z from 'zod'
import { DomainError } from '../kernel/errors.ts'
import { encodeChecked } from '../kernel/json-object.ts'
import { hideKeys } from './api-key.ts'
import { SCOPES } from './client.ts'

/** Where the key set of an installation is kept in its object store. */
export const KEY_SET_KEY = 'access/keys.json'

/** Keys of one document, revoked ones among them. */
export const MOST_KEYS = 10_000

/** What a key may be called: a line of text that people can read, and no key. */
export const keyNameSchema = z
  .string()
  .min(1, 'is empty')
  .max(80, 'has more than 80 characters')
  .refine((name) => name.trim() === name && !/\p{C}/u.test(name), 'has control characters, or blanks at an end')
  .refine((name) => hideKeys(name) === name, 'contains a key, and is no secret')

const storedKeySchema = z.strictObject({
  /** Public name of the key, made by chance: it tells nothing of the key or its hash. */
  id: z.string().regex(/^[0-9a-f]{10}$/),
  name: keyNameSchema,
  /** HMAC-SHA-256 of the key's text under the pepper, in hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Which pepper the hash was made with. */
  pepperId: z.string().regex(/^[0-9a-f]{8}$/),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .refine((scopes) => new Set(scopes).size === scopes.length, 'names a scope twice'),
  createdAt: z.iso.datetime(),
  /** The first instant at which the key does not hold; null where it never ends. */
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
})

/**
 * All keys of an installation, one document. Strict: a field that this version does not know may narrow what a key is
 * good for, so that passing it over would widen it.
 */
export const keySetSchema = z.strictObject({
  format: z.literal('closeline-keys/1'),
  keys: z
    .array(storedKeySchema)
    .max(MOST_KEYS)
    .refine((keys) => isUnique(keys.map(({ id }) => id)), 'two keys have one id')
    .refine((keys) => isUnique(keys.map(({ hash }) => hash)), 'two keys have one hash'),
})

/** A key as it is kept: its hash, never its text. */
export type StoredKey = z.infer<typeof storedKeySchema>
export type KeySet = z.infer<typeof keySetSchema>

/** Before the first key is made there is no document. */
export const NO_KEYS: KeySet = { format: 'closeline-keys/1', keys: [] }

/**
 * How a key stands. `orphaned`: its hash was made with a pepper that is gone, so that it can never hold again.
 */
export type KeyState = 'active' | 'expired' | 'revoked' | 'orphaned'

/**
 * How a key stands at an instant. A revoked key is revoked whatever the clock says.
 *
 * @param pepperId  of the pepper in use
 * @param nowMs     milliseconds since the epoch; where it is not a number, no key is active
 */
export function keyState({ pepperId: madeWith, ...key }: StoredKey, pepperId: string, nowMs: number): KeyState {
  if (key.revokedAt !== null) return 'revoked'
  if (madeWith !== pepperId) return 'orphaned'
  return nowMs < expiryMs(key) ? 'active' : 'expired'
}

/** When a key ceases to hold, in milliseconds since the epoch; Infinity where it never does. */
export function expiryMs({ expiresAt }: Pick<StoredKey, 'expiresAt'>): number {
  return expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)
}

/**
 * Reads the document. No error quotes it: a hash must not get into a log.
 *
 * @throws {DomainError} `corrupt_object` where it is not JSON or not of the schema
 */
export function decodeKeySet(body: Uint8Array): KeySet {
  const parsed = keySetSchema.safeParse(parseQuietly(body))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.') || 'the whole'
  throw new DomainError('corrupt_object', `${KEY_SET_KEY} is damaged: ${where} (${issue?.code})`)
}

/** The document of a key set. @throws {InvariantError} where it could not be read back */
export function encodeKeySet(keySet: KeySet): string {
  return encodeChecked(keySet, keySetSchema, KEY_SET_KEY)
}

/** The error of `JSON.parse` quotes the text around what is wrong. */
function parseQuietly(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    throw new DomainError('corrupt_object', `${KEY_SET_KEY} is damaged: it is not JSON`)
  }
}

function isUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}
