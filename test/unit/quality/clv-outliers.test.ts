import { describe, expect, it } from 'vitest'
import { findClvOutliers } from '../../../shared/quality/clv-outliers.ts'
import { baseline, sliceWith } from './judged-ledger.ts'

const HISTORY = baseline({ clv: { mean: 0.02, sd: 0.03 } })

const slice = (...values: (number | null)[]) => sliceWith(...values.map((closingLineValue) => ({ closingLineValue })))

const severities = (values: number[], known = baseline()) =>
  findClvOutliers(slice(...values), known).found.map(({ recordId, severity }) => `${recordId} ${severity}`)

describe('findClvOutliers', () => {
  it('reports beyond 20 % as medium and beyond 30 % as high, with no history at all', () => {
    expect(severities([0.2, 0.201, -0.201, 0.3, 0.301, -0.301])).toEqual([
      'bet-1 medium',
      'bet-2 medium',
      'bet-3 medium',
      'bet-4 high',
      'bet-5 high',
    ])
  })

  it('reports beyond three deviations from the history’s mean as medium', () => {
    // 2 % ± 9 %.
    expect(severities([0.109, 0.111, -0.069, -0.071], HISTORY)).toEqual(['bet-1 medium', 'bet-3 medium'])
  })

  it('reports a value that breaks both rules once, by the fixed one', () => {
    expect(severities([0.35, 0.25], HISTORY)).toEqual(['bet-0 high', 'bet-1 medium'])
  })

  it('says value and range in per cent', () => {
    const [fixed, statistical] = findClvOutliers(slice(0.29, -0.13), HISTORY).found
    expect(fixed).toMatchObject({ type: 'clv_outlier', value: 29, expected: [-20, 20] })
    expect(fixed?.sentence).toBe(
      'Closing line value 29.0 % is further from zero than prices usually move; expected -20.0 % to 20.0 %.',
    )
    expect(statistical).toMatchObject({ value: -13, expected: [-7, 11] })
    expect(statistical?.sentence).toBe(
      'Closing line value -13.0 % is 5.0 standard deviations from the mean of earlier bets; expected -7.0 % to 11.0 %.',
    )
  })

  it('counts values without a history, not missing ones', () => {
    expect(findClvOutliers(slice(0.1, null, 0.2), undefined)).toEqual({ found: [], unexamined: 2 })
    expect(findClvOutliers(slice(0.1, null), HISTORY).unexamined).toBe(0)
  })
})
