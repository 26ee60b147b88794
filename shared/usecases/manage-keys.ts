import type { ApiKey } from '../access/api-key.ts'
import { formatApiKey, SECRET_BYTES } from '../access/api-key.ts'
import type { Scope } from '../access/client.ts'
import { SCOPES } from '../access/client.ts'
import type { KeyMaterial } from '../access/key-material.ts'
import type { KeySet, KeyState, StoredKey } from '../access/key-set.ts'
import {
  decodeKeySet,
  encodeKeySet,
  KEY_SET_KEY,
  keyNameSchema,
  keyState,
  MOST_KEYS,
  NO_KEYS,
} from '../access/key-set.ts'
import { DomainError, UpstreamError } from '../kernel/errors.ts'
import type { Clock, ObjectStore, Sleep } from '../kernel/ports.ts'

export interface KeyDeps {
  objects: ObjectStore
  material: KeyMaterial
  clock: Clock
  sleep: Sleep
}

/** What may be told of a key: all but its hash. */
export type KeySummary = Omit<StoredKey, 'hash' | 'pepperId'> & { state: KeyState }

export interface KeyRequest {
  name: string
  scopes: readonly Scope[]
  /** Milliseconds since the epoch; undefined where the key never expires. */
  expiresAtMs: number | undefined
}

/**
 * Makes a key and keeps its hash.
 *
 * @returns the text of the key, which nothing can tell again, and what is kept of it
 * @throws {DomainError} `invalid_key_name`, `no_scopes`, `invalid_expiry`, `too_many_keys`; `corrupt_object` where the key set is damaged
 * @throws {UpstreamError} where the store fails, or others keep writing at the same time
 */
export async function createKey(deps: KeyDeps, request: KeyRequest): Promise<{ key: ApiKey; summary: KeySummary }> {
  const { material, clock } = deps
  const key = formatApiKey(material.randomBytes(SECRET_BYTES))
  const stored: StoredKey = {
    id: hex(material.randomBytes(5)),
    name: checkedName(request.name),
    hash: hex(material.hash(key)),
    pepperId: material.pepperId,
    scopes: checkedScopes(request.scopes),
    createdAt: new Date(clock()).toISOString(),
    expiresAt: checkedExpiry(request.expiresAtMs, clock()),
    revokedAt: null,
  }
  await changeKeys(deps, {
    change: ({ keys }) => [...assertRoom(keys), stored],
    hasLanded: ({ keys }) => keys.some(({ id, hash }) => id === stored.id && hash === stored.hash),
  })
  return { key, summary: summaryOf(stored, deps) }
}

/** All keys, the newest first. @throws {DomainError} `corrupt_object` where the key set is damaged */
export async function listKeys(deps: KeyDeps): Promise<KeySummary[]> {
  const { keys } = await readKeySet(deps.objects)
  const summaries = keys.map((key) => summaryOf(key, deps))
  return summaries.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id))
}

/**
 * Revokes a key for good. Of one that is revoked already, the first instant stands.
 *
 * @param id  its public id
 * @throws {DomainError} `invalid_key_id`, `unknown_key_id`; `corrupt_object` where the key set is damaged
 * @throws {UpstreamError} where the store fails, or others keep writing at the same time
 */
export async function revokeKey(deps: KeyDeps, id: string): Promise<{ summary: KeySummary; wasRevoked: boolean }> {
  // What was given may be the key itself, taken for its id: it is not quoted.
  if (!/^[0-9a-f]{10}$/.test(id)) {
    throw new DomainError('invalid_key_id', 'a key is named by its id: ten hex digits, as keys list shows them')
  }
  const before = keyOf(await readKeySet(deps.objects), id)
  const revokedAt = before.revokedAt ?? new Date(deps.clock()).toISOString()
  const wasRevoked = before.revokedAt !== null
  if (!wasRevoked) {
    await changeKeys(deps, {
      change: (keySet) => {
        const { revokedAt: already } = keyOf(keySet, id)
        return keySet.keys.map((key) => (key.id === id ? { ...key, revokedAt: already ?? revokedAt } : key))
      },
      hasLanded: (keySet) => keyOf(keySet, id).revokedAt !== null,
    })
  }
  return { summary: summaryOf({ ...before, revokedAt }, deps), wasRevoked }
}

/** The key set; that of a store without one is empty. @throws {DomainError} `corrupt_object` */
export async function readKeySet(objects: ObjectStore): Promise<KeySet> {
  const body = await objects.get(KEY_SET_KEY)
  return body === undefined ? NO_KEYS : decodeKeySet(body)
}

/**
 * How long after writing the document is read back. Two who write at once each replace what they read, and the later
 * takes the other's change away. The other sees that, provided that this is longer than a writer takes from its reading
 * to its writing.
 */
export const SETTLE_MS = 400
const MOST_TRIES = 5

interface Change {
  change: (before: KeySet) => StoredKey[]
  hasLanded: (after: KeySet) => boolean
}

/** Replaces the document as a whole, until a later reading shows that the change stands. */
async function changeKeys({ objects, sleep }: KeyDeps, { change, hasLanded }: Change): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const before = await readKeySet(objects)
    await objects.put(KEY_SET_KEY, encodeKeySet({ ...before, keys: change(before) }))
    await sleep(SETTLE_MS)
    if (hasLanded(await readKeySet(objects))) return
  }
  throw new UpstreamError(
    'object store',
    `${KEY_SET_KEY} was replaced by others ${MOST_TRIES} times: nothing was changed`,
  )
}

function keyOf({ keys }: KeySet, id: string): StoredKey {
  const key = keys.find((candidate) => candidate.id === id)
  if (key === undefined)
    throw new DomainError('unknown_key_id', `there is no key ${id}: keys list shows those that are`)
  return key
}

function summaryOf(stored: StoredKey, { material, clock }: KeyDeps): KeySummary {
  const { hash: _, pepperId: __, ...told } = stored
  return { ...told, state: keyState(stored, material.pepperId, clock()) }
}

function checkedName(name: string): string {
  const parsed = keyNameSchema.safeParse(name.trim())
  if (parsed.success) return parsed.data
  throw new DomainError('invalid_key_name', `the name ${parsed.error.issues[0]?.message}`, { field: 'name' })
}

function assertRoom(keys: StoredKey[]): StoredKey[] {
  if (keys.length < MOST_KEYS) return keys
  throw new DomainError('too_many_keys', `there are ${keys.length} keys, and no more than ${MOST_KEYS} are kept`)
}

/** Each scope once, in the order in which they are always told. */
function checkedScopes(scopes: readonly Scope[]): Scope[] {
  if (scopes.length > 0) return SCOPES.filter((scope) => scopes.includes(scope))
  throw new DomainError('no_scopes', `a key is good for one thing at least: ${SCOPES.join(', ')}`, { field: 'scopes' })
}

/** The last instant that ISO 8601 can tell in four digits of a year. */
const LAST_MS = Date.parse('9999-12-31T23:59:59Z')

function checkedExpiry(expiresAtMs: number | undefined, nowMs: number): string | null {
  if (expiresAtMs === undefined) return null
  if (expiresAtMs > nowMs && expiresAtMs <= LAST_MS) return new Date(expiresAtMs).toISOString()
  throw new DomainError('invalid_expiry', 'a key expires at an instant to come, before the year 10000', {
    field: 'expires',
  })
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
