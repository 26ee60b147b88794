import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyMaterial } from '../access/key-material.ts'
import { DomainError } from '../kernel/errors.ts'

/** 32 characters bear at least 128 bits where they are hex digits, and 192 where they are base64. */
const LEAST_PEPPER = 32

/**
 * {@link KeyMaterial} of OpenSSL, as Node has it: keys are hashed by HMAC-SHA-256 under the pepper.
 *
 * A slow hash is for secrets that people choose; a key is 256 bits of chance, and no number of guesses finds one. The
 * pepper sees to it that whoever can write or read the key set, and nothing else, can make no key and try none.
 *
 * @param pepper  secret of the installation, at least 32 characters; taken as its UTF-8 bytes
 * @throws {DomainError} `weak_pepper`, without the value
 * @see H. Krawczyk, M. Bellare, R. Canetti, RFC 2104 (1997)
 */
export function nodeKeyMaterial(pepper: string): KeyMaterial {
  if (pepper.length < LEAST_PEPPER) {
    throw new DomainError(
      'weak_pepper',
      `the pepper of the API keys has ${pepper.length} characters, not ${LEAST_PEPPER}`,
    )
  }
  // As a key object OpenSSL keeps it ready: handing over its bytes each time takes five times as long.
  const secret = createSecretKey(pepper, 'utf8')
  const hash = (text: string) => createHmac('sha256', secret).update(text).digest()
  return {
    // No key has this text, so the pepper's name is the hash of nothing that is kept.
    pepperId: hash('the name of this pepper').toString('hex', 0, 4),
    hash,
    isEqual: (a, b) => a.length === b.length && timingSafeEqual(a, b),
    randomBytes: (count) => randomBytes(count),
  }
}
