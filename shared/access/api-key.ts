import { invariant } from '../kernel/errors.ts'

/** Every key begins so: whoever finds one in a file or a log, a scanner for secrets too, knows what it is. */
const PREFIX = 'cl_live_'

/** Chance in a key: 256 bits, as many as its hash has. */
export const SECRET_BYTES = 32

/**
 * The prefix and 43 characters of base64url, which is what 32 bytes take without padding. The last one bears four bits
 * of the secret; those whose other two bits are not zero stand for no bytes.
 */
const FORM = /^cl_live_[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

const ANYWHERE = /cl_live_[A-Za-z0-9_-]*/g

/** The text of an API key: a secret, shown to its user once and then known by its hash only. */
export type ApiKey = string & { readonly __brand: 'ApiKey' }

/**
 * The key of a secret.
 *
 * @param secret  {@link SECRET_BYTES} bytes that nobody can guess
 * @throws {InvariantError} where it has another length
 * @see S. Josefsson, RFC 4648, section 5 (2006): base64url
 */
export function formatApiKey(secret: Uint8Array): ApiKey {
  invariant(secret.length === SECRET_BYTES, `a key is made of ${SECRET_BYTES} bytes, not of ${secret.length}`)
  const base64 = btoa(String.fromCharCode(...secret))
  return `${PREFIX}${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}` as ApiKey
}

/** The key that a text is; undefined where it is none. Looks at no more of a long text than a key has. */
export function parseApiKey(text: string): ApiKey | undefined {
  return FORM.test(text) ? (text as ApiKey) : undefined
}

/**
 * A text without what may be keys in it, for logs and answers that quote what a caller sent.
 *
 * @example hideKeys('/cl_live_abc/x') // '/cl_live_…/x'
 */
export function hideKeys(text: string): string {
  return text.replace(ANYWHERE, `${PREFIX}…`)
}
