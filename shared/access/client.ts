/** What a key may be good for. A key has some of them; none includes another. */
export const SCOPES = ['read', 'predict', 'sync', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** Who asks: a key that holds. Never the key itself. */
export interface Client {
  keyId: string
  /** What its maker called it. */
  name: string
  scopes: readonly Scope[]
}

/** Why a key does not hold. `unavailable`: the key set has not been read yet. */
export type Refusal = 'missing' | 'malformed' | 'unknown' | 'expired' | 'revoked' | 'unavailable'

export type AccessDecision = { client: Client } | { refusal: Refusal }

/** Tells who a presented key belongs to, from memory: no request waits for it. */
export interface AccessControl {
  /** @param presented  the text that the caller sent as key; undefined where none was sent */
  check(presented: string | undefined): AccessDecision
}
