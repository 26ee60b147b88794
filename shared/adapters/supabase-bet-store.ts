import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { BET_STATES, BET_TYPES, byPlacement } from '../bets/bet.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type { BetStore } from '../usecases/ledger-ports.ts'
import { dataOf, exactCount, PAGE_ROWS } from './supabase-client.ts'

const BETS_TABLE = 'bets'

const rowSchema = z.object({
  id: z.string(),
  origin: z.enum(['import', 'demo']),
  state: z.enum(BET_STATES),
  bet_type: z.enum(BET_TYPES),
  sport: z.string().nullable(),
  league: z.string().nullable(),
  market: z.string().nullable(),
  book: z.string().nullable(),
  selection: z.string().nullable(),
  is_live: z.boolean(),
  is_free_bet: z.boolean(),
  decimal_odds: z.number().nullable(),
  stake_minor: z.number().nullable(),
  profit_minor: z.number().nullable(),
  currency: z.string().nullable(),
  return_per_unit: z.number().nullable(),
  closing_line_value: z.number().nullable(),
  placed_at: z.string(),
  settled_at: z.string().nullable(),
})
type BetRow = z.infer<typeof rowSchema>

const COLUMNS = Object.keys(rowSchema.shape).join(',')

/** A {@link BetStore} in Supabase's table `bets`. */
export function supabaseBetStore(client: SupabaseClient): BetStore {
  return {
    async all() {
      const rows = await readAll(client)
      return rows.map(toBet).sort(byPlacement)
    },
    async save(bets, onSaved) {
      for (let begin = 0; begin < bets.length; begin += PAGE_ROWS) {
        const page = bets.slice(begin, begin + PAGE_ROWS)
        dataOf(await client.from(BETS_TABLE).upsert(page.map(toRow)))
        onSaved?.(begin + page.length)
      }
    },
    async fingerprint() {
      // Every change sets updated_at to a later instant or lowers the count.
      const newest = client.from(BETS_TABLE).select('id,updated_at', { count: 'exact' })
      const answer = await newest.order('updated_at', { ascending: false }).order('id').limit(1)
      return JSON.stringify([dataOf(answer), exactCount(answer)])
    },
    async removeDemo() {
      const answer = await client.from(BETS_TABLE).delete({ count: 'exact' }).eq('origin', 'demo')
      dataOf(answer)
      return exactCount(answer)
    },
  }
}

/** Reads by key, page after page, and compares the sum with an exact count: a page that is cut short is not noticed else. */
async function readAll(client: SupabaseClient): Promise<BetRow[]> {
  const head = await client.from(BETS_TABLE).select('id', { count: 'exact', head: true })
  dataOf(head)
  const rows: BetRow[] = []
  for (let last: string | undefined = ''; last !== undefined; ) {
    const query = client.from(BETS_TABLE).select(COLUMNS).gt('id', last).order('id').limit(PAGE_ROWS)
    const page = parseRows(dataOf(await query))
    for (const row of page) rows.push(row)
    last = page.at(-1)?.id
  }
  if (rows.length < exactCount(head)) {
    throw new UpstreamError('Supabase', `${rows.length} bets were read of ${head.count}: the answer was cut short`)
  }
  return rows
}

function parseRows(data: unknown): BetRow[] {
  const parsed = z.array(rowSchema).safeParse(data)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const message = `a bet is not of our schema: ${issue?.path.join('.')}: ${issue?.message}`
  throw new UpstreamError('Supabase', message, { retryable: false })
}

function toRow(bet: Bet): BetRow {
  return {
    id: bet.id,
    origin: bet.origin,
    state: bet.state,
    bet_type: bet.betType,
    sport: bet.sport,
    league: bet.league,
    market: bet.market,
    book: bet.book,
    selection: bet.selection,
    is_live: bet.isLive,
    is_free_bet: bet.isFreeBet,
    decimal_odds: bet.decimalOdds,
    stake_minor: bet.stakeMinor,
    profit_minor: bet.profitMinor,
    currency: bet.currency,
    return_per_unit: bet.returnPerUnit,
    closing_line_value: bet.closingLineValue,
    placed_at: new Date(bet.placedAtMs).toISOString(),
    settled_at: bet.settledAtMs === null ? null : new Date(bet.settledAtMs).toISOString(),
  }
}

function toBet(row: BetRow): Bet {
  return {
    id: row.id,
    origin: row.origin,
    state: row.state,
    betType: row.bet_type,
    sport: row.sport,
    league: row.league,
    market: row.market,
    book: row.book,
    selection: row.selection,
    isLive: row.is_live,
    isFreeBet: row.is_free_bet,
    decimalOdds: row.decimal_odds,
    stakeMinor: row.stake_minor,
    profitMinor: row.profit_minor,
    currency: row.currency,
    returnPerUnit: row.return_per_unit,
    closingLineValue: row.closing_line_value,
    placedAtMs: Date.parse(row.placed_at),
    settledAtMs: row.settled_at === null ? null : Date.parse(row.settled_at),
  }
}
