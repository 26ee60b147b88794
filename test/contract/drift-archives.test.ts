import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import { hyparquetDriftTable } from '../../shared/adapters/hyparquet-drift-table.ts'
import { supabaseDriftStore } from '../../shared/adapters/supabase-drift-store.ts'
import { driftTable } from '../../shared/usecases/drift-columns.ts'
import { findDrift } from '../../shared/usecases/drift-findings.ts'
import { driftReportOf } from '../../shared/usecases/drift-report.ts'
import type { FullDriftReport } from '../../shared/usecases/drift-report-schema.ts'
import { startTestSupabase } from '../support/embedded-supabase.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const FILE = 'drift_report_20260301_020000.json'

/** A report on nothing at all: every figure that may be missing is. */
function emptyReport(): FullDriftReport {
  const table = driftTable([])
  const samples = { reference: table, current: table, lastYear: undefined, windowDays: 30 }
  return driftReportOf({
    ...{ nowMs: Date.UTC(2026, 2, 1, 2), trigger: 'test', champion: undefined, samples, findings: findDrift(samples) },
    ...{ window: { fromDay: 20_483, toDay: 20_513 }, lastYear: undefined },
    baseline: {
      ...{
        format: 'closeline-drift-baseline/1',
        version: 'baseline-0123456789ab',
        createdAt: '2026-03-01T02:00:00.000Z',
      },
      ...{ modelVersion: null, from: '2024-03-01', to: '2026-01-29', rows: 0, sampled: 0, columns: [] },
      file: { sha256: '0'.repeat(64), bytes: 0 },
    },
  })
}

it('leaves Parquet that DuckDB reads, a row a column, with null for what cannot be told', async () => {
  const objects = memoryObjectStore()
  await hyparquetDriftTable(objects).keep(FILE, emptyReport())
  const [key] = await objects.list('lake/drift/')
  expect(key).toBe('lake/drift/day=2026-03-01/drift_report_20260301_020000.parquet')
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.parquet')
  await writeFile(path, (await objects.get(key ?? '')) ?? new Uint8Array())
  const connection = await (await DuckDBInstance.create()).connect()
  const read = await connection.runAndReadAll(
    `select count(*)::int as n, min(feature) as first, count(effect)::int as told, min(status) as status, min(checked_at)::varchar as at from '${path}'`,
  )
  expect(read.getRowObjectsJson()).toEqual([
    {
      n: 31,
      first: 'bet_type',
      told: 0,
      status: 'insufficient_data',
      at: expect.stringContaining('2026-03-01 02:00:00'),
    },
  ])
})

it('keeps a report in Supabase once, however often it is told, and for nobody but the service', async () => {
  await using supabase = await startTestSupabase()
  const report = emptyReport()
  const store = supabaseDriftStore(supabase.client)
  await store.keep(FILE, report)
  await store.keep(FILE, report)
  const { data } = await supabase.client.from('drift_reports').select('id,status,features_with_drift,report')
  expect(data).toEqual([{ id: FILE, status: 'insufficient_data', features_with_drift: 0, report }])
})
