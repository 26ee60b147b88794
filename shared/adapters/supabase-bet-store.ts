import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { byPlacement } from '../bets/bet.ts'
import { LEDGER_COLUMNS, parseLedgerRow, toLedgerRow } from '../bets/records/ledger-row.ts'
import type { BetRecord } from '../bets/records/record.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type { BetStore } from '../usecases/ledger-ports.ts'
import { narrow } from './supabase-bounds.ts'
import { dataOf, exactCount, PAGE_ROWS } from './supabase-client.ts'

const BETS_TABLE = 'bets'

const COLUMNS = LEDGER_COLUMNS.join(',')

/** A {@link BetStore} in Supabase's table `bets`. */
export function supabaseBetStore(client: SupabaseClient): BetStore {
  return {
    async all() {
      const bets = await readAll(client)
      return bets.sort(byPlacement)
    },
    async save(bets, { importId, onSaved }) {
      for (let begin = 0; begin < bets.length; begin += PAGE_ROWS) {
        const page = bets.slice(begin, begin + PAGE_ROWS)
        const rows = page.map((bet) => ({ ...toLedgerRow(bet), import_id: importId }))
        dataOf(await client.from(BETS_TABLE).upsert(rows))
        onSaved?.(begin + page.length)
      }
    },
    async fingerprint() {
      // Every change sets updated_at to a later instant or lowers the count.
      const newest = client.from(BETS_TABLE).select('id,updated_at', { count: 'exact' })
      const answer = await newest.order('updated_at', { ascending: false }).order('id').limit(1)
      return JSON.stringify([dataOf(answer), exactCount(answer)])
    },
    removeDemo: () => removeDemoBets(client),
  }
}

/** Removes all bets of the simulator; returns how many there were. */
export async function removeDemoBets(client: SupabaseClient): Promise<number> {
  const answer = await client.from(BETS_TABLE).delete({ count: 'exact' }).eq('origin', 'demo')
  dataOf(answer)
  return exactCount(answer)
}

/** Reads by key, page after page, and compares the sum with an exact count: a page that is cut short is not noticed else. */
async function readAll(client: SupabaseClient): Promise<Bet[]> {
  const head = await client.from(BETS_TABLE).select('id', { count: 'exact', head: true })
  dataOf(head)
  const bets: Bet[] = []
  for (let last: string | undefined = ''; last !== undefined; ) {
    const query = narrow(client.from(BETS_TABLE).select(COLUMNS), [['id', 'gt', last]])
    const page = parseRows(dataOf(await query.order('id').limit(PAGE_ROWS)))
    for (const bet of page) bets.push(bet)
    last = page.at(-1)?.id
  }
  if (bets.length < exactCount(head)) {
    throw new UpstreamError('Supabase', `${bets.length} bets were read of ${head.count}: the answer was cut short`)
  }
  return bets
}

const answerSchema = z.array(z.looseObject({}))

function parseRows(data: unknown): Bet[] {
  const answer = answerSchema.safeParse(data)
  if (!answer.success) throw new UpstreamError('Supabase', 'the answer is no list of rows', { retryable: false })
  return answer.data.map(toBet)
}

/** The bet of a row of the table. @throws {UpstreamError} where another version wrote it */
export function toBet(row: BetRecord): Bet {
  const parsed = parseLedgerRow(row)
  if (parsed.ok) return parsed.bet
  const message = `a bet is not of our schema: ${String(row.id)}: ${parsed.problem.detail}`
  throw new UpstreamError('Supabase', message, { retryable: false })
}
