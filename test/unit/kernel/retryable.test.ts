import { describe, expect, it } from 'vitest'
import { isRetryableStatus } from '../../../shared/kernel/retryable.ts'

describe('a request that failed', () => {
  it.each([undefined, 429, 500, 503])('may succeed later with status %s', (status) => {
    expect(isRetryableStatus(status)).toBe(true)
  })

  it.each([301, 400, 403, 404, 409, 412])('fails again with status %d', (status) => {
    expect(isRetryableStatus(status)).toBe(false)
  })
})
