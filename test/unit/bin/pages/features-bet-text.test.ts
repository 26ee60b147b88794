import { describe, expect, it } from 'vitest'
import { betExplanationText } from '../../../../bin/pages/features-bet-text.ts'
import { explanationOf } from './features-explained-bets.ts'

/** Lines of a section, by the beginning of its title. */
function section(lines: readonly string[], title: string): string[] {
  const start = lines.findIndex((line) => line.startsWith(title))
  const end = lines.indexOf('', start)
  return lines.slice(start, end < 0 ? undefined : end)
}

describe('betExplanationText', () => {
  const lines = betExplanationText(explanationOf())

  it('says which bet was asked about, when, and how old the ledger is', () => {
    expect(lines.slice(0, 2)).toEqual([
      'Basketball, NBA, Spread at DraftKings: straight, before the event, 2.00 (+100)',
      '2025-03-01 10:00 UTC, own ledger, read 1 h before',
    ])
  })

  it('counts every value as one that stands on something, on nothing, or is stale', () => {
    const [, something = 0, nothing = 0, stale = 0] =
      /^(\d+) values stand on something, (\d+) on nothing, (\d+) are stale$/.exec(lines[2] ?? '')?.map(Number) ?? []
    expect(something + nothing + stale).toBe(175)
    expect(stale).toBe(0)
    expect(something).toBeGreaterThan(100)
  })

  it('tells of each value what it is, how many bets stand behind it and how old they are', () => {
    const ofMarket = section(lines, 'sport_market: Basketball · Spread')
    expect(ofMarket).toContainEqual(expect.stringMatching(/^ {2}sport_market_win_rate +share +0\.5000 +2 +5 h$/))
    expect(ofMarket).toContainEqual(expect.stringMatching(/^ {2}sport_market_streak +bets +-1 +2 +5 h$/))
  })

  it('tells from what of the bet its own values are made', () => {
    const ofBet = section(lines, 'The bet itself')
    expect(ofBet).toHaveLength(12)
    expect(ofBet).toContainEqual(
      expect.stringMatching(/^ {2}implied_probability +probability +0\.5000 +2\.00 \(\+100\)$/),
    )
    expect(ofBet).toContainEqual(expect.stringMatching(/^ {2}book +code +1 +DraftKings$/))
  })

  it('tells whose activity a value is, most bets first', () => {
    const [, first, ...others] = section(lines, 'Activity')
    expect(first).toMatch(/^ {2}ledger_placed_7d +bets +3 +3 +8 h {2}all bets$/)
    expect(others).toContainEqual(expect.stringMatching(/^ {2}book_placed_30d +bets +2 +2 +9 h {2}DraftKings$/))
  })

  it('gathers what is missing by its reason', () => {
    const golf = betExplanationText(explanationOf({ sport: 'Golf', league: 'PGA', market: 'Winner', book: 'bet365' }))
    expect(golf[3]).toBe('The sportsbook is new to the ledger')
    expect(section(golf, 'book: bet365').slice(1)).toEqual([
      expect.stringMatching(/^ {2}book_count +bets +0 +0 +no earlier bet \(the sportsbook is new to the ledger\)$/),
      expect.stringMatching(
        /^ {2}– no earlier bet \(the sportsbook is new to the ledger\): residual, win_rate, roi, form/,
      ),
    ])
    expect(section(golf, 'sport: Golf')).toContainEqual(
      expect.stringMatching(/^ {2}– no result known yet: residual, win_rate, roi, form, form_30d, residual_last_10/),
    )
  })

  it('says what has become of stale values', () => {
    const old = betExplanationText(explanationOf({}, 7))
    expect(old[2]).toMatch(/ 68 are stale$/)
    expect(section(old, 'Activity')).toContainEqual(
      expect.stringMatching(/^ {2}ledger_placed_7d +bets +0 +3 +8 h {2}all bets, stale after 6 h, taken as 0$/),
    )
    expect(section(old, 'ledger: all bets')).toContainEqual(
      expect.stringMatching(/^ {2}– stale after 6 h, taken as missing: .*residual_last_10/),
    )
  })

  it('says what the source has not named, and that there is no price', () => {
    const bare = betExplanationText(explanationOf({ league: null, decimalOdds: null }))
    expect(bare[0]).toBe('Basketball, Spread at DraftKings: straight, before the event, no price')
    expect(section(bare, 'The bet itself')).toContain('  – the bet has no price: market_log_odds, implied_probability')
    expect(section(bare, 'sport_league: Basketball · none named')).toContainEqual(
      expect.stringContaining('the source does not name the league'),
    )
  })

  it('tells no more than was asked for', () => {
    const few = betExplanationText(explanationOf({}, 1, ['book_roi', 'is_live']))
    expect(few.filter((line) => line.startsWith('  ')).map((line) => line.trim().split(' ')[0])).toEqual([
      ...['feature', 'book_roi', 'is_live'],
    ])
  })

  it('lets no control character of a name reach the terminal', () => {
    const hostile = betExplanationText(explanationOf({ sport: 'a\u001b[31m\nb', market: '\u0007' }))
    expect(hostile.join('')).not.toMatch(/\p{Cc}/u)
  })
})
