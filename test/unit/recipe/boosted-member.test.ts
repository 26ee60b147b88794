import { describe, expect, test } from 'vitest'
import { memberScores } from '../../../shared/blend/predict.ts'
import { boostedMember, chooseRounds } from '../../../shared/recipe/boosted-member.ts'
import { MARKET_LOG_ODDS_INDEX } from '../../../shared/recipe/inputs.ts'
import { fitMarket, marketScores } from '../../../shared/recipe/market.ts'
import { RECIPE } from '../../../shared/recipe/recipe.ts'
import { judgingWindows } from '../../../shared/recipe/windows.ts'
import { addTreeScores } from '../../../shared/trees/tree.ts'
import { drawnRows, pricedRows, QUICK_RECIPE, SIGNAL_INDEX, tamperedRows } from '../../support/learning-rows.ts'

const { boosting } = QUICK_RECIPE
/** Results that no straight line of the price's log-odds can follow. */
const bent = (x: number) => (Math.abs(x) > 0.6 ? 1.5 : -1.5)
const nothing = () => {}

describe('chooseRounds', () => {
  test('trusts trees in full where results follow a bend that the market has not', () => {
    const rows = { ...pricedRows(3000, bent), knownAtMs: Float64Array.from({ length: 3000 }, (_, r) => r + 0.5) }
    const { rounds, weight, leads } = chooseRounds(judgingWindows(rows), boosting, nothing)
    expect(rounds).toBeGreaterThan(5)
    expect(weight).toBe(1)
    expect(leads.map(({ length }) => length)).toEqual([600, 600, 600])
  })

  test('chooses no more than a few faint trees where the price is all there is', () => {
    for (const seed of [1, 2, 3]) {
      const { rounds, weight } = chooseRounds(judgingWindows(drawnRows(2000, { seed })), RECIPE.boosting, nothing)
      expect(rounds * weight).toBeLessThan(40)
    }
  })

  test('lets go of a signal that later results no longer follow', () => {
    const winLogOdds = (x: number, signal: number) => x + 0.6 * signal
    const rows = drawnRows(2000, { winLogOdds })
    const labels = Float64Array.from(rows.labels)
    labels.set(drawnRows(2000, {}).labels.subarray(800), 800)
    const fickle = chooseRounds(judgingWindows({ ...rows, labels }).slice(0, 1), boosting, nothing)
    const faithful = chooseRounds(judgingWindows(rows).slice(0, 1), boosting, nothing)
    expect(fickle.rounds * fickle.weight).toBeLessThan((faithful.rounds * faithful.weight) / 2)
  })

  test('tells every round and stops when the patience is used up', () => {
    const told: number[] = []
    const params = { ...boosting, rounds: 200, earlyStoppingRounds: 7 }
    const { rounds } = chooseRounds(judgingWindows(drawnRows(1500)), params, (done) => told.push(done))
    expect(told).toEqual(told.map((_, i) => i + 1))
    expect(told.length).toBe(Math.min(params.rounds, rounds + 7))
  })

  test('has no weight where it has no rounds', () => {
    const none = chooseRounds(judgingWindows(drawnRows(1500)), { ...boosting, rounds: 0 }, nothing)
    expect(none).toEqual({ rounds: 0, weight: 0, leads: [] })
  })
})

describe('boostedMember', () => {
  const rows = drawnRows(1500, { winLogOdds: (x, signal) => x + signal })
  const base = marketScores(fitMarket(rows), rows.matrix)
  const member = boostedMember(rows, base, boosting, nothing)

  test('adds what its trees say, and nothing where the price is missing', () => {
    const scores = memberScores(member, rows.matrix)
    if (member.kind !== 'boosted') throw new Error('no trees')
    const sums = new Float64Array(1500)
    for (const tree of member.trees.trees) addTreeScores(tree, rows.matrix, sums)
    expect(scores).toEqual(sums.map(Math.fround))
    const unpriced = rows.matrix.columns.map((x, f) => (f === MARKET_LOG_ODDS_INDEX ? x.map(() => Number.NaN) : x))
    expect(memberScores(member, { ...rows.matrix, columns: unpriced })[0]).toBeNaN()
  })

  test('grows as many trees as it is told, on what tells the results', () => {
    if (member.kind !== 'boosted') throw new Error('no trees')
    expect(member.trees.trees).toHaveLength(boosting.rounds)
    expect(member.trees.trees[0]?.feature[0]).toBe(SIGNAL_INDEX)
  })

  test('splits on no code', () => {
    const coded = drawnRows(2000, { sportOf: (r) => 1 + (r % 2), winLogOdds: () => 0 })
    const labels = coded.labels.map((_, r) => r % 2)
    const grown = boostedMember({ ...coded, labels }, new Float64Array(2000), boosting, nothing)
    expect(memberScores(grown, coded.matrix)).toEqual(memberScores(grown, codesTurned(coded).matrix))
  })
})

/** The rows with every sport and market called otherwise. */
function codesTurned(rows: ReturnType<typeof drawnRows>): typeof rows {
  const other = tamperedRows(rows, () => true)
  const codes = rows.matrix.columns.length - 2
  return {
    ...rows,
    matrix: {
      ...rows.matrix,
      columns: rows.matrix.columns.map((x, f) => (f < codes ? x : (other.matrix.columns[f] ?? x))),
    },
  }
}
