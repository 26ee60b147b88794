const NUL_SIGN = '\u2400'

/**
 * Whether a text holds NUL, or shows where NUL stood.
 *
 * No bet has a NUL, and Postgres cannot keep one, so it is kept as its visible sign; a text in which the sign still
 * stands has not been mended.
 */
export function holdsNul(text: string): boolean {
  return text.includes('\0') || text.includes(NUL_SIGN)
}

/** The text with each NUL as its visible sign. */
export function showingNul(text: string): string {
  return text.replaceAll('\0', NUL_SIGN)
}
