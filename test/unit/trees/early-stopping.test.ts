import { expect, test } from 'vitest'
import { createEarlyStopping } from '../../../shared/trees/early-stopping.ts'
import { objectiveOf } from '../../../shared/trees/objective.ts'
import { leafTree } from '../../support/trees.ts'

const rows = {
  matrix: { nRows: 2, columns: [new Float32Array(2)] },
  labels: Float64Array.of(1, 1),
  initialScores: [Float64Array.of(0, 0)],
}
const watch = (patience: number) => createEarlyStopping(rows, objectiveOf('squared_error'), patience)

test('stops after as many rounds without a lower loss as it has patience for', () => {
  const watched = watch(2)
  const said = [0.5, 1, 1, -1, 0.5].map((value) => watched.afterRound([leafTree(value)]))
  // Scores 0.5, 1.5, 2.5, 1.5, 2 of a label of 1.
  expect(said).toEqual(['continue', 'continue', 'stop', 'stop', 'stop'])
  expect(watched.losses).toEqual([0.25, 0.25, 2.25, 0.25, 1])
  expect(watched.bestRounds()).toBe(1)
})

test('keeps the fewest rounds of those that are equally good', () => {
  const watched = watch(3)
  for (const value of [0, 0, 0]) watched.afterRound([leafTree(value)])
  expect(watched.bestRounds()).toBe(0)
})

test('leaves the initial scores as they were', () => {
  watch(1).afterRound([leafTree(3)])
  expect(Array.from(rows.initialScores[0] ?? [])).toEqual([0, 0])
})
