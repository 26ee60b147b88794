import { describe, expect, it } from 'vitest'
import { contradictionIn } from '../../../../shared/bets/records/tracker-contradictions.ts'
import { trackerSchema } from '../../../../shared/bets/records/tracker-schema.ts'
import { TRACKER_RECORD } from '../../../support/tracker-records.ts'

function problemOf(changes: Record<string, unknown>) {
  return contradictionIn(trackerSchema.parse({ ...TRACKER_RECORD, ...changes }))
}

/** A record that says nothing but what a test is about. */
const PLAIN = { odds: null, american_odds: null, amount: null, profit: null, roi: null, is_settled: null, is_win: null }

describe('prices', () => {
  it('agree for every two-decimal price up to 10.00, with its American price rounded, and cut as the tracker does', () => {
    const disagreements: [odds: number, americanOdds: number][] = []
    for (let hundredths = 101; hundredths <= 1000; hundredths++) {
      const odds = hundredths / 100
      const exact = odds >= 2 ? (odds - 1) * 100 : Math.max(-10_000, -100 / (odds - 1))
      for (const american_odds of [Math.round(exact), Math.trunc(exact)]) {
        if (problemOf({ ...PLAIN, odds, american_odds }) !== undefined) disagreements.push([odds, american_odds])
      }
    }
    expect(disagreements).toEqual([])
  })

  it.each([
    [1.91, -110],
    [1.01, -8000],
    [2, 100],
    [2, -100],
    [1.995, 100],
    [1.991, -100],
    [2.05, 104],
    [43, 4200],
    [1.9091, -110],
  ])('of %d and %d are the same', (odds, american_odds) => {
    expect(problemOf({ ...PLAIN, odds, american_odds })).toBeUndefined()
  })

  it.each([
    [1.91, 110],
    [1.91, -108],
    [2.05, 107],
    [2, 150],
    [1.5, -150],
    [3, -200],
  ])('of %d and %d disagree', (odds, american_odds) => {
    expect(problemOf({ ...PLAIN, odds, american_odds })).toMatchObject({
      reason: 'odds_disagree',
      field: 'american_odds',
    })
  })

  it('say in one scale what they are', () => {
    expect(problemOf({ ...PLAIN, odds: 1.5, american_odds: 150 })?.detail).toBe(
      'odds is 1.5, and american_odds is 2.5 in decimal odds',
    )
  })
})

describe('flags', () => {
  it.each([
    ['SETTLED_WIN', true, true],
    ['SETTLED_LOSS', true, false],
    ['SETTLED_PUSH', true, false],
    ['SETTLED_VOID', true, false],
    ['SETTLED_CASH_OUT', true, false],
    ['SETTLED_CASH_OUT', true, true],
    ['SETTLED_HALF_WIN', true, true],
    ['SETTLED_HALF_WIN', true, false],
    ['SETTLED_HALF_LOSS', true, false],
    ['PLACED', false, false],
    ['PENDING', null, null],
  ])('of %s may be is_settled %s and is_win %s', (status, is_settled, is_win) => {
    expect(problemOf({ ...PLAIN, status, is_settled, is_win })).toBeUndefined()
  })

  it.each([
    ['SETTLED_WIN', true, false, 'is_win'],
    ['SETTLED_LOSS', true, true, 'is_win'],
    ['SETTLED_PUSH', true, true, 'is_win'],
    ['SETTLED_VOID', null, true, 'is_win'],
    ['SETTLED_HALF_LOSS', null, true, 'is_win'],
    ['PLACED', null, true, 'is_win'],
    ['SETTLED_WIN', false, true, 'is_settled'],
    ['PENDING', true, false, 'is_settled'],
  ])('of %s cannot be is_settled %s and is_win %s', (status, is_settled, is_win, field) => {
    expect(problemOf({ ...PLAIN, status, is_settled, is_win })).toMatchObject({
      reason: 'status_contradicts_result',
      field,
    })
  })
})

describe('profit', () => {
  it.each([
    ['a boosted win', { status: 'SETTLED_WIN', odds: 1.91, amount: 10, profit: 50 }],
    ['a win less commission', { status: 'SETTLED_WIN', odds: 2, amount: 10, profit: 9.8 }],
    ['a win of nothing', { status: 'SETTLED_WIN', amount: 10, profit: 0 }],
    ['a free win', { status: 'SETTLED_WIN', amount: 0, profit: 10 }],
    ['a win without a stake', { status: 'SETTLED_WIN', profit: 10 }],
    ['a loss', { status: 'SETTLED_LOSS', amount: 10, profit: -10 }],
    ['a loss with both sides rounded', { status: 'SETTLED_LOSS', amount: 10.004, profit: -10.01 }],
    ['a loss of an exchange fill', { status: 'SETTLED_LOSS', amount: 16.9965, profit: -17 }],
    ['a loss that cost nothing', { status: 'SETTLED_LOSS', amount: 10, profit: 0 }],
    ['a loss without a stake', { status: 'SETTLED_LOSS', profit: -3 }],
    ['a round robin lost in part', { status: 'SETTLED_LOSS', bet_type: 'round_robin_3', amount: 30, profit: -12.5 }],
    ['a push', { status: 'SETTLED_PUSH', amount: 10, profit: 0 }],
    ['a void', { status: 'SETTLED_VOID', amount: 10, profit: 0 }],
    ['a cash-out at a gain', { status: 'SETTLED_CASH_OUT', amount: 10, profit: 25 }],
    ['a cash-out at a loss', { status: 'SETTLED_CASH_OUT', amount: 10, profit: -9.99 }],
    ['a cash-out of nothing', { status: 'SETTLED_CASH_OUT', amount: 10, profit: -10 }],
    ['half a win', { status: 'SETTLED_HALF_WIN', amount: 10, profit: 4.55 }],
    ['half a loss', { status: 'SETTLED_HALF_LOSS', amount: 10, profit: -5 }],
    ['what an open bet may win', { status: 'PLACED', amount: 10, profit: 9.1 }],
  ])('of %s is possible', (_, record) => {
    expect(problemOf({ ...PLAIN, ...record })).toBeUndefined()
  })

  it.each([
    ['a loss', { status: 'SETTLED_LOSS', amount: 10, profit: 0.01 }],
    ['a loss without a stake', { status: 'SETTLED_LOSS', profit: 5 }],
    ['part of a loss', { status: 'SETTLED_LOSS', amount: 10, profit: -2.44 }],
    ['a loss a little too small', { status: 'SETTLED_LOSS', amount: 10, profit: -9.98 }],
    ['a round robin lost', { status: 'SETTLED_LOSS', bet_type: 'round_robin_3', amount: 30, profit: 1 }],
    ['a win', { status: 'SETTLED_WIN', amount: 10, profit: -0.01 }],
    ['half a win', { status: 'SETTLED_HALF_WIN', amount: 10, profit: -5 }],
    ['half a loss', { status: 'SETTLED_HALF_LOSS', amount: 10, profit: 5 }],
    ['a push booked as a loss', { status: 'SETTLED_PUSH', amount: 10, profit: -10 }],
    ['a push booked as a win', { status: 'SETTLED_PUSH', amount: 10, profit: 9.1 }],
    ['a void booked as a win', { status: 'SETTLED_VOID', amount: 10, profit: 9.1 }],
  ])('of %s cannot be', (_, record) => {
    expect(problemOf({ ...PLAIN, ...record })).toMatchObject({ reason: 'profit_contradicts_status', field: 'profit' })
  })

  it.each(['SETTLED_LOSS', 'SETTLED_CASH_OUT', 'SETTLED_HALF_LOSS', 'PLACED'])(
    'never loses more than the stake, as %s',
    (status) => {
      expect(problemOf({ ...PLAIN, status, amount: 10, profit: -10.02 })).toEqual({
        reason: 'loss_exceeds_stake',
        field: 'profit',
        detail: 'profit is -10.02 of a stake of 10',
      })
    },
  )
})

describe('ROI', () => {
  it.each([
    ['exact', { amount: 10, profit: 9.1, roi: 91 }],
    ['a point off', { amount: 10, profit: 9.1, roi: 92 }],
    ['a point off the other way', { amount: 10, profit: 9.1, roi: 90 }],
    ['of pennies', { amount: 0.016, profit: 0.0048, roi: 30 }],
    ['without a stake', { profit: 9.1, roi: 5 }],
    ['of no stake', { amount: 0, profit: 9.1, roi: 5 }],
    ['without a profit', { amount: 10, roi: 5 }],
    ['unknown', { amount: 10, profit: 9.1 }],
  ])('that is %s stands', (_, record) => {
    expect(problemOf({ ...PLAIN, ...record })).toBeUndefined()
  })

  it.each([
    ['a profit', { amount: 10, profit: 9.1, roi: 92.01 }],
    ['no profit', { amount: 10, profit: 0, roi: 5 }],
    ['a free bet lost', { status: 'SETTLED_LOSS', amount: 10, profit: 0, roi: -100 }],
    ['a loss', { status: 'SETTLED_LOSS', amount: 10, profit: -10, roi: 0 }],
  ])('contradicts %s', (_, record) => {
    expect(problemOf({ ...PLAIN, ...record })).toMatchObject({ reason: 'roi_contradicts_profit', field: 'roi' })
  })

  it('says what it would have to be', () => {
    expect(problemOf({ ...PLAIN, amount: 30, profit: 10, roi: 5 })?.detail).toBe(
      'roi is 5, and profit 10 of 30 is 33.33 per cent',
    )
  })
})

describe('settlement', () => {
  it('is not before placement, and may be at the same instant', () => {
    const early = { ...PLAIN, time_settled: '2024-01-12T21:46:26.999Z' }
    expect(problemOf(early)).toMatchObject({ reason: 'settled_before_placed', field: null })
    expect(problemOf({ ...early, status: 'PLACED' })).toBeUndefined()
    expect(problemOf({ ...PLAIN, time_settled: TRACKER_RECORD.time_placed })).toBeUndefined()
  })
})
