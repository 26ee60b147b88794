import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import type { DecayState } from '../../../shared/performance/decay-state.ts'
import { decayStateSchema, lookAgain, newDecayState, TAKEN_AFTER_MS } from '../../../shared/performance/decay-state.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'

const DAY_MS = 86_400_000
const PLAIN = { bets: 0, intercept: 0, slope: 1, dispersion: 1 }
const START = newDecayState({ modelVersion: 'blend-1', origin: 'own', reference: PLAIN })

/** Long enough after the bets for each result to count. */
const LATER_MS = LEDGER_START_MS + 40 * DAY_MS

function matched(bets: readonly Bet[], winProbability = 0.6) {
  return bets.map((one) => ({
    bet: one,
    prediction: {
      ...{ sport: 'Basketball', league: 'NBA', market: 'Player Points', book: 'DraftKings' },
      ...{ betType: one.betType, isLive: one.isLive, decimalOdds: one.decimalOdds ?? 2, winProbability },
      ...{ atMs: one.placedAtMs - 1000, modelVersion: 'blend-1', functionVersion: '7' },
    },
  }))
}

function look(state: DecayState, bets: readonly Bet[], nowMs = LATER_MS, winProbability = 0.6): DecayState {
  const known = new Set(state.entries.map(({ betId }) => betId))
  const news = bets.filter(({ id }) => !known.has(id))
  const byId = new Map(bets.map((one) => [one.id, one]))
  return lookAgain(state, { bets: byId, fromMs: 0, matched: matched(news, winProbability) }, nowMs)
}

/** Bets placed a day apart. */
function ledger(count: number, state: Bet['state'] = 'lost', prefix = 'bet'): Bet[] {
  return Array.from({ length: count }, (_, i) => {
    const placedAtMs = LEDGER_START_MS + (i % 30) * DAY_MS
    return bet({ id: `${prefix}-${i}`, state, placedAtMs, settledAtMs: placedAtMs + 1000 })
  })
}

describe('lookAgain', () => {
  it('counts a bet once, however often one looks', () => {
    const bets = ledger(20)
    const once = look(START, bets)
    expect(once.watch.outcomes).toBe(20)
    const thrice = look(look(once, bets), bets, LATER_MS + DAY_MS)
    expect(thrice).toEqual(once)
  })

  it('takes a bet that is matched a second time for the one it knows', () => {
    const bets = ledger(3)
    const once = look(START, bets)
    const ledgerNow = { bets: new Map(bets.map((one) => [one.id, one])), fromMs: 0, matched: matched(bets, 0.9) }
    expect(lookAgain(once, ledgerNow, LATER_MS)).toEqual(once)
  })

  it('adds up to the same evidence in two looks as the test told of them', () => {
    // One loss at 0.6, then another: shares of the alternatives times their likelihood ratios.
    const [a, b] = ledger(2) as [Bet, Bet]
    const first = look(START, [a])
    const second = look(first, [a, b])
    expect([first.looks, second.looks]).toEqual([1, 2])
    expect(first.watch.evidence).toBeGreaterThan(1)
    expect(second.watch.evidence).toBeGreaterThan(first.watch.evidence)
  })

  it('takes a result in two days after the day of its bet, and not before', () => {
    const [one] = ledger(1) as [Bet]
    const dueMs = LEDGER_START_MS + DAY_MS + TAKEN_AFTER_MS
    expect(look(START, [one], dueMs - 1)).toMatchObject({ looks: 0, watch: { outcomes: 0 } })
    expect(look(START, [one], dueMs)).toMatchObject({ looks: 1, watch: { outcomes: 1 } })
  })

  it('takes a result that comes late in with the look that first sees it', () => {
    const open = bet({ id: 'late', state: 'open', profitMinor: null, settledAtMs: null })
    const first = look(START, [...ledger(5), open])
    expect([first.watch.outcomes, first.entries.length]).toEqual([5, 6])
    const second = look(first, [...ledger(5), { ...open, state: 'won' }])
    expect(second.entries.find(({ betId }) => betId === 'late')).toMatchObject({ label: 1, look: 2 })
    expect(second.watch.outcomes).toBe(6)
  })

  it('corrects a result where it stands', () => {
    const bets = ledger(10)
    const wrong = look(START, [{ ...(bets[0] as Bet), state: 'won' }, ...bets.slice(1)])
    const mended = look(wrong, bets)
    expect(mended.watch.evidence).toBeCloseTo(look(START, bets).watch.evidence, 12)
    expect(mended.looks).toBe(1)
  })

  it('forgets a bet that is gone, and one that came to neither won nor lost', () => {
    const [first, second, ...others] = ledger(10) as [Bet, Bet, ...Bet[]]
    const all = look(START, [first, second, ...others])
    const after = look(all, [{ ...second, state: 'void' }, ...others])
    expect(after.watch.outcomes).toBe(8)
    expect(after.watch.evidence).toBeCloseTo(look(START, others).watch.evidence, 12)
  })

  it('takes a result in anew that was taken back and told again', () => {
    const [one, ...others] = ledger(10) as [Bet, ...Bet[]]
    const all = look(START, [one, ...others])
    const open = look(all, [{ ...one, state: 'open', profitMinor: null, settledAtMs: null }, ...others])
    expect(open.entries.find(({ betId }) => betId === one.id)).toMatchObject({ label: null, look: null })
    const again = look(open, [one, ...others])
    expect(again.entries.find(({ betId }) => betId === one.id)).toMatchObject({ label: 0, look: 2 })
  })

  it('calls decay once, and keeps when', () => {
    const called = look(START, ledger(60), LATER_MS, 0.8)
    expect(called.alarm).toMatchObject({ outcomes: 60, isAnnounced: false })
    const later = look(called, [...ledger(60), ...ledger(30, 'won', 'more')], LATER_MS + DAY_MS, 0.8)
    expect(later.alarm).toEqual(called.alarm)
  })

  it('takes the call back where corrections leave nothing that shows it', () => {
    const called = look(START, ledger(60), LATER_MS, 0.8)
    const asServed = ledger(60).map((one, i) => (i % 5 === 0 ? one : { ...one, state: 'won' as const }))
    const corrected = look(called, asServed, LATER_MS, 0.8)
    expect(corrected.alarm).toBeNull()
  })

  it('does not let one lost certainty end all doubt', () => {
    expect(look(START, ledger(1), LATER_MS, 1).alarm).toBeNull()
  })

  it('is what can be stored', () => {
    const state = look(START, ledger(60))
    expect(decayStateSchema.parse(JSON.parse(JSON.stringify(state)))).toEqual(state)
  })
})
