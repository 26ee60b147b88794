import { describe, expect, test } from 'vitest'
import { replayBets } from '../../../shared/backtest/replay-bets.ts'
import type { BettingRules } from '../../../shared/backtest/rules.ts'
import { DEFAULT_RULES } from '../../../shared/backtest/rules.ts'
import { LEDGER_START_MS } from '../../support/bets.ts'
import { DAY_MS, LOST, row } from './rows.ts'

const rules = (change: Partial<BettingRules> = {}): BettingRules => ({ ...DEFAULT_RULES, ...change })
const flat = (change: Partial<BettingRules> = {}) =>
  rules({ staking: 'flat', flatStake: 100, maxOpenShare: 1, ...change })
const stakes = (replay: ReturnType<typeof replayBets>) => replay.taken.map(({ stake }) => stake)

describe('replayBets', () => {
  test('stakes a quarter of Kelly of the money at hand, and pays at settlement', () => {
    // f* = 0.6 − 0.4 = 0.2 at evens; a quarter is 5 %, at the cap as well.
    const replay = replayBets([row(0, 10), row(1, 2, LOST), row(20, 21)], rules())
    // 50 of 1000; 47.5 of 950, lost; 50 and its win come back: 1002.5, of which 5 %.
    expect(stakes(replay)[0]).toBeCloseTo(50, 10)
    expect(stakes(replay)[1]).toBeCloseTo(47.5, 10)
    expect(stakes(replay)[2]).toBeCloseTo(50.125, 10)
    expect(replay.finalBankroll).toBeCloseTo(1002.5 + 50.125, 10)
  })

  test('keeps a stake within its largest share', () => {
    const [stake] = stakes(replayBets([row(0, 1, { probability: 0.99 })], rules({ maxStakeShare: 0.03 })))
    expect(stake).toBeCloseTo(30, 10)
  })

  test('does not stake what is in open bets, nor what comes back at the same instant', () => {
    const replay = replayBets([row(0, 5), row(5, 6), row(6, 7)], flat({ initialBankroll: 100 }))
    // The second bet meets no money; the third meets 200, of which it stakes 100.
    expect(stakes(replay)).toEqual([100, 100])
    expect(replay.refused).toEqual({ edge: 0, exposure: 0, bankroll: 1 })
    expect(replay.finalBankroll).toBe(300)
  })

  test('reduces bets of one instant in proportion where they want more than there is', () => {
    const replay = replayBets(
      [row(0, 5), row(0, 6, { probability: 0.7 })],
      rules({ kellyShare: 1, maxStakeShare: 1, maxOpenShare: 0.3 }),
    )
    // They want 200 and 400 of 1000; 300 may be open.
    expect(stakes(replay).map((stake) => Math.round(stake * 1e6) / 1e6)).toEqual([100, 200])
    expect(replay.taken.map(({ isReduced }) => isReduced)).toEqual([true, true])
  })

  test('refuses what exceeds the cap on open bets, until some of them settle', () => {
    const replay = replayBets([row(0, 10), row(1, 10), row(11, 12)], flat({ maxOpenShare: 0.1 }))
    expect(stakes(replay)).toEqual([100, 100])
    expect(replay.refused).toEqual({ edge: 0, exposure: 1, bankroll: 0 })
  })

  test.each([
    [0.7, 1],
    // Exact in binary: 2·0.625 − 1 is a quarter.
    [0.625, 1],
    [0.6249, 0],
    [0.3, 0],
  ])('from an edge of a quarter on, takes probability %d at evens %d times', (probability, times) => {
    const { taken, refused } = replayBets([row(0, 1, { probability })], rules({ minEdge: 0.25 }))
    expect([taken.length, refused.edge]).toEqual([times, 1 - times])
  })

  test.each([
    [[LOST, {}]],
    [[{ closingLineValue: 0.1 }, { closingLineValue: 0.2 }]],
    [[{ probability: 0.6 }, { probability: 0.61 }]],
    [[{ decimalOdds: 2 }, { decimalOdds: 2.1 }]],
  ])('meets bets of one instant in an order of its own: %j', (changes) => {
    const rows = changes.map((change) => row(0, 1, change))
    expect(replayBets(rows.toReversed(), flat())).toEqual(replayBets(rows, flat()))
  })

  test('gives a push its stake back', () => {
    const replay = replayBets([row(0, 1, { returnPerUnit: 0 })], flat())
    expect([stakes(replay), replay.finalBankroll]).toEqual([[100], 1000])
  })

  test('marks the bankroll at the end of each day with open bets at their stakes', () => {
    const { curve } = replayBets([row(1, 30, LOST), row(2, 3), row(49, 50)], flat())
    const day = LEDGER_START_MS / DAY_MS
    expect(curve).toEqual([
      { day, bankroll: 1100, openStakes: 100 },
      { day: day + 1, bankroll: 1000, openStakes: 0 },
      { day: day + 2, bankroll: 1100, openStakes: 0 },
    ])
  })

  test('settles in the order in which results are known', () => {
    const { settled, taken } = replayBets([row(0, 30), row(1, 5), row(2, 30, LOST), row(3, 4)], flat())
    expect(settled.map((bet) => taken.indexOf(bet))).toEqual([3, 1, 0, 2])
  })

  test('goes by the probability that it is told to go by', () => {
    const { taken, refused } = replayBets([row(0, 1)], rules(), ({ marketProbability }) => marketProbability)
    expect([taken.length, refused.edge]).toEqual([0, 1])
  })

  test('ends where it began without bets', () => {
    expect(replayBets([], rules())).toMatchObject({ taken: [], curve: [], finalBankroll: 1000 })
  })

  test.each([
    ['probability', 1.1],
    ['probability', Number.NaN],
    ['marketProbability', -0.1],
    ['decimalOdds', 1],
    ['returnPerUnit', -1.5],
    ['knownAtMs', 0],
    ['placedAtMs', Number.NaN],
    ['closingLineValue', -1],
  ] as const)('refuses a row with %s %d', (field, value) => {
    expect(() => replayBets([row(0, 1), row(0, 1, { [field]: value })], rules())).toThrow(
      expect.objectContaining({ code: 'row_out_of_range', field, message: expect.stringContaining('row 1') }),
    )
  })

  test.each([
    ['kellyShare', 0],
    ['maxStakeShare', 1.1],
    ['maxOpenShare', Number.NaN],
    ['flatStake', 0],
    ['minEdge', -0.01],
    ['initialBankroll', 0],
  ] as const)('refuses rules with %s %d', (field, value) => {
    expect(() => replayBets([], rules({ [field]: value }))).toThrow(
      expect.objectContaining({ code: 'rule_out_of_range', field }),
    )
  })
})
