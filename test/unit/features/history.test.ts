import { describe, expect, test } from 'vitest'
import { GROUP_NAMES } from '../../../shared/features/groups.ts'
import { createHistory } from '../../../shared/features/history.ts'
import { bet } from '../../support/bets.ts'

describe('createHistory', () => {
  test('knows nothing at first', () => {
    const history = createHistory()
    expect(GROUP_NAMES.filter((name) => history.of(name, bet()) !== undefined)).toEqual([])
  })

  test('counts a result in each of its groups and in no other', () => {
    const history = createHistory()
    history.settle(bet({ sport: 'Tennis', book: null }))
    const counts = (asked: Parameters<typeof history.of>[1]) =>
      GROUP_NAMES.filter((name) => history.of(name, asked)?.count === 1)
    expect(counts(bet({ sport: 'Golf', book: 'FanDuel', decimalOdds: 9, betType: 'parlay' }))).toEqual(['ledger'])
    expect(counts(bet({ sport: 'Tennis', book: null }))).toEqual(GROUP_NAMES.filter((name) => !name.startsWith('book')))
  })

  test('learns nothing from a push or from a bet without a price', () => {
    const history = createHistory()
    history.settle(bet({ state: 'push' }))
    history.settle(bet({ decimalOdds: null }))
    expect(history.of('ledger', bet())).toBeUndefined()
  })

  test('lists its tallies by key', () => {
    const history = createHistory()
    history.settle(bet({ sport: 'Tennis' }))
    history.settle(bet({ sport: 'Golf' }))
    history.settle(bet({ sport: 'Golf' }))
    expect(Array.from(history.entries('sport'), ([key, { count }]) => [key, count])).toEqual([
      ['["Tennis"]', 1],
      ['["Golf"]', 2],
    ])
  })
})
