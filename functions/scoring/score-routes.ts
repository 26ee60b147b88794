import { createRoute } from '@hono/zod-openapi'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import { round } from '../../shared/kernel/numeric.ts'
import type { BetScore } from '../../shared/usecases/score-bet.ts'
import { scoreBet } from '../../shared/usecases/score-bet.ts'
import type { ServingRecord } from '../../shared/usecases/serving-record.ts'
import type { ScoreBody } from './score-contract.ts'
import { scoreBodySchema, scoreQuerySchema } from './score-contract.ts'
import { STYLE } from './style.ts'

const scoreRoute = createRoute({
  method: 'get',
  path: '/api/score-bet',
  tags: ['Scoring'],
  summary: 'Score a bet against your own record',
  description:
    'How you have done so far on bets like this one, over settled bets. Good from 5 % ROI and 52 % won, neutral from ' +
    '0 and 48, warning from -5 and 44, else danger.',
  ...secured('read'),
  request: { query: scoreQuerySchema },
  responses: {
    200: jsonAnswer(scoreBodySchema, 'The record and how it reads.'),
    ...problemResponses({
      400: 'A parameter is missing or cannot be.',
      401: 'No API key that holds.',
      403: 'The API key has no scope read.',
      429: 'Too many requests.',
      500: 'Closeline failed; the failure has been logged.',
      503: 'No record has been made yet, or none could be read.',
    }),
  },
})

/** `GET /api/score-bet`. */
export function scoreRoutes(deps: { record: Pick<ServingRecord, 'current'> }) {
  return createRoutes(STYLE).openapi(scoreRoute, async (c) =>
    c.json(toBody(await scoreBet(deps.record, c.req.valid('query'))), 200),
  )
}

function toBody(score: BetScore): ScoreBody {
  const roiPct = score.roi === undefined ? null : round(score.roi.roi * 100, 1)
  return {
    success: true,
    performance: toPerformance(score, roiPct),
    evaluation: {
      score: score.score,
      scoreValue: roiPct ?? 0,
      recommendation: score.recommendation,
      warnings: score.warnings,
    },
    data: score.origin,
    settlementTimes: score.settlementTimes,
    ...{ asOf: score.asOf, servedFrom: score.servedFrom },
  }
}

function toPerformance({ tally, roi, currency, winRate }: BetScore, roiPct: number | null): ScoreBody['performance'] {
  const hasMoney = tally.bets > 0 && tally.moneyBets === tally.bets
  const { interval } = roi ?? {}
  return {
    totalBets: tally.bets,
    totalWagered: hasMoney ? tally.stakeMinor / 100 : null,
    totalProfit: hasMoney ? tally.profitMinor / 100 : null,
    currency: hasMoney ? currency : null,
    roi: roiPct,
    roiInterval:
      interval === undefined
        ? null
        : { low: round(interval.low * 100, 1), high: round(interval.high * 100, 1), level: 0.95 },
    roiBasis: roi?.basis ?? null,
    winRate: Number.isNaN(winRate) ? null : round(winRate * 100, 1),
    ...{ wins: tally.wins, losses: tally.losses, pushes: tally.pushes, cashOuts: tally.cashOuts },
  }
}
