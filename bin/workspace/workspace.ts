import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { duckdbFeatureLayer } from '../../shared/adapters/duckdb-feature-layer.ts'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { emfMetrics } from '../../shared/adapters/emf-metrics.ts'
import { fileEventPublisher } from '../../shared/adapters/file-event-publisher.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { fileTransfer } from '../../shared/adapters/file-transfer.ts'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { onnxRoiScorer, onnxScorer } from '../../shared/adapters/onnx-scorer.ts'
import { supabaseBetStore } from '../../shared/adapters/supabase-bet-store.ts'
import { supabaseChangeSource } from '../../shared/adapters/supabase-change-source.ts'
import { supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import { startEmbeddedSupabase } from '../../shared/adapters/supabase-embedded.ts'
import { supabaseFeatureTables } from '../../shared/adapters/supabase-feature-tables.ts'
import { supabaseImportStore } from '../../shared/adapters/supabase-import-store.ts'
import { supabaseQuarantineStore } from '../../shared/adapters/supabase-quarantine-store.ts'
import { supabaseRunStore } from '../../shared/adapters/supabase-run-store.ts'
import { VERSION } from '../../shared/config/version.ts'
import { DomainError } from '../../shared/kernel/errors.ts'
import type { ObjectStore, Progress, TaggedReader } from '../../shared/kernel/ports.ts'
import type { ModelRegistry } from '../../shared/registry/registry.ts'
import { createModelRegistry } from '../../shared/registry/registry.ts'
import type { LoadScorer } from '../../shared/registry/scorer.ts'
import type { BetStore, ImportStore } from '../../shared/usecases/ledger-ports.ts'
import type { MaterializeDeps } from '../../shared/usecases/materialize-features.ts'
import type { PipelineDeps } from '../../shared/usecases/run-context.ts'
import type { DataDirectory } from './data-directory.ts'
import { openDataDirectory } from './data-directory.ts'
import type { Lock } from './lock.ts'
import { takeLock } from './lock.ts'

const MIGRATIONS_DIR = fileURLToPath(new URL('../../supabase/migrations', import.meta.url))

/** Every port that the use cases ask for, on one machine. */
export interface Workspace extends PipelineDeps, MaterializeDeps {
  directory: DataDirectory
  supabaseUrl: string
  bets: BetStore
  imports: ImportStore
  objects: ObjectStore & TaggedReader
  registry: ModelRegistry
  loadScorer: LoadScorer
  loadRoiScorer?: LoadScorer
  close(): Promise<void>
}

export interface WorkspaceOptions {
  dataDir: string
  progress: Progress
  /** Empties the directory first. */
  fresh?: boolean
  /**
   * What to do where another process holds the directory: `attach` to its embedded Supabase (commands beside a running
   * `npm start`), or `refuse`.
   */
  whenHeld: 'attach' | 'refuse'
}

/**
 * Opens a data directory with its embedded Supabase.
 *
 * @throws {DomainError} `data_directory_busy`, and those of {@link openDataDirectory}
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { dataDir, progress, whenHeld } = options
  const before = await openDataDirectory(dataDir, { fresh: false })
  const taken = await takeLock(before.lockFile)
  if ('holder' in taken) {
    const { pid, supabaseUrl } = taken.holder
    if (whenHeld === 'refuse' || supabaseUrl === null) {
      throw new DomainError(
        'data_directory_busy',
        `process ${pid} works in ${before.root}: stop it, or name another folder with --data`,
      )
    }
    return assemble(before, supabaseUrl, progress, async () => {})
  }
  return openOwned(options, taken.lock)
}

async function openOwned(options: WorkspaceOptions, lock: Lock): Promise<Workspace> {
  try {
    const directory = await openDataDirectory(options.dataDir, { fresh: options.fresh ?? false })
    const task = options.progress.start('Opening the database')
    const supabase = await startEmbeddedSupabase({
      dataDir: directory.databaseDir,
      migrationsDir: MIGRATIONS_DIR,
      keys: directory.keys,
    })
    task.finish()
    const close = async () => {
      try {
        await supabase.close()
      } finally {
        await lock.release()
      }
    }
    try {
      await lock.publish(supabase.url)
    } catch (thrown) {
      await close()
      throw thrown
    }
    return assemble(directory, supabase.url, options.progress, close)
  } catch (thrown) {
    await lock.release()
    throw thrown
  }
}

function assemble(
  directory: DataDirectory,
  supabaseUrl: string,
  progress: Progress,
  close: () => Promise<void>,
): Workspace {
  const client = supabaseServiceClient(supabaseUrl, directory.keys.secretKey)
  const objects = fileObjectStore(directory.objectsDir)
  const transfer = fileTransfer(directory.objectsDir)
  const log = (line: string) => appendFileSync(directory.pipelineLogFile, `${line}\n`)
  return {
    directory,
    supabaseUrl,
    bets: supabaseBetStore(client),
    imports: supabaseImportStore(client),
    quarantine: supabaseQuarantineStore(client),
    objects,
    source: supabaseChangeSource(client, { tellsDeletions: true }),
    lake: duckdbLakeStore(transfer),
    features: duckdbFeatureLayer(transfer),
    tables: supabaseFeatureTables(client),
    runs: supabaseRunStore(client),
    events: fileEventPublisher(directory.eventsFile),
    metrics: emfMetrics(log, Date.now),
    logger: jsonLogger(log),
    registry: createModelRegistry(objects, Date.now),
    loadScorer: onnxScorer,
    loadRoiScorer: onnxRoiScorer,
    clock: Date.now,
    sleep,
    progress,
    newId: randomUUID,
    codeVersion: VERSION,
    close,
  }
}
