import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { toLedgerRow } from '../bets/records/ledger-row.ts'
import { updatedAtUs } from '../bets/records/record.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type { BetChange, BetSighting, StoredBet, SyncStore } from '../usecases/sync-store.ts'
import { removeDemoBets, toBet } from './supabase-bet-store.ts'
import { dataOf } from './supabase-client.ts'

const readSchema = z.object({
  has_demo: z.boolean(),
  bets: z.array(z.looseObject({ version: z.string(), changed_at: z.string().nullable() })),
})

const writtenSchema = z.array(z.string())

/** A {@link SyncStore} in Supabase's table `bets`, with the change times in `bet_versions`. */
export function supabaseSyncStore(client: SupabaseClient): SyncStore {
  return {
    async read(ids) {
      const answer = readSchema.safeParse(dataOf(await client.rpc('bets_to_sync', { ids })))
      if (!answer.success) throw unreadable('bets_to_sync')
      return { bets: answer.data.bets.map(toStoredBet), hasDemo: answer.data.has_demo }
    },
    async write({ changes, seen, importId }) {
      const given = { changes: changes.map(toChangedRow), seen: seen.map(toSeenRow), brought_by: importId }
      const answer = writtenSchema.safeParse(dataOf(await client.rpc('sync_bets', given)))
      if (!answer.success) throw unreadable('sync_bets')
      return answer.data
    },
    removeDemo: () => removeDemoBets(client),
  }
}

function unreadable(name: string): UpstreamError {
  return new UpstreamError('Supabase', `the answer of ${name} is not of our schema`, { retryable: false })
}

function toStoredBet(row: z.infer<typeof readSchema>['bets'][number]): StoredBet {
  const changedAtUs = row.changed_at === null ? null : updatedAtUs(row.changed_at)
  return { bet: toBet(row), changedAtUs, version: row.version }
}

function toChangedRow({ bet, changedAtUs, version }: BetChange) {
  return { ...toLedgerRow(bet), version, changed_at: changedAtUs === null ? null : toInstant(changedAtUs) }
}

function toSeenRow({ id, changedAtUs, version }: BetSighting) {
  return { id, version, changed_at: toInstant(changedAtUs) }
}

/** The ISO instant of microseconds since 1970. */
function toInstant(us: number): string {
  const iso = new Date(Math.floor(us / 1000)).toISOString()
  return `${iso.slice(0, -1)}${String(us % 1000).padStart(3, '0')}Z`
}
