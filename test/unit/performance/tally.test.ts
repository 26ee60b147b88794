import { describe, expect, it } from 'vitest'
import type { Bet, BetState } from '../../../shared/bets/bet.ts'
import { BET_STATES } from '../../../shared/bets/bet.ts'
import { addBet, addTally, emptyTally, estimateRoi } from '../../../shared/performance/tally.ts'
import { bet, randomLedger } from '../../support/bets.ts'

function tallyOf(bets: readonly Bet[]) {
  const tally = emptyTally()
  for (const one of bets) addBet(tally, one)
  return tally
}

/** A bet without money, as in a Closeline ledger file. */
const flat = (overrides: Partial<Bet>) => bet({ stakeMinor: null, profitMinor: null, currency: null, ...overrides })

const money = (stakeMinor: number, profitMinor: number) =>
  bet({ stakeMinor, profitMinor, state: profitMinor > 0 ? 'won' : 'lost' })

describe('addBet', () => {
  it.each([
    ['won', 'wins'],
    ['half_won', 'wins'],
    ['lost', 'losses'],
    ['half_lost', 'losses'],
    ['push', 'pushes'],
    ['void', 'pushes'],
    ['cashed_out', 'cashOuts'],
  ] as const)('counts a bet that is %s among the %s', (state, counter) => {
    const none = { wins: 0, losses: 0, pushes: 0, cashOuts: 0 }
    expect(tallyOf([bet({ state })])).toMatchObject({ ...none, bets: 1, [counter]: 1 })
  })

  it('adds nothing of an open bet', () => {
    expect(tallyOf([bet({ state: 'open' })])).toEqual(emptyTally())
  })

  it('puts every settled bet into exactly one of wins, losses, pushes and cash-outs', () => {
    const settled = BET_STATES.filter((state: BetState) => state !== 'open').map((state) => bet({ state }))
    const { bets, wins, losses, pushes, cashOuts } = tallyOf(settled)
    expect(wins + losses + pushes + cashOuts).toBe(bets)
    expect(bets).toBe(7)
  })

  it('counts no money of a bet whose stake or profit is not known', () => {
    const tally = tallyOf([flat({}), bet({ profitMinor: null }), bet({ stakeMinor: null })])
    expect(tally).toMatchObject({ bets: 3, moneyBets: 0, stakeMinor: 0, profitMinor: 0 })
  })

  it('counts a free bet, but no return per unit of it', () => {
    expect(tallyOf([flat({ isFreeBet: true })])).toMatchObject({ bets: 1, wins: 1, returnBets: 0 })
  })

  it('is what adding the parts would give', () => {
    const ledger = randomLedger(9, 200)
    const parts = emptyTally()
    addTally(parts, tallyOf(ledger.slice(0, 70)))
    addTally(parts, tallyOf(ledger.slice(70)))
    const whole = tallyOf(ledger)
    for (const [key, value] of Object.entries(whole)) expect(parts[key as keyof typeof parts]).toBeCloseTo(value, 6)
  })
})

describe('estimateRoi', () => {
  it('is profit over money staked where every bet has its money', () => {
    const estimate = estimateRoi(tallyOf([money(1000, 900), money(3000, -3000), money(2000, 2400)]))
    expect(estimate).toMatchObject({ basis: 'turnover', n: 3 })
    expect(estimate?.roi).toBeCloseTo(300 / 6000, 12)
  })

  it('has the interval of the ratio estimator over turnover', () => {
    const bets: [number, number][] = [
      [1000, 900],
      [3000, -3000],
      [2000, 2400],
      [500, -500],
    ]
    const stakes = bets.reduce((sum, [stake]) => sum + stake, 0)
    const roi = bets.reduce((sum, [, profit]) => sum + profit, 0) / stakes
    const squares = bets.reduce((sum, [stake, profit]) => sum + (profit - roi * stake) ** 2, 0)
    const error = Math.sqrt((4 / 3) * squares) / stakes
    const { interval } = estimateRoi(tallyOf(bets.map(([stake, profit]) => money(stake, profit)))) ?? {}
    expect(interval?.low).toBeCloseTo(roi - 1.959963984540054 * error, 10)
    expect(interval?.high).toBeCloseTo(roi + 1.959963984540054 * error, 10)
  })

  it('is the mean return per bet at flat stakes where there is no money', () => {
    const returns = [0.9, -1, -1, 1.5, 0]
    const estimate = estimateRoi(tallyOf(returns.map((returnPerUnit) => flat({ returnPerUnit }))))
    expect(estimate).toMatchObject({ basis: 'flat_stakes', n: 5 })
    expect(estimate?.roi).toBeCloseTo(0.08, 12)
    const variance = returns.reduce((sum, x) => sum + (x - 0.08) ** 2, 0) / 4
    expect(estimate?.interval?.high).toBeCloseTo(0.08 + 1.959963984540054 * Math.sqrt(variance / 5), 10)
  })

  it('goes by flat stakes where some bets lack their money, so that no bet is dropped', () => {
    const estimate = estimateRoi(tallyOf([money(100_000, -100_000), flat({ state: 'won', decimalOdds: 3 })]))
    expect(estimate).toMatchObject({ basis: 'flat_stakes', roi: 0.5, n: 2 })
  })

  it('gives one bet an ROI and no interval', () => {
    expect(estimateRoi(tallyOf([money(1000, 900)]))).toEqual({ basis: 'turnover', roi: 0.9, interval: undefined, n: 1 })
    expect(estimateRoi(tallyOf([flat({ returnPerUnit: -1 })]))).toMatchObject({ roi: -1, interval: undefined })
  })

  it('gives equal bets an interval of no width', () => {
    const { roi, interval } = estimateRoi(tallyOf([money(1000, 910), money(2000, 1820)])) ?? {}
    expect(interval?.low).toBeCloseTo(roi ?? Number.NaN, 6)
    expect(interval?.high).toBeCloseTo(roi ?? Number.NaN, 6)
  })

  it.each([
    ['there is no bet', []],
    ['no price and no money is known', [flat({ decimalOdds: null }), flat({ state: 'cashed_out' })]],
    ['all were free bets without a stake', [bet({ isFreeBet: true, stakeMinor: 0, profitMinor: 500 })]],
  ])('is unknown where %s', (_, bets) => {
    expect(estimateRoi(tallyOf(bets))).toBeUndefined()
  })
})
