import { describe, expect, test } from 'vitest'
import { DomainError, InvariantError, invariant, messageOf, UpstreamError } from '../../../shared/kernel/errors.ts'

describe('errors', () => {
  test('DomainError carries its code, field and cause', () => {
    const cause = new Error('below')
    const error = new DomainError('odds_out_of_range', 'american odds 50', { field: 'odds', cause })
    expect(error).toMatchObject({ name: 'DomainError', code: 'odds_out_of_range', field: 'odds', cause })
    expect(new DomainError('no_rows', 'none').field).toBeUndefined()
  })

  test('UpstreamError is retryable unless it says otherwise', () => {
    expect(new UpstreamError('s3', 'timeout')).toMatchObject({ vendor: 's3', retryable: true })
    expect(new UpstreamError('s3', 'denied', { retryable: false }).retryable).toBe(false)
  })

  test('invariant throws only where its condition fails', () => {
    expect(() => invariant(0 < 1, 'fine')).not.toThrow()
    expect(() => invariant(undefined, 'broken promise')).toThrow(InvariantError)
  })

  test('messageOf reads errors and anything else that is thrown', () => {
    expect([new Error('a'), 'b', 3, undefined].map(messageOf)).toEqual(['a', 'b', '3', 'undefined'])
  })
})
