import { createRoute } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import type { Clock } from '../../shared/kernel/ports.ts'
import { createLastSync } from '../../shared/usecases/last-sync.ts'
import type { BetQueries } from '../../shared/usecases/ledger-queries.ts'
import { lastSyncBodySchema } from './last-sync-contract.ts'
import { STYLE } from './style.ts'

const lastSyncRoute = createRoute({
  method: 'get',
  path: '/api/supabase/last-sync',
  tags: ['Ledger'],
  summary: 'When the ledger last changed',
  ...secured('read'),
  responses: {
    200: jsonAnswer(lastSyncBodySchema, 'The instant of the newest change.'),
    ...problemResponses({
      401: 'No API key that holds.',
      403: 'The API key has no scope read.',
      404: 'The ledger has no bet.',
      429: 'Too many requests.',
      500: 'Closeline failed; the failure has been logged.',
      503: 'The ledger cannot be reached.',
    }),
  },
})

const EMPTY = 'the ledger has no bet: POST /api/sync or closeline import brings some'

export interface LastSyncDeps {
  /** Opens the ledger when a request first needs it. */
  open: () => Promise<{ bets: BetQueries }>
  clock: Clock
}

/** `GET /api/supabase/last-sync`. */
export function lastSyncRoutes(deps: LastSyncDeps) {
  const lastSyncMs = createLastSync(deps.open, deps.clock)
  return createRoutes(STYLE).openapi(lastSyncRoute, async (c) => {
    const changedMs = await lastSyncMs()
    if (changedMs === undefined) throw new HTTPException(404, { message: EMPTY })
    return c.json({ success: true as const, last_sync: new Date(changedMs).toISOString() }, 200)
  })
}
