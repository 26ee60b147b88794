import type { OpenAPIHono } from '@hono/zod-openapi'
import { createRoute } from '@hono/zod-openapi'
import type { ApiEnv } from '../../shared/http/api.ts'
import { createApi, problemResponses } from '../../shared/http/api.ts'
import type { ProblemStyle } from '../../shared/http/problem.ts'
import { round } from '../../shared/kernel/numeric.ts'
import type { Clock, Logger } from '../../shared/kernel/ports.ts'
import type { BetScore, ServingRecord } from '../../shared/usecases/score-bet.ts'
import { scoreBet } from '../../shared/usecases/score-bet.ts'
import type { ScoreBody } from './contract.ts'
import { scoreBodySchema, scoreQuerySchema } from './contract.ts'

const STYLE: ProblemStyle = { invalidStatus: 400, withEnvelope: true }

const scoreRoute = createRoute({
  method: 'get',
  path: '/api/score-bet',
  tags: ['Scoring'],
  summary: 'Score a bet against your own record',
  description:
    'How you have done so far on bets like this one, over settled bets. Good from 5 % ROI and 52 % won, neutral from ' +
    '0 and 48, warning from -5 and 44, else danger.',
  request: { query: scoreQuerySchema },
  responses: {
    200: { description: 'The record and how it reads.', content: { 'application/json': { schema: scoreBodySchema } } },
    ...problemResponses({
      400: 'A parameter is missing or out of range.',
      500: 'Closeline failed; the failure has been logged.',
      503: 'No record has been made yet.',
    }),
  },
})

export interface ScoringDeps {
  record: Pick<ServingRecord, 'current'>
  clock: Clock
  logger: Logger
}

/** The extension's API: a bet against the bettor's own record. */
export function createScoringApp(deps: ScoringDeps): OpenAPIHono<ApiEnv> {
  const app = createApi({ style: STYLE, logger: deps.logger, clock: deps.clock })
  app.openapi(scoreRoute, async (c) => c.json(toBody(await scoreBet(deps.record, c.req.valid('query'))), 200))
  return app
}

function toBody(score: BetScore): ScoreBody {
  const { tally, roi } = score
  const hasMoney = tally.bets > 0 && tally.moneyBets === tally.bets
  const roiPct = roi === undefined ? null : round(roi.roi * 100, 1)
  const { interval } = roi ?? {}
  return {
    success: true,
    performance: {
      totalBets: tally.bets,
      totalWagered: hasMoney ? tally.stakeMinor / 100 : null,
      totalProfit: hasMoney ? tally.profitMinor / 100 : null,
      currency: hasMoney ? score.currency : null,
      roi: roiPct,
      roiInterval:
        interval === undefined
          ? null
          : { low: round(interval.low * 100, 1), high: round(interval.high * 100, 1), level: 0.95 },
      roiBasis: roi?.basis ?? null,
      winRate: Number.isNaN(score.winRate) ? null : round(score.winRate * 100, 1),
      wins: tally.wins,
      losses: tally.losses,
      pushes: tally.pushes,
      cashOuts: tally.cashOuts,
    },
    evaluation: {
      score: score.score,
      scoreValue: roiPct ?? 0,
      recommendation: score.recommendation,
      warnings: score.warnings,
    },
    data: score.origin,
    settlementTimes: score.settlementTimes,
  }
}
