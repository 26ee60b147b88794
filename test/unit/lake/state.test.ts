import { beforeEach, describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../../shared/kernel/ports.ts'
import { CURRENT_KEY, stateKey } from '../../../shared/lake/layout.ts'
import { findCurrentState, pointTo, publishState, readState } from '../../../shared/lake/state.ts'
import { lakeState, partition } from '../../support/lake-states.ts'
import { editJson, memoryObjectStore, textOf, truncateObject } from '../../support/memory-object-store.ts'

describe('a published state', () => {
  let objects: ObjectStore

  beforeEach(() => {
    objects = memoryObjectStore()
  })

  const publish = async (...sequences: number[]) => {
    for (const sequence of sequences) await publishState(objects, lakeState(sequence))
  }

  it('is the current one as it was published', async () => {
    expect(await findCurrentState(objects)).toBeUndefined()
    const state = lakeState(1, { partitions: [partition('2025-03', 'p', 'f')] })
    expect(await publishState(objects, state)).toBe(true)
    expect(await findCurrentState(objects)).toEqual(state)
    expect(await readState(objects, 1)).toEqual(state)
    expect(JSON.parse(await textOf(objects, CURRENT_KEY))).toEqual({ sequence: 1, runId: 'run-1', state: stateKey(1) })
  })

  it('is published once: whoever comes second changes nothing', async () => {
    await publish(1, 2)
    expect(await publishState(objects, lakeState(2, { runId: 'late' }))).toBe(false)
    expect(await findCurrentState(objects)).toEqual(lakeState(2))
    expect(JSON.parse(await textOf(objects, CURRENT_KEY))).toMatchObject({ runId: 'run-2' })
  })

  it('is none that others have gone past, though its number is free again', async () => {
    await publish(1, 2, 3)
    await objects.remove([stateKey(2)])
    expect(await publishState(objects, lakeState(2, { runId: 'slept' }))).toBe(false)
    expect(await objects.get(stateKey(2))).toBeUndefined()
    expect(await findCurrentState(objects)).toEqual(lakeState(3))
  })

  it('is found where a crash left no pointer, or one that is behind', async () => {
    await objects.putNew(stateKey(1), JSON.stringify(lakeState(1)))
    expect(await findCurrentState(objects)).toEqual(lakeState(1))
    await publish(2, 3)
    await pointTo(objects, lakeState(1))
    expect(await findCurrentState(objects)).toEqual(lakeState(3))
  })

  it('is found where a run that stood still points back to a state that was pruned', async () => {
    await publish(1, 2, 3, 4)
    await objects.remove([stateKey(1), stateKey(2)])
    await pointTo(objects, lakeState(1))
    expect(await findCurrentState(objects)).toEqual(lakeState(4))
    await objects.remove([CURRENT_KEY])
    expect(await findCurrentState(objects)).toEqual(lakeState(4))
  })

  it('is never an older one where the one that is pointed to is gone', async () => {
    await publish(1, 2)
    await objects.remove([stateKey(2)])
    await expect(findCurrentState(objects)).rejects.toMatchObject({ code: 'corrupt_object' })
    await objects.remove([stateKey(1)])
    await expect(findCurrentState(objects)).rejects.toMatchObject({ code: 'corrupt_object' })
  })

  it.each([
    ['cut off', (key: string) => truncateObject(objects, key)],
    ['of another format', (key: string) => editJson(objects, key, { format: 'closeline-lake/9' })],
  ])('is refused where it is %s', async (_, damage) => {
    await publish(1)
    await damage(stateKey(1))
    await expect(findCurrentState(objects)).rejects.toMatchObject({ code: 'corrupt_object' })
    await expect(readState(objects, 1)).rejects.toMatchObject({ code: 'corrupt_object' })
  })

  it('is refused where its pointer is damaged', async () => {
    await publish(1)
    await truncateObject(objects, CURRENT_KEY)
    await expect(findCurrentState(objects)).rejects.toMatchObject({ code: 'corrupt_object' })
  })
})
