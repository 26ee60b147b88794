import type { OpenAPIHono } from '@hono/zod-openapi'
import { STYLE } from '../../functions/scoring/style.ts'
import type { Scope } from '../../shared/access/client.ts'
import type { ApiEnv } from '../../shared/http/api.ts'
import { createApi } from '../../shared/http/api.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { Clock } from '../../shared/kernel/ports.ts'
import { memoryLogger } from './memory-logger.ts'
import { openAccess } from './open-access.ts'

/** An API of one group of the scoring routes, in front of which stands a key with these scopes. */
export function scoringApi(routes: OpenAPIHono<ApiEnv>, clock: Clock, scopes?: readonly Scope[]) {
  const logger = memoryLogger()
  const app = createApi({ style: STYLE, logger, clock, access: openAccess(scopes), rateLimit: 'off' })
  app.route('/', routes)
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Scoring', version: '1' } })
  return { app, logger }
}

/** Opens nothing: the database is down. */
export async function openNothing(): Promise<never> {
  throw new UpstreamError('Supabase', 'connect ECONNREFUSED 10.0.0.7:5432 hunter2')
}
