import { expect, test } from 'vitest'
import type { ColumnVerdict } from '../../../shared/drift/judge-drift.ts'
import { movementOf } from '../../../shared/drift/movement.ts'

function verdict(status: ColumnVerdict['status'], effect: number): ColumnVerdict {
  return { status, severity: 'none', moved: [], effect, adjustedPValue: 0.5 }
}

test.each([
  ['none', 'stable', 0.1, 'stable', 0.1],
  ['year_on_year', 'stable', 0.1, 'drifted', 0.3],
  ['seasonal', 'drifted', 0.3, 'stable', 0.15],
  // Silence over a distance that has hardly shrunk is no explanation.
  ['lasting', 'drifted', 0.3, 'stable', 0.16],
  ['lasting', 'drifted', 0.3, 'drifted', 0.1],
  ['unconfirmed', 'drifted', 0.3, 'insufficient_data', 0],
] as const)(
  'is %s where the reference is %s by %d and last year %s by %d',
  (movement, status, effect, before, distance) => {
    expect(movementOf(verdict(status, effect), verdict(before, distance))).toBe(movement)
  },
)

test('is unconfirmed where there is no window of last year', () => {
  expect(movementOf(verdict('drifted', 0.3), undefined)).toBe('unconfirmed')
  expect(movementOf(verdict('stable', 0.3), undefined)).toBe('none')
})
