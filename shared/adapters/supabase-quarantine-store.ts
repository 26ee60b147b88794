import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { showingNul } from '../bets/formats/nul.ts'
import { sha256Hex } from '../kernel/digest.ts'
import type { QuarantinedRow, QuarantineOrigin, RefusedRow, Resolution } from '../quality/quarantine.ts'
import { keyRefusals, QUARANTINE_STATUSES } from '../quality/quarantine.ts'
import type { QuarantineFilter, QuarantineStore } from '../usecases/ledger-ports.ts'
import { dataOf, PAGE_ROWS } from './supabase-client.ts'
import { pagesOf } from './supabase-pages.ts'
import { rowsOf } from './supabase-rows.ts'

const QUARANTINE_TABLE = 'quarantine'
const COUNTS_VIEW = 'quarantine_counts'

const rowSchema = z.object({
  id: z.string(),
  position: z.int(),
  source_kind: z.enum(['file', 'table']),
  source_name: z.string(),
  import_id: z.string().nullable(),
  run_id: z.string().nullable(),
  line: z.int().nullable(),
  reason: z.string(),
  field: z.string().nullable(),
  detail: z.string(),
  raw: z.string(),
  status: z.enum(QUARANTINE_STATUSES),
  quarantined_at: z.string(),
  resolved_at: z.string().nullable(),
  released_as: z.string().nullable(),
  imports: z.object({ format: z.string(), columns: z.array(z.string()).nullable() }).nullable(),
})
type KeptRow = z.infer<typeof rowSchema>

const COLUMNS = Object.keys(rowSchema.omit({ imports: true }).shape).join(',')

const countSchema = z.object({ reason: z.string(), row_count: z.int() })

/** A {@link QuarantineStore} in Supabase's table `quarantine`; the header of a file is kept with its import. */
export function supabaseQuarantineStore(client: SupabaseClient): QuarantineStore {
  return {
    async add(origin, refused) {
      const rows = await Promise.all(keyRefusals(origin, refused).map(({ key, row }) => toRow(origin, key, row)))
      for (const page of pagesOf(rows)) {
        dataOf(await client.from(QUARANTINE_TABLE).upsert(page, { ignoreDuplicates: true }))
      }
    },
    async list(filter, limit) {
      const selected = client.from(QUARANTINE_TABLE).select(`${COLUMNS},imports(format,columns)`)
      const { kind, ids, idPrefix, after } = filter
      const equal = { status: filter.status, source_kind: kind, reason: filter.reason }
      let query = selected.order('position').limit(Math.min(limit, PAGE_ROWS))
      for (const [column, value] of Object.entries({ ...equal, ...originOf(filter) })) {
        if (value !== undefined) query = query.eq(column, value)
      }
      if (ids !== undefined) query = query.in('id', [...ids])
      // Ids are hexadecimal, so that what sorts between a prefix and the prefix with a g begins with it.
      if (idPrefix !== undefined) query = query.gte('id', idPrefix).lt('id', `${idPrefix}g`)
      if (after !== undefined) query = query.gt('position', after)
      return rowsOf(QUARANTINE_TABLE, rowSchema, dataOf(await query)).map(toQuarantined)
    },
    async count(status) {
      const view = client.from(COUNTS_VIEW).select('reason,row_count').eq('status', status)
      const counts = rowsOf(COUNTS_VIEW, countSchema, dataOf(await view.order('row_count', { ascending: false })))
      const byReason = counts.map(({ reason, row_count }) => ({ reason, rows: row_count }))
      return { total: byReason.reduce((sum, { rows }) => sum + rows, 0), byReason }
    },
    async resolve(resolutions) {
      let resolved = 0
      for (let begin = 0; begin < resolutions.length; begin += PAGE_ROWS) {
        const page = resolutions.slice(begin, begin + PAGE_ROWS).map(toUpdate)
        resolved += z.int().parse(dataOf(await client.rpc('resolve_quarantine', { resolutions: page })))
      }
      return resolved
    },
  }
}

function originOf({ importId, runId }: QuarantineFilter): Record<string, string | undefined> {
  return { import_id: importId, run_id: runId }
}

async function toRow(origin: QuarantineOrigin, key: string, row: RefusedRow) {
  const isFile = origin.kind === 'file'
  return {
    id: await sha256Hex(key),
    source_kind: origin.kind,
    source_name: showingNul(origin.name),
    import_id: isFile ? origin.importId : null,
    run_id: isFile ? null : origin.runId,
    line: row.line,
    reason: row.reason,
    field: row.field,
    detail: showingNul(row.detail),
    raw: showingNul(row.raw),
  }
}

function toQuarantined(row: KeptRow): QuarantinedRow {
  return {
    id: row.id,
    origin: toOrigin(row),
    line: row.line,
    reason: row.reason,
    field: row.field,
    detail: row.detail,
    raw: row.raw,
    position: row.position,
    quarantinedAtMs: Date.parse(row.quarantined_at),
    status: row.status,
    resolvedAtMs: row.resolved_at === null ? null : Date.parse(row.resolved_at),
    releasedAs: row.released_as,
  }
}

function toOrigin({ source_name: name, import_id: importId, run_id: runId, imports }: KeptRow): QuarantineOrigin {
  if (importId === null || imports === null) return { kind: 'table', name, runId: runId ?? '' }
  return { kind: 'file', name, importId, format: imports.format, columns: imports.columns }
}

function toUpdate(resolution: Resolution) {
  const { id, outcome } = resolution
  if (outcome === 'discarded') return { id, status: outcome }
  if (outcome === 'released') return { id, status: outcome, released_as: resolution.releasedAs }
  const { reason, field, detail } = resolution.refusal
  return { id, reason, field, detail: showingNul(detail) }
}
