import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { scoreBet } from '../../../shared/usecases/score-bet.ts'
import { bet } from '../../support/bets.ts'
import { LOOKED_AT, recordOf } from '../../support/performance-records.ts'

const FILTER = { sport: 'Basketball', market: 'Player Points' }

/** The score of a segment over these bets. */
function scoreOf(bets: readonly Bet[], filter: Parameters<typeof scoreBet>[1] = FILTER) {
  const value = recordOf(bets)
  return scoreBet({ current: async () => ({ value, servedFrom: 'current' }) }, filter)
}

/** `wins` bets won and `losses` lost at a price, each for 10.00. */
function record(wins: number, losses: number, decimalOdds = 2): Bet[] {
  return Array.from({ length: wins + losses }, (_, i) => {
    const won = i < wins
    const profitMinor = won ? Math.round(1000 * (decimalOdds - 1)) : -1000
    return bet({ id: `bet-${i}`, state: won ? 'won' : 'lost', decimalOdds, profitMinor })
  })
}

const withoutMoney = (bets: readonly Bet[]) =>
  bets.map((one) => ({
    ...one,
    stakeMinor: null,
    profitMinor: null,
    currency: null,
    selection: null,
    settledAtMs: null,
  }))

describe('scoreBet', () => {
  it.each([
    [26, 24, 2.02, 'good'],
    [26, 24, 2.01, 'neutral'],
    [24, 26, 2.1, 'neutral'],
    [24, 26, 2.05, 'warning'],
    [22, 28, 2.16, 'warning'],
    [22, 28, 2.15, 'danger'],
    [21, 29, 3, 'danger'],
  ] as const)('reads %i won and %i lost at %f as %s', async (wins, losses, decimalOdds, score) => {
    expect((await scoreOf(record(wins, losses, decimalOdds))).score).toBe(score)
  })

  it('gives ROI over turnover with its interval, win rate and currency', async () => {
    const score = await scoreOf(record(30, 20, 1.9))
    expect(score.roi).toMatchObject({ basis: 'turnover', n: 50 })
    expect(score.roi?.roi).toBeCloseTo((30 * 0.9 - 20) / 50, 12)
    expect(score.roi?.interval?.low).toBeLessThan(score.roi?.roi ?? 0)
    expect(score).toMatchObject({ winRate: 0.6, currency: 'USD', origin: 'own', settlementTimes: 'recorded' })
  })

  it('gives ROI at flat stakes where the ledger has no money', async () => {
    const score = await scoreOf(withoutMoney(record(30, 20, 1.9)))
    expect(score.roi).toMatchObject({ basis: 'flat_stakes', n: 50 })
    expect(score.roi?.roi).toBeCloseTo(0.14, 12)
    expect(score.tally.moneyBets).toBe(0)
    expect(score).toMatchObject({ currency: null, settlementTimes: 'assumed' })
  })

  it('says where settlement times are known of some bets only', async () => {
    const [first, ...others] = record(2, 2)
    const score = await scoreOf([{ ...(first ?? bet()), settledAtMs: null }, ...others])
    expect(score.settlementTimes).toBe('partly_assumed')
  })

  it('leaves open bets out', async () => {
    const open = bet({ id: 'open', state: 'open', profitMinor: null, settledAtMs: null })
    expect(await scoreOf([...record(5, 5), open])).toEqual(await scoreOf(record(5, 5)))
  })

  it('counts pushes and voids apart, in the ROI and not in the win rate', async () => {
    const pushes = [bet({ id: 'p', state: 'push', profitMinor: 0 }), bet({ id: 'v', state: 'void', profitMinor: 0 })]
    const score = await scoreOf([...record(1, 1), ...pushes])
    expect(score).toMatchObject({ winRate: 0.5, tally: { bets: 4, wins: 1, losses: 1, pushes: 2 } })
    expect(score.roi?.n).toBe(4)
  })

  it('warns of a short record', async () => {
    expect((await scoreOf(record(15, 14))).warnings[0]).toContain('Only 29 settled bets')
    expect((await scoreOf(record(15, 15))).warnings.join()).not.toContain('Only')
  })

  it('is unknown, without a figure, where no bet matches', async () => {
    const score = await scoreOf(record(5, 5), { ...FILTER, league: 'EuroLeague' })
    expect(score).toMatchObject({ score: 'unknown', roi: undefined, winRate: Number.NaN, warnings: [] })
    expect(score.recommendation).toBe('Unknown: no settled bets match.')
  })

  it('looks for a player in what was bet on', async () => {
    const jokic = record(3, 1).map((one) => ({ ...one, id: `j-${one.id}`, selection: 'Nikola Jokić Over 25.5' }))
    const score = await scoreOf([...record(5, 5), ...jokic], { ...FILTER, player: 'jokić' })
    expect(score.tally).toMatchObject({ bets: 4, wins: 3 })
    expect(score.warnings.join()).not.toContain('matched to a player')
  })

  it('says how many bets name no market, which no question can reach', async () => {
    const unnamed = bet({ id: 'unnamed', market: null })
    const { warnings } = await scoreOf([...record(20, 20), unnamed])
    expect(warnings).toContain('1 of 41 settled bets name no market and can match none.')
  })

  it('says where a ledger cannot tell players', async () => {
    const score = await scoreOf(withoutMoney(record(5, 5)), { ...FILTER, player: 'Jokić' })
    expect(score.tally.bets).toBe(0)
    expect(score.warnings).toEqual(['This ledger does not say what was bet on, so no bet can be matched to a player.'])
  })

  it('says of how many bets it looks through the beginning of the selection only, where a player is asked for', async () => {
    const long = bet({ id: 'long', selection: 'x'.repeat(300) })
    const warning = 'Only the first 200 characters of a selection are looked through: 1 settled bets have more.'
    expect((await scoreOf([long], { ...FILTER, player: 'x' })).warnings).toContain(warning)
    expect((await scoreOf([long])).warnings).not.toContain(warning)
  })

  it('says when the ledger was last read, and from where it answers', async () => {
    const value = recordOf([bet()])
    for (const servedFrom of ['current', 'memory'] as const) {
      const score = await scoreBet({ current: async () => ({ value, servedFrom }) }, FILTER)
      expect(score).toMatchObject({ asOf: LOOKED_AT, servedFrom })
    }
  })

  it('does not take a free bet’s profit for a return on money staked', async () => {
    const free = record(2, 0).map((one) => ({ ...one, isFreeBet: true, stakeMinor: 0 }))
    const score = await scoreOf(free)
    expect(score).toMatchObject({ roi: undefined, score: 'unknown', tally: { bets: 2, wins: 2 } })
  })
})
