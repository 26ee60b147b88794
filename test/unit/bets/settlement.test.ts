import { describe, expect, test } from 'vitest'
import type { BetState } from '../../../shared/bets/bet.ts'
import { BET_STATES } from '../../../shared/bets/bet.ts'
import { isDecisive, isSettled, netReturnPerUnit, returnByRule } from '../../../shared/bets/settlement.ts'
import { bet } from '../../support/bets.ts'

const AT_180: Record<BetState, number | undefined> = {
  open: undefined,
  won: 0.8,
  half_won: 0.4,
  push: 0,
  void: 0,
  half_lost: -0.5,
  lost: -1,
  cashed_out: undefined,
}

const WITHOUT_PRICE: Record<BetState, number | undefined> = { ...AT_180, won: undefined, half_won: undefined }

describe('returnByRule', () => {
  test.each(BET_STATES)('settles a bet that is %s at 1.80', (state) => {
    const expected = AT_180[state]
    if (expected === undefined) expect(returnByRule(state, 1.8)).toBeUndefined()
    else expect(returnByRule(state, 1.8)).toBeCloseTo(expected, 14)
  })

  test.each(BET_STATES)('does not invent a price for a bet that is %s', (state) => {
    expect(returnByRule(state, null)).toBe(WITHOUT_PRICE[state])
  })
})

test('every state but open is settled', () => {
  expect(BET_STATES.filter((state) => !isSettled(state))).toEqual(['open'])
})

test('only simple wins and losses are decisive', () => {
  expect(BET_STATES.filter(isDecisive)).toEqual(['won', 'lost'])
})

describe('netReturnPerUnit', () => {
  test('takes the money before anything else', () => {
    const paid = bet({ state: 'cashed_out', stakeMinor: 1000, profitMinor: 350, returnPerUnit: 9, decimalOdds: 2 })
    expect(netReturnPerUnit(paid)).toBe(0.35)
  })

  test('takes what the source says where there is no money', () => {
    expect(netReturnPerUnit(bet({ state: 'won', stakeMinor: null, profitMinor: null, returnPerUnit: 0.7 }))).toBe(0.7)
    expect(netReturnPerUnit(bet({ state: 'won', stakeMinor: null, returnPerUnit: 0 }))).toBe(0)
  })

  test('takes the rule where the source says nothing', () => {
    expect(netReturnPerUnit(bet({ state: 'lost', stakeMinor: null, profitMinor: null }))).toBe(-1)
    expect(netReturnPerUnit(bet({ state: 'won', profitMinor: null, decimalOdds: 3 }))).toBe(2)
  })

  test('asks no rule without a price: a loss must not count where a win cannot', () => {
    const unpriced = { stakeMinor: null, profitMinor: null, decimalOdds: null }
    for (const state of ['won', 'lost', 'half_lost', 'push'] as const) {
      expect(netReturnPerUnit(bet({ state, ...unpriced }))).toBeUndefined()
    }
    expect(netReturnPerUnit(bet({ state: 'lost', ...unpriced, returnPerUnit: -1 }))).toBe(-1)
  })

  test('is unknown for a free bet, which stakes nothing', () => {
    expect(netReturnPerUnit(bet({ state: 'lost', isFreeBet: true, stakeMinor: 0, profitMinor: 0 }))).toBeUndefined()
  })

  test('does not divide by a stake of nothing', () => {
    expect(netReturnPerUnit(bet({ state: 'won', stakeMinor: 0, profitMinor: 500, decimalOdds: 2 }))).toBe(1)
  })

  test('is unknown while the bet is open, whatever the fields hold', () => {
    expect(netReturnPerUnit(bet({ state: 'open', profitMinor: 500, returnPerUnit: 0.5 }))).toBeUndefined()
  })

  test('is unknown for a cash-out that no source prices', () => {
    expect(netReturnPerUnit(bet({ state: 'cashed_out', profitMinor: null }))).toBeUndefined()
  })
})
