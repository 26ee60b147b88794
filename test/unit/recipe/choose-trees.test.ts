import { describe, expect, test } from 'vitest'
import { chooseTrees } from '../../../shared/recipe/choose-trees.ts'
import { sliceRows } from '../../../shared/recipe/dataset.ts'
import { RECIPE } from '../../../shared/recipe/market-model.ts'
import { pricedRows } from '../../support/learning-rows.ts'

/** Results that no straight line of the price's log-odds can follow. */
const bent = (x: number) => (Math.abs(x) > 0.6 ? 1.5 : -1.5)

describe('chooseTrees', () => {
  test('trusts trees in full where results follow a bend that the market has not', () => {
    const { trees, weight } = chooseTrees(pricedRows(6000, bent), RECIPE, () => {})
    expect(trees).toBeGreaterThan(20)
    expect(weight).toBe(1)
  })

  test('chooses no more than a few faint trees where the price is all there is', () => {
    const { trees, weight } = chooseTrees(
      pricedRows(6000, (x) => x),
      RECIPE,
      () => {},
    )
    expect(trees * weight).toBeLessThan(15)
  })

  test('lets go of a bend that later results no longer follow', () => {
    const rows = pricedRows(6000, bent)
    const late = sliceRows(rows, 2400, 6000)
    const later = pricedRows(3600, (x) => x)
    late.labels.set(later.labels)
    for (const [f, column] of late.matrix.columns.entries()) column.set(later.matrix.columns[f] ?? [])
    const faithful = chooseTrees(pricedRows(6000, bent), RECIPE, () => {})
    const { trees, weight } = chooseTrees(rows, RECIPE, () => {})
    expect(trees * weight).toBeLessThan((faithful.trees * faithful.weight) / 2)
  })

  test('tells every round and stops when the patience is used up', () => {
    const told: number[] = []
    const choice = chooseTrees(pricedRows(2000, bent), { ...RECIPE, earlyStoppingRounds: 7 }, (done) => told.push(done))
    expect(told).toEqual(told.map((_, i) => i + 1))
    expect(told.length).toBe(Math.min(RECIPE.rounds, choice.trees + 7))
  })
})
