import type { Bet } from '../../shared/bets/bet.ts'
import { toLedgerRow } from '../../shared/bets/records/ledger-row.ts'
import type { BetRecord } from '../../shared/bets/records/record.ts'
import type { ChangePosition } from '../../shared/lake/state.ts'
import type { ChangeSource, ChangeWindow, SourceDeletion, SourceRecord } from '../../shared/usecases/sync-ports.ts'

/** A table of bets in memory that tells its changes, the twin of Supabase's; a contract suite keeps the two alike. */
export interface MemoryChangeSource extends ChangeSource {
  /** Inserts bets or replaces those of the same ids. */
  save(bets: readonly Bet[], atUs: number): void
  /** The same for one record of any form, as long as it has an id. */
  put(record: BetRecord & { id: string }, atUs: number): void
  /** Deletes bets and keeps account of it. */
  remove(ids: readonly string[], atUs: number): void
  /** Deletes bets and tells nobody, as a truncated table does. */
  lose(ids: readonly string[]): void
}

export function memoryChangeSource(options: { pageRows?: number; tellsDeletions?: boolean } = {}): MemoryChangeSource {
  const { pageRows = 1000, tellsDeletions = true } = options
  const rows = new Map<string, SourceRecord>()
  const deletions = new Map<string, SourceDeletion>()
  const put = (record: BetRecord & { id: string }, atUs: number) => {
    const updatedAt = timestampOf(atUs)
    const row = { ...record, updated_at: updatedAt }
    rows.set(record.id, { id: record.id, updatedAt, updatedAtUs: atUs, record: row })
  }
  const lose = (ids: readonly string[]) => {
    for (const id of ids) rows.delete(id)
  }
  const within = <T extends SourceDeletion>(table: ReadonlyMap<string, T>, window: ChangeWindow) =>
    [...table.values()].filter((row) => isWithin(row, window)).sort(byChange)
  const source: MemoryChangeSource = {
    name: 'memory:bets',
    save(bets, atUs) {
      for (const bet of bets) put({ ...toLedgerRow(bet), import_id: null }, atUs)
    },
    put,
    remove(ids, atUs) {
      lose(ids)
      for (const id of ids) deletions.set(id, { id, updatedAt: timestampOf(atUs), updatedAtUs: atUs })
    },
    lose,
    count: async (window, upTo) =>
      within(rows, window).filter((row) => upTo === undefined || byChange(row, upTo) <= 0).length,
    page: async (window, after) =>
      within(rows, after === null ? window : { after, sinceMs: null, sport: window.sport }).slice(0, pageRows),
    ids: async (after) => {
      const ids = [...rows.keys()].filter((id) => after === null || id > after)
      return ids.sort().slice(0, pageRows)
    },
  }
  if (!tellsDeletions) return source
  return {
    ...source,
    deletions: async ({ after, sinceMs }, last) => {
      const bounds = last === null ? { after, sinceMs, sport: null } : { after: last, sinceMs: null, sport: null }
      return within(deletions, bounds).slice(0, pageRows)
    },
  }
}

function isWithin(row: SourceDeletion | SourceRecord, { after, sinceMs, sport }: ChangeWindow): boolean {
  if (after !== null && byChange(row, after) <= 0) return false
  if (sinceMs !== null && row.updatedAtUs < sinceMs * 1000) return false
  return sport === null || ('record' in row && row.record.sport === sport)
}

function byChange(a: Pick<ChangePosition, 'id' | 'updatedAtUs'>, b: Pick<ChangePosition, 'id' | 'updatedAtUs'>) {
  return a.updatedAtUs - b.updatedAtUs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** An instant as PostgREST writes it, to the microsecond. */
function timestampOf(us: number): string {
  const ms = Math.floor(us / 1000)
  const beyondMs = String(us - ms * 1000).padStart(3, '0')
  return `${new Date(ms).toISOString().slice(0, -1)}${beyondMs}+00:00`
}
