import { createRoute } from '@hono/zod-openapi'
import { problemResponses } from '../../shared/http/api.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { Clock } from '../../shared/kernel/ports.ts'
import type { ServingRecord } from '../../shared/usecases/serving-record.ts'
import type { ScoringHealthBody } from './health-contract.ts'
import { scoringHealthSchema } from './health-contract.ts'
import { STYLE } from './style.ts'

const health = createRoute({
  method: 'get',
  path: '/api/health',
  tags: ['Health'],
  summary: 'Whether bets can be scored',
  description:
    'From memory: the database is not asked. 200 while there is a record of the ledger to score by, 503 where there is ' +
    'none; the body is the same in both.',
  responses: {
    200: jsonAnswer(scoringHealthSchema, 'Bets can be scored.'),
    503: jsonAnswer(scoringHealthSchema, 'There is no record of the ledger to score by.'),
    ...problemResponses({
      429: 'Too many requests.',
      500: 'Closeline failed; the failure has been logged.',
    }),
  },
})

/** How a request that needed the database last found it. */
export interface DatabaseSight {
  isReachable: boolean
  atMs: number
}

/** `GET /api/health`. */
export function scoringHealthRoutes(deps: {
  record: Pick<ServingRecord, 'current'>
  /** Whether address and key of the database are set. */
  isDatabaseConfigured: boolean
  /** From memory; undefined before any request needed the database. */
  database: () => DatabaseSight | undefined
  clock: Clock
  /** Version of the software. */
  version: string
}) {
  return createRoutes(STYLE).openapi(health, async (c) => {
    const record = await recordInMemory(deps.record)
    const body: ScoringHealthBody = {
      status: record === undefined ? 'degraded' : 'healthy',
      timestamp: new Date(deps.clock()).toISOString(),
      supabase_configured: deps.isDatabaseConfigured,
      record_loaded: record !== undefined,
      record_as_of: record?.value.lookedAt ?? null,
      served_from: record?.servedFrom ?? null,
      ...databaseAsSeen(deps.database()),
      version: deps.version,
    }
    if (record !== undefined) return c.json(body, 200)
    c.header('retry-after', '5')
    return c.json(body, 503)
  })
}

/** The record; in a process that has just begun, the first look is waited for, so that it is not called degraded. */
async function recordInMemory(record: Pick<ServingRecord, 'current'>) {
  try {
    return await record.current()
  } catch (thrown) {
    if (thrown instanceof UpstreamError) return undefined
    throw thrown
  }
}

function databaseAsSeen(sight: DatabaseSight | undefined): Pick<ScoringHealthBody, 'database' | 'database_seen_at'> {
  if (sight === undefined) return { database: 'unknown', database_seen_at: null }
  const database = sight.isReachable ? 'reachable' : 'unreachable'
  return { database, database_seen_at: new Date(sight.atMs).toISOString() }
}
