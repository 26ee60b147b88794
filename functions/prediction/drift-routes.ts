import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import { round } from '../../shared/kernel/numeric.ts'
import type { Clock } from '../../shared/kernel/ports.ts'
import type { DriftFilter, DriftReports, StoredDriftReport } from '../../shared/usecases/drift-reports.ts'
import type { DriftAnswer } from './drift-contract.ts'
import { dashboardQuerySchema, driftAnswerSchema, driftQuerySchema } from './drift-contract.ts'
import { DRIFT_PAGE_POLICY, renderDriftPage, renderNoDriftPage } from './drift-page.ts'
import { STYLE } from './style.ts'

const HOUR_MS = 3_600_000

const shared = {
  method: 'get' as const,
  tags: ['Drift'],
  ...secured('read'),
  request: { query: driftQuerySchema },
  responses: {
    200: jsonAnswer(driftAnswerSchema, 'The newest such report; or, with `status`: `no_reports`, that there is none.'),
    ...problemResponses({
      401: 'No API key that holds.',
      403: 'The API key has no scope read.',
      422: 'A parameter is no whole number in its range.',
      429: 'Too many requests.',
      500: 'Closeline failed; the failure has been logged.',
      503: 'The reports could not be read yet.',
    }),
  },
}

const driftReport = createRoute({
  ...shared,
  path: '/api/v1/drift-report',
  summary: 'The newest drift report',
  description: 'Of the reports over a window of at most `days_lookback` days with at least `min_samples` bets in it.',
})

const drift = createRoute({
  ...shared,
  path: '/api/drift',
  summary: 'The newest drift report, by its short name',
  description: 'The same as `/api/v1/drift-report`.',
})

const dashboard = createRoute({
  method: 'get',
  path: '/drift-dashboard',
  tags: ['Drift'],
  ...secured('read'),
  summary: 'The newest drift report as a page',
  description: 'Works offline: it fetches nothing and runs no script.',
  request: { query: dashboardQuerySchema },
  responses: {
    200: {
      description: 'The page; where no check has been made, it says so.',
      content: { 'text/html': { schema: z.string() } },
    },
    ...problemResponses({
      401: 'No API key that holds.',
      403: 'The API key has no scope read.',
      422: 'A parameter is no whole number in its range.',
      429: 'Too many requests.',
      500: 'Closeline failed; the failure has been logged.',
      503: 'The reports could not be read yet.',
    }),
  },
})

/** The drift checks that have been made. */
export function driftRoutes({ reports, clock }: { reports: Pick<DriftReports, 'newest' | 'history'>; clock: Clock }) {
  async function answer(query: { days_lookback: number; min_samples: number }): Promise<DriftAnswer> {
    const filter = { daysLookback: query.days_lookback, minSamples: query.min_samples }
    const { found, reports: total } = await reports.newest(filter)
    return found === undefined ? noReports(filter, total) : reportBody(found, clock())
  }

  return createRoutes(STYLE)
    .openapi(driftReport, async (c) => c.json(await answer(c.req.valid('query')), 200))
    .openapi(drift, async (c) => c.json(await answer(c.req.valid('query')), 200))
    .openapi(dashboard, async (c) => {
      const { days_lookback, min_samples } = c.req.valid('query')
      const { found } = await reports.newest({ daysLookback: days_lookback, minSamples: min_samples })
      const page =
        found === undefined
          ? renderNoDriftPage()
          : renderDriftPage({ ...found, history: await reports.history(), nowMs: clock() })
      c.header('content-security-policy', `${DRIFT_PAGE_POLICY}; frame-ancestors 'none'`)
      return c.html(page, 200)
    })
}

function reportBody({ file, report }: StoredDriftReport, nowMs: number): DriftAnswer {
  const ageMs = Math.max(0, nowMs - Date.parse(report.timestamp))
  return { ...report, report_file: file, report_age_hours: round(ageMs / HOUR_MS, 1) }
}

function noReports({ daysLookback, minSamples }: DriftFilter, reports: number): DriftAnswer {
  const window = `a window of at most ${daysLookback} days with at least ${minSamples} bets`
  const [message, step] =
    reports === 0
      ? ['no drift check has been made yet', 'wait for the daily check']
      : [`none of the latest ${reports} reports is over ${window}`, 'ask for more days, or for fewer bets']
  return {
    status: 'no_reports',
    message,
    configuration: { days_lookback: daysLookback, min_samples: minSamples, reports },
    next_steps: [step],
  }
}
