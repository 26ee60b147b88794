import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { showingNul } from '../bets/formats/nul.ts'
import type { ImportReport, ImportStore } from '../usecases/ledger-ports.ts'
import { dataOf, PAGE_ROWS } from './supabase-client.ts'
import { rowsOf } from './supabase-rows.ts'

const IMPORTS_TABLE = 'imports'

const rowSchema = z.object({
  id: z.string(),
  file_name: z.string(),
  file_sha256: z.string().nullable(),
  format: z.string(),
  columns: z.array(z.string()).nullable(),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  rows_read: z.int(),
  rows_imported: z.int(),
  rows_updated: z.int(),
  rows_unchanged: z.int(),
  rows_quarantined: z.int(),
})
type ImportRow = z.infer<typeof rowSchema>

const COLUMNS = Object.keys(rowSchema.shape).join(',')

const HASH_BEGINNING = /^[0-9a-f]{6,64}$/

/** An {@link ImportStore} in Supabase's table `imports`. */
export function supabaseImportStore(client: SupabaseClient): ImportStore {
  const newest = () =>
    client.from(IMPORTS_TABLE).select(COLUMNS).order('started_at', { ascending: false }).order('id').limit(PAGE_ROWS)
  const read = async (query: ReturnType<typeof newest>) =>
    rowsOf(IMPORTS_TABLE, rowSchema, dataOf(await query)).map(toReport)
  return {
    async begin(report) {
      dataOf(await client.from(IMPORTS_TABLE).insert(toRow(report)))
    },
    async finish(id, finishedAtMs) {
      dataOf(
        await client
          .from(IMPORTS_TABLE)
          .update({ finished_at: instant(finishedAtMs) })
          .eq('id', id),
      )
    },
    list: (limit) => read(newest().limit(Math.min(limit, PAGE_ROWS))),
    async find(key) {
      const matches = [newest().eq('id', key), newest().eq('file_name', key)]
      if (HASH_BEGINNING.test(key)) matches.push(newest().like('file_sha256', `${key}%`))
      const found = (await Promise.all(matches.map(read))).flat()
      const once = [...new Map(found.map((report) => [report.id, report])).values()]
      return once.sort((a, b) => b.startedAtMs - a.startedAtMs)
    },
  }
}

function toRow(report: ImportReport): ImportRow {
  return {
    id: report.id,
    file_name: report.fileName,
    file_sha256: report.fileSha256,
    format: report.format,
    columns: report.columns?.map(showingNul) ?? null,
    started_at: instant(report.startedAtMs),
    finished_at: report.finishedAtMs === null ? null : instant(report.finishedAtMs),
    rows_read: report.rowsRead,
    rows_imported: report.rowsImported,
    rows_updated: report.rowsUpdated,
    rows_unchanged: report.rowsUnchanged,
    rows_quarantined: report.rowsQuarantined,
  }
}

function toReport(row: ImportRow): ImportReport {
  return {
    id: row.id,
    fileName: row.file_name,
    fileSha256: row.file_sha256,
    format: row.format,
    columns: row.columns,
    startedAtMs: Date.parse(row.started_at),
    finishedAtMs: row.finished_at === null ? null : Date.parse(row.finished_at),
    rowsRead: row.rows_read,
    rowsImported: row.rows_imported,
    rowsUpdated: row.rows_updated,
    rowsUnchanged: row.rows_unchanged,
    rowsQuarantined: row.rows_quarantined,
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
