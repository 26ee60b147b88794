import { expect, test } from 'vitest'
import { inferEffects } from '../../../shared/market-model/effects.ts'
import { createMarketTree, enterBet } from '../../../shared/market-model/market-tree.ts'

/** Ledger; two sports; three kinds of bet; four markets. Nodes come in another order than the golden numbers' tree. */
function tree() {
  const made = createMarketTree()
  const first = enterBet(made, { sport: 'One', league: 'a', market: 'Spread' })
  const second = enterBet(made, { sport: 'One', league: 'b', market: 'Spread' })
  const third = enterBet(made, { sport: 'One', league: 'a', market: 'Total' })
  const fourth = enterBet(made, { sport: 'Two', league: null, market: 'Spread' })
  const sport2 = enterBet(made, { sport: 'Two', league: null, market: null })
  return { made, leaves: [first, second, third, fourth], sport2 }
}

function evidence(size: number, entries: readonly (readonly [node: number, precision: number, score: number])[]) {
  const made = { precisions: new Float64Array(size), scores: new Float64Array(size) }
  for (const [node, precision, score] of entries) {
    made.precisions[node] = precision
    made.scores[node] = score
  }
  return made
}

test('effects are those of the joint normal distribution, averaged over the deviations', () => {
  const { made, leaves, sport2 } = tree()
  const [m1 = 0, m2 = 0, m3 = 0, m4 = 0] = leaves
  const { means, variances, levelVariances } = inferEffects(
    made,
    evidence(made.names.length, [
      [0, 4, 0.5],
      [sport2, 10, -2],
      [m1, 50, 9],
      [m2, 80, -4],
      [m3, 20, 5],
      [m4, 120, 10],
    ]),
  )
  // NumPy: the joint covariance of all ten effects, conditioned on the six records, for each of 9³ deviations.
  const expected = [
    [0, 0.04502575656613335, 0.011279295001239517],
    [sport2, 0.03908972240418585, 0.01219518774140787],
    [m1, 0.09080518880834226, 0.010758949506831327],
    [m2, 0.01923796657263996, 0.008577092877728457],
    [m3, 0.1170547003826381, 0.020622997059887592],
    [m4, 0.0698580421804933, 0.006626599509579994],
  ] as const
  for (const [node, mean, variance] of expected) {
    expect(means[node]).toBeCloseTo(mean, 4)
    expect(variances[node]).toBeCloseTo(variance, 4)
    expect(Math.abs((means[node] ?? Number.NaN) / mean - 1)).toBeLessThan(0.003)
  }
  const levels = [0.04, 0.01706866956339968, 0.015499677638223467, 0.015414235126242492]
  for (const [l, variance] of levels.entries()) expect(levelVariances[l]).toBeCloseTo(variance, 4)
})

test('without any record all effects are zero, and doubt grows down the tree', () => {
  const { made, leaves } = tree()
  const { means, variances, levelVariances } = inferEffects(made, evidence(made.names.length, []))
  expect(Math.max(...means.map(Math.abs))).toBe(0)
  expect(variances[0]).toBeCloseTo(0.04, 12)
  const all = levelVariances.reduce((sum, v) => sum + v, 0)
  for (const leaf of leaves) expect(variances[leaf]).toBeCloseTo(all, 12)
})

test('a longer record moves its own market most and its sport a little', () => {
  const { made, leaves, sport2 } = tree()
  const [good = 0, sibling = 0] = leaves
  const { means } = inferEffects(made, evidence(made.names.length, [[good, 400, 80]]))
  const at = (node: number) => means[node] ?? Number.NaN
  expect(at(good)).toBeGreaterThan(at(sibling))
  expect(at(sibling)).toBeGreaterThan(at(sport2))
  expect(at(sport2)).toBeGreaterThan(0)
  expect(at(good)).toBeLessThan(0.2)
})
