import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { timestamp } from '../bets/records/timestamps.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type {
  KeptOffer,
  ListedOffer,
  Offer,
  OfferFilter,
  OfferPosition,
  OpportunityStore,
} from '../usecases/opportunity-ports.ts'
import { dataOf } from './supabase-client.ts'
import { rowsOf } from './supabase-rows.ts'

const rowSchema = z.object({
  id: z.string(),
  sport: z.string(),
  league: z.string().nullable(),
  market: z.string(),
  book: z.string(),
  selection: z.string().nullable(),
  american_odds: z.number().nullable(),
  expected_value_pct: z.number().nullable(),
  observed_at: z.string().nullable(),
  captured_at: z.string(),
  last_seen_at: z.string(),
  seen_count: z.int(),
  expires_at: z.string(),
})

const countSchema = z.int().min(0)

/** An {@link OpportunityStore} in Supabase's table `opportunities`; all values go in JSON bodies. */
export function supabaseOpportunityStore(client: SupabaseClient): OpportunityStore {
  return {
    async capture(offers, { seenAtMs, removeBeforeMs, removeAtMost }) {
      const answer = await client.rpc('capture_opportunities', {
        offers: offers.map(toRow),
        seen_at: instant(seenAtMs),
        remove_before: instant(removeBeforeMs),
        remove_at_most: removeAtMost,
      })
      const captured = countSchema.safeParse(dataOf(answer))
      if (captured.success) return captured.data
      throw new UpstreamError('Supabase', 'capture_opportunities gave no count', { retryable: false })
    },
    async list(filter, { limit, after }) {
      const given = { ...toFilter(filter), ...toPosition(after), page_rows: limit }
      const rows = dataOf(await client.rpc('list_opportunities', { filter: given }))
      return rowsOf('opportunities', rowSchema, rows).map(toListed)
    },
  }
}

function toRow(offer: Offer) {
  const { id, sport, league, market, book, selection, sightings } = offer
  return {
    ...{ id, sport, league, market, book, selection, sightings },
    american_odds: offer.americanOdds,
    expected_value_pct: offer.expectedValuePct,
    observed_at: offer.observedAtMs === null ? null : instant(offer.observedAtMs),
    expires_at: instant(offer.expiresAtMs),
    is_expiry_given: offer.isExpiryGiven,
  }
}

function toFilter({ sport, league, market, book, minValuePct, aliveAtMs }: OfferFilter) {
  const alive_at = aliveAtMs === undefined ? undefined : instant(aliveAtMs)
  return { sport, league, market, book, min_value_pct: minValuePct, alive_at }
}

function toPosition(after: OfferPosition | null) {
  return after === null ? {} : { after_captured_at: after.capturedAt, after_id: after.id }
}

function toListed(row: z.infer<typeof rowSchema>): ListedOffer {
  return { offer: toOffer(row), position: { capturedAt: row.captured_at, id: row.id } }
}

function toOffer({ id, sport, league, market, book, selection, ...row }: z.infer<typeof rowSchema>): KeptOffer {
  return {
    ...{ id, sport, league, market, book, selection },
    americanOdds: row.american_odds,
    expectedValuePct: row.expected_value_pct,
    observedAtMs: row.observed_at === null ? null : msOf(row.observed_at),
    capturedAtMs: msOf(row.captured_at),
    lastSeenAtMs: msOf(row.last_seen_at),
    seenCount: row.seen_count,
    expiresAtMs: msOf(row.expires_at),
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}

function msOf(text: string): number {
  const read = timestamp(text)
  if (read.ok) return read.value
  throw new UpstreamError('Supabase', `opportunities: no readable time: ${read.detail}`, { retryable: false })
}
