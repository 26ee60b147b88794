import { describe, expect, it } from 'vitest'
import { createIsoWriter } from '../../../shared/kernel/iso-time.ts'

describe('a writer of instants', () => {
  it('writes each as a date does, whatever it wrote before', () => {
    const write = createIsoWriter()
    for (const ms of [0, 0, 1_750_000_000_123, 1_750_000_000_123, 1_750_000_000_124, 0, -1, 0.5, 0]) {
      expect(write(ms)).toBe(new Date(ms).toISOString())
    }
  })

  it('refuses what is no instant, and goes on after it', () => {
    const write = createIsoWriter()
    write(5)
    expect(() => write(Number.NaN)).toThrow(RangeError)
    expect(write(5)).toBe('1970-01-01T00:00:00.005Z')
  })
})
