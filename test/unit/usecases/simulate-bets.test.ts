import { beforeEach, describe, expect, it } from 'vitest'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import type { Bet } from '../../../shared/bets/bet.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { simulateLedger } from '../../../shared/simulator/ledger.ts'
import { readServedPredictions } from '../../../shared/usecases/read-served-predictions.ts'
import { addSimulated, simulateDecay } from '../../../shared/usecases/simulate-bets.ts'
import { bet } from '../../support/bets.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryBetStore, memoryImportStore } from '../../support/memory-ledger.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { MODELS_MADE_MS, materializeInto, modelVersion, promote } from '../../support/models.ts'

const DEMO = simulateLedger({ seed: 2, count: 300, endsAtMs: MODELS_MADE_MS })

function setting(ledger: readonly Bet[]) {
  let ids = 0
  return {
    ...{ bets: memoryBetStore(ledger), imports: memoryImportStore(), objects: memoryObjectStore() },
    ...{ clock: manualClock(MODELS_MADE_MS), progress: silentProgress, newId: () => `id-${++ids}` },
    ...{ loadScorer: onnxScorer, logger: memoryLogger() },
  }
}

describe('addSimulated', () => {
  it('adds bets to a simulated ledger as an import of their own', async () => {
    const deps = setting(DEMO)
    const added = [bet({ id: 'x', origin: 'demo' }), bet({ id: 'y', origin: 'demo' })]
    const report = await addSimulated(deps, added, 'simulated sport drift')
    expect(report).toMatchObject({ fileName: 'simulated sport drift', rowsRead: 2, rowsImported: 2 })
    expect(await deps.bets.all()).toHaveLength(302)
    expect(deps.imports.reports).toMatchObject([{ id: report.id, finishedAtMs: MODELS_MADE_MS }])
  })

  it('adds the same bets once', async () => {
    const deps = setting(DEMO)
    const added = [bet({ id: 'x', origin: 'demo' })]
    await addSimulated(deps, added, 'drift')
    expect(await addSimulated(deps, added, 'drift')).toMatchObject({ rowsImported: 0, rowsUnchanged: 1 })
  })

  it('never mixes them with a bettor’s own', async () => {
    const deps = setting([bet()])
    const refusal = expect.objectContaining({ code: 'ledger_is_own' })
    await expect(addSimulated(deps, [bet({ id: 'x', origin: 'demo' })], 'drift')).rejects.toThrow(refusal)
    expect(deps.imports.reports).toEqual([])
    expect(await deps.bets.all()).toHaveLength(1)
  })
})

describe('simulateDecay', () => {
  let deps: ReturnType<typeof setting>

  beforeEach(async () => {
    deps = setting(DEMO)
    await materializeInto(deps.objects, DEMO)
    const { manifest, ...model } = await modelVersion()
    await promote(deps.objects, { ...model, manifest: { ...manifest, ledger: { ...manifest.ledger, origin: 'demo' } } })
  })

  it('notes what the champion says and lets bets come out off it', async () => {
    const { import: report, decay } = await simulateDecay(deps, { count: 200, seed: 1, shift: -1.5 })
    expect(report.rowsImported).toBe(200)
    expect((decay?.meanProbability ?? 0) - (decay?.winRate ?? 1)).toBeGreaterThan(0.12)
    const { predictions, unreadable } = await readServedPredictions(deps.objects, MODELS_MADE_MS)
    expect([predictions.length, unreadable]).toEqual([200, 0])
    expect(new Set(predictions.map(({ modelVersion, origin }) => `${modelVersion} ${origin}`))).toEqual(
      new Set([`${decay?.modelVersion} demo`]),
    )
  })

  it('lets them come out as served where nothing is shifted', async () => {
    const { decay } = await simulateDecay(deps, { count: 300, seed: 1, shift: 0 })
    expect(Math.abs((decay?.meanProbability ?? 0) - (decay?.winRate ?? 1))).toBeLessThan(0.09)
  })

  it('leaves the prediction log alone where the ledger is a bettor’s own', async () => {
    await deps.bets.save([bet()], { importId: null })
    await expect(simulateDecay(deps, { count: 10, seed: 1, shift: -1 })).rejects.toThrow('bets of your own')
    expect(await deps.objects.list('predictions/')).toEqual([])
  })
})
