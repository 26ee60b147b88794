import type { PlainHeaders } from './plain-answers.ts'

/**
 * Headers of every answer: it is data, to be kept by nobody, run by nobody and framed by nobody.
 *
 * @see OWASP, "REST Security Cheat Sheet", "Security headers"
 */
export const SECURITY_HEADERS: Readonly<PlainHeaders> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
