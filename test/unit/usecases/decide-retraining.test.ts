import { beforeEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { lookAgain, newDecayState } from '../../../shared/performance/decay-state.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import { putDecayState } from '../../../shared/usecases/decay-state.ts'
import type { DecideCommand } from '../../../shared/usecases/decide-retraining.ts'
import { decideRetraining, readLastDecision } from '../../../shared/usecases/decide-retraining.ts'
import { LOCK_LIFE_MS, takeTrainingLock } from '../../../shared/usecases/retraining-lock.ts'
import { readRetrainings, stepsOf } from '../../../shared/usecases/retraining-store.ts'
import { bet } from '../../support/bets.ts'
import { driftReport } from '../../support/drift-reports.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryEventPublisher } from '../../support/memory-event-publisher.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { fillForServing, MODELS_MADE_MS } from '../../support/models.ts'
import { ANYTHING_GOES } from '../../support/pipeline-deps.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LEDGER = [bet({ id: 'a' }), bet({ id: 'b', state: 'lost' })]

describe('decideRetraining', () => {
  let objects: ReturnType<typeof memoryObjectStore>
  let clock: ReturnType<typeof manualClock>
  let events: ReturnType<typeof memoryEventPublisher>
  let version: string

  beforeEach(async () => {
    objects = memoryObjectStore()
    clock = manualClock(MODELS_MADE_MS)
    events = memoryEventPublisher()
    version = await fillForServing(objects, LEDGER)
  })

  const deps = () => ({ objects, clock, events, registry: createModelRegistry(objects, clock) })

  function decide(command: Partial<DecideCommand> = {}, given: Partial<ReturnType<typeof deps>> = {}) {
    const report = driftReport({ timestamp: new Date(clock()).toISOString() })
    return decideRetraining({ ...deps(), ...given }, { report, nowMs: clock(), thresholds: ANYTHING_GOES, ...command })
  }

  const drifted = () =>
    driftReport({
      ...{ timestamp: new Date(clock()).toISOString(), requires_retraining: true },
      ...{ features_with_drift: 1, drifted_features: ['sport'] },
    })

  it('decides nothing where nothing is wrong, and keeps that it looked', async () => {
    const decision = await decide()
    expect(decision).toMatchObject({ decision: 'none', modelVersion: version, requestId: null })
    expect(await readLastDecision(objects)).toEqual(decision)
    expect(events.events).toEqual([])
  })

  it('asks for training by drift, once for one day, and waits for it', async () => {
    const first = await decide({ report: drifted() })
    expect(first).toMatchObject({ decision: 'request', rule: 'drift', requestId: '2025-06-01-drift' })
    expect(first.reason).toMatch(/1 of 1 columns have drifted \(sport\)/)
    clock.advance(HOUR_MS)
    expect(await decide({ report: drifted() })).toMatchObject({ decision: 'hold', requestId: null })
    expect(events.events).toEqual([
      expect.objectContaining({ type: 'RetrainingRequested', requestId: '2025-06-01-drift', rule: 'drift' }),
    ])
    expect((await readRetrainings(objects)).records).toMatchObject([{ state: 'requested', rule: 'drift' }])
  })

  it('lets one of two that decide at once ask', async () => {
    const decisions = await Promise.all([decide({ report: drifted() }), decide({ report: drifted() })])
    expect(decisions.map(({ decision }) => decision).sort()).toEqual(['hold', 'request'])
  })

  it('asks by proven decay of the version that serves', async () => {
    const reference = { bets: 0, intercept: 0, slope: 1, dispersion: 1 }
    const state = newDecayState({ modelVersion: version, origin: 'own', reference })
    const lost = Array.from({ length: 60 }, (_, i) => bet({ id: `lost-${i}`, state: 'lost' }))
    const matched = lost.map((one) => ({
      bet: one,
      prediction: {
        ...{ sport: '', league: '', market: '', book: '', betType: one.betType, isLive: false, decimalOdds: 2 },
        ...{ winProbability: 0.8, atMs: 0, modelVersion: version, functionVersion: null },
      },
    }))
    const bets = new Map(lost.map((one) => [one.id, one]))
    await putDecayState(objects, lookAgain(state, { bets, fromMs: 0, matched }, MODELS_MADE_MS))
    const decision = await decide()
    expect(decision).toMatchObject({ decision: 'request', rule: 'decay', requestId: '2025-06-01-decay' })
    expect(decision.reason).toMatch(/is proven: evidence .* on 60 settled bets/)
  })

  it('holds back while bets fail the gate', async () => {
    const decision = await decide({ report: drifted(), thresholds: { ...ANYTHING_GOES, min_records: 1000 } })
    expect(decision.decision).toBe('hold')
    expect(decision.reason).toMatch(/fail the quality gate: min_records/)
  })

  it('goes by age where no check of drift has ever been made', async () => {
    clock.advance(31 * DAY_MS)
    expect(await decide({ report: undefined })).toMatchObject({ decision: 'request', rule: 'age' })
  })

  it('tells again what was recorded and cut off before it was told', async () => {
    const broken = { publish: () => Promise.reject(new UpstreamError('bus', 'down')), events: [] }
    await expect(decide({ report: drifted() }, { events: broken })).rejects.toThrow(UpstreamError)
    expect(await decide({ report: drifted() })).toMatchObject({ decision: 'hold' })
    await decide({ report: drifted() })
    expect(events.events.map(({ type }) => type)).toEqual(['RetrainingRequested'])
  })

  it('gives up a request that nobody began within a day, tells so, and cools down', async () => {
    await decide({ report: drifted() })
    clock.advance(DAY_MS)
    const decision = await decide({ report: drifted() })
    expect(events.events.at(-1)).toMatchObject({ type: 'RetrainingFinished', outcome: 'failed' })
    expect(decision.reason).toMatch(/cools down until 2025-06-05T00:00:00.000Z/)
    clock.advance(3 * DAY_MS)
    expect(await decide({ report: drifted() })).toMatchObject({ decision: 'request', requestId: '2025-06-05-drift' })
  })

  it('gives up a training that broke off, once its lock is over, and none that runs', async () => {
    await decide({ report: drifted() })
    const steps = await stepsOf(objects, '2025-06-01-drift')
    const at = new Date(clock()).toISOString()
    await steps.start({ format: 'closeline-retraining-started/1', attempt: 1, at })
    await takeTrainingLock(deps(), '2025-06-01-drift')
    clock.advance(LOCK_LIFE_MS - 1)
    await decide({ report: drifted() })
    expect((await steps.read())?.state).toBe('running')
    clock.advance(1)
    await decide({ report: drifted() })
    expect((await steps.read())?.finished?.reason).toMatch(/^it began at .* and was never finished$/)
  })

  it('reads the others where one record is damaged', async () => {
    await objects.put('retraining/requests/bad/requested.json', '{')
    await decide({ report: drifted() })
    const { records, unreadable } = await readRetrainings(objects)
    expect([records.length, unreadable]).toEqual([1, ['retraining/requests/bad/']])
  })
})
