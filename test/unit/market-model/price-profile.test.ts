import { expect, test } from 'vitest'
import { createMarketTree, enterBet } from '../../../shared/market-model/market-tree.ts'
import { profilePrices } from '../../../shared/market-model/price-profile.ts'

test('a market mixes the means of its own prices with five bets of those above it', () => {
  const tree = createMarketTree()
  const short = enterBet(tree, { sport: 'S', league: 'L', market: 'Short' })
  const long = enterBet(tree, { sport: 'S', league: 'L', market: 'Long' })
  const nodes = Int32Array.of(short, short, short, long)
  const profiles = profilePrices(tree, {
    nodes,
    decimalOdds: Float64Array.of(2, 2, 2, 5),
    probabilities: Float64Array.of(0.5, 0.5, 0.5, 0.1),
  })
  // The ledger: (3·0.5 + 0.1)/4 = 0.4; the sport, of the same four bets, too; the kind of bet (0.1 + 5·0.4)/6 = 0.35; the
  // market (0.1 + 5·0.35)/6.
  expect(profiles?.[0]?.probability).toBeCloseTo(0.4, 12)
  expect(profiles?.[1]?.probability).toBeCloseTo(0.4, 12)
  expect(profiles?.[long]?.probability).toBeCloseTo((0.1 + 5 * 0.35) / 6, 12)
})

test('a ledger of one price has its moments', () => {
  const tree = createMarketTree()
  const node = enterBet(tree, { sport: 'S', league: 'L', market: 'M' })
  const [profile] =
    profilePrices(tree, {
      nodes: Int32Array.of(node),
      decimalOdds: Float64Array.of(5),
      probabilities: Float64Array.of(0.1),
    }) ?? []
  // A return is 4 with probability 0.1 and −1 with 0.9: mean −0.5, variance 2.25, third central moment
  // 0.1·4.5³ − 0.9·0.5³ = 9.
  expect(profile?.implied).toBeCloseTo(0.2, 12)
  expect(profile?.expectedReturn).toBeCloseTo(-0.5, 12)
  expect(profile?.expectedReturnSquare).toBeCloseTo(0.25, 12)
  expect(profile?.probabilitySlope).toBeCloseTo(0.09, 12)
  expect(profile?.returnSlope).toBeCloseTo(0.45, 12)
  expect(profile?.returnVariance).toBeCloseTo(2.25, 12)
  expect(profile?.returnSkew).toBeCloseTo(9, 12)
})

test('a tree without bets has no prices', () => {
  const none = { nodes: new Int32Array(0), decimalOdds: new Float64Array(0), probabilities: new Float64Array(0) }
  expect(profilePrices(createMarketTree(), none)).toBeUndefined()
})
