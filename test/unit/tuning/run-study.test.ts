import { describe, expect, it } from 'vitest'
import { DomainError } from '../../../shared/kernel/errors.ts'
import type { Objective } from '../../../shared/tuning/run-study.ts'
import { runStudy } from '../../../shared/tuning/run-study.ts'
import type { Study } from '../../../shared/tuning/study.ts'
import { objectStudyStore } from '../../../shared/tuning/study-store.ts'
import type { Trial } from '../../../shared/tuning/trial.ts'
import { bestTrial } from '../../../shared/tuning/trial.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { mortal, mortalObjects } from '../../support/mortal-deps.ts'
import { memoryStudies, STARTED_AT, stepsOf, study, trial } from './trials.ts'

const FOLDS = 4

/** The distance of x from 0.3 and of n from 2, approached fold by fold; every fold takes a second. */
function folded(clock = manualClock(Date.parse(STARTED_AT))) {
  const evaluated: string[] = []
  const objective: Objective = async ({ number, params, done }, report) => {
    const value = Math.abs(Number(params.x) - 0.3) + Math.abs(Number(params.n) - 2)
    for (let step = done.length; step < FOLDS; step++) {
      evaluated.push(`${number}.${step}`)
      clock.advance(1000)
      const details = { fold: step }
      if ((await report({ step, value: value + step, details }, { last: step === FOLDS - 1 })) === 'stop') break
    }
    return value
  }
  return { clock, objective, evaluated }
}

/** What came of trials, whenever and by whom they were run. */
function outcomes(trials: readonly Trial[]) {
  return trials.map(({ startedAt: _, seconds: __, ...outcome }) => outcome)
}

async function runWhole(budget: Partial<Study['budget']> = {}) {
  const { store } = memoryStudies()
  const { clock, objective, evaluated } = folded()
  const trials = await runStudy(
    { store, clock },
    study({ budget: { trials: 20, seconds: null, ...budget } }),
    objective,
  )
  return { trials, evaluated, store, clock }
}

describe('runStudy', () => {
  it('runs the first trials as given, then its own, and stores them all', async () => {
    const { trials, store } = await runWhole()
    expect(trials).toHaveLength(20)
    expect(trials[0]?.params).toEqual({ x: 0.9, n: 5 })
    expect(trials[0]).toMatchObject({ state: 'complete', value: 3.6, seconds: 4, startedAt: STARTED_AT })
    expect(trials[0]?.steps[1]).toEqual({ step: 1, value: 4.6, details: { fold: 1 } })
    expect(await store.trials(study())).toEqual(trials)
  })

  it('prunes trials that are worse than the median, and stops working on them', async () => {
    const { trials, evaluated } = await runWhole()
    const cut = trials.filter(({ state }) => state === 'pruned')
    expect(cut.length).toBeGreaterThan(2)
    expect(trials.slice(0, 5).every(({ state }) => state === 'complete')).toBe(true)
    for (const { number, steps } of cut) {
      expect(steps.length).toBeLessThan(FOLDS)
      expect(evaluated).not.toContain(`${number}.${steps.length}`)
    }
    expect(new Set(evaluated).size).toBe(evaluated.length)
  })

  it('never prunes at the last step, where nothing is left to be saved', async () => {
    const { store } = memoryStudies()
    const { clock, objective } = folded()
    const late = study({ pruner: { startupTrials: 1, warmupSteps: FOLDS - 1, intervalSteps: 1, judges: 'latest' } })
    const trials = await runStudy({ store, clock }, late, objective)
    expect(trials.every(({ state }) => state === 'complete')).toBe(true)
  })

  it('makes the same trials from the same seed, and others from another', async () => {
    const first = (await runWhole()).trials
    expect(outcomes((await runWhole()).trials)).toEqual(outcomes(first))
    const { store } = memoryStudies()
    const { clock, objective } = folded()
    const other = await runStudy({ store, clock }, study({ seed: 8 }), objective)
    expect(other[1]?.params).not.toEqual(first[1]?.params)
  })

  it('killed at any moment and run again makes the very trials that it would have made', async () => {
    const whole = mortal()
    const small = study({ budget: { trials: 13, seconds: null } })
    const run = async (objects: ReturnType<typeof memoryObjectStore>, life: ReturnType<typeof mortal>) => {
      const { clock, objective, evaluated } = folded()
      const store = objectStudyStore(mortalObjects(objects, life))
      return { trials: await runStudy({ store, clock }, small, objective), evaluated }
    }
    const undisturbed = await run(memoryObjectStore(), whole)
    expect(whole.operations.length).toBeGreaterThan(40)
    for (let at = 1; at <= whole.operations.length; at++) {
      for (const moment of ['before', 'after'] as const) {
        const objects = memoryObjectStore()
        await expect(run(objects, mortal({ at, moment }))).rejects.toThrow('it died')
        const resumed = await run(objects, mortal())
        expect(outcomes(resumed.trials)).toEqual(outcomes(undisturbed.trials))
      }
    }
  })

  it('takes up a trial at the first step that it lacks, and adds up its time', async () => {
    const { store } = memoryStudies()
    const { clock, objective, evaluated } = folded()
    const point = { x: 0.9, n: 5 }
    await store.saveTrial(
      study(),
      trial(0, { params: point, state: 'running', value: null, steps: stepsOf(3.6, 4.6), seconds: 50 }),
    )
    const trials = await runStudy({ store, clock }, study({ budget: { trials: 1, seconds: null } }), objective)
    expect(evaluated).toEqual(['0.2', '0.3'])
    expect(trials[0]).toMatchObject({ state: 'complete', value: 3.6, seconds: 52 })
  })

  it('goes on to a larger budget as if it had been so from the start', async () => {
    const { store, clock } = await runWhole({ trials: 12 })
    const { objective, evaluated } = folded(clock)
    const trials = await runStudy({ store, clock }, study(), objective)
    expect(outcomes(trials)).toEqual(outcomes((await runWhole()).trials))
    expect(evaluated[0]).toBe('12.0')
  })

  it('makes a trial that was lost again as it was, whatever is known of later ones', async () => {
    const { objects, store } = memoryStudies()
    const { clock, objective } = folded()
    const whole = await runStudy({ store, clock }, study(), objective)
    await objects.remove(['tuning/distance-1/trials/12.json'])
    expect(outcomes(await runStudy({ store, clock }, study(), objective))).toEqual(outcomes(whole))
  })

  it('does nothing more once its trials are made', async () => {
    const { store, clock, trials } = await runWhole()
    const { objective, evaluated } = folded(clock)
    expect(await runStudy({ store, clock }, study(), objective)).toEqual(trials)
    expect(evaluated).toEqual([])
  })

  it('stops between steps when its time is up, and later goes on where it was', async () => {
    const { trials, evaluated, store, clock } = await runWhole({ seconds: 6 })
    expect(evaluated).toEqual(['0.0', '0.1', '0.2', '0.3', '1.0', '1.1'])
    expect(trials.map(({ state }) => state)).toEqual(['complete', 'running'])
    expect(trials[1]?.steps).toHaveLength(2)
    const { objective, evaluated: later } = folded(clock)
    const all = await runStudy({ store, clock }, study(), objective)
    expect(later[0]).toBe('1.2')
    expect(outcomes(all)).toEqual(outcomes((await runWhole()).trials))
  })

  it('finishes a trial whose last step is done when time is up', async () => {
    const { trials } = await runWhole({ seconds: 4 })
    expect(trials.map(({ state }) => state)).toEqual(['complete'])
  })

  it('keeps a failed trial with its reason and without a score, and goes on', async () => {
    const { store } = memoryStudies()
    const { clock, objective } = folded()
    const ended: Trial[] = []
    const trials = await runStudy(
      { store, clock, onTrial: (told) => ended.push(told) },
      study(),
      async (asked, report) => {
        if (asked.number % 3 === 1) throw new DomainError('one_class', 'all labels are 1')
        return objective(asked, report)
      },
    )
    const lost = trials.filter(({ number }) => number % 3 === 1)
    expect(lost).toHaveLength(7)
    for (const { state, value, error } of lost) {
      expect([state, value, error]).toEqual(['failed', null, { code: 'one_class', message: 'all labels are 1' }])
    }
    expect(bestTrial(trials)?.state).toBe('complete')
    expect(ended.map(({ number }) => number)).toEqual(trials.map(({ number }) => number))
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('fails a trial of value %d', async (value) => {
    const { store } = memoryStudies()
    const one = study({ budget: { trials: 1, seconds: null } })
    const deps = { store, clock: manualClock(0) }
    expect((await runStudy(deps, one, async () => value))[0]).toMatchObject({
      state: 'failed',
      error: { code: 'value_not_finite' },
    })
  })

  it.each<[string, number, number, string]>([
    ['a step that is NaN', 0, Number.NaN, 'value_not_finite'],
    ['a step before the last', -1, 1, 'step_out_of_order'],
  ])('fails a trial that reports %s', async (_, second, value, code) => {
    const { store } = memoryStudies()
    const one = study({ budget: { trials: 1, seconds: null } })
    const trials = await runStudy({ store, clock: manualClock(0) }, one, async (_asked, report) => {
      await report({ step: 0, value: 1, details: {} })
      await report({ step: 1 + second, value, details: {} })
      return 1
    })
    expect(trials[0]).toMatchObject({ state: 'failed', error: { code }, steps: [{ step: 0, value: 1 }] })
  })

  it('ends at an error that is nobody’s parameters’ fault, and leaves the trial to the next run', async () => {
    const { store } = memoryStudies()
    const { clock, objective } = folded()
    const broken = runStudy({ store, clock }, study(), async (asked, report) => {
      if (asked.number === 2) throw new TypeError('a bug')
      return objective(asked, report)
    })
    await expect(broken).rejects.toThrow('a bug')
    expect((await store.trials(study())).map(({ state }) => state)).toEqual(['complete', 'complete', 'running'])
    const trials = await runStudy({ store, clock }, study(), objective)
    expect(outcomes(trials)).toEqual(outcomes((await runWhole()).trials))
  })

  it('ends at damaged trials instead of going on without them', async () => {
    const { objects, store } = memoryStudies()
    await objects.put('tuning/distance-1/trials/0.json', '{"number": 0}')
    const { clock, objective } = folded()
    await expect(runStudy({ store, clock }, study(), objective)).rejects.toMatchObject({ code: 'corrupt_object' })
  })
})

describe('bestTrial', () => {
  it('is the first of the lowest value, and none where no trial is complete', () => {
    expect(bestTrial([trial(0, { value: 2 }), trial(1, { value: 1 }), trial(2, { value: 1 })])?.number).toBe(1)
    expect(bestTrial([trial(0, { state: 'running', value: null })])).toBeUndefined()
  })
})
