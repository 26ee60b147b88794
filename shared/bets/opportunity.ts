import * as z from 'zod'
import { timestamp } from './records/timestamps.ts'

/** Text as the database keeps it: no control characters, no half of a character. Spaces around it do not count. */
const label = (max: number) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be text') })
    .trim()
    .min(1, { error: 'must not be empty' })
    .max(max, { error: `is longer than ${max} characters` })
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), {
      error: 'holds a control character or half a character',
    })

/** What old clients leave out they send as null or as nothing. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? null : value), schema.nullish()).transform((value) => value ?? null)

const instant = z.string({ error: 'must be text' }).transform((text, context) => {
  const read = timestamp(text)
  if (read.ok && read.value >= 0) return read.value
  context.addIssue({ code: 'custom', message: 'is no date and time with a zone, such as 2026-03-01T18:05:00Z' })
  return z.NEVER
})

const PRICE_RULE = 'American odds are at most -100 or at least 100, and within a million'
const VALUE_RULE = 'an expected value is -100 to 100000 per cent of the stake'

/**
 * An offer that a client thinks worth a look, as it sends it; fields that are not named here are refused.
 *
 * `odds` are American; `value` is the expected value in per cent of the stake; `timestamp` is when the client saw the
 * offer, `expires_at` when it ends, such as the beginning of its event.
 */
export const opportunitySchema = z
  .strictObject({
    sport: label(100),
    market: label(200),
    book: label(100),
    league: optional(label(100)),
    selection: optional(label(500)),
    odds: optional(
      z
        .number({ error: 'must be a number' })
        .refine((odds) => Math.abs(odds) >= 100 && Math.abs(odds) <= 1e6, { error: PRICE_RULE }),
    ),
    value: optional(
      z.number({ error: 'must be a number' }).min(-100, { error: VALUE_RULE }).max(100_000, { error: VALUE_RULE }),
    ),
    timestamp: optional(instant),
    expires_at: optional(instant),
  })
  .transform(({ odds, value, timestamp: observedAtMs, expires_at: expiresAtMs, ...names }) => ({
    ...names,
    americanOdds: odds,
    expectedValuePct: value,
    observedAtMs,
    expiresAtMs,
  }))

/** An offer as a client tells it; null is what it does not say. */
export type Opportunity = z.output<typeof opportunitySchema>

/** What an offer is known by: the same selection at the same price of the same book is the same offer. */
export function opportunityKey(opportunity: Opportunity): string {
  const { sport, league, market, book, selection, americanOdds } = opportunity
  return JSON.stringify([sport, league, market, book, selection, americanOdds])
}
