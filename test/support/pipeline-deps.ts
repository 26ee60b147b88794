import type { Bet } from '../../shared/bets/bet.ts'
import type { Metrics, ObjectStore } from '../../shared/kernel/ports.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import type { LakeState } from '../../shared/lake/state.ts'
import { findCurrentState } from '../../shared/lake/state.ts'
import type { Thresholds } from '../../shared/quality/thresholds.ts'
import { DEFAULT_THRESHOLDS } from '../../shared/quality/thresholds.ts'
import type { MaterializeDeps } from '../../shared/usecases/materialize-features.ts'
import type { PipelineReport } from '../../shared/usecases/pipeline-report.ts'
import type { PipelineCommand, PipelineDeps } from '../../shared/usecases/run-context.ts'
import { runPipeline } from '../../shared/usecases/run-pipeline.ts'
import { LEDGER_START_MS } from './bets.ts'
import { manualClock } from './manual-clock.ts'
import type { MemoryChangeSource } from './memory-change-source.ts'
import { memoryChangeSource } from './memory-change-source.ts'
import { memoryEventPublisher } from './memory-event-publisher.ts'
import { memoryFeatureLayer } from './memory-feature-layer.ts'
import { memoryFeatureTables } from './memory-feature-tables.ts'
import { memoryLakeStore } from './memory-lake-store.ts'
import { memoryQuarantineStore } from './memory-ledger.ts'
import { memoryLogger } from './memory-logger.ts'
import { memoryMetrics } from './memory-metrics.ts'
import { memoryObjectStore } from './memory-object-store.ts'
import { memoryRunStore } from './memory-run-store.ts'

const DAY_MS = 86_400_000

/** When the pipeline of the tests runs first: after the bets of {@link import('./bets.ts').randomLedger}. */
export const RUN_AT_MS = LEDGER_START_MS + 60 * DAY_MS

/** Limits that every ledger keeps in which something can be measured. */
export const ANYTHING_GOES: Thresholds = {
  ...{ min_records: 0, min_settled_pct: 0, max_null_sport_pct: 1, max_null_market_pct: 1, max_null_odds_pct: 1 },
  ...{ max_data_age_days: 100_000, max_critical_anomalies: 1_000_000, max_high_anomalies_pct: 1 },
  ...{ min_sports_count: 0, min_books_count: 0, win_rate_range: [0, 1] },
}

/** Every port of the pipeline in memory, as its twin, with what the twins remember. */
export interface MemoryPipelineDeps extends PipelineDeps, MaterializeDeps {
  source: MemoryChangeSource
  clock: ReturnType<typeof manualClock>
  events: ReturnType<typeof memoryEventPublisher>
  metrics: Metrics & ReturnType<typeof memoryMetrics>
  logger: ReturnType<typeof memoryLogger>
  /** How long each wait would have been. */
  sleeps: number[]
}

/** Deps over one object store; those given take the place of twins. */
export function memoryPipelineDeps(given: Partial<MemoryPipelineDeps> = {}): MemoryPipelineDeps {
  const objects = given.objects ?? memoryObjectStore()
  const sleeps: number[] = []
  let ids = 0
  return {
    source: memoryChangeSource(),
    lake: memoryLakeStore(objects),
    quarantine: memoryQuarantineStore(),
    runs: memoryRunStore(),
    events: memoryEventPublisher(),
    metrics: memoryMetrics(),
    logger: memoryLogger(),
    features: memoryFeatureLayer(objects),
    tables: memoryFeatureTables(),
    progress: silentProgress,
    clock: manualClock(RUN_AT_MS),
    sleep: async (ms) => void sleeps.push(ms),
    newId: () => `run-${String(++ids).padStart(2, '0')}`,
    codeVersion: '0.0.0',
    ...given,
    objects,
    sleeps,
  }
}

/** Runs the pipeline as a test would by default: what changed, of all sports. */
export function run(deps: PipelineDeps, command: Partial<PipelineCommand> = {}): Promise<PipelineReport> {
  return runPipeline(deps, {
    ...{ trigger: 'test', mode: 'incremental', sport: null, thresholds: DEFAULT_THRESHOLDS },
    ...command,
  })
}

/** The lake's newest state, which there must be. */
export async function currentState(objects: ObjectStore): Promise<LakeState> {
  const state = await findCurrentState(objects)
  if (state === undefined) throw new Error('nothing has been published')
  return state
}

/** Every bet of the newest state's processed layer. */
export async function betsInLake({ objects, lake }: Pick<PipelineDeps, 'objects' | 'lake'>): Promise<Bet[]> {
  const { partitions } = await currentState(objects)
  return lake.readBets(partitions.map(({ file }) => file))
}
