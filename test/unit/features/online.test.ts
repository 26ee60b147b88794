import { describe, expect, test } from 'vitest'
import { advance } from '../../../shared/features/advance.ts'
import { featureSet } from '../../../shared/features/feature-set.ts'
import type { Question } from '../../../shared/features/online.ts'
import { onlineVector } from '../../../shared/features/online.ts'
import type { FeatureSnapshot } from '../../../shared/features/snapshot.ts'
import type { FeatureState } from '../../../shared/features/state.ts'
import { bet } from '../../support/bets.ts'
import { ALL_FEATURES, at, featuresAt, HOUR_MS, named, results, stateAt } from './features-at.ts'

const QUESTION: Question = {
  ...{ sport: 'Basketball', league: 'NBA', market: 'Player Points', book: 'DraftKings' },
  ...{ betType: 'straight', isLive: false, decimalOdds: 2 },
}

function snapshotOf(state: FeatureState, lookedAtMs: number): FeatureSnapshot {
  return { layerHash: 'a'.repeat(64), ledgerSha256: 'b'.repeat(64), origin: 'own', lookedAtMs, state }
}

describe('onlineVector', () => {
  const ledger = results('WWLWLLWP')

  test('gives the features that the bet would have in training, were it placed now', () => {
    const { values, stale, lookedAtMs } = onlineVector(
      snapshotOf(stateAt(ledger, at(1)), at(1)),
      ALL_FEATURES,
      QUESTION,
      at(1, 2),
    )
    expect(named(values)).toEqual(featuresAt(ledger, { placedAtMs: at(1, 2) }))
    expect([stale, lookedAtMs]).toEqual([[], at(1)])
  })

  test('counts a result that was on its way from when it is known', () => {
    const set = featureSet(['ledger_count'])
    const state = stateAt(ledger, at(1))
    advance(state, [bet({ id: 'waits', placedAtMs: at(1), settledAtMs: at(1, 3) })])
    const snapshot = snapshotOf(state, at(1))
    const countAt = (nowMs: number) => onlineVector(snapshot, set, QUESTION, nowMs).values[0]
    expect([countAt(at(1, 1)), countAt(at(1, 3)), countAt(at(1, 3) + 1)]).toEqual([7, 7, 8])
  })

  test('answers for the last moment known where the clock is behind it', () => {
    const snapshot = snapshotOf(stateAt(ledger, at(1)), at(1))
    const { values } = onlineVector(snapshot, ALL_FEATURES, QUESTION, at(0, 3))
    expect(named(values)).toEqual(featuresAt(ledger, { placedAtMs: at(1) }))
  })

  test('tells the decided bets with a price of the sport and market', () => {
    const other = results('WWW', { sport: 'Golf', placedAtMs: at(0, 9) })
    const snapshot = snapshotOf(stateAt([...ledger, ...other], at(1)), at(1))
    const asked = (question: Partial<Question>) =>
      onlineVector(snapshot, ALL_FEATURES, { ...QUESTION, ...question }, at(1)).historyBets
    expect([asked({}), asked({ sport: 'Golf' }), asked({ sport: 'Darts' }), asked({ sport: null })]).toEqual([
      7, 3, 0, 0,
    ])
  })

  test('names what is stale, and puts its missing policy in its place', () => {
    const set = featureSet(['is_live', 'ledger_placed_7d', 'ledger_roi'])
    const snapshot = snapshotOf(stateAt(ledger, at(1)), at(1))
    const afterHours = (hours: number) => onlineVector(snapshot, set, QUESTION, at(1) + hours * HOUR_MS)
    expect(afterHours(6).stale).toEqual([])
    expect(afterHours(7)).toMatchObject({ stale: ['ledger_placed_7d'], values: Float32Array.of(0, 0, 1 / 8) })
    expect(afterHours(25)).toMatchObject({ stale: ['ledger_placed_7d', 'ledger_roi'] })
    expect(afterHours(25).values).toEqual(Float32Array.of(0, 0, Number.NaN))
  })

  test('stands on no bets where what tells of the sport and market is stale, and on all of them where it is not', () => {
    const set = featureSet(['ledger_placed_7d', 'sport_market_count'])
    const snapshot = snapshotOf(stateAt(ledger, at(1)), at(1))
    const afterHours = (hours: number) => onlineVector(snapshot, set, QUESTION, at(1) + hours * HOUR_MS).historyBets
    expect([afterHours(1), afterHours(25)]).toEqual([7, 0])
    expect(afterHours(7)).toBe(7)
  })
})
