import { createRoute } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { problemResponses } from '../../shared/http/api.ts'
import { createRoutes } from '../../shared/http/routes.ts'
import { STYLE } from './style.ts'

const PATH = '/api/supabase/query'

const GONE =
  'the open database proxy is no longer served: it passed any query to the database for anybody who asked; ' +
  'GET /api/bets lists bets by typed filters'

const query = createRoute({
  method: 'get',
  path: PATH,
  tags: ['Ledger'],
  summary: 'No longer served',
  description:
    'It passed any query to the database for anybody who asked. `GET /api/bets` takes its place, with typed filters. ' +
    'Open, so that clients of old, which have no key, are told so; it tells nothing else.',
  deprecated: true,
  responses: problemResponses({
    410: 'No longer served; `GET /api/bets` takes its place.',
    429: 'Too many requests.',
    500: 'Closeline failed; the failure has been logged.',
  }),
})

/** What is left of the open database proxy: the reason why it is gone, whatever the method. */
export function queryRoutes() {
  const routes = createRoutes(STYLE).openapi(query, gone)
  routes.all(PATH, gone)
  return routes
}

function gone(): never {
  throw new HTTPException(410, { message: GONE })
}
