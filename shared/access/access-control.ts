import type { ApiKey } from './api-key.ts'
import { parseApiKey } from './api-key.ts'
import type { AccessDecision, Client } from './client.ts'
import type { KeyHasher } from './key-material.ts'
import type { KeySet, StoredKey } from './key-set.ts'
import { expiryMs, keyState } from './key-set.ts'

interface KnownKey {
  hash: Uint8Array
  isRevoked: boolean
  expiresAtMs: number
  /** Made once: a request that is let in makes no object. */
  accepted: { client: Client }
}

/** A key set made ready for asking. */
export interface KnownKeys {
  hasher: KeyHasher
  /** Keys by the first four bytes of their hashes. */
  byPrefix: ReadonlyMap<number, readonly KnownKey[]>
  /** Keys that were presented and found, by their text: of each text whose hash was looked up and was a key's. */
  presented: Map<string, KnownKey>
  /** Keys that were made with another pepper than the hasher's: none of them can hold. */
  orphans: number
}

/** Makes a key set ready. Costs a few microseconds a key, once for each version of the set. */
export function indexKeys({ keys }: KeySet, hasher: KeyHasher): KnownKeys {
  const byPrefix = new Map<number, KnownKey[]>()
  for (const stored of keys) {
    const key = knownKey(stored)
    const prefix = prefixOf(key.hash)
    const others = byPrefix.get(prefix)
    if (others === undefined) byPrefix.set(prefix, [key])
    else others.push(key)
  }
  const orphans = keys.filter((key) => keyState(key, hasher.pepperId, 0) === 'orphaned').length
  return { hasher, byPrefix, presented: new Map(), orphans }
}

/**
 * Decides who a presented text belongs to.
 *
 * A text that is no key is refused before anything is hashed. What is looked up is the hash under a secret pepper, so
 * how long the look-up takes tells a caller nothing that could be used to guess better; the hash itself is compared as
 * a whole in constant time. Which key a text is, is found once for each version of the set, as hashing costs a tenth of
 * a prediction: texts that are no key of the set are not remembered, so what is kept is no longer than the set. No
 * decision is remembered: expiry and revocation count from the moment that they are known.
 *
 * @param presented  the text that the caller sent; undefined or empty where none was sent
 * @param known      the keys; undefined while none have been read
 * @param nowMs      milliseconds since the epoch; where it is not a number, every key has expired
 */
export function decideAccess(
  presented: string | undefined,
  known: KnownKeys | undefined,
  nowMs: number,
): AccessDecision {
  if (presented === undefined || presented === '') return MISSING
  const apiKey = parseApiKey(presented)
  if (apiKey === undefined) return MALFORMED
  if (known === undefined) return UNAVAILABLE
  const key = known.presented.get(apiKey) ?? findKey(apiKey, known)
  if (key === undefined) return UNKNOWN
  if (key.isRevoked) return REVOKED
  return nowMs < key.expiresAtMs ? key.accepted : EXPIRED
}

function findKey(apiKey: ApiKey, { hasher, byPrefix, presented }: KnownKeys): KnownKey | undefined {
  const hash = hasher.hash(apiKey)
  const key = byPrefix.get(prefixOf(hash))?.find((candidate) => hasher.isEqual(candidate.hash, hash))
  if (key !== undefined) presented.set(apiKey, key)
  return key
}

const MISSING: AccessDecision = { refusal: 'missing' }
const MALFORMED: AccessDecision = { refusal: 'malformed' }
const UNAVAILABLE: AccessDecision = { refusal: 'unavailable' }
const UNKNOWN: AccessDecision = { refusal: 'unknown' }
const REVOKED: AccessDecision = { refusal: 'revoked' }
const EXPIRED: AccessDecision = { refusal: 'expired' }

function knownKey(stored: StoredKey): KnownKey {
  const { id, name, scopes, revokedAt } = stored
  return {
    hash: bytesOfHex(stored.hash),
    isRevoked: revokedAt !== null,
    expiresAtMs: expiryMs(stored),
    accepted: { client: { keyId: id, name, scopes } },
  }
}

function prefixOf(hash: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = hash
  return (a << 24) | (b << 16) | (c << 8) | d
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}
