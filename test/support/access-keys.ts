import type { ApiKey } from '../../shared/access/api-key.ts'
import { formatApiKey, SECRET_BYTES } from '../../shared/access/api-key.ts'
import type { KeySet, StoredKey } from '../../shared/access/key-set.ts'
import { nodeKeyMaterial } from '../../shared/adapters/node-key-material.ts'

export const TEST_PEPPER = 'pepper-of-tests-0123456789abcdef'

/** Real chance and real hashes, under a pepper that everybody knows. */
export const testMaterial = nodeKeyMaterial(TEST_PEPPER)

/** The key of 32 bytes that are all the same. */
export function keyOf(byte: number): ApiKey {
  return formatApiKey(new Uint8Array(SECRET_BYTES).fill(byte))
}

export function hashOf(key: ApiKey, material = testMaterial): string {
  return Buffer.from(material.hash(key)).toString('hex')
}

/** A key as it is kept: of {@link keyOf}(7) unless told otherwise, good for everything but administration. */
export function storedKey(fields: Partial<StoredKey> & { key?: ApiKey } = {}): StoredKey {
  const { key = keyOf(7), ...others } = fields
  return {
    id: '0123456789',
    name: 'phone',
    hash: hashOf(key),
    pepperId: testMaterial.pepperId,
    scopes: ['read', 'predict', 'sync'],
    createdAt: '2026-01-01T00:00:00.000Z',
    expiresAt: null,
    revokedAt: null,
    ...others,
  }
}

export function keySetOf(...keys: StoredKey[]): KeySet {
  return { format: 'closeline-keys/1', keys }
}
