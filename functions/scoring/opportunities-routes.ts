import { createRoute } from '@hono/zod-openapi'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import type { Clock } from '../../shared/kernel/ports.ts'
import type { CaptureDeps, RejectedOffer } from '../../shared/usecases/capture-opportunities.ts'
import { captureOpportunities, listOpportunities } from '../../shared/usecases/capture-opportunities.ts'
import type { KeptOffer, OpportunityStore } from '../../shared/usecases/opportunity-ports.ts'
import { encodeCursor } from './bets-cursor.ts'
import { isoOrNull } from './bets-fields.ts'
import type { OpportunitiesBody } from './opportunities-contract.ts'
import {
  captureAnswerSchema,
  captureBodySchema,
  OPPORTUNITIES_LIST,
  opportunitiesBodySchema,
  opportunitiesQuerySchema,
} from './opportunities-contract.ts'
import { STYLE } from './style.ts'

const captureRoute = createRoute({
  method: 'post',
  path: '/api/capture-opportunities',
  tags: ['Opportunities'],
  summary: 'Keep opportunities that were seen',
  description:
    'The same selection at the same price of the same book is one opportunity: seen again, its count grows and its ' +
    'life is extended. They end after a day or when told; nothing is learned from them.',
  ...secured('sync'),
  request: { body: { required: true, content: { 'application/json': { schema: captureBodySchema } } } },
  responses: {
    200: jsonAnswer(captureAnswerSchema, 'What became of them; one at least is an opportunity.'),
    ...problemResponses({
      400: 'The body cannot be understood, or nothing in it is an opportunity; nothing was stored.',
      401: 'No API key that holds.',
      403: 'The API key has no scope sync.',
      413: 'The body is larger than a megabyte.',
      415: 'The body is not called JSON.',
      429: 'Too many requests.',
      500: 'Closeline failed; the failure has been logged.',
      503: 'They cannot be kept now: send them again.',
    }),
  },
})

const listRoute = createRoute({
  method: 'get',
  path: '/api/opportunities',
  tags: ['Opportunities'],
  summary: 'Opportunities that were captured',
  ...secured('read'),
  request: { query: opportunitiesQuerySchema },
  responses: {
    200: jsonAnswer(opportunitiesBodySchema, 'The opportunities, none where none is meant.'),
    ...problemResponses({
      400: 'A parameter cannot be.',
      401: 'No API key that holds.',
      403: 'The API key has no scope read.',
      429: 'Too many requests.',
      500: 'Closeline failed; the failure has been logged.',
      503: 'They cannot be read now.',
    }),
  },
})

export interface OpportunitiesDeps {
  /** Opens the database when a request first needs it. */
  open: () => Promise<{ opportunities: OpportunityStore }>
  clock: Clock
  /** Where new offers are announced; nowhere where it is absent. */
  announce?: NonNullable<CaptureDeps['announce']>
}

/** `POST /api/capture-opportunities` and `GET /api/opportunities`. */
export function opportunitiesRoutes(deps: OpportunitiesDeps) {
  const { clock, announce } = deps
  const announced = announce === undefined ? {} : { announce }
  return createRoutes(STYLE)
    .openapi(captureRoute, async (c) => {
      const { opportunities: items } = c.req.valid('json')
      const { opportunities: store } = await deps.open()
      const { captured, duplicates, rejected } = await captureOpportunities({ store, clock, ...announced }, items)
      return c.json({ success: true as const, captured, duplicates, rejected: rejected.map(toRejected) }, 200)
    })
    .openapi(listRoute, async (c) => {
      const { cursor, limit, min_value, include_expired, ...names } = c.req.valid('query')
      const { opportunities: store } = await deps.open()
      const nowMs = clock()
      const filter = { ...names, minValuePct: min_value, aliveAtMs: include_expired ? undefined : nowMs }
      const after = cursor === null ? null : { capturedAt: cursor.at, id: cursor.id }
      const { offers, next } = await listOpportunities(store, filter, { limit, after })
      const next_cursor = next === null ? null : encodeCursor(OPPORTUNITIES_LIST, { at: next.capturedAt, id: next.id })
      const opportunities = offers.map(({ offer }) => toBody(offer, nowMs))
      return c.json({ success: true as const, opportunities, next_cursor }, 200)
    })
}

function toRejected({ index, field, message }: RejectedOffer) {
  return { index, field, error: message }
}

function toBody(offer: KeptOffer, nowMs: number): OpportunitiesBody['opportunities'][number] {
  const { id, sport, league, market, book, selection } = offer
  return {
    ...{ id, sport, league, market, book, selection },
    odds: offer.americanOdds,
    value: offer.expectedValuePct,
    timestamp: isoOrNull(offer.observedAtMs),
    captured_at: new Date(offer.capturedAtMs).toISOString(),
    last_seen_at: new Date(offer.lastSeenAtMs).toISOString(),
    seen_count: offer.seenCount,
    expires_at: new Date(offer.expiresAtMs).toISOString(),
    expired: offer.expiresAtMs <= nowMs,
  }
}
