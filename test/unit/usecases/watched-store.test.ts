import { describe, expect, it } from 'vitest'
import { watchedStore } from '../../../shared/usecases/watched-store.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a watched store', () => {
  it('is a store like the one beneath', async () => {
    const { objects } = watchedStore(memoryObjectStore(), turn)
    expect(await objects.putNew('a/1', 'one')).toBe(true)
    expect(await objects.putNew('a/1', 'two')).toBe(false)
    await objects.put('a/2', 'two')
    expect(await objects.list('a/')).toEqual(['a/1', 'a/2'])
    const read = await objects.getTagged('a/2')
    const tag = typeof read === 'object' ? read.tag : undefined
    expect(await objects.getTagged('a/2', tag)).toBe('unchanged')
    await objects.remove(['a/2'])
    expect(await objects.get('a/2')).toBeUndefined()
    expect(new TextDecoder().decode(await objects.get('a/1'))).toBe('one')
  })

  it('is idle when the last request of those that follow one another has been answered, failed ones too', async () => {
    const first = Promise.withResolvers<undefined>()
    const second = Promise.withResolvers<undefined>()
    const answers = [first, second]
    const { objects, isBusy, idle } = watchedStore(
      { ...memoryObjectStore(), get: () => answers.shift()?.promise ?? Promise.resolve(undefined) },
      turn,
    )
    expect(isBusy()).toBe(false)
    const looking = objects.get('a').catch(() => objects.get('b'))
    expect(isBusy()).toBe(true)
    let isIdle = false
    const waiting = idle().then(() => {
      isIdle = true
    })
    first.reject(new Error('down'))
    await turn()
    await turn()
    expect([isIdle, isBusy()]).toEqual([false, true])
    second.resolve(undefined)
    await Promise.all([looking, waiting])
    expect([isIdle, isBusy()]).toEqual([true, false])
  })
})
