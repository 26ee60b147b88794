import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { assumedSettlementHours, knownAtMs, knownBy } from '../../../shared/features/settlement-lag.ts'
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
  const cases: [string, Partial<Bet>, number, string][] = [
    ['the settlement', { placedAtMs: 1000, settledAtMs: 1500 }, 1500, 'settled'],
    ['a settlement at the placement', { placedAtMs: 0, settledAtMs: 0 }, 0, 'settled'],
    ['the assumed time where the source is silent', { placedAtMs: 1000, settledAtMs: null }, 86_401_000, 'assumed'],
    ['when it was told late', { placedAtMs: 1000, settledAtMs: 1500, resultKnownAtMs: 9000 }, 9000, 'told'],
    [
      'when it was told, where the source is silent, even before the assumed time',
      { placedAtMs: 1000, settledAtMs: null, resultKnownAtMs: 2000 },
      2000,
      'told',
    ],
    [
      'the settlement where it was told before',
      { placedAtMs: 1000, settledAtMs: 5000, resultKnownAtMs: 3000 },
      5000,
      'told',
    ],
    ['the placement at the earliest', { placedAtMs: 1000, settledAtMs: null, resultKnownAtMs: 10 }, 1000, 'told'],
  ]
  test.each(cases)('is %s', (_, times, instantMs, by) => {
    expect(knownAtMs(bet(times))).toBe(instantMs)
    expect(knownBy(bet(times))).toBe(by)
  })
})
