import { describe, expect, it } from 'vitest'
import { editJson, truncateObject } from '../../support/memory-object-store.ts'
import { failed, memoryStudies, pruned, stepsOf, study, trial } from './trials.ts'

const STUDY = study()
const POINT = { params: { x: 0.5, n: 2 } }

async function stored() {
  const { objects, store } = memoryStudies()
  await store.save(STUDY)
  await store.saveTrial(STUDY, trial(0, POINT))
  return { objects, store }
}

describe('objectStudyStore', () => {
  it('finds what was saved, a study under its id and its trials by number', async () => {
    const { objects, store } = await stored()
    const trials = [trial(10, POINT), { ...pruned(2, 3, 4), ...POINT }, { ...failed(3), ...POINT }]
    for (const kept of trials) await store.saveTrial(STUDY, kept)
    expect(await store.find('distance-1')).toEqual(STUDY)
    expect((await store.trials(STUDY)).map(({ number }) => number)).toEqual([0, 2, 3, 10])
    expect((await store.trials(STUDY))[3]).toEqual(trials[0])
    expect(await objects.list('tuning/')).toContain('tuning/distance-1/trials/10.json')
  })

  it('knows no study and no trials where none were saved', async () => {
    const { store } = memoryStudies()
    expect(await store.find('distance-2')).toBeUndefined()
    expect(await store.trials(STUDY)).toEqual([])
    expect(await store.list()).toEqual([])
  })

  it('looks for no key that a name could lead out to', async () => {
    const { store } = await stored()
    await expect(store.find('../distance-1')).rejects.toMatchObject({ code: 'unknown_study' })
  })

  it('keeps a figure that is not defined as null', async () => {
    const { store } = await stored()
    const undefinedAuc = [{ step: 0, value: 1, details: { auc: Number.NaN } }]
    await store.saveTrial(STUDY, trial(1, { ...POINT, steps: undefinedAuc }))
    expect((await store.trials(STUDY))[1]?.steps).toEqual([{ step: 0, value: 1, details: { auc: null } }])
  })

  it('saves nothing that could not be read again', async () => {
    const { store } = await stored()
    await expect(store.saveTrial(STUDY, trial(1, { value: Number.NaN }))).rejects.toThrow('could not be read back')
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['a complete trial without a value', { value: null }, 'value'],
    ['a failed trial with a score', { state: 'failed', error: { code: 'a', message: 'b' } }, 'value'],
    ['a failed trial without a reason', { state: 'failed', value: null }, 'error'],
    ['a pruned trial without a step', { state: 'pruned', value: null }, 'steps'],
    ['steps that do not ascend', { steps: [...stepsOf(1), ...stepsOf(1)] }, 'steps'],
    ['a value that is text', { value: '0.1' }, 'value'],
    ['a state of its own', { state: 'won' }, 'state'],
    ['another number than its key', { number: 7 }, 'it is of trial 7'],
    ['parameters outside the space', { params: { x: 7, n: 2 } }, 'x 7 is not in 0 to 1'],
    ['parameters of another space', { params: { y: 1 } }, 'x undefined'],
    ['a time that is none', { startedAt: 'soon' }, 'startedAt'],
    ['fields of its own', { bonus: 1 }, 'bonus'],
  ])('tells which trial is damaged: %s', async (_, fields, why) => {
    const { objects, store } = await stored()
    await editJson(objects, 'tuning/distance-1/trials/0.json', fields)
    const read = store.trials(STUDY)
    await expect(read).rejects.toMatchObject({ code: 'corrupt_object' })
    await expect(read).rejects.toThrow(`tuning/distance-1/trials/0.json is damaged: ${why === 'bonus' ? '' : why}`)
  })

  it.each<[string, Record<string, unknown>]>([
    ['another id', { id: 'distance-2' }],
    [
      'a space that nothing can be drawn from',
      { space: [{ kind: 'float', name: 'x', low: 1, high: 0, scale: 'linear' }] },
    ],
    ['a first trial outside the space', { firstTrials: [{ x: 9, n: 1 }] }],
    ['no seed', { seed: null }],
    ['another format', { format: 'tuning-study/2' }],
  ])('tells that a study is damaged, and lists the others: %s', async (_, fields) => {
    const { objects, store } = await stored()
    await store.save(study({ id: 'sound', createdAt: '2026-02-01T00:00:00.000Z' }))
    await editJson(objects, 'tuning/distance-1/study.json', fields)
    await expect(store.find('distance-1')).rejects.toMatchObject({ code: 'corrupt_object' })
    expect((await store.list()).map(({ id }) => id)).toEqual(['sound'])
  })

  it('tells of torn files and passes over keys that are no trials', async () => {
    const { objects, store } = await stored()
    await objects.put('tuning/distance-1/trials/notes.json', '{}')
    expect(await store.trials(STUDY)).toHaveLength(1)
    await truncateObject(objects, 'tuning/distance-1/trials/0.json')
    await expect(store.trials(STUDY)).rejects.toMatchObject({ code: 'corrupt_object' })
  })

  it('lists studies, newest first', async () => {
    const { store } = await stored()
    await store.save(study({ id: 'later', createdAt: '2026-04-01T00:00:00.000Z' }))
    expect((await store.list()).map(({ id }) => id)).toEqual(['later', 'distance-1'])
  })
})
