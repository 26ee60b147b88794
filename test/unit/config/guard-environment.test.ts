import { describe, expect, it } from 'vitest'
import { parseGuardEnvironment } from '../../../shared/config/guard-environment.ts'

describe('the guard’s environment', () => {
  it('names stage and bus', () => {
    const environment = { STAGE: 'dev', EVENT_BUS: 'closeline-dev', OTHER: 'x' }
    expect(parseGuardEnvironment(environment)).toEqual({ stage: 'dev', eventBus: 'closeline-dev' })
  })

  it.each([
    [{ EVENT_BUS: 'closeline-dev' }, 'STAGE'],
    [{ STAGE: 'production', EVENT_BUS: 'closeline-dev' }, 'STAGE'],
    [{ STAGE: 'dev' }, 'EVENT_BUS'],
    [{ STAGE: 'dev', EVENT_BUS: '' }, 'EVENT_BUS'],
  ])('is refused as %j', (environment, variable) => {
    expect(() => parseGuardEnvironment(environment)).toThrow(expect.objectContaining({ code: 'environment_invalid' }))
    expect(() => parseGuardEnvironment(environment)).toThrow(variable)
  })
})
