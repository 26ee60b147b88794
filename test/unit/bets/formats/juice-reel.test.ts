import { describe, expect, it } from 'vitest'
import { betSchema } from '../../../../shared/bets/bet.ts'
import { juiceReel } from '../../../../shared/bets/formats/juice-reel.ts'
import { sourceRow } from '../../../support/source-rows.ts'

const straight = {
  juice_bet_id: 'jr-1',
  sportsbook: 'FanDuel',
  books_bet_id: 'O/0001',
  risk_amount: '110',
  max_potential_win: '100',
  bet_result: 'Win',
  amount_won_or_lost: '100',
  odds_american: '-110',
  number_of_legs: '1',
  date_placed: '2024-11-02 17:00:00',
  date_settled: '2024-11-02 20:15:00',
  date_synced: '2024-11-03 06:00:00',
  if_freeplay_then_amount_actually_at_risk: '',
  is_odds_boosted: 'false',
  clv_percent: '1.5',
  bet_leg_id: 'leg-1',
  leg_type: 'GameOu',
  bet_on: 'Over',
  bet_on_spread_total_number: '221.5',
  leg_sport: 'Basketball',
  leg_league: 'NBA',
  leg_description: 'Away @ Home - Over 221.5',
  bet_tag_details: '',
}
type Cells = Partial<typeof straight>

const parlay = { ...straight, juice_bet_id: 'jr-2', number_of_legs: '2', odds_american: '264' }
const legA = { ...parlay, bet_leg_id: 'leg-a', leg_type: 'Spread', leg_description: 'Away @ Home - Home -3' }
const legB = { ...parlay, bet_leg_id: 'leg-b', leg_league: 'CBB', leg_description: 'X @ Y - Moneyline' }

function parse(...rows: Cells[]) {
  return juiceReel.parse(rows.map((row, i) => sourceRow({ ...straight, ...row }, i + 2)))
}

describe('juiceReel', () => {
  it('makes a canonical straight bet of one leg, its times taken as UTC', () => {
    const { bets } = parse({})
    expect(bets[0]?.bet).toEqual({
      id: 'jr-1',
      origin: 'import',
      state: 'won',
      betType: 'straight',
      sport: 'Basketball',
      league: 'NBA',
      market: 'GameOu',
      book: 'FanDuel',
      selection: 'Away @ Home - Over 221.5',
      isLive: false,
      isFreeBet: false,
      decimalOdds: 1 + 100 / 110,
      stakeMinor: 11_000,
      profitMinor: 10_000,
      currency: 'USD',
      returnPerUnit: null,
      closingLineValue: 0.015,
      placedAtMs: Date.UTC(2024, 10, 2, 17),
      settledAtMs: Date.UTC(2024, 10, 2, 20, 15),
      resultKnownAtMs: null,
    })
    expect(betSchema.safeParse(bets[0]?.bet).success).toBe(true)
  })

  it('puts the legs of a parlay together though they stand apart', () => {
    const { bets, rejections } = parse(legA, {}, legB)
    expect(rejections).toEqual([])
    expect(bets.map(({ bet, lines }) => [bet.id, lines])).toEqual([
      ['jr-2', [2, 4]],
      ['jr-1', [3]],
    ])
    expect(bets[0]?.bet).toMatchObject({
      betType: 'parlay',
      market: 'Parlay',
      sport: 'Basketball',
      league: null,
      selection: 'Away @ Home - Home -3 | X @ Y - Moneyline',
    })
  })

  it('takes a free play for a bet without a stake of the bettor’s own', () => {
    const { bets } = parse({ if_freeplay_then_amount_actually_at_risk: '100' })
    expect(bets[0]?.bet).toMatchObject({ isFreeBet: true, stakeMinor: 0, profitMinor: 10_000 })
  })

  it('takes a free-play amount of 0 for an ordinary bet', () => {
    const { bets } = parse({ if_freeplay_then_amount_actually_at_risk: '0' })
    expect(bets[0]?.bet).toMatchObject({ isFreeBet: false, profitMinor: 10_000 })
    expect(bets[0]?.bet.stakeMinor).toBeGreaterThan(0)
  })

  it.each([
    ['won', 'won'],
    ['LOSS', 'lost'],
    ['Lost', 'lost'],
    ['push', 'push'],
    ['Cancelled', 'void'],
    ['Void', 'void'],
    ['Cashed Out', 'cashed_out'],
    ['cashout', 'cashed_out'],
    ['Half Win', 'half_won'],
    ['half loss', 'half_lost'],
  ])('reads the result %s as %s', (bet_result, state) => {
    expect(parse({ bet_result }).bets[0]?.bet.state).toBe(state)
  })

  it('gives an open bet no profit and no settlement', () => {
    const { bets } = parse({ bet_result: 'Pending', amount_won_or_lost: '0', date_settled: '' })
    expect(bets[0]?.bet).toMatchObject({ state: 'open', profitMinor: null, settledAtMs: null })
  })

  it('leaves closing line value null where legs differ in it', () => {
    expect(parse(legA, { ...legB, clv_percent: '3' }).bets[0]?.bet.closingLineValue).toBeNull()
  })

  it('tells a live bet by a tag on any leg', () => {
    expect(parse(legA, { ...legB, bet_tag_details: 'Live' }).bets[0]?.bet.isLive).toBe(true)
  })

  it('refuses all rows of a bet whose legs are not all there', () => {
    const { bets, rejections } = parse({ ...legA, number_of_legs: '3' }, { ...legB, number_of_legs: '3' }, {})
    expect(bets.map(({ bet }) => bet.id)).toEqual(['jr-1'])
    expect(rejections.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'legs_missing'],
      [3, 'legs_missing'],
    ])
  })

  it.each(['risk_amount', 'odds_american', 'bet_result', 'date_placed', 'date_settled'] as const)(
    'refuses all rows of a bet whose legs disagree on %s, and names the line',
    (column) => {
      const { bets, rejections } = parse(legA, { ...legB, [column]: '999' })
      expect(bets).toEqual([])
      expect(rejections.map(({ reason, field }) => [reason, field])).toEqual([
        ['legs_disagree', column],
        ['legs_disagree', column],
      ])
      expect(rejections[0]?.detail).toContain('of the same bet as line 3')
      expect(rejections[1]?.detail).toContain('"999"')
    },
  )

  it('refuses a bet with one leg twice', () => {
    expect(parse(legA, legA).rejections.map(({ reason }) => reason)).toEqual(['legs_disagree', 'legs_disagree'])
  })

  it('refuses a bet with more rows than legs', () => {
    const { rejections } = parse(legA, legB, { ...legB, bet_leg_id: 'leg-c' })
    expect(rejections.map(({ reason }) => reason)).toEqual(['legs_disagree', 'legs_disagree', 'legs_disagree'])
  })

  it('refuses the whole bet for one bad leg and blames that leg', () => {
    const { bets, rejections } = parse(legA, { ...legB, leg_league: 'L'.repeat(101) })
    expect(bets).toEqual([])
    expect(rejections).toMatchObject([
      { line: 2, reason: 'text_too_long', field: 'leg_league' },
      { line: 3, reason: 'text_too_long', field: 'leg_league' },
    ])
    expect(rejections[0]?.detail).toMatch(/^of the same bet as line 3: /)
    expect(rejections[1]?.detail).toMatch(/^leg_league: /)
  })

  it.each([
    [{ juice_bet_id: '' }, 'missing_id'],
    [{ juice_bet_id: 'x'.repeat(101) }, 'id_too_long'],
    [{ bet_result: 'graded' }, 'unknown_status'],
    [{ odds_american: '-50' }, 'odds_out_of_range'],
    [{ risk_amount: '10,00' }, 'unreadable_amount'],
    [{ number_of_legs: '' }, 'unreadable_number'],
    [{ number_of_legs: '0' }, 'number_out_of_range'],
    [{ date_placed: '' }, 'missing_time'],
    [{ date_placed: '2024-02-30 10:00:00' }, 'unreadable_time'],
    [{ date_settled: '2024-11-02 16:59:59' }, 'settled_before_placed'],
    [{ leg_description: 'd'.repeat(4001) }, 'text_too_long'],
  ])('refuses %j as %s', (changes, reason) => {
    const { bets, rejections } = parse(changes)
    expect(bets).toEqual([])
    expect(rejections).toMatchObject([{ line: 2, reason }])
  })
})
