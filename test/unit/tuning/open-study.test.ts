import { describe, expect, it } from 'vitest'
import { openStudy } from '../../../shared/tuning/open-study.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryStudies, STARTED_AT, settings } from './trials.ts'

const BUDGET = { trials: 5, seconds: null }

function opening() {
  const { store } = memoryStudies()
  const deps = { store, clock: manualClock(Date.parse(STARTED_AT)) }
  return { store, open: openStudy.bind(null, deps) }
}

describe('openStudy', () => {
  it('names a study after its objective and its settings', async () => {
    const { open, store } = opening()
    const study = await open(settings(), BUDGET)
    expect(study.id).toMatch(/^distance-[0-9a-f]{12}$/)
    expect(study.createdAt).toBe(STARTED_AT)
    expect(await store.find(study.id)).toEqual(study)
  })

  it('goes on with the study of the same settings, under the new budget', async () => {
    const { open, store } = opening()
    const first = await open(settings(), BUDGET)
    const again = await open(settings(), { trials: 9, seconds: 60 })
    expect(again).toEqual({ ...first, budget: { trials: 9, seconds: 60 } })
    expect(await store.find(first.id)).toEqual(again)
  })

  it('never goes on with a study of other data', async () => {
    const { open } = opening()
    const first = await open(settings(), BUDGET)
    const other = await open(settings({ subject: { data: 'b'.repeat(64), folds: 4 } }), BUDGET)
    expect(other.id).not.toBe(first.id)
  })

  it('begins another beside it where a fresh one is asked for, which later runs go on with', async () => {
    const { open } = opening()
    const { id } = await open(settings(), BUDGET)
    expect((await open(settings(), BUDGET, { fresh: true })).id).toBe(`${id}-2`)
    expect((await open(settings(), BUDGET, { fresh: true })).id).toBe(`${id}-3`)
    expect((await open(settings(), BUDGET)).id).toBe(`${id}-3`)
    expect((await open(settings(), BUDGET, { id })).id).toBe(id)
  })

  it('refuses a named study that does not exist or has other settings', async () => {
    const { open, store } = opening()
    const { id } = await open(settings(), BUDGET)
    await expect(open(settings(), BUDGET, { id: 'nowhere' })).rejects.toMatchObject({ code: 'unknown_study' })
    await expect(open(settings({ seed: 8 }), BUDGET, { id })).rejects.toMatchObject({ code: 'foreign_study' })
    expect((await store.find(id))?.seed).toBe(7)
  })

  it('does not take a study that bears the name by hand', async () => {
    const { open, store } = opening()
    const mine = await open(settings(), BUDGET)
    await store.save({ ...mine, seed: 99 })
    expect((await open(settings(), BUDGET)).id).toBe(`${mine.id}-2`)
  })

  it('refuses a budget of nothing, and stores nothing then', async () => {
    const { open, store } = opening()
    await expect(open(settings(), { trials: 0, seconds: null })).rejects.toMatchObject({ code: 'budget_invalid' })
    expect(await store.list()).toEqual([])
  })

  it('makes an id of any objective', async () => {
    const { open } = opening()
    expect((await open(settings({ objective: '1 − AUC!' }), BUDGET)).id).toMatch(/^1-auc-[0-9a-f]{12}$/)
    expect((await open(settings({ objective: '−' }), BUDGET)).id).toMatch(/^study-[0-9a-f]{12}$/)
  })
})
