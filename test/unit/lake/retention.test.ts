import { describe, expect, it } from 'vitest'
import { stateKey } from '../../../shared/lake/layout.ts'
import { filesOf, KEPT_STATES, pruneStates } from '../../../shared/lake/retention.ts'
import type { LakeState } from '../../../shared/lake/state.ts'
import { publishState } from '../../../shared/lake/state.ts'
import { lakeFile, lakeState, partition } from '../../support/lake-states.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'

/** State n: partition `steady` never changes, `moving` is written anew by each; both name findings. */
function stateWithFiles(sequence: number): LakeState {
  const moving = partition('2025-04', `lake/runs/run-${sequence}/p`, `lake/runs/run-${sequence}/f`)
  return lakeState(sequence, {
    partitions: [partition('2025-03', 'lake/runs/run-1/steady', 'lake/runs/run-1/f'), moving],
    keys: [lakeFile('lake/runs/run-1/k'), lakeFile(`lake/runs/run-${sequence}/k`)],
  })
}

async function published(count: number) {
  const objects = memoryObjectStore()
  for (let sequence = 1; sequence <= count; sequence++) {
    const state = stateWithFiles(sequence)
    for (const key of [...filesOf(state), `lake/runs/run-${sequence}/raw`, `lake/runs/run-${sequence}/manifest.json`]) {
      await objects.put(key, 'x')
    }
    await publishState(objects, state)
  }
  return objects
}

describe('filesOf', () => {
  it('names each file once, findings and keys among them', () => {
    expect(filesOf(stateWithFiles(1)).sort()).toEqual(
      ['f', 'k', 'p', 'steady'].map((name) => `lake/runs/run-1/${name}`),
    )
  })
})

describe('pruneStates', () => {
  it('removes nothing while there are no more states than are kept', async () => {
    const objects = await published(KEPT_STATES)
    const before = await objects.list('')
    expect(await pruneStates(objects, stateWithFiles(KEPT_STATES))).toEqual([])
    expect(await objects.list('')).toEqual(before)
  })

  it('removes older states and what only they named, never a raw file or a manifest', async () => {
    const objects = await published(13)
    const before = await objects.list('')
    const removed = await pruneStates(objects, stateWithFiles(13))
    expect(removed.sort()).toEqual(
      [
        ...[1, 2, 3].flatMap((n) => [stateKey(n), `lake/runs/run-${n}/p`]),
        ...[2, 3].flatMap((n) => [`lake/runs/run-${n}/f`, `lake/runs/run-${n}/k`]),
      ].sort(),
    )
    const left = await objects.list('')
    expect(left).toEqual(before.filter((key) => !removed.includes(key)))
    for (let n = 4; n <= 13; n++) expect(left).toEqual(expect.arrayContaining(filesOf(stateWithFiles(n))))
    expect(await pruneStates(objects, stateWithFiles(13))).toEqual([])
  })

  it('goes on where it was cut off', async () => {
    const objects = await published(13)
    const whole = await published(13)
    await pruneStates(whole, stateWithFiles(13))
    let calls = 0
    const dying = { ...objects, remove: (keys: readonly string[]) => (calls++ < 2 ? objects.remove(keys) : died()) }
    await expect(pruneStates(dying, stateWithFiles(13))).rejects.toThrow('died')
    await pruneStates(objects, stateWithFiles(13))
    expect(await objects.list('')).toEqual(await whole.list(''))
  })
})

function died(): Promise<never> {
  return Promise.reject(new Error('died'))
}
