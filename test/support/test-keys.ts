import type { Scope } from '../../shared/access/client.ts'
import { SCOPES } from '../../shared/access/client.ts'
import { encodeKeySet, KEY_SET_KEY } from '../../shared/access/key-set.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { keyOf, keySetOf, storedKey } from './access-keys.ts'
import type { FuzzKeys } from './openapi-fuzzer.ts'

/** Keys of every kind that a caller may come with. None was ever issued by anybody. */
export interface TestKeys {
  /** Every scope. */
  all: string
  /** One scope each, and no other. */
  read: string
  predict: string
  sync: string
  admin: string
  expired: string
  revoked: string
  /** Of the right form; nobody has made it. */
  unknown: string
  malformed: string
}

const LONG_AGO = '2020-01-01T00:00:00.000Z'

const STORED = {
  all: { byte: 1, fields: { scopes: [...SCOPES] } },
  read: { byte: 2, fields: { scopes: ['read' as const] } },
  predict: { byte: 3, fields: { scopes: ['predict' as const] } },
  sync: { byte: 4, fields: { scopes: ['sync' as const] } },
  admin: { byte: 5, fields: { scopes: ['admin' as const] } },
  expired: { byte: 6, fields: { scopes: [...SCOPES], expiresAt: LONG_AGO } },
  revoked: { byte: 7, fields: { scopes: [...SCOPES], revokedAt: LONG_AGO } },
}

export const TEST_API_KEYS: TestKeys = {
  all: keyOf(STORED.all.byte),
  read: keyOf(STORED.read.byte),
  predict: keyOf(STORED.predict.byte),
  sync: keyOf(STORED.sync.byte),
  admin: keyOf(STORED.admin.byte),
  expired: keyOf(STORED.expired.byte),
  revoked: keyOf(STORED.revoked.byte),
  unknown: keyOf(99),
  malformed: 'cl_live_short',
}

/** The key set that knows {@link TEST_API_KEYS}, made with {@link import('./access-keys.ts').testMaterial}. */
export const TEST_KEY_SET = keySetOf(
  ...Object.entries(STORED).map(([name, { byte, fields }]) =>
    storedKey({
      key: keyOf(byte),
      id: `00000000${String(byte).padStart(2, '0')}`,
      name,
      createdAt: LONG_AGO,
      ...fields,
    }),
  ),
)

/** Puts the key set where the product looks for it. */
export function storeTestKeys(objects: ObjectStore): Promise<void> {
  return objects.put(KEY_SET_KEY, encodeKeySet(TEST_KEY_SET))
}

/** The keys as the fuzzer asks for them: the one with the scope alone, so that no other scope helps. */
export function fuzzKeysOf(keys: TestKeys): FuzzKeys {
  const { expired, revoked, unknown, malformed } = keys
  return {
    right: (scope) => (isScope(scope) ? keys[scope] : keys.all),
    wrongScope: (scope) => keys[scope === 'read' ? 'predict' : 'read'],
    ...{ expired, revoked, unknown, malformed },
  }
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text)
}
