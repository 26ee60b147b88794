import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { updatedAtUs } from '../bets/records/record.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { ChangePosition } from '../lake/state.ts'
import type { ChangeSource, ChangeWindow } from '../usecases/sync-ports.ts'
import type { Bound, Bounds } from './supabase-bounds.ts'
import { narrow, queriesFor } from './supabase-bounds.ts'
import { dataOf, exactCount, PAGE_ROWS } from './supabase-client.ts'

/** A table that tells when each of its rows changed. */
interface ChangeTable {
  name: string
  timeColumn: string
}

const keyed = z.looseObject({ id: z.string().min(1) })

/**
 * A {@link ChangeSource} in a Supabase table `bets`, ours or one of the same manner: `id` text, `updated_at` set by
 * every change, `sport`. Where `bet_deletions` stands beside it, deletions are told too.
 *
 * Reads by key, never by offset: rows that change while it reads move behind the reader's position, not past it.
 */
export function supabaseChangeSource(client: SupabaseClient, options: { tellsDeletions: boolean }): ChangeSource {
  const bets: ChangeTable = { name: 'bets', timeColumn: 'updated_at' }
  const deletions: ChangeTable = { name: 'bet_deletions', timeColumn: 'deleted_at' }
  const source: ChangeSource = {
    name: 'supabase:bets',
    async count(window, upTo) {
      let total = 0
      for (const narrowed of queriesFor(boundsOf(bets, { ...window, upTo }))) {
        const head = client.from(bets.name).select('id', { count: 'exact', head: true })
        const answer = await narrowed(head)
        dataOf(answer)
        total += exactCount(answer)
      }
      return total
    },
    async page(window, after) {
      const rows = await readPage(client, bets, window, after)
      return rows.map((record) => ({ ...changeOf(record, bets), record }))
    },
    async ids(after) {
      const query = narrow(client.from(bets.name).select('id'), after === null ? [] : [['id', 'gt', after]])
      return parseRows(dataOf(await query.order('id').limit(PAGE_ROWS))).map(({ id }) => id)
    },
  }
  if (!options.tellsDeletions) return source
  return {
    ...source,
    deletions: async (window, after) =>
      (await readPage(client, deletions, { ...window, sport: null }, after)).map((row) => changeOf(row, deletions)),
  }
}

async function readPage(
  client: SupabaseClient,
  table: ChangeTable,
  window: ChangeWindow,
  after: ChangePosition | null,
): Promise<z.infer<typeof keyed>[]> {
  // A position within the window says more than the window's beginning.
  const limits = after === null ? window : { after, sinceMs: null, sport: window.sport }
  for (const narrowed of queriesFor(boundsOf(table, limits))) {
    const query = narrowed(client.from(table.name).select('*'))
    const rows = parseRows(dataOf(await query.order(table.timeColumn).order('id').limit(PAGE_ROWS)))
    if (rows.length > 0) return rows
  }
  return []
}

/**
 * The bounds of a read. Its stretches, in order of change: rows of the first instant after an id, those of the instants
 * between, and those of the last instant up to an id.
 */
function boundsOf(
  { timeColumn: time }: ChangeTable,
  { after, sinceMs, sport, upTo }: ChangeWindow & { upTo?: ChangePosition | undefined },
): Bounds {
  const always: Bound[] = []
  if (sport !== null) always.push(['sport', 'eq', sport])
  if (sinceMs !== null) always.push([time, 'gte', new Date(sinceMs).toISOString()])
  // Beside the exact bounds these let the database use its index.
  if (after !== null) always.push([time, 'gte', after.updatedAt])
  if (upTo !== undefined) always.push([time, 'lte', upTo.updatedAt])
  const beyond: Bound[] = after === null ? [] : [['id', 'gt', after.id]]
  const upToEnd: Bound[] = upTo === undefined ? [] : [['id', 'lte', upTo.id]]
  if (after !== null && after.updatedAtUs === upTo?.updatedAtUs) return { always, stretches: [[...beyond, ...upToEnd]] }
  const between: Bound[] = []
  const stretches: Bound[][] = [between]
  if (after !== null) {
    between.push([time, 'gt', after.updatedAt])
    stretches.unshift([[time, 'eq', after.updatedAt], ...beyond])
  }
  if (upTo !== undefined) {
    between.push([time, 'lt', upTo.updatedAt])
    stretches.push([[time, 'eq', upTo.updatedAt], ...upToEnd])
  }
  return { always, stretches }
}

function changeOf(row: z.infer<typeof keyed>, { timeColumn, name }: ChangeTable) {
  const updatedAt = row[timeColumn]
  try {
    if (typeof updatedAt === 'string') return { id: row.id, updatedAt, updatedAtUs: updatedAtUs(updatedAt) }
  } catch (cause) {
    throw unreadableTime(row.id, name, timeColumn, cause)
  }
  throw unreadableTime(row.id, name, timeColumn, updatedAt)
}

function unreadableTime(id: string, table: string, column: string, cause: unknown): UpstreamError {
  return new UpstreamError('Supabase', `${table}: row ${id} has no readable ${column}: ${messageOf(cause)}`, {
    retryable: false,
    cause,
  })
}

function parseRows(data: unknown): z.infer<typeof keyed>[] {
  const parsed = z.array(keyed).safeParse(data)
  if (parsed.success) return parsed.data
  throw new UpstreamError('Supabase', `an answer is no list of rows with ids: ${parsed.error.issues[0]?.message}`, {
    retryable: false,
  })
}
