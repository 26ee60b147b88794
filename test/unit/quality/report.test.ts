import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { assessQuality, qualityReportSchema } from '../../../shared/quality/report.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'

const DAY_MS = 86_400_000
const NOW_MS = LEDGER_START_MS + DAY_MS

/** 1,000 bets with which nothing is wrong: three sports, two books, every other bet won. */
function soundLedger(): Bet[] {
  return Array.from({ length: 1000 }, (_, i) =>
    bet({
      id: `bet-${i}`,
      state: i % 2 === 0 ? 'won' : 'lost',
      sport: ['Basketball', 'Tennis', 'Golf'][i % 3] ?? null,
      book: ['DraftKings', 'FanDuel'][i % 2] ?? null,
    }),
  )
}

/** The sound ledger with its first n bets changed. */
const spoiled = (n: number, fields: Partial<Bet>) =>
  soundLedger().map((one, i) => (i < n ? { ...one, ...fields } : one))

const failedChecks = (bets: readonly Bet[], nowMs = NOW_MS) =>
  assessQuality(bets, nowMs)
    .checks.filter(({ passed }) => !passed)
    .map(({ name }) => name)

describe('assessQuality', () => {
  it('fails a bet that is dated after now, and does not take it for a sign of life', () => {
    const future = { placedAtMs: NOW_MS + 1, settledAtMs: null }
    expect(failedChecks(spoiled(1, future))).toEqual(['bets_in_the_future'])
    const onlyFuture = [bet({ placedAtMs: NOW_MS + 1, settledAtMs: null })]
    expect(failedChecks(onlyFuture)).toContain('days_since_last_bet')
  })

  it('says that a figure cannot be measured, in a report that survives JSON', () => {
    const report = assessQuality([bet({ state: 'open', settledAtMs: null })], NOW_MS)
    expect(report.checks.find(({ name }) => name === 'win_rate_low')).toMatchObject({ value: null, passed: false })
    expect(qualityReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
  })

  it('passes a sound ledger, showing every figure with its threshold and reason', () => {
    const report = assessQuality(soundLedger(), NOW_MS)
    expect(report).toMatchObject({ bets: 1000, passed: true })
    expect(report.checks.length).toBeGreaterThanOrEqual(10)
    expect(new Set(report.checks.map(({ name }) => name)).size).toBe(report.checks.length)
    expect(report.checks.filter(({ because }) => because.length < 20)).toEqual([])
    expect(report.checks.find(({ name }) => name === 'sports')).toMatchObject({
      value: 3,
      threshold: 3,
      bound: 'at_least',
    })
  })

  it.each([
    ['bets', soundLedger().slice(0, 999), soundLedger()],
    ['settled_share', spoiled(501, { state: 'open' }), spoiled(500, { state: 'open' })],
    ['missing_sport_share', spoiled(51, { sport: null }), spoiled(50, { sport: null })],
    ['missing_market_share', spoiled(101, { market: null }), spoiled(100, { market: null })],
    ['missing_price_share', spoiled(11, { decimalOdds: null }), spoiled(10, { decimalOdds: null })],
    ['win_rate_low', spoiled(302, { state: 'lost' }), spoiled(298, { state: 'lost' })],
    ['win_rate_high', spoiled(302, { state: 'won' }), spoiled(298, { state: 'won' })],
  ])('fails %s just beyond its threshold, and not at it', (name, beyond, within) => {
    expect(failedChecks(beyond)).toEqual([name])
    expect(failedChecks(within)).toEqual([])
  })

  it('fails a ledger whose last bet is more than 90 days old', () => {
    expect(failedChecks(soundLedger(), LEDGER_START_MS + 90 * DAY_MS)).toEqual([])
    expect(failedChecks(soundLedger(), LEDGER_START_MS + 90 * DAY_MS + 1)).toEqual(['days_since_last_bet'])
  })

  it.each([
    ['sports', { sport: 'Golf' }, { sport: 'Tennis' }],
    ['books', { book: 'FanDuel' }, { book: 'FanDuel' }],
  ] as const)('does not count a missing name among the %s', (name, one, other) => {
    const bets = soundLedger().map((sound, i) => ({ ...sound, ...(i % 2 === 0 ? one : other) }))
    const withMissing = bets.map((known, i) => (i < 20 ? { ...known, sport: null, book: null } : known))
    expect(failedChecks(withMissing)).toContain(name)
  })

  it('counts neither pushes nor halves in the win rate', () => {
    expect(failedChecks(spoiled(400, { state: 'push' }))).toEqual([])
    expect(failedChecks(spoiled(400, { state: 'half_won' }))).toEqual([])
  })

  it('fails what cannot be measured', () => {
    const failed = failedChecks([])
    expect(failed).toEqual(
      expect.arrayContaining(['bets', 'settled_share', 'missing_price_share', 'days_since_last_bet']),
    )
    expect(failed).toEqual(expect.arrayContaining(['win_rate_low', 'win_rate_high']))
  })
})
