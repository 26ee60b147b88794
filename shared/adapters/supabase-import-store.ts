import type { SupabaseClient } from '@supabase/supabase-js'
import { sha256Hex } from '../kernel/digest.ts'
import { keyRejections } from '../quality/quarantine.ts'
import type { ImportStore } from '../usecases/ledger-ports.ts'
import { dataOf, exactCount, PAGE_ROWS } from './supabase-client.ts'

/** An {@link ImportStore} in Supabase's tables `imports` and `quarantine`. */
export function supabaseImportStore(client: SupabaseClient): ImportStore {
  return {
    async record(report, rejections) {
      const imported = {
        id: report.id,
        file_name: report.fileName,
        format: report.format,
        started_at: new Date(report.startedAtMs).toISOString(),
        finished_at: new Date(report.finishedAtMs).toISOString(),
        rows_read: report.rowsRead,
        rows_imported: report.rowsImported,
        rows_updated: report.rowsUpdated,
        rows_unchanged: report.rowsUnchanged,
        rows_quarantined: report.rowsQuarantined,
      }
      dataOf(await client.from('imports').insert(imported))
      const rows = await Promise.all(
        keyRejections(report.format, rejections).map(async ({ key, rejection }) => ({
          id: await sha256Hex(key),
          import_id: report.id,
          file_name: report.fileName,
          line: rejection.line,
          reason: rejection.reason,
          field: rejection.field,
          detail: storable(rejection.detail),
          raw: storable(rejection.raw),
        })),
      )
      for (let begin = 0; begin < rows.length; begin += PAGE_ROWS) {
        const page = rows.slice(begin, begin + PAGE_ROWS)
        dataOf(await client.from('quarantine').upsert(page, { ignoreDuplicates: true }))
      }
    },
    async countQuarantined() {
      const answer = await client.from('quarantine').select('id', { count: 'exact', head: true })
      dataOf(answer)
      return exactCount(answer)
    },
  }
}

/** Postgres text cannot hold NUL: it is kept as its visible symbol. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\u2400')
}
