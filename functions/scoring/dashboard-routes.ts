import { createRoute } from '@hono/zod-openapi'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import type { ServingDashboard } from '../../shared/usecases/serving-dashboard.ts'
import { showDashboard } from '../../shared/usecases/serving-dashboard.ts'
import { dashboardBody } from './dashboard-body.ts'
import { dashboardBodySchema, dashboardQuerySchema } from './dashboard-contract.ts'
import { STYLE } from './style.ts'

const dashboardRoute = createRoute({
  method: 'get',
  path: '/api/dashboard',
  tags: ['Scoring'],
  summary: 'Your whole record',
  description:
    'Totals and groups with intervals and shrunk estimates, the bankroll, expected against actual, closing-line value, and ' +
    'what came of predictions. Every figure has its n; what is not known is null. Intervals are of 95 %, with bets of one ' +
    'day counting as one draw. Made whenever bets change; `asOf` says of when.',
  ...secured('read'),
  request: { query: dashboardQuerySchema },
  responses: {
    200: jsonAnswer(dashboardBodySchema, 'The dashboard.'),
    ...problemResponses({
      400: '`months` is none of the windows.',
      401: 'No API key that holds.',
      403: 'The API key has no scope read.',
      429: 'Too many requests.',
      500: 'Closeline failed; the failure has been logged.',
      503: 'No dashboard has been made yet, or none could be read.',
    }),
  },
})

/** `GET /api/dashboard`. */
export function dashboardRoutes(deps: { dashboard: Pick<ServingDashboard, 'current'> }) {
  return createRoutes(STYLE).openapi(dashboardRoute, async (c) =>
    c.json(dashboardBody(await showDashboard(deps.dashboard, c.req.valid('query').months)), 200),
  )
}
