import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareProduct } from '../../bin/prepare-product.ts'
import type { Workspace } from '../../bin/workspace/workspace.ts'
import { openWorkspace } from '../../bin/workspace/workspace.ts'
import { hyparquetDriftTable } from '../../shared/adapters/hyparquet-drift-table.ts'
import { supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import { supabaseDriftStore } from '../../shared/adapters/supabase-drift-store.ts'
import type { DomainEvent } from '../../shared/config/events.ts'
import { eventSchema } from '../../shared/config/events.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import { simulateDrift } from '../../shared/simulator/drift.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'
import { readDecayReport } from '../../shared/usecases/decay-state.ts'
import type { DueReport } from '../../shared/usecases/retrain-where-due.ts'
import { retrainWhereDue } from '../../shared/usecases/retrain-where-due.ts'
import { readRetrainings } from '../../shared/usecases/retraining-store.ts'
import { addSimulated, simulateDecay } from '../../shared/usecases/simulate-bets.ts'
import { updateLake } from '../../shared/usecases/update-lake.ts'
import { seedDataDirectory } from '../support/database-template.ts'
import { ANYTHING_GOES } from '../support/pipeline-deps.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const DAY_MS = 86_400_000
const BETS = 2000

/** Three trainings and six checks on one machine that may be busy. */
const PATIENCE_MS = 240_000

describe('drift and decay on one machine, with the embedded database', { timeout: PATIENCE_MS }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let workspace: Workspace

  beforeAll(async () => {
    folder = await temporaryFolder()
    const dataDir = join(folder.path, 'data')
    await seedDataDirectory(dataDir)
    workspace = await openWorkspace({ dataDir, progress: silentProgress, whenHeld: 'refuse' })
    const demo = simulateLedger({ seed: 5, count: BETS, endsAtMs: workspace.clock() })
    await workspace.bets.save(demo, { importId: null })
    await prepareProduct(workspace, { betsPath: undefined, despiteQuality: true, thresholds: ANYTHING_GOES })
  }, PATIENCE_MS)

  afterAll(async () => {
    await workspace.close()
    await folder[Symbol.asyncDispose]()
  })

  /** Everything that was told, the pipeline's own events aside. */
  async function told(): Promise<DomainEvent[]> {
    const lines = (await readFile(workspace.directory.eventsFile, 'utf8')).trim().split('\n')
    const events = lines.map((line) => eventSchema.parse(JSON.parse(line)))
    return events.filter(({ type }) => !type.startsWith('Pipeline') && !type.startsWith('Quality'))
  }

  /** The daily look, so many days from now. */
  async function look(inDays: number): Promise<DueReport> {
    const { objects, supabaseUrl, directory } = workspace
    const client = supabaseServiceClient(supabaseUrl, directory.keys.secretKey)
    const archives = [hyparquetDriftTable(objects), supabaseDriftStore(client)]
    const clock = () => Date.now() + inDays * DAY_MS
    const deps = { ...workspace, clock, archives }
    const thresholds = ANYTHING_GOES
    await updateLake(deps, { trigger: 'test', mode: 'incremental', sport: null, thresholds })
    return retrainWhereDue(deps, { windowDays: 30, trigger: 'test', thresholds })
  }

  it('asks for nothing while bets are as they were', async () => {
    const { check, training } = await look(0)
    expect(check).toMatchObject({ task: 'check', requiresRetraining: false, decision: { decision: 'none' } })
    expect(training).toBeNull()
    expect(await told()).toEqual([])
  })

  it('finds drifted bets, trains because of them once, and tells of each step once', async () => {
    const endsAtMs = workspace.clock()
    const bets = simulateDrift({ kind: 'sport', seed: 1, count: 600, endsAtMs })
    await addSimulated(workspace, bets, 'simulated sport drift')
    const { check, training } = await look(0)
    expect(check).toMatchObject({ requiresRetraining: true, decision: { decision: 'request', rule: 'drift' } })
    expect(training).toMatchObject({ rule: 'drift', attempts: 1, state: 'finished' })
    expect(['promoted', 'kept']).toContain(training?.finished?.outcome)
    const types = (await told()).map(({ type }) => type).filter((type) => type !== 'ModelPromoted')
    expect(types).toEqual(['DriftDetected', 'RetrainingRequested', 'RetrainingFinished'])
    const again = await look(1)
    expect(again.training).toBeNull()
    expect((await told()).filter(({ type }) => type.startsWith('Retraining'))).toHaveLength(2)
  })

  it('finds that the champion’s probabilities no longer hold, and that training must wait for its turn', async () => {
    const { decay } = await simulateDecay(workspace, { count: 400, seed: 2, shift: -0.8 })
    const { check, training } = await look(2)
    const report = await readDecayReport(workspace.objects)
    expect(report?.versions[0]).toMatchObject({ modelVersion: decay?.modelVersion, isChampion: true })
    expect(report?.versions[0]?.test).toMatchObject({ hasDecayed: true })
    // The last training is two days old.
    expect(check).toMatchObject({ decision: { decision: 'hold', rule: 'decay' } })
    expect(training).toBeNull()
    const later = await look(4)
    expect(later.training).toMatchObject({ rule: 'decay', state: 'finished' })
    const decayed = (await told()).filter(({ type }) => type === 'DecayDetected')
    expect(decayed).toHaveLength(1)
    const { records } = await readRetrainings(workspace.objects)
    expect(records.map(({ rule }) => rule).sort()).toEqual(['decay', 'drift'])
  })
})
