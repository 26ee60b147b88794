/** Chrome names extensions by 32 letters from a to p. */
const EXTENSION_ORIGIN = /^chrome-extension:\/\/[a-p]{32}$/

/**
 * Whether a text is an origin of an extension or a web page, in the one form that browsers send: no path, no user, lower
 * case, no default port, and no wildcard.
 *
 * @param protocols  of web pages, such as `https:`
 */
export function isAllowableOrigin(origin: string, protocols: readonly string[]): boolean {
  if (EXTENSION_ORIGIN.test(origin)) return true
  if (origin.includes('*') || !URL.canParse(origin)) return false
  const url = new URL(origin)
  return protocols.includes(url.protocol) && url.origin === origin
}
