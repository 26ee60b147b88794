import { createRoute } from '@hono/zod-openapi'
import type { Bet } from '../../shared/bets/bet.ts'
import { isSettled } from '../../shared/bets/settlement.ts'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import { americanFromDecimal, impliedProbability } from '../../shared/odds/convert.ts'
import type { BetFilter, BetQueries, ListedBet } from '../../shared/usecases/ledger-queries.ts'
import { listBets } from '../../shared/usecases/ledger-queries.ts'
import type { BetsBody, BetsQuery } from './bets-contract.ts'
import { BETS_LIST, betsBodySchema, betsQuerySchema } from './bets-contract.ts'
import { encodeCursor } from './bets-cursor.ts'
import { isoOrNull } from './bets-fields.ts'
import { STYLE } from './style.ts'

const listRoute = createRoute({
  method: 'get',
  path: '/api/bets',
  tags: ['Ledger'],
  summary: 'The bets of the ledger',
  description:
    'All conditions hold at once. Take `next_cursor` for the next part: bets that are added meanwhile neither repeat nor ' +
    'hide others.',
  ...secured('read'),
  request: { query: betsQuerySchema },
  responses: {
    200: jsonAnswer(betsBodySchema, 'The bets, none where none is meant.'),
    ...problemResponses({
      400: 'A parameter cannot be.',
      401: 'No API key that holds.',
      403: 'The API key has no scope read.',
      429: 'Too many requests.',
      500: 'Closeline failed; the failure has been logged.',
      503: 'The ledger cannot be reached.',
    }),
  },
})

export interface BetsDeps {
  /** Opens the ledger when a request first needs it. */
  open: () => Promise<{ bets: BetQueries }>
}

/** `GET /api/bets`. */
export function betsRoutes(deps: BetsDeps) {
  return createRoutes(STYLE).openapi(listRoute, async (c) => {
    const query = c.req.valid('query')
    const { bets } = await deps.open()
    const { limit, cursor } = query
    const after = cursor === null ? null : { placedAt: cursor.at, id: cursor.id }
    const page = await listBets(bets, toFilter(query), { limit, after })
    const { next } = page
    const next_cursor = next === null ? null : encodeCursor(BETS_LIST, { at: next.placedAt, id: next.id })
    return c.json({ success: true as const, bets: page.bets.map(toBody), next_cursor }, 200)
  })
}

function toFilter(query: BetsQuery): BetFilter {
  const { sport, league, market, book, state } = query
  return {
    ...{ sport, league, market, book, state },
    betType: query.bet_type,
    isSettled: query.settled,
    isLive: query.is_live,
    origin: query.origin === 'own' ? 'import' : query.origin,
    placedFromMs: query.placed_from,
    placedBeforeMs: query.placed_to,
    minDecimalOdds: query.min_american_odds,
    maxDecimalOdds: query.max_american_odds,
  }
}

function toBody({ bet, updatedAt }: ListedBet): BetsBody['bets'][number] {
  const { id, state, sport, league, market, book, selection, currency } = bet
  return {
    id,
    origin: bet.origin === 'import' ? 'own' : 'demo',
    ...{ state, settled: isSettled(state), bet_type: bet.betType, sport, league, market, book, selection },
    is_live: bet.isLive,
    is_free_bet: bet.isFreeBet,
    ...priceOf(bet),
    stake_minor: bet.stakeMinor,
    profit_minor: bet.profitMinor,
    currency,
    return_pct: percentOrNull(bet.returnPerUnit),
    closing_line_value_pct: percentOrNull(bet.closingLineValue),
    placed_at: new Date(bet.placedAtMs).toISOString(),
    settled_at: isoOrNull(bet.settledAtMs),
    result_known_at: isoOrNull(bet.resultKnownAtMs),
    updated_at: updatedAt,
  }
}

function priceOf({ decimalOdds }: Bet) {
  if (decimalOdds === null) return { decimal_odds: null, american_odds: null, implied_probability: null }
  const points = americanFromDecimal(decimalOdds)
  return {
    decimal_odds: decimalOdds,
    // A price a hair above 1 has more points than a number has digits.
    american_odds: Number.isSafeInteger(points) ? points : null,
    implied_probability: impliedProbability(decimalOdds),
  }
}

function percentOrNull(fraction: number | null): number | null {
  return fraction === null ? null : fraction * 100
}
