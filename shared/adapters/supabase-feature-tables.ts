import { randomUUID } from 'node:crypto'
import type { SupabaseClient } from '@supabase/supabase-js'
import type { TableRow } from '../features/tables.ts'
import { assertColumns } from '../features/tables.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type { FeatureTables } from '../usecases/feature-ports.ts'
import { dataOf, exactCount } from './supabase-client.ts'
import { pagesOf } from './supabase-pages.ts'

/**
 * {@link FeatureTables} in Supabase's tables of the same names.
 *
 * Rows are written over those of the same keys, then the rows that this call did not write are deleted, told by their
 * `write_id`; a reader meanwhile may see rows of both. Of calls for one table at once, the one that deletes last decides:
 * it leaves its own rows, all of them, or throws, for at its end it counts its own rows and all rows. After a call that
 * threw or was killed the table may hold rows of several calls, or too few; the next that returns has made it whole.
 */
export function supabaseFeatureTables(client: SupabaseClient): FeatureTables {
  return {
    async replace(table, rows) {
      const { name, key } = table
      for (const row of rows) assertColumns(table, row)
      const mark = { computed_at: new Date().toISOString(), write_id: randomUUID() }
      for (const page of pagesOf(rows.map((row): TableRow => ({ ...row, ...mark })))) {
        dataOf(await client.from(name).upsert(page, { onConflict: key.join(',') }))
      }
      dataOf(await client.from(name).delete().neq('write_id', mark.write_id))
      const total = await countRows(client, name)
      const own = await countRows(client, name, mark.write_id)
      if (total === rows.length && own === rows.length) return total
      const message = `${name} has ${total} rows, ${own} of them from this call, which wrote ${rows.length}`
      throw new UpstreamError('Supabase', message)
    },
  }
}

/** Rows of a table. @param writeId  of one call only */
async function countRows(client: SupabaseClient, table: string, writeId?: string): Promise<number> {
  const head = client.from(table).select('*', { count: 'exact', head: true })
  const answer = await (writeId === undefined ? head : head.eq('write_id', writeId))
  dataOf(answer)
  return exactCount(answer)
}
