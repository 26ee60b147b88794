import { expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { scoreBinary } from '../../../shared/evaluation/metrics.ts'
import { replayLedger } from '../../../shared/features/replay.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import type { BoostingParams, LabelledRows } from '../../../shared/trees/boosting.ts'
import { rawScores, trainBoostedTrees } from '../../../shared/trees/boosting.ts'
import { rowRange } from '../../../shared/trees/matrix.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { ALL_FEATURES, DAY_MS } from './features-at.ts'

const MINUTE_MS = 60_000
const LEAGUES = 50

/** Days between two events of a league. */
const EVENT_EVERY_DAYS = 2

const PARAMS: BoostingParams = {
  ...{ rounds: 25, learningRate: 0.1, maxDepth: 3, minChildWeight: 20, lambdaL2: 10, gamma: 0 },
  ...{ subsample: 0.7, colsample: 0.2, earlyStoppingRounds: 25, seed: 1 },
}

/**
 * A world in which nothing can be known: every event is a fair coin at 2.00. One to four bets ride on each, placed from
 * three days to ten minutes before it ends, and all of them win or all lose.
 */
function fairCoins(seed: number, events: number): Bet[] {
  const rng = createRng(seed)
  return Array.from({ length: events }, (_, e) => {
    const endsAtMs = LEDGER_START_MS + 4 * DAY_MS + Math.floor((e * EVENT_EVERY_DAYS * DAY_MS) / LEAGUES)
    const result: Partial<Bet> =
      rng.next() < 0.5 ? { state: 'won', profitMinor: 1000 } : { state: 'lost', profitMinor: -1000 }
    return Array.from({ length: 1 + rng.integer(4) }, (_unused, i) =>
      bet({
        ...{ id: `event-${e}-${i}`, sport: `Sport ${e % 5}`, league: `League ${e % LEAGUES}`, ...result },
        placedAtMs: endsAtMs - 10 * MINUTE_MS - Math.floor(rng.next() ** 2 * 3 * DAY_MS),
        settledAtMs: endsAtMs,
      }),
    )
  }).flat()
}

/** AUC on the later three quarters of a ledger of trees grown on the features of the first. */
function aucOnLaterBets(ledger: readonly Bet[]): { auc: number; tested: number } {
  const { bets, columns } = replayLedger(ledger, ALL_FEATURES)
  const labels = Float64Array.from(bets, ({ state }) => (state === 'won' ? 1 : 0))
  const rows = (begin: number, end: number): LabelledRows => ({
    matrix: rowRange({ nRows: bets.length, columns }, begin, end),
    labels: labels.subarray(begin, end),
    initialScores: new Float64Array(end - begin),
  })
  const learned = Math.floor(bets.length / 4)
  const [train, later] = [rows(0, learned), rows(learned, bets.length)]
  const model = trainBoostedTrees(train, PARAMS)
  const probabilities = rawScores(model, later.matrix, later.initialScores).map(sigmoid)
  return { auc: scoreBinary(later.labels, probabilities).auc, tested: bets.length - learned }
}

test('nothing is found in a world of fair coins, where results count from when they are known', () => {
  const { auc, tested } = aucOnLaterBets(fairCoins(2, 40_000))
  // The bets of an event are one coin: the tested 75,000 stand for 30,000. An AUC of two equal classes has the standard
  // error √(1/(3n)) = 0.0033 for n = 30,000, so 0.01 is three of them.
  expect(tested).toBeGreaterThan(74_000)
  expect(Math.abs(auc - 0.5)).toBeLessThan(0.01)
})

test('much is found in the same world by whoever shifts the results by one row: the bets of an event tell on each other', () => {
  // Known as soon as it is placed, a result is seen by every bet placed after it.
  const shifted = fairCoins(2, 8000).map((placed) => ({ ...placed, settledAtMs: placed.placedAtMs }))
  const { auc, tested } = aucOnLaterBets(shifted)
  expect(tested).toBeGreaterThan(14_000)
  expect(auc).toBeGreaterThan(0.65)
})

test('much is found there from the row before in the league, and something from the mean of all rows before', () => {
  const bets = [...fairCoins(3, 8000)].sort((a, b) => a.placedAtMs - b.placedAtMs)
  const sums = new Map<string | null, { wins: number; bets: number; last: number }>()
  const before = bets.map(({ league, state }) => {
    const sum = sums.get(league) ?? { wins: 0, bets: 0, last: 0.5 }
    const won = state === 'won' ? 1 : 0
    sums.set(league, { wins: sum.wins + won, bets: sum.bets + 1, last: won })
    return { last: sum.last, mean: sum.bets === 0 ? 0.5 : sum.wins / sum.bets }
  })
  const labels = bets.map(({ state }) => (state === 'won' ? 1 : 0))
  const aucOf = (scores: number[]) => scoreBinary(labels, scores).auc
  expect(aucOf(before.map(({ last }) => last))).toBeGreaterThan(0.65)
  expect(aucOf(before.map(({ mean }) => mean))).toBeGreaterThan(0.53)
})
