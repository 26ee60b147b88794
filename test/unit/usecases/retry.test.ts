import { describe, expect, it } from 'vitest'
import { DomainError, UpstreamError } from '../../../shared/kernel/errors.ts'
import { mayPass, withRetries } from '../../../shared/usecases/retry.ts'

describe('mayPass', () => {
  it('is true of an upstream failure that may, and of nothing else', () => {
    expect(mayPass(new UpstreamError('v', 'm'))).toBe(true)
    for (const other of [new UpstreamError('v', 'm', { retryable: false }), new DomainError('c', 'm'), 'text']) {
      expect(mayPass(other)).toBe(false)
    }
  })
})

describe('withRetries', () => {
  it('waits 250 ms, then 1 s, and tells of each', async () => {
    const waits: number[] = []
    let tries = 0
    const work = async () => {
      if (++tries < 3) throw new UpstreamError('v', 'm')
      return tries
    }
    let told = 0
    expect(
      await withRetries(
        async (ms) => void waits.push(ms),
        work,
        () => told++,
      ),
    ).toBe(3)
    expect([waits, told]).toEqual([[250, 1000], 2])
  })
})
