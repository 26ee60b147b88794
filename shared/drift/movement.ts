import type { ColumnVerdict } from './judge-drift.ts'

/**
 * Which comparison moved: `none`; `seasonal`, unlike the reference but much as at the same time last year; `lasting`,
 * unlike both; `unconfirmed`, unlike the reference, and of last year nothing is known; `year_on_year`, unlike last year
 * though like the reference, which says nothing against the model.
 */
export const MOVEMENTS = ['none', 'seasonal', 'lasting', 'unconfirmed', 'year_on_year'] as const
export type Movement = (typeof MOVEMENTS)[number]

/** Last year explains a change where the distance to it is at most this share of the distance to the reference. */
const EXPLAINED = 0.5

/**
 * What two verdicts on a column say together.
 *
 * That last year's test is silent does not make a change seasonal by itself, for few rows are silent too: the distance
 * must have shrunk as well.
 *
 * @param lastYear  undefined where there is no such window
 */
export function movementOf(reference: ColumnVerdict, lastYear: ColumnVerdict | undefined): Movement {
  const known = lastYear !== undefined && lastYear.status !== 'insufficient_data' ? lastYear : undefined
  if (reference.status !== 'drifted') return known?.status === 'drifted' ? 'year_on_year' : 'none'
  if (known === undefined) return 'unconfirmed'
  const isExplained = known.status !== 'drifted' && known.effect <= EXPLAINED * reference.effect
  return isExplained ? 'seasonal' : 'lasting'
}
