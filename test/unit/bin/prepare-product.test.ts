import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TrainingOutcome } from '../../../bin/prepare-product.ts'
import { prepareProduct } from '../../../bin/prepare-product.ts'
import type { Workspace } from '../../../bin/workspace/workspace.ts'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import { FEATURE_SNAPSHOT_KEY, PERFORMANCE_SNAPSHOT_KEY } from '../../../shared/usecases/run-pipeline.ts'
import { bet } from '../../support/bets.ts'
import { writeLedgerCsv } from '../../support/ledger-csv.ts'
import { memoryBetStore, memoryImportStore } from '../../support/memory-ledger.ts'
import { editJson, memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import { MODELS_MADE_MS, memoryLake, modelVersion } from '../../support/models.ts'
import { simulatedLedger } from '../../support/simulated-ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const LEDGER = simulatedLedger().slice(0, 700)

function memoryWorkspace(ledger = LEDGER): Workspace {
  const objects = memoryObjectStore()
  const clock = () => MODELS_MADE_MS
  let ids = 0
  return {
    directory: {
      ...{ root: '', databaseDir: '', objectsDir: '', logFile: '', lockFile: '' },
      keys: { publishableKey: '', secretKey: '', jwtSecret: '' },
    },
    bets: memoryBetStore(ledger),
    imports: memoryImportStore(),
    objects,
    lake: memoryLake(),
    registry: createModelRegistry(objects, clock),
    loadScorer: onnxScorer,
    clock,
    progress: silentProgress,
    newId: () => `id-${ids++}`,
    close: async () => {},
  }
}

/** The version in service and whether it was trained just now. */
function served(outcome: TrainingOutcome) {
  return 'noModel' in outcome ? undefined : { version: outcome.served.version, trained: outcome.trained }
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

  const prepare = async (path?: string) => {
    const preparation = await prepareProduct(workspace, path)
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
    const readingNothing = { ...workspace.bets, all: () => Promise.reject(new Error('read')) }
    const second = await prepareProduct({ ...workspace, bets: readingNothing }, undefined)
    expect(second.ledger).toEqual(first.ledger)
  })

  it('reads the bets where the summary of the last start is damaged', async () => {
    const first = await prepare()
    await truncateObject(workspace.objects, 'online/ledger.json')
    expect((await prepare()).ledger).toEqual(first.ledger)
  })

  it('trains again when a bet has changed', async () => {
    await prepare()
    await workspace.bets.save([{ ...bet(), id: LEDGER[0]?.id ?? '', league: 'another' }])
    expect((await prepare()).served?.trained).toBe(true)
  })

  it.each([
    ['the champion', () => truncateObject(workspace.objects, 'models/champion.json')],
    ['the features snapshot', () => truncateObject(workspace.objects, FEATURE_SNAPSHOT_KEY)],
    [
      'the features snapshot of other features',
      () => editJson(workspace.objects, FEATURE_SNAPSHOT_KEY, { featuresHash: 'b'.repeat(64) }),
    ],
    ['the record', () => truncateObject(workspace.objects, PERFORMANCE_SNAPSHOT_KEY)],
    [
      'the record of another ledger',
      () => editJson(workspace.objects, PERFORMANCE_SNAPSHOT_KEY, { ledgerSha256: 'b'.repeat(64) }),
    ],
    ['the model file', async (version: string) => truncateObject(workspace.objects, `models/${version}/model.onnx`)],
    ['the manifest', async (version: string) => truncateObject(workspace.objects, `models/${version}/manifest.json`)],
  ])('makes anew, where it is damaged or of something else, %s', async (_, damage) => {
    const { served: before } = await prepare()
    await damage(before?.version ?? '')
    expect((await prepare()).served).toEqual({ version: before?.version, trained: true })
    expect((await prepare()).served).toEqual({ version: before?.version, trained: false })
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
    const { ledger, imported, served: model } = await prepare()
    expect(ledger).toMatchObject({ bets: 8000, origin: 'demo' })
    expect(imported).toBeUndefined()
    const { manifest } = await workspace.registry.load(model?.version ?? '')
    expect(manifest.ledger.origin).toBe('demo')
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
