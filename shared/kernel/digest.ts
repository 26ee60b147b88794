/**
 * SHA-256 of bytes or of UTF-8 text, as 64 lower-case hex digits.
 *
 * Uses WebCrypto, which Node, browsers and edge runtimes share.
 */
export async function sha256Hex(data: Uint8Array | string): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
