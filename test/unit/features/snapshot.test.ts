import { describe, expect, test } from 'vitest'
import { GROUP_NAMES } from '../../../shared/features/groups.ts'
import { replayLedger } from '../../../shared/features/replay.ts'
import { fromSnapshot, snapshotSchema, toSnapshot } from '../../../shared/features/snapshot.ts'
import { bet, randomLedger } from '../../support/bets.ts'

const IDENTITY = { ledgerSha256: 'a'.repeat(64), featuresHash: 'b'.repeat(64), origin: 'own' } as const

describe('a snapshot', () => {
  test('carries every tally through JSON bit for bit', () => {
    const { history } = replayLedger(randomLedger(3, 400))
    const restored = fromSnapshot(snapshotSchema.parse(JSON.parse(JSON.stringify(toSnapshot(history, IDENTITY)))))
    const nTallies = GROUP_NAMES.reduce((sum, name) => sum + [...history.entries(name)].length, 0)
    expect(nTallies).toBeGreaterThan(100)
    for (const name of GROUP_NAMES) expect([...restored.entries(name)]).toEqual([...history.entries(name)])
  })

  test('carries names that would break other formats', () => {
    const awkward = bet({ sport: '__proto__', league: '"🏀|', market: '\\', book: 'constructor' })
    const { history } = replayLedger([awkward])
    const restored = fromSnapshot(JSON.parse(JSON.stringify(toSnapshot(history, IDENTITY))))
    expect(GROUP_NAMES.filter((name) => restored.of(name, awkward)?.count !== 1)).toEqual([])
  })

  test('is independent of the history that it was taken from', () => {
    const { history } = replayLedger([bet()])
    const restored = fromSnapshot(toSnapshot(history, IDENTITY))
    restored.settle(bet())
    expect(history.of('ledger', bet())?.count).toBe(1)
    expect(restored.of('ledger', bet())?.count).toBe(2)
  })
})

describe('snapshotSchema', () => {
  const whole = () => JSON.parse(JSON.stringify(toSnapshot(replayLedger([bet()]).history, IDENTITY)))
  const { sport: _, ...withoutSport } = whole().groups
  const refused: [string, Record<string, unknown>][] = [
    ['another format', { format: 'closeline-features/2' }],
    ['a group short', { groups: withoutSport }],
    ['a group too many', { groups: { ...whole().groups, team: [] } }],
    ['a tally of null', { groups: { ...whole().groups, sport: [['x', 1, null, 0, 0]] } }],
    ['a negative count', { groups: { ...whole().groups, sport: [['x', -1, 0, 0, 0]] } }],
    ['no identity of its ledger', { ledgerSha256: '' }],
  ]
  test.each(refused)('refuses %s', (_name, overrides) => {
    expect(snapshotSchema.safeParse(whole()).success).toBe(true)
    expect(snapshotSchema.safeParse({ ...whole(), ...overrides }).success).toBe(false)
  })
})
