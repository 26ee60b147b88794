import { describe, expect, it } from 'vitest'
import type { DriftKind } from '../../../shared/simulator/drift.ts'
import { DRIFT_DAYS, DRIFT_KINDS, NEW_BOOK, recentBets, simulateDrift } from '../../../shared/simulator/drift.ts'

const DAY_MS = 86_400_000
const ENDS_AT_MS = Date.UTC(2026, 4, 20)

describe('simulateDrift', () => {
  const simulated = (kind: DriftKind, count = 100, seed = 3) =>
    simulateDrift({ kind, seed, count, endsAtMs: ENDS_AT_MS })
  const once = new Map(DRIFT_KINDS.map((kind) => [kind, simulated(kind)]))
  const drifted = (kind: DriftKind) => once.get(kind) ?? []

  it.each(DRIFT_KINDS)('gives as many bets as were asked for, of the last days, in order: %s', (kind) => {
    const bets = drifted(kind)
    expect(bets).toHaveLength(100)
    const placed = bets.map(({ placedAtMs }) => placedAtMs)
    expect(placed).toEqual([...placed].sort((a, b) => a - b))
    expect(placed[0]).toBeGreaterThanOrEqual(ENDS_AT_MS - DRIFT_DAYS * DAY_MS)
    expect(placed.at(-1)).toBeLessThan(ENDS_AT_MS)
    expect(bets.every(({ origin }) => origin === 'demo')).toBe(true)
    expect(new Set(bets.map(({ id }) => id)).size).toBe(100)
  })

  it('moves what it says', () => {
    expect(new Set(drifted('sport').map(({ sport }) => sport))).toEqual(new Set(['Tennis']))
    expect(Math.min(...drifted('price').map(({ decimalOdds }) => decimalOdds ?? 0))).toBeGreaterThanOrEqual(2.4)
    expect(drifted('book').filter(({ book }) => book === NEW_BOOK)).toHaveLength(50)
    expect(drifted('clv').every(({ closingLineValue }) => closingLineValue === null)).toBe(true)
    expect(drifted('book').some(({ closingLineValue }) => closingLineValue !== null)).toBe(true)
  })

  it('gives equal bets for equal seeds, and others for others', () => {
    expect(simulated('sport')).toEqual(drifted('sport'))
    expect(drifted('sport')).not.toEqual(simulated('sport', 100, 4))
  })

  it('finds enough of what is rare', () => {
    expect(simulated('sport', 200)).toHaveLength(200)
  })
})

describe('recentBets', () => {
  it.each([0, -1, 1.5, Number.NaN])('refuses %d bets', (count) => {
    const refusal = expect.objectContaining({ code: 'count_out_of_range' })
    expect(() => recentBets({ seed: 1, count, endsAtMs: ENDS_AT_MS }, () => true)).toThrow(refusal)
  })

  it('refuses more than there can be', () => {
    const refusal = expect.objectContaining({ code: 'count_out_of_range' })
    expect(() => recentBets({ seed: 1, count: 1, endsAtMs: ENDS_AT_MS }, () => false)).toThrow(refusal)
  })
})
