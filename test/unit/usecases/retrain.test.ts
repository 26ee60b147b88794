import { beforeEach, describe, expect, it } from 'vitest'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import type { Bet } from '../../../shared/bets/bet.ts'
import { InvariantError, UpstreamError } from '../../../shared/kernel/errors.ts'
import { DEFAULT_THRESHOLDS } from '../../../shared/quality/thresholds.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import type { RetrainCommand, RetrainDeps } from '../../../shared/usecases/retrain.ts'
import { MOST_ATTEMPTS, retrain } from '../../../shared/usecases/retrain.ts'
import { takeTrainingLock } from '../../../shared/usecases/retraining-lock.ts'
import { readRetrainings } from '../../../shared/usecases/retraining-store.ts'
import { bet } from '../../support/bets.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { MODELS_MADE_MS } from '../../support/models.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { ANYTHING_GOES, memoryPipelineDeps, run } from '../../support/pipeline-deps.ts'
import { simulatedLedger } from '../../support/simulated-ledgers.ts'

const BETS = simulatedLedger().slice(0, 700)

type Deps = MemoryPipelineDeps & RetrainDeps

/** Twins with these bets in their lake. */
async function setting(bets: readonly Bet[]): Promise<Deps> {
  const clock = manualClock(MODELS_MADE_MS)
  const objects = memoryObjectStore()
  const deps = memoryPipelineDeps({ clock, objects })
  deps.source.save(bets, (MODELS_MADE_MS - 1000) * 1000)
  if (bets.length > 0) await run(deps, { thresholds: ANYTHING_GOES })
  deps.events.events.length = 0
  return { ...deps, objects, registry: createModelRegistry(objects, clock), loadScorer: onnxScorer }
}

const COMMAND: RetrainCommand = {
  ...{ rule: 'drift', reason: 'sport has drifted', requestId: '2025-06-01-drift' },
  thresholds: ANYTHING_GOES,
}

const types = (deps: Deps) => deps.events.events.map(({ type }) => type)

describe('retrain on enough bets', () => {
  it('learns, keeps why and what came of it, and tells of both; asked again, it does nothing more', async () => {
    const deps = await setting(BETS)
    const record = await retrain(deps, COMMAND)
    expect(record).toMatchObject({
      ...{ requestId: '2025-06-01-drift', rule: 'drift', reason: 'sport has drifted', state: 'finished', attempts: 1 },
      finished: { outcome: 'promoted', previous: null },
    })
    const champion = await deps.registry.alias('champion')
    expect(record.finished?.served).toBe(champion?.version)
    expect(record.finished?.ledgerSha256).toMatch(/^[0-9a-f]{64}$/)
    expect(types(deps)).toEqual(['RetrainingFinished', 'ModelPromoted'])
    expect(deps.events.events[1]).toMatchObject({ modelVersion: champion?.version, previous: null })
    expect(await retrain(deps, COMMAND)).toEqual(record)
    expect(deps.events.events).toHaveLength(2)

    // The same bets give the same model: it goes on, and nobody is promoted.
    const again = await retrain(deps, { ...COMMAND, requestId: 'other', rule: 'forced' })
    expect(again.finished).toMatchObject({ outcome: 'kept', served: champion?.version, previous: champion?.version })
    expect(types(deps)).toEqual(['RetrainingFinished', 'ModelPromoted', 'RetrainingFinished'])
    expect((await readRetrainings(deps.objects)).records.map(({ requestId }) => requestId).sort()).toEqual([
      '2025-06-01-drift',
      'other',
    ])
  })
})

describe('retrain', () => {
  let deps: Deps

  beforeEach(async () => {
    deps = await setting([bet({ id: 'a' }), bet({ id: 'b', state: 'lost' })])
  })

  it('refuses too few bets as an outcome', async () => {
    const { finished } = await retrain(deps, COMMAND)
    expect(finished).toMatchObject({ outcome: 'refused', candidate: null, served: null })
    expect(finished?.reason).toMatch(/training needs 500/)
    expect(types(deps)).toEqual(['RetrainingFinished'])
  })

  it('refuses bets that fail the quality gate', async () => {
    const { finished } = await retrain(deps, { ...COMMAND, thresholds: DEFAULT_THRESHOLDS })
    expect(finished?.reason).toMatch(/failed the quality gate.*min_records/)
    expect(finished?.outcome).toBe('refused')
  })

  it('goes past the gate where the ledger is simulated', async () => {
    deps = await setting([bet({ id: 'a', origin: 'demo' }), bet({ id: 'b', origin: 'demo', state: 'lost' })])
    const { finished } = await retrain(deps, { ...COMMAND, thresholds: DEFAULT_THRESHOLDS })
    expect(finished?.reason).toMatch(/training needs 500/)
  })

  it('refuses an empty lake', async () => {
    deps = await setting([])
    expect((await retrain(deps, COMMAND)).finished).toMatchObject({ outcome: 'refused', ledgerSha256: null })
  })

  it('refuses a second request while another is under way, and leaves the first alone', async () => {
    await takeTrainingLock(deps, 'first')
    const { finished } = await retrain(deps, COMMAND)
    expect(finished?.reason).toBe('another training is under way, that of the request first')
  })

  it('tells a second delivery of the request that runs how it stands', async () => {
    await takeTrainingLock(deps, COMMAND.requestId)
    expect(await retrain(deps, COMMAND)).toMatchObject({ finished: null })
    expect(types(deps)).toEqual([])
  })

  it('frees the right to train, whatever came of it', async () => {
    await retrain(deps, COMMAND)
    expect(await takeTrainingLock(deps, 'next')).toHaveProperty('release')
  })

  it('sends a message that was cut off when it is asked again, and no second one', async () => {
    const silent = { ...deps, events: { publish: () => Promise.reject(new UpstreamError('bus', 'down')) } }
    await expect(retrain(silent, COMMAND)).rejects.toThrow(UpstreamError)
    expect(await retrain(deps, COMMAND)).toMatchObject({ finished: { outcome: 'refused' } })
    await retrain(deps, COMMAND)
    expect(types(deps)).toEqual(['RetrainingFinished'])
  })

  it('goes on with a request that a vendor broke off, so often and no oftener', async () => {
    const lake = { ...deps.lake, readBets: () => Promise.reject(new UpstreamError('s3', 'slow down')) }
    const failing = { ...deps, lake }
    for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
      await expect(retrain(failing, COMMAND)).rejects.toThrow(UpstreamError)
    }
    const record = await retrain(failing, COMMAND)
    expect(record).toMatchObject({ attempts: MOST_ATTEMPTS, finished: { outcome: 'failed' } })
    expect(types(deps)).toEqual(['RetrainingFinished'])
    expect(deps.logger.of('retraining_failed')).toHaveLength(1)
  })

  it('can be finished by a later attempt', async () => {
    const lake = { ...deps.lake, readBets: () => Promise.reject(new UpstreamError('s3', 'slow down')) }
    await expect(retrain({ ...deps, lake }, COMMAND)).rejects.toThrow(UpstreamError)
    expect(await retrain(deps, COMMAND)).toMatchObject({ attempts: 2, finished: { outcome: 'refused' } })
  })

  it('keeps and tells our own fault before it is thrown', async () => {
    const lake = { ...deps.lake, readBets: () => Promise.reject(new InvariantError('impossible')) }
    await expect(retrain({ ...deps, lake }, COMMAND)).rejects.toThrow('impossible')
    expect(types(deps)).toEqual(['RetrainingFinished'])
    expect(await retrain(deps, COMMAND)).toMatchObject({ finished: { outcome: 'failed', reason: 'impossible' } })
  })

  it('takes any text for a request id', async () => {
    const requestId = '../x/ 日本 <b>'
    await retrain(deps, { ...COMMAND, requestId })
    expect((await readRetrainings(deps.objects)).records[0]?.requestId).toBe(requestId)
  })
})
