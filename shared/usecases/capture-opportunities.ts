import type * as z from 'zod'
import type { Opportunity } from '../bets/opportunity.ts'
import { opportunityKey, opportunitySchema } from '../bets/opportunity.ts'
import type { DomainEvent } from '../config/events.ts'
import { sha256Hex } from '../kernel/digest.ts'
import { DomainError, messageOf } from '../kernel/errors.ts'
import type { Clock, Logger } from '../kernel/ports.ts'
import { decimalFromAmerican } from '../odds/convert.ts'
import type { EventPublisher } from './event-ports.ts'
import type { ListedOffer, Offer, OfferFilter, OfferPosition, OpportunityStore } from './opportunity-ports.ts'

const DAY_MS = 86_400_000

/** How long an offer lives whose client does not say, from when it was last seen. */
export const DEFAULT_LIFE_MS = DAY_MS

/** The longest life: futures are settled within a season. */
export const LONGEST_LIFE_MS = 366 * DAY_MS

/** How long an offer is kept after its end, for those who ask for expired ones. */
export const KEPT_EXPIRED_MS = DAY_MS

/** Expired offers that one capture removes. */
const REMOVED_AT_A_TIME = 500

/** Offers that one capture announces. */
const MOST_ANNOUNCED = 100

export interface CaptureDeps {
  store: OpportunityStore
  clock: Clock
  /** Where new offers are announced; nowhere where it is absent. */
  announce?: { events: EventPublisher; logger: Logger }
}

/** Why an item is no offer. */
export interface RejectedOffer {
  index: number
  /** Field to blame; null where the whole item is. */
  field: string | null
  message: string
}

/** captured + duplicates + rejected is the number of items. */
export interface CaptureResult {
  captured: number
  /** Items whose offer was known already, or is another item's too. */
  duplicates: number
  rejected: RejectedOffer[]
}

/**
 * Keeps the offers of a batch, in one request; items that are none are told and keep the others from nothing.
 *
 * @throws {DomainError} `no_opportunity` where none is one
 */
export async function captureOpportunities(deps: CaptureDeps, items: readonly unknown[]): Promise<CaptureResult> {
  const nowMs = deps.clock()
  const rejected: RejectedOffer[] = []
  const offers = new Map<string, Offer>()
  for (const [index, item] of items.entries()) {
    const read = readOffer(item, nowMs)
    if ('message' in read) {
      rejected.push({ index, ...read })
      continue
    }
    const id = await sha256Hex(opportunityKey(read))
    offers.set(id, seenAgain(offers.get(id), toOffer(read, id, nowMs)))
  }
  const read = items.length - rejected.length
  if (read === 0) throw noneOf(rejected)
  const captured = await deps.store.capture([...offers.values()], {
    seenAtMs: nowMs,
    removeBeforeMs: nowMs - KEPT_EXPIRED_MS,
    removeAtMost: REMOVED_AT_A_TIME,
  })
  if (captured > 0) await announce(deps, [...offers.values()], nowMs)
  return { captured, duplicates: read - captured, rejected }
}

/**
 * Publishes an event for each offer that names a price. The store tells how many are new, not which: those that are known
 * are announced with them, and whoever listens tells them apart by their ids. The offers are kept, whatever becomes of it.
 */
async function announce(deps: CaptureDeps, offers: readonly Offer[], nowMs: number): Promise<void> {
  const priced = offers.flatMap((offer) => eventOf(offer, nowMs)).slice(0, MOST_ANNOUNCED)
  if (deps.announce === undefined || priced.length === 0) return
  try {
    await deps.announce.events.publish(priced)
  } catch (thrown) {
    deps.announce.logger.warn('events_not_delivered', { type: 'OpportunityCaptured', cause: messageOf(thrown) })
  }
}

function eventOf(offer: Offer, nowMs: number): DomainEvent[] {
  const { id: opportunityId, sport, league, market, book, americanOdds, expectedValuePct, expiresAtMs } = offer
  if (americanOdds === null) return []
  const at = new Date(nowMs).toISOString()
  const offered = { sport, league, market, book, decimalOdds: decimalFromAmerican(americanOdds), expectedValuePct }
  const expiresAt = new Date(expiresAtMs).toISOString()
  return [{ type: 'OpportunityCaptured', at, opportunityId, ...offered, expiresAt }]
}

/** The next `limit` offers of a list. */
export async function listOpportunities(
  store: OpportunityStore,
  filter: OfferFilter,
  { limit, after }: { limit: number; after: OfferPosition | null },
): Promise<{ offers: ListedOffer[]; next: OfferPosition | null }> {
  const found = await store.list(filter, { limit: limit + 1, after })
  const offers = found.slice(0, limit)
  const last = offers.at(-1)
  return { offers, next: found.length > limit && last !== undefined ? last.position : null }
}

const TOLD_REJECTIONS = 5

function noneOf(rejected: readonly RejectedOffer[]): DomainError {
  const pathOf = ({ index, field }: RejectedOffer) =>
    ['opportunities', index, ...(field === null ? [] : [field])].join('.')
  const reasons = rejected.slice(0, TOLD_REJECTIONS).map((each) => `${pathOf(each)}: ${each.message}`)
  const [first] = rejected
  return new DomainError(
    'no_opportunity',
    `nothing in the body is an opportunity: ${reasons.join('; ')}`,
    first === undefined ? {} : { field: pathOf(first) },
  )
}

function readOffer(item: unknown, nowMs: number): Opportunity | Omit<RejectedOffer, 'index'> {
  const parsed = opportunitySchema.safeParse(item)
  if (!parsed.success) return firstIssue(parsed.error)
  const { expiresAtMs, observedAtMs } = parsed.data
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return { field: 'expires_at', message: 'is over already' }
  if (expiresAtMs !== null && expiresAtMs > nowMs + LONGEST_LIFE_MS) {
    return { field: 'expires_at', message: 'is more than 366 days ahead' }
  }
  if (observedAtMs !== null && observedAtMs > nowMs + DAY_MS) {
    return { field: 'timestamp', message: 'is more than a day ahead' }
  }
  return parsed.data
}

const LONGEST_FIELD = 100

function firstIssue(error: z.ZodError): Omit<RejectedOffer, 'index'> {
  const issue = error.issues[0]
  if (issue?.code === 'unrecognized_keys') {
    const field = issue.keys.join(', ').toWellFormed().slice(0, LONGEST_FIELD)
    return { field, message: 'is no field of an opportunity' }
  }
  const [field] = issue?.path ?? []
  if (field === undefined) return { field: null, message: 'is no object' }
  return { field: String(field), message: issue?.message ?? 'cannot be' }
}

function toOffer({ expiresAtMs, ...told }: Opportunity, id: string, nowMs: number): Offer {
  const isExpiryGiven = expiresAtMs !== null
  return { ...told, id, expiresAtMs: expiresAtMs ?? nowMs + DEFAULT_LIFE_MS, isExpiryGiven, sightings: 1 }
}

/** An offer that may have been seen earlier in its batch: what the later sighting does not say, the earlier one does. */
function seenAgain(earlier: Offer | undefined, later: Offer): Offer {
  if (earlier === undefined) return later
  const isLaterGiven = later.isExpiryGiven || !earlier.isExpiryGiven
  return {
    ...later,
    expectedValuePct: later.expectedValuePct ?? earlier.expectedValuePct,
    observedAtMs: later.observedAtMs ?? earlier.observedAtMs,
    expiresAtMs: isLaterGiven ? later.expiresAtMs : earlier.expiresAtMs,
    isExpiryGiven: later.isExpiryGiven || earlier.isExpiryGiven,
    sightings: earlier.sightings + 1,
  }
}
