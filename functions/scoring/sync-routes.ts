import { createRoute } from '@hono/zod-openapi'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import type { SyncDeps, SyncedRecord, SyncResult } from '../../shared/usecases/sync-bets.ts'
import { syncBets } from '../../shared/usecases/sync-bets.ts'
import { STYLE } from './style.ts'
import type { SyncAnswer } from './sync-contract.ts'
import { syncAnswerSchema, syncBodySchema } from './sync-contract.ts'

const syncRoute = createRoute({
  method: 'post',
  path: '/api/sync',
  tags: ['Ledger'],
  summary: 'Bring bets into the ledger',
  description:
    'Up to 1,000 records, each judged by itself; the same records again change nothing. Records that are no bets wait ' +
    'in quarantine, where `closeline quarantine` shows them. A settled bet never becomes open again.',
  ...secured('sync'),
  request: { body: { required: true, content: { 'application/json': { schema: syncBodySchema } } } },
  responses: {
    200: jsonAnswer(syncAnswerSchema, 'What became of each record.'),
    ...problemResponses({
      400: 'The body cannot be understood; nothing was stored.',
      401: 'No API key that holds.',
      403: 'The API key has no scope sync.',
      413: 'The body is larger than a megabyte: send fewer records.',
      415: 'The body is not called JSON.',
      429: 'Too many requests.',
      500: 'Closeline failed; the failure has been logged.',
      503: 'The ledger cannot be reached: send the same batch again.',
    }),
  },
})

/** The stores that a batch is brought into. */
export type SyncStores = Pick<SyncDeps, 'ledger' | 'imports' | 'quarantine'>

export interface SyncRoutesDeps extends Pick<SyncDeps, 'clock' | 'newId'> {
  /** Opens the ledger when a request first needs it. */
  open: () => Promise<SyncStores>
  /** Whether a run of the pipeline comes by itself within the hour. */
  isPipelineScheduled: boolean
}

/** `POST /api/sync`. */
export function syncRoutes(deps: SyncRoutesDeps) {
  const { clock, newId } = deps
  return createRoutes(STYLE).openapi(syncRoute, async (c) => {
    const { bets, source } = c.req.valid('json')
    const { ledger, imports, quarantine } = await deps.open()
    const result = await syncBets({ ledger, imports, quarantine, clock, newId }, bets, source)
    c.set('logFields', { batchId: result.batchId, ...result.counts })
    return c.json(toAnswer(result, deps.isPipelineScheduled), 200)
  })
}

function toAnswer(result: SyncResult, isPipelineScheduled: boolean): SyncAnswer {
  const { batchId, records, counts, demoBetsRemoved } = result
  const isChanged = counts.inserted + counts.updated + demoBetsRemoved > 0
  const nextRun = isPipelineScheduled ? 'scheduled' : 'not_scheduled'
  return {
    success: true,
    batch_id: batchId,
    results: records.map(toResult),
    summary: { received: records.length, ...counts },
    demo_bets_removed: demoBetsRemoved,
    pipeline: isChanged ? nextRun : 'not_needed',
  }
}

function toResult({ index, id, verdict, problem }: SyncedRecord): SyncAnswer['results'][number] {
  if (problem === null) return { index, id, verdict }
  return { index, id, verdict, error: { code: problem.reason, field: problem.field, message: problem.detail } }
}
