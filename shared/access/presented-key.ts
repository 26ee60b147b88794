const BEARER = /^Bearer +(\S+)$/i

/**
 * The API key that a request bears: the header `x-api-key`, or else the token of `Authorization: Bearer`.
 *
 * @param header  tells the value of a header by its name in lower case
 */
export function presentedKey(header: (name: string) => string | undefined): string | undefined {
  return header('x-api-key') ?? BEARER.exec(header('authorization') ?? '')?.[1]
}
