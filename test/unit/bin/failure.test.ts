import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { reportFailure } from '../../../bin/failure.ts'
import { DomainError, InvariantError, UpstreamError } from '../../../shared/kernel/errors.ts'

describe('reportFailure', () => {
  let written: string

  beforeEach(() => {
    written = ''
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written += String(text)
      return true
    })
  })

  afterEach(() => vi.restoreAllMocks())

  it('tells a fault of the user in one line, with exit code 2', () => {
    expect(reportFailure(new DomainError('port_unavailable', 'port 3000 is in use'))).toBe(2)
    expect(written).toBe('closeline: port 3000 is in use\n')
  })

  it('tells a vendor’s failure in one line with its name, with exit code 1', () => {
    expect(reportFailure(new UpstreamError('PGlite', 'does not open'))).toBe(1)
    expect(written).toBe('closeline: PGlite: does not open\n')
  })

  it.each([new InvariantError('rows lost'), new TypeError('rows lost')])(
    'calls %s a bug and shows where, with exit code 1',
    (bug) => {
      expect(reportFailure(bug)).toBe(1)
      expect(written).toMatch(/^closeline: this is a bug, please report it: rows lost\n/)
      expect(written).toContain('failure.test.ts')
    },
  )
})
