import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { timestamp } from '../bets/records/timestamps.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type { BetFilter, BetPosition, BetQueries, ListedBet } from '../usecases/ledger-queries.ts'
import { toBet } from './supabase-bet-store.ts'
import { dataOf } from './supabase-client.ts'
import { rowsOf } from './supabase-rows.ts'

const listedSchema = z.looseObject({ id: z.string(), placed_at: z.string(), updated_at: z.string() })
const changeSchema = z.object({ updated_at: z.string() })

/**
 * {@link BetQueries} to Supabase's table `bets`.
 *
 * The list is asked of the function `list_bets`, filter and position in a JSON body: in the URL of a PostgREST query a
 * name may mean more than itself (`null`, or blanks at its ends, on the embedded server).
 */
export function supabaseBetQueries(client: SupabaseClient): BetQueries {
  return {
    async list(filter, { limit, after }) {
      const given = { ...toFilter(filter), ...toPosition(after), page_rows: limit }
      const rows = dataOf(await client.rpc('list_bets', { filter: given }))
      return rowsOf('bets', listedSchema, rows).map(toListedBet)
    },
    async newestChangeMs() {
      const newest = client.from('bets').select('updated_at').order('updated_at', { ascending: false }).limit(1)
      const [row] = rowsOf('bets', changeSchema, dataOf(await newest))
      return row === undefined ? undefined : instantMs(row.updated_at)
    },
  }
}

/** What a filter says, in the words of `list_bets`; an absent condition is an absent key. */
function toFilter(filter: BetFilter) {
  const { sport, league, market, book, state, origin } = filter
  return {
    ...{ sport, league, market, book, state, origin },
    bet_type: filter.betType,
    is_settled: filter.isSettled,
    is_live: filter.isLive,
    placed_from: toInstant(filter.placedFromMs),
    placed_before: toInstant(filter.placedBeforeMs),
    min_decimal_odds: filter.minDecimalOdds,
    max_decimal_odds: filter.maxDecimalOdds,
  }
}

function toPosition(after: BetPosition | null) {
  return after === null ? {} : { after_placed_at: after.placedAt, after_id: after.id }
}

function toInstant(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

function toListedBet(row: z.infer<typeof listedSchema>): ListedBet {
  const position = { placedAt: row.placed_at, id: row.id }
  return { bet: toBet(row), position, updatedAt: new Date(instantMs(row.updated_at)).toISOString() }
}

function instantMs(text: string): number {
  const read = timestamp(text)
  if (read.ok) return read.value
  throw new UpstreamError('Supabase', `bets: no readable change time: ${read.detail}`, { retryable: false })
}
