import { describe, expect, it } from 'vitest'
import type { QualityCheck, QualityReport } from '../../../shared/quality/gate.ts'
import { assertTrainable, dataQualityOf } from '../../../shared/usecases/training-gate.ts'

function report(...checks: Pick<QualityCheck, 'name' | 'value' | 'passed'>[]): QualityReport {
  const rest = { bound: 'at_least' as const, low: 1, high: null, overridden: false, because: 'why' }
  return {
    ...{ judgedAtMs: 0, bets: 5, passed: checks.every(({ passed }) => passed) },
    checks: checks.map((check) => ({ ...rest, ...check })),
  }
}

const SOUND = { name: 'min_settled_pct', value: 0.9, passed: true } as const
const POOR = report(
  SOUND,
  { name: 'min_records', value: 5, passed: false },
  { name: 'max_data_age_days', value: null, passed: false },
)

describe('assertTrainable', () => {
  it('lets sound data pass, and poor data where a person decided so', () => {
    expect(() => assertTrainable(report(SOUND), false)).not.toThrow()
    expect(() => assertTrainable(POOR, true)).not.toThrow()
  })

  it('stops at poor data and names what failed', () => {
    const attempt = () => assertTrainable(POOR, false)
    expect(attempt).toThrow(expect.objectContaining({ name: 'DomainError', code: 'quality_gate_failed' }))
    expect(attempt).toThrow('min_records (5), max_data_age_days (no value)')
  })
})

describe('dataQualityOf', () => {
  it('names the failed checks', () => {
    expect(dataQualityOf(POOR)).toEqual({ passed: false, failed: ['min_records', 'max_data_age_days'] })
    expect(dataQualityOf(report(SOUND))).toEqual({ passed: true, failed: [] })
  })
})
