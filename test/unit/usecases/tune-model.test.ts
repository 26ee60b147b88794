import { describe, expect, it } from 'vitest'
import { DomainError } from '../../../shared/kernel/errors.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import type { LearningRows } from '../../../shared/recipe/dataset.ts'
import { learningRows, sliceRows } from '../../../shared/recipe/dataset.ts'
import { RECIPE as BLEND_RECIPE } from '../../../shared/recipe/recipe.ts'
import type { SearchFold } from '../../../shared/tuning/search-folds.ts'
import { assertInSpace } from '../../../shared/tuning/space.ts'
import { objectStudyStore } from '../../../shared/tuning/study-store.ts'
import type { FitAndScore, FoldScores, TuneCommand } from '../../../shared/usecases/tune-model.ts'
import { BOOSTING_SPACE, boostingParams, foldLoss, tuneModel } from '../../../shared/usecases/tune-model.ts'
import { randomLedger } from '../../support/bets.ts'
import { modelRows } from '../../support/learning-rows.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { editJson, memoryObjectStore, textOf } from '../../support/memory-object-store.ts'
import { mortal, mortalObjects } from '../../support/mortal-deps.ts'

const RECIPE = BLEND_RECIPE.boosting

const LEARNABLE = learningRows(modelRows(randomLedger(3, 1500)))

/** The first n rows of a ledger, a millisecond apart, their results known at once. */
function knownRows(n: number): LearningRows {
  const rows = sliceRows(LEARNABLE, 0, n)
  const placedAtMs = Float64Array.from({ length: n }, (_, r) => r)
  return { ...rows, placedAtMs, knownAtMs: placedAtMs }
}

const ROWS = knownRows(400)

/** A made-up score that is best at a learning rate of 0.1 and depth 4, plus what the fold adds. */
const scored: FitAndScore = ({ learningRate, maxDepth }, { learn }) => {
  const distance = Math.abs(Math.log(learningRate / 0.1)) + Math.abs(maxDepth - 4)
  return { logLoss: distance + learn.length / 1000, brier: distance / 10, auc: 0.5 + 0.4 / (1 + distance) }
}

function command(changes: Partial<TuneCommand> = {}): TuneCommand {
  return {
    rows: ROWS,
    present: RECIPE,
    recipe: 'test/1',
    objective: 'log_loss',
    folds: 3,
    seed: 5,
    trials: 25,
    seconds: null,
    choice: { fresh: false },
    ...changes,
  }
}

function deps(fitAndScore: FitAndScore = scored, objects = memoryObjectStore()) {
  return { store: objectStudyStore(objects), clock: manualClock(0), progress: silentProgress, fitAndScore }
}

describe('tuneModel', () => {
  it('scores the settings in use first, and finds better ones on the same folds', async () => {
    const { present, best, trials } = await tuneModel(deps(), command())
    expect(trials).toHaveLength(25)
    expect(boostingParams(RECIPE, present?.params ?? {})).toEqual(RECIPE)
    // Folds learn from 120, 160 and 200 of the first 240 rows: 0.16 on average.
    const own = Math.abs(Math.log(RECIPE.learningRate / 0.1)) + Math.abs(RECIPE.maxDepth - 4)
    expect(present?.value).toBeCloseTo(own + 0.16, 12)
    expect(present?.steps.map(({ details }) => details.logLoss)).toEqual([own + 0.12, own + 0.16, own + 0.2])
    expect(best?.value).toBeLessThan(Number(present?.value))
  })

  it('looks at the first 60 % of the rows alone, and learns from nothing that was not known yet', async () => {
    const folds: SearchFold[] = []
    const knownAtMs = ROWS.placedAtMs.map((placed, r) => (r === 100 ? 180 : placed))
    const watching: FitAndScore = (params, fold) => {
      folds.push(fold)
      return scored(params, fold)
    }
    await tuneModel(deps(watching), command({ rows: { ...ROWS, knownAtMs }, trials: 1 }))
    expect(folds.map(({ test }) => [test[0], test.at(-1)])).toEqual([
      [120, 159],
      [160, 199],
      [200, 239],
    ])
    expect(folds.map(({ learn }) => [learn.length, learn.includes(100)])).toEqual([
      [119, false],
      [159, false],
      [200, true],
    ])
  })

  it('does not see what comes after the first 60 %', async () => {
    const changed: LearningRows = { ...ROWS, labels: ROWS.labels.map((label, r) => (r > 250 ? 1 - label : label)) }
    const one = await tuneModel(deps(), command({ trials: 1 }))
    expect((await tuneModel(deps(), command({ trials: 1, rows: changed }))).study.id).toBe(one.study.id)
  })

  it.each<[string, Partial<TuneCommand>]>([
    ['another label', { rows: { ...ROWS, labels: ROWS.labels.map((label, r) => (r === 7 ? 1 - label : label)) } }],
    ['other times of results', { rows: { ...ROWS, knownAtMs: ROWS.placedAtMs.map((placed) => placed + 0.5) } }],
    ['another objective', { objective: 'brier' }],
    ['other folds', { folds: 2 }],
    ['another seed', { seed: 6 }],
    ['another recipe', { recipe: 'test/2' }],
    ['other settings in use', { present: { ...RECIPE, maxDepth: 5 } }],
    ['other settings that are not searched', { present: { ...RECIPE, rounds: 7 } }],
  ])('begins another study for %s', async (_, changes) => {
    const shared = deps()
    const one = await tuneModel(shared, command({ trials: 1 }))
    const other = await tuneModel(shared, command({ trials: 1, ...changes }))
    expect(other.study.id).not.toBe(one.study.id)
  })

  it('killed in the middle of a trial goes on at the fold that is missing, to the very same end', async () => {
    const objects = memoryObjectStore()
    const whole = await tuneModel(deps(), command())
    const dying = { ...deps(), store: objectStudyStore(mortalObjects(objects, mortal({ at: 40, moment: 'after' }))) }
    await expect(tuneModel(dying, command())).rejects.toThrow('it died')
    const stored = await Promise.all((await objects.list('tuning/')).map((key) => textOf(objects, key)))
    const storedSteps = stored.flatMap((text) => text.match(/"step":/g) ?? [])
    expect(storedSteps.length).toBeGreaterThan(15)
    let fitted = 0
    const counting: FitAndScore = (params, fold) => {
      fitted++
      return scored(params, fold)
    }
    const resumed = await tuneModel(deps(counting, objects), command())
    expect(resumed.trials).toEqual(whole.trials)
    expect(fitted).toBe(whole.trials.flatMap(({ steps }) => steps).length - storedSteps.length)
  })

  it('prunes, but never after one fold alone', async () => {
    const { trials } = await tuneModel(deps(), command())
    const cut = trials.filter(({ state }) => state === 'pruned')
    expect(cut.length).toBeGreaterThan(3)
    expect(new Set(cut.map(({ steps }) => steps.length))).toEqual(new Set([2]))
  })

  it('counts no failure as a score', async () => {
    const picky: FitAndScore = (params, fold) => {
      if (params.maxDepth !== RECIPE.maxDepth) throw new DomainError('one_class', 'a fold has one class')
      return scored(params, fold)
    }
    const { trials, best } = await tuneModel(deps(picky), command())
    const failed = trials.filter(({ state }) => state === 'failed')
    expect(failed.length).toBeGreaterThan(10)
    expect(failed.every(({ value }) => value === null)).toBe(true)
    expect(best?.params.maxDepth).toBe(RECIPE.maxDepth)
  })

  it('searches for log loss where a fold has no AUC, and says so where the AUC is searched for', async () => {
    const oneClass: FitAndScore = (params, fold) => ({
      ...(scored(params, fold) as FoldScores),
      auc: Number.NaN,
    })
    const { best } = await tuneModel(deps(oneClass), command({ trials: 2 }))
    expect(best?.steps[0]?.details.auc).toBeNull()
    const { trials } = await tuneModel(deps(oneClass), command({ trials: 2, objective: 'auc' }))
    expect(trials.map(({ error }) => error?.code)).toEqual(['auc_undefined', 'auc_undefined'])
  })

  it('ends at stored folds that have no scores', async () => {
    const objects = memoryObjectStore()
    const { study } = await tuneModel(deps(scored, objects), command({ trials: 1 }))
    for (const steps of [
      [{ step: 0, value: 1, details: {} }],
      [{ step: 1, value: 1, details: { logLoss: 1, brier: 1, auc: 1 } }],
      [0, 1, 2, 3].map((step) => ({ step, value: 1, details: { logLoss: 1, brier: 1, auc: 1 } })),
    ]) {
      const key = `tuning/${study.id}/trials/0.json`
      await editJson(objects, key, { state: 'running', value: null, steps })
      const resumed = tuneModel(deps(scored, objects), command({ trials: 1 }))
      await expect(resumed).rejects.toMatchObject({ code: 'corrupt_object' })
    }
  })

  it('shows how far it is, and the best value so far', async () => {
    const shown: [number, string | undefined][] = []
    const ends: (string | undefined)[] = []
    const progress = {
      start: (_: string, total: number) => {
        expect(total).toBe(75)
        return {
          advance: (done: number, note?: string) => void shown.push([done, note]),
          finish: (note?: string) => void ends.push(note),
        }
      },
    }
    const { best } = await tuneModel({ ...deps(), progress }, command())
    expect(shown[0]).toEqual([1, undefined])
    expect(shown.map(([done]) => done)).toEqual(shown.map(([done]) => done).toSorted((a, b) => a - b))
    expect(shown.at(-1)).toEqual([75, `best ${best?.value.toFixed(5)} (trial ${best?.number})`])
    expect(ends).toEqual([shown.at(-1)?.[1]])
  })

  it('refuses too few rows and settings in use that it would not search, before it stores anything', async () => {
    const objects = memoryObjectStore()
    const shared = deps(scored, objects)
    await expect(tuneModel(shared, command({ rows: knownRows(4) }))).rejects.toMatchObject({
      code: 'too_few_rows',
    })
    const outside = command({ present: { ...RECIPE, maxDepth: 30 } })
    await expect(tuneModel(shared, outside)).rejects.toThrow('maxDepth 30 is not in 2 to 8')
    expect(await objects.list('')).toEqual([])
  })
})

describe('foldLoss', () => {
  const SCORES = { logLoss: 0.6, brier: 0.21, auc: 0.65 }

  it.each([
    ['log_loss' as const, 0.6],
    ['brier' as const, 0.21],
    ['auc' as const, 0.35],
    ['combined' as const, 0.6 * 0.21 + 0.4 * 0.35],
  ])('of %s is %d', (objective, loss) => {
    expect(foldLoss(objective, SCORES)).toBeCloseTo(loss, 12)
  })
})

describe('BOOSTING_SPACE', () => {
  it('holds the settings in use', () => {
    const inUse = Object.fromEntries(BOOSTING_SPACE.map(({ name }) => [name, RECIPE[name]]))
    expect(() => assertInSpace(BOOSTING_SPACE, inUse)).not.toThrow()
  })
})
