import { beforeEach, describe, expect, it } from 'vitest'
import type { BetweenInvocationsDeps } from '../../../shared/http/between-invocations.ts'
import { betweenInvocations } from '../../../shared/http/between-invocations.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { memoryLogger } from '../../support/memory-logger.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))
const DEADLINE_MS = 10_000

/** Lambda, which freezes the process when it is asked for the next invocation. */
function lambda() {
  const waiting: ((notice: { requestId: string; deadlineMs: number }) => void)[] = []
  let failures = 0
  return {
    asked: 0,
    fail: () => {
      failures++
    },
    next() {
      this.asked++
      if (failures > 0) {
        failures--
        return Promise.reject(new UpstreamError('Lambda', 'out of reach'))
      }
      return new Promise<{ requestId: string; deadlineMs: number }>((resolve) => waiting.push(resolve))
    },
    invoke: (requestId: string) => waiting.shift()?.({ requestId, deadlineMs: DEADLINE_MS }),
  }
}

describe('between invocations', () => {
  let invocations: ReturnType<typeof lambda>
  let tidying: PromiseWithResolvers<void> | undefined
  let tidied: number
  let slept: number[]
  let wake: () => void
  let logger: ReturnType<typeof memoryLogger>

  beforeEach(() => {
    invocations = lambda()
    tidying = undefined
    tidied = 0
    slept = []
    wake = () => {}
    logger = memoryLogger()
  })

  function start(overrides: Partial<BetweenInvocationsDeps> = {}) {
    return betweenInvocations({
      invocations,
      tidy: () => {
        tidied++
        return tidying?.promise
      },
      clock: () => 2000,
      sleep: (ms) => {
        slept.push(ms)
        return new Promise((resolve) => {
          wake = resolve
        })
      },
      logger,
      ...overrides,
    })
  }

  it('the process may be frozen once it has started', async () => {
    start()
    await turn()
    expect([invocations.asked, tidied]).toEqual([1, 0])
  })

  it('the answer waits for nothing, and the freeze for what is to be done', async () => {
    const between = start()
    tidying = Promise.withResolvers()
    invocations.invoke('a')
    await between.answered('a')
    await turn()
    expect([tidied, invocations.asked]).toEqual([1, 1])
    tidying.resolve()
    await turn()
    expect(invocations.asked).toBe(2)
  })

  it('nothing is done before the answer, however early the invocation is heard of', async () => {
    const between = start()
    invocations.invoke('a')
    await turn()
    expect([tidied, invocations.asked]).toEqual([0, 1])
    await between.answered('a')
    await turn()
    expect([tidied, invocations.asked]).toEqual([1, 2])
  })

  it('an answer may be there before the invocation is heard of', async () => {
    const between = start()
    await between.answered('a')
    invocations.invoke('a')
    await turn()
    expect([tidied, invocations.asked]).toEqual([1, 2])
  })

  it('the answer to one invocation is not taken for that to the next', async () => {
    const between = start()
    await between.answered('a')
    invocations.invoke('a')
    await turn()
    invocations.invoke('b')
    await turn()
    expect([tidied, invocations.asked]).toEqual([1, 2])
    await between.answered('b')
    await turn()
    expect([tidied, invocations.asked]).toEqual([2, 3])
  })

  it('work that takes too long is left to the next thaw, half a second before Lambda ends the process', async () => {
    const between = start()
    tidying = Promise.withResolvers()
    await between.answered('a')
    invocations.invoke('a')
    await turn()
    expect(slept).toEqual([DEADLINE_MS - 2000 - 500])
    wake()
    await turn()
    expect(invocations.asked).toBe(2)
  })

  it('no timer is set where nothing is to be done', async () => {
    const between = start()
    await between.answered('a')
    invocations.invoke('a')
    await turn()
    expect([slept, invocations.asked]).toEqual([[], 2])
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('no room'))],
    [
      'throws',
      () => {
        throw new Error('no room')
      },
    ],
  ])('work that %s is logged and stops nothing', async (_, tidy) => {
    const between = start({ tidy })
    await between.answered('a')
    invocations.invoke('a')
    await turn()
    await turn()
    expect(logger.lines.filter(({ event }) => event === 'tidying_failed')).toHaveLength(1)
    expect(invocations.asked).toBe(2)
  })

  it('goes on asking where Lambda did not answer', async () => {
    invocations.fail()
    start()
    await turn()
    expect([invocations.asked, slept]).toEqual([1, [100]])
    wake()
    await turn()
    expect(invocations.asked).toBe(2)
  })

  it('does before the answer what is to be done, where nobody can be asked to wait', async () => {
    const between = start({ invocations: undefined })
    tidying = Promise.withResolvers()
    let isAnswered = false
    const answering = between.answered('a').then(() => {
      isAnswered = true
    })
    await turn()
    expect([tidied, isAnswered]).toEqual([1, false])
    tidying.resolve()
    await answering
    expect(isAnswered).toBe(true)
  })
})
