import { describe, expect, it } from 'vitest'
import type { TrainingLock } from '../../../shared/usecases/retraining-lock.ts'
import { LOCK_LIFE_MS, takeTrainingLock, trainingHolder } from '../../../shared/usecases/retraining-lock.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'

function setting() {
  return { objects: memoryObjectStore(), clock: manualClock(Date.UTC(2026, 0, 1)) }
}

async function taken(deps: ReturnType<typeof setting>, holder: string): Promise<TrainingLock> {
  const lock = await takeTrainingLock(deps, holder)
  if ('heldBy' in lock) throw new Error(`held by ${lock.heldBy}`)
  return lock
}

describe('takeTrainingLock', () => {
  it('gives the right to train to one at a time', async () => {
    const deps = setting()
    const first = await taken(deps, 'a')
    expect(await takeTrainingLock(deps, 'b')).toEqual({ heldBy: 'a' })
    expect(await trainingHolder(deps.objects, deps.clock())).toBe('a')
    await first.release()
    expect(await trainingHolder(deps.objects, deps.clock())).toBeUndefined()
    await taken(deps, 'b')
  })

  it('gives it to exactly one of many that ask at once', async () => {
    const deps = setting()
    const asked = await Promise.all(Array.from({ length: 20 }, (_, i) => takeTrainingLock(deps, `r${i}`)))
    expect(asked.filter((lock) => 'release' in lock)).toHaveLength(1)
  })

  it('outlives a holder that died, for no longer than its life', async () => {
    const deps = setting()
    await taken(deps, 'dead')
    deps.clock.advance(LOCK_LIFE_MS - 1)
    expect(await takeTrainingLock(deps, 'b')).toEqual({ heldBy: 'dead' })
    deps.clock.advance(1)
    const asked = await Promise.all(Array.from({ length: 20 }, (_, i) => takeTrainingLock(deps, `r${i}`)))
    expect(asked.filter((lock) => 'release' in lock)).toHaveLength(1)
  })

  it('is not freed by a holder whose time is long over', async () => {
    const deps = setting()
    const late = await taken(deps, 'late')
    deps.clock.advance(LOCK_LIFE_MS)
    await taken(deps, 'b')
    await late.release()
    expect(await takeTrainingLock(deps, 'c')).toEqual({ heldBy: 'b' })
  })

  it('is not given to one that was slow to take a number that is long gone', async () => {
    const deps = setting()
    // Between its look and its taking, others take, free and take again.
    const slow = { ...deps.objects }
    let looked = false
    slow.putNew = async (key, body) => {
      if (!looked) {
        looked = true
        for (const name of ['x', 'y']) await (await taken(deps, name)).release()
        await taken(deps, 'z')
      }
      return deps.objects.putNew(key, body)
    }
    expect(await takeTrainingLock({ ...deps, objects: slow }, 'slow')).toEqual({ heldBy: 'z' })
  })

  it('takes a damaged lock for none', async () => {
    const deps = setting()
    await taken(deps, 'a')
    const [key = ''] = await deps.objects.list('retraining/locks/')
    await truncateObject(deps.objects, key)
    await taken(deps, 'b')
  })

  it('leaves few objects behind', async () => {
    const deps = setting()
    for (let i = 0; i < 30; i++) await (await taken(deps, `r${i}`)).release()
    expect(await deps.objects.list('retraining/locks/')).toHaveLength(1)
  })
})
