import type { KeptOffer, Offer, OfferFilter, OpportunityStore } from '../../shared/usecases/opportunity-ports.ts'

interface HeldOffer extends KeptOffer {
  isExpiryGiven: boolean
}

/** Offers in memory; a contract suite keeps them like those in Supabase. */
export function memoryOpportunityStore(): OpportunityStore & { size(): number } {
  const held = new Map<string, HeldOffer>()
  return {
    size: () => held.size,
    capture: async (offers, { seenAtMs, removeBeforeMs, removeAtMost }) => {
      let captured = 0
      for (const offer of offers) {
        const before = held.get(offer.id)
        const alive = before !== undefined && before.expiresAtMs > seenAtMs ? before : undefined
        if (alive === undefined) captured++
        held.set(offer.id, seen(alive, offer, seenAtMs))
      }
      const given = new Set(offers.map(({ id }) => id))
      const over = [...held.values()].filter(({ id, expiresAtMs }) => expiresAtMs < removeBeforeMs && !given.has(id))
      over.sort((a, b) => a.expiresAtMs - b.expiresAtMs)
      for (const { id } of over.slice(0, removeAtMost)) held.delete(id)
      return captured
    },
    list: async (filter, { limit, after }) => {
      const listed = [...held.values()].filter((offer) => lets(filter, offer)).sort((a, b) => order(b, a))
      const last = after === null ? null : { capturedAtMs: Date.parse(after.capturedAt), id: after.id }
      const behind = listed.filter((offer) => last === null || order(offer, last) < 0)
      return behind.slice(0, limit).map(({ isExpiryGiven, ...offer }) => ({
        offer,
        position: { capturedAt: new Date(offer.capturedAtMs).toISOString(), id: offer.id },
      }))
    },
  }
}

function order(a: Pick<KeptOffer, 'capturedAtMs' | 'id'>, b: Pick<KeptOffer, 'capturedAtMs' | 'id'>): number {
  return a.capturedAtMs - b.capturedAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** An offer as it is kept after a sighting. @param alive  as it was, where its life goes on */
function seen(alive: HeldOffer | undefined, offer: Offer, seenAtMs: number): HeldOffer {
  const { sightings, ...told } = offer
  if (alive === undefined) return { ...told, capturedAtMs: seenAtMs, lastSeenAtMs: seenAtMs, seenCount: sightings }
  return {
    ...told,
    expectedValuePct: told.expectedValuePct ?? alive.expectedValuePct,
    observedAtMs: told.observedAtMs ?? alive.observedAtMs,
    capturedAtMs: Math.min(alive.capturedAtMs, seenAtMs),
    lastSeenAtMs: Math.max(alive.lastSeenAtMs, seenAtMs),
    seenCount: alive.seenCount + sightings,
    expiresAtMs: alive.isExpiryGiven && !told.isExpiryGiven ? alive.expiresAtMs : told.expiresAtMs,
    isExpiryGiven: alive.isExpiryGiven || told.isExpiryGiven,
  }
}

function lets(filter: OfferFilter, offer: KeptOffer): boolean {
  const { minValuePct, aliveAtMs } = filter
  return (
    (['sport', 'league', 'market', 'book'] as const).every(
      (key) => filter[key] === undefined || filter[key] === offer[key],
    ) &&
    (minValuePct === undefined || (offer.expectedValuePct ?? Number.NaN) >= minValuePct) &&
    (aliveAtMs === undefined || offer.expiresAtMs > aliveAtMs)
  )
}
