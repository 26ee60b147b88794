import { randomUUID } from 'node:crypto'
import { createReadStream, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { fileTransfer } from '../../shared/adapters/file-transfer.ts'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { supabaseBetStore } from '../../shared/adapters/supabase-bet-store.ts'
import { supabaseChangeSource } from '../../shared/adapters/supabase-change-source.ts'
import { supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import { startEmbeddedSupabase } from '../../shared/adapters/supabase-embedded.ts'
import { updatedAtUs } from '../../shared/bets/records/record.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import { DEFAULT_THRESHOLDS } from '../../shared/quality/thresholds.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'
import { runPipeline } from '../../shared/usecases/run-pipeline.ts'
import type { ChangeSource, SourceRecord } from '../../shared/usecases/sync-ports.ts'

const PAGE_ROWS = 1000

/** One run over the rows of a file, into a lake below a folder; what it took. */
export async function runMeasured(rowsPath: string, lakeRoot: string) {
  return measure(fileSource(rowsPath), lakeRoot)
}

/** A full run on 27,000 bets in an embedded Supabase over HTTP; filling it is not counted. */
export async function runOnDatabase(root: string) {
  mkdirSync(root, { recursive: true })
  const keys = { publishableKey: 'sb_publishable_bench', secretKey: 'sb_secret_bench', jwtSecret: 'x'.repeat(32) }
  const migrationsDir = resolve('supabase/migrations')
  const server = await startEmbeddedSupabase({ dataDir: join(root, 'supabase'), migrationsDir, keys })
  try {
    const client = supabaseServiceClient(server.url, keys.secretKey)
    const bets = simulateLedger({ seed: 1, count: 27_000, endsAtMs: Date.UTC(2026, 10, 1) })
    await supabaseBetStore(client).save(bets, { importId: null })
    return await measure(supabaseChangeSource(client, { tellsDeletions: true }), join(root, 'lake'))
  } finally {
    await server.close()
  }
}

async function measure(source: ChangeSource, lakeRoot: string) {
  const nothing = async () => {}
  const deps = {
    source,
    lake: duckdbLakeStore(fileTransfer(lakeRoot)),
    objects: fileObjectStore(lakeRoot),
    quarantine: {
      add: nothing,
      list: async () => [],
      count: async () => ({ total: 0, byReason: [] }),
      resolve: async () => 0,
    },
    runs: { record: nothing, latest: async () => [] },
    events: { publish: nothing },
    metrics: { record: () => {} },
    logger: jsonLogger((line) => process.stderr.write(`${line}\n`)),
    clock: Date.now,
    sleep,
    progress: silentProgress,
    newId: randomUUID,
    codeVersion: 'bench',
  }
  const begin = performance.now()
  const command = { trigger: 'bench', mode: 'incremental' as const, sport: null, thresholds: DEFAULT_THRESHOLDS }
  const report = await runPipeline(deps, command)
  return {
    rows: report.counts.received,
    seconds: (performance.now() - begin) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    partitionsWritten: report.partitionsWritten,
  }
}

/** The rows of a file in their order, page by page, each parsed as an answer over HTTP is. */
function fileSource(path: string): ChangeSource {
  const lines = createInterface({ input: createReadStream(path, { highWaterMark: 1 << 20 }) })[Symbol.asyncIterator]()
  let rows = 0
  return {
    name: 'supabase:bets',
    // Asked without an end when a page was empty: nothing comes after the last row.
    count: async (_, upTo) => (upTo === undefined ? 0 : rows),
    ids: async () => [],
    async page() {
      const page: SourceRecord[] = []
      while (page.length < PAGE_ROWS) {
        const { value, done } = await lines.next()
        if (done === true) break
        const record = JSON.parse(value) as { id: string; updated_at: string }
        page.push({ id: record.id, updatedAt: record.updated_at, updatedAtUs: updatedAtUs(record.updated_at), record })
      }
      rows += page.length
      return page
    },
  }
}
