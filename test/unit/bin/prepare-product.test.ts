import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StartCommand, TrainingOutcome } from '../../../bin/prepare-product.ts'
import { prepareProduct } from '../../../bin/prepare-product.ts'
import type { Workspace } from '../../../bin/workspace/workspace.ts'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import type { DomainEvent } from '../../../shared/config/events.ts'
import { FEATURE_LAYER_KEY } from '../../../shared/lake/feature-layer.ts'
import { PERFORMANCE_SNAPSHOT_KEY } from '../../../shared/performance/snapshot.ts'
import type { Thresholds } from '../../../shared/quality/thresholds.ts'
import { DEFAULT_THRESHOLDS } from '../../../shared/quality/thresholds.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import { bet } from '../../support/bets.ts'
import { writeLedgerCsv } from '../../support/ledger-csv.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryBetTable } from '../../support/memory-bet-table.ts'
import { memoryImportStore } from '../../support/memory-ledger.ts'
import { editJson, memoryObjectStore, textOf, truncateObject } from '../../support/memory-object-store.ts'
import { MODELS_MADE_MS, modelVersion } from '../../support/models.ts'
import { memoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { simulatedLedger } from '../../support/simulated-ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const LEDGER = simulatedLedger().slice(0, 700)

/** Limits that a sound ledger of 700 bets keeps. */
const LENIENT: Thresholds = {
  ...DEFAULT_THRESHOLDS,
  min_records: 500,
  max_data_age_days: 1000,
  max_high_anomalies_pct: 1,
}

function memoryWorkspace(ledger = LEDGER): Workspace {
  const clock = manualClock(MODELS_MADE_MS)
  const objects = memoryObjectStore()
  const deps = memoryPipelineDeps({ clock, objects })
  return {
    ...deps,
    objects,
    supabaseUrl: '',
    ...memoryBetTable(ledger, MODELS_MADE_MS * 1000),
    directory: {
      ...{ root: '', databaseDir: '', objectsDir: '', logFile: '', pipelineLogFile: '', eventsFile: '', lockFile: '' },
      keys: { publishableKey: '', secretKey: '', jwtSecret: '' },
    },
    imports: memoryImportStore(),
    registry: createModelRegistry(deps.objects, clock),
    loadScorer: onnxScorer,
    close: async () => {},
  }
}

/** The version in service and whether it was trained just now. */
function served(outcome: TrainingOutcome) {
  return 'served' in outcome ? { version: outcome.served.version, trained: outcome.trained } : undefined
}

describe('prepareProduct', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let workspace: Workspace

  beforeAll(async () => {
    folder = await temporaryFolder()
  })

  afterAll(() => folder[Symbol.asyncDispose]())

  beforeEach(() => {
    workspace = memoryWorkspace()
  })

  const prepare = async (betsPath?: string, command: Partial<StartCommand> = {}) => {
    const preparation = await prepareProduct(workspace, {
      ...{ betsPath, thresholds: LENIENT, despiteQuality: false },
      ...command,
    })
    return { ...preparation, served: served(preparation.outcome) }
  }

  it('trains on a ledger, and not again while no bet has changed', async () => {
    const first = await prepare()
    expect(first).toMatchObject({ ledger: { bets: 700, origin: 'own' }, served: { trained: true } })
    const second = await prepare()
    expect(second.served).toEqual({ version: first.served?.version, trained: false })
    expect({ ...second.outcome, trained: true }).toEqual(first.outcome)
  })

  it('does not even read the bets while none has changed', async () => {
    const first = await prepare()
    const read = () => Promise.reject(new Error('read'))
    workspace = {
      ...workspace,
      bets: { ...workspace.bets, all: read },
      source: { ...workspace.source, count: read, page: read },
    }
    expect((await prepare()).ledger).toEqual(first.ledger)
  })

  it('judges again where the limits of the quality gate have changed', async () => {
    expect((await prepare()).ledger.quality.passed).toBe(true)
    const { ledger, served } = await prepare(undefined, { thresholds: { ...LENIENT, min_records: 701 } })
    expect([ledger.quality.passed, served?.trained]).toEqual([false, false])
  })

  it('reads the bets where the summary of the last start is damaged', async () => {
    const first = await prepare()
    await truncateObject(workspace.objects, 'online/ledger.json')
    expect((await prepare()).ledger).toEqual(first.ledger)
  })

  it('trains again when a bet has changed', async () => {
    await prepare()
    await workspace.bets.save([{ ...bet(), id: LEDGER[0]?.id ?? '', league: 'another' }], { importId: null })
    expect((await prepare()).served?.trained).toBe(true)
  })

  it.each([
    ['the champion', () => truncateObject(workspace.objects, 'models/champion.json')],
    ['the model file', async (version: string) => truncateObject(workspace.objects, `models/${version}/model.onnx`)],
    ['the manifest', async (version: string) => truncateObject(workspace.objects, `models/${version}/manifest.json`)],
  ])('makes anew, where it is damaged or of something else, %s', async (_, damage) => {
    const { served: before } = await prepare()
    await damage(before?.version ?? '')
    expect((await prepare()).served).toEqual({ version: before?.version, trained: true })
    expect((await prepare()).served).toEqual({ version: before?.version, trained: false })
  })

  it.each([
    ['the features', () => truncateObject(workspace.objects, FEATURE_LAYER_KEY)],
    ['features of other software', () => editJson(workspace.objects, FEATURE_LAYER_KEY, { layerHash: 'b'.repeat(64) })],
    ['the record', () => truncateObject(workspace.objects, PERFORMANCE_SNAPSHOT_KEY)],
    [
      'the record of another ledger',
      () => editJson(workspace.objects, PERFORMANCE_SNAPSHOT_KEY, { ledgerSha256: 'b'.repeat(64) }),
    ],
  ])('mends, without training again, %s', async (_, damage) => {
    const { served, ledger } = await prepare()
    await damage()
    expect((await prepare()).served).toEqual({ version: served?.version, trained: false })
    const { ledgerSha256 } = ledger
    for (const key of [FEATURE_LAYER_KEY, PERFORMANCE_SNAPSHOT_KEY]) {
      expect(JSON.parse(await textOf(workspace.objects, key))).toMatchObject({ ledgerSha256 })
    }
  })

  it('does not train again, start after start, for a damaged manifest of an older version', async () => {
    const { manifest } = await modelVersion()
    await workspace.objects.put(`models/${manifest.version}/manifest.json`, '{"format":')
    await prepare()
    expect((await prepare()).served?.trained).toBe(false)
  })

  it('imports a file first, and lets it take the place of demo bets', async () => {
    workspace = memoryWorkspace([bet({ id: 'demo-1', origin: 'demo' })])
    const path = await writeLedgerCsv(join(folder.path, 'bets.csv'), LEDGER, [','])
    const preparation = await prepare(path)
    expect(preparation.ledger).toMatchObject({ bets: 700, origin: 'own' })
    expect(preparation).toMatchObject({ demoBetsRemoved: 1, quarantined: 1 })
    expect(preparation.imported).toMatchObject({ rowsRead: 701, rowsImported: 700, rowsQuarantined: 1 })
  })

  it('makes a demo ledger of 8,000 bets where there is nothing else, and says that it is one', async () => {
    workspace = memoryWorkspace([])
    const told: DomainEvent[] = []
    workspace = { ...workspace, events: { publish: async (events) => void told.push(...events) } }
    const { ledger, imported, served: model } = await prepare()
    expect(ledger).toMatchObject({ bets: 8000, origin: 'demo' })
    expect(imported).toBeUndefined()
    const { manifest } = await workspace.registry.load(model?.version ?? '')
    expect(manifest.ledger.origin).toBe('demo')
    // Of a look at a ledger without a bet nobody is told.
    expect(told.filter(({ type }) => type === 'PipelineCompleted')).toMatchObject([{ bets: 8000 }])
  })

  it('trains a first model on data that fail the gate, and its manifest says so', async () => {
    const { outcome } = await prepare(undefined, { thresholds: { ...LENIENT, min_records: 701 } })
    expect(outcome).toMatchObject({
      trained: true,
      served: { dataQuality: { passed: false, failed: ['min_records'] } },
    })
    expect((await workspace.registry.list()).every(({ dataQuality }) => dataQuality?.passed === false)).toBe(true)
  })

  describe('where the data fail the gate and a model serves', () => {
    const failing = { thresholds: { ...LENIENT, min_records: 1000 } }
    let before: Awaited<ReturnType<typeof prepare>>

    beforeEach(async () => {
      before = await prepare()
      await workspace.bets.save([bet({ id: 'new', settledAtMs: null, placedAtMs: MODELS_MADE_MS })], { importId: null })
    })

    it('keeps the model, says why, and yet brings the snapshots up to date', async () => {
      const { outcome, ledger } = await prepare(undefined, failing)
      expect(outcome).toMatchObject({
        kept: { version: before.served?.version },
        reason: expect.stringContaining('min_records (701)'),
      })
      expect((await workspace.registry.list()).every(({ dataQuality }) => dataQuality?.passed)).toBe(true)
      for (const key of [FEATURE_LAYER_KEY, PERFORMANCE_SNAPSHOT_KEY]) {
        expect(JSON.parse(await textOf(workspace.objects, key))).toMatchObject({ ledgerSha256: ledger.ledgerSha256 })
      }
      expect(ledger).toMatchObject({ bets: 701, quality: { passed: false } })
    })

    it('trains all the same where a person decided so', async () => {
      const { outcome } = await prepare(undefined, { ...failing, despiteQuality: true })
      expect(outcome).toMatchObject({ trained: true, candidate: { dataQuality: { passed: false } } })
    })
  })

  it('has no model, and says why, where the ledger is too short to learn from', async () => {
    workspace = memoryWorkspace(LEDGER.slice(0, 50))
    const { outcome } = await prepare()
    expect(outcome).toMatchObject({ noModel: expect.stringContaining('training needs 500') })
    expect(await workspace.objects.get(PERFORMANCE_SNAPSHOT_KEY)).toBeDefined()
  })

  it('touches nothing where the file cannot be read', async () => {
    await expect(prepare(join(folder.path, 'absent.csv'))).rejects.toMatchObject({ code: 'file_not_readable' })
    expect(await workspace.bets.all()).toHaveLength(LEDGER.length)
    expect(await workspace.objects.list('')).toEqual([])
  })
})
