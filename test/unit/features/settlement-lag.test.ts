import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { assumedSettlementHours, knownAtMs } from '../../../shared/features/settlement-lag.ts'
import { bet } from '../../support/bets.ts'

describe('assumedSettlementHours', () => {
  const cases: [Partial<Bet>, number][] = [
    [{ sport: 'Basketball' }, 24],
    [{ sport: null }, 24],
    [{ sport: 'Golf' }, 96],
    [{ sport: 'American Football' }, 96],
    [{ betType: 'parlay' }, 48],
    [{ betType: 'round_robin_3', sport: 'Cricket' }, 120],
    [{ isLive: true }, 6],
    [{ isLive: true, betType: 'parlay', sport: 'Golf' }, 6],
  ]
  test.each(cases)('takes %o as known after %d hours', (overrides, hours) => {
    expect(assumedSettlementHours(bet(overrides))).toBe(hours)
  })
})

describe('knownAtMs', () => {
  test('believes the source', () => {
    expect(knownAtMs(bet({ placedAtMs: 1000, settledAtMs: 1500 }))).toBe(1500)
    expect(knownAtMs(bet({ placedAtMs: 0, settledAtMs: 0 }))).toBe(0)
  })

  test('assumes a lag where the source says nothing', () => {
    expect(knownAtMs(bet({ placedAtMs: 1000, settledAtMs: null }))).toBe(1000 + 86_400_000)
  })
})
