import type { Opportunity } from '../bets/opportunity.ts'

/** An offer to be kept. */
export interface Offer extends Omit<Opportunity, 'expiresAtMs'> {
  /** SHA-256 of what it is known by, in hex. */
  id: string
  expiresAtMs: number
  /** Whether its client told the expiry; a default never takes its place. */
  isExpiryGiven: boolean
  /** How often it is in the batch. */
  sightings: number
}

/** An offer as it is kept. */
export interface KeptOffer extends Omit<Opportunity, 'expiresAtMs'> {
  id: string
  capturedAtMs: number
  lastSeenAtMs: number
  seenCount: number
  expiresAtMs: number
}

/** Which offers are meant; names are compared exactly. */
export interface OfferFilter {
  sport?: string | undefined
  league?: string | undefined
  market?: string | undefined
  book?: string | undefined
  /** Offers without a value have less than any. */
  minValuePct?: number | undefined
  /** Only offers that expire after this instant; all where it is absent. */
  aliveAtMs?: number | undefined
}

/** A place in the list of offers. */
export interface OfferPosition {
  capturedAt: string
  id: string
}

export interface ListedOffer {
  offer: KeptOffer
  position: OfferPosition
}

export interface CaptureContext {
  seenAtMs: number
  /** Offers that expired before are removed, at most so many. */
  removeBeforeMs: number
  removeAtMost: number
}

/** Where offers are kept while they live; each call is one request. */
export interface OpportunityStore {
  /**
   * Keeps offers, each id once, and returns how many are new. One that lives already is seen again: its count and
   * expiry grow, its value is the latest told. One whose life is over begins anew.
   */
  capture(offers: readonly Offer[], context: CaptureContext): Promise<number>
  /** Offers in order of capture, newest first, ties by id descending; those behind a position, where one is given. */
  list(filter: OfferFilter, page: { limit: number; after: OfferPosition | null }): Promise<ListedOffer[]>
}
