import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { identifyLedger } from '../../../shared/usecases/ledger-identity.ts'
import { bet, randomLedger, shuffled } from '../../support/bets.ts'

const hashOf = async (bets: readonly Bet[]) => (await identifyLedger(bets)).ledgerSha256

describe('identifyLedger', () => {
  const ledger = randomLedger(5, 40)

  it('does not mind in which order the bets come, nor their fields', async () => {
    const turned = ledger.map((one) => Object.fromEntries(Object.entries(one).reverse()) as Bet)
    expect(await hashOf(shuffled(ledger, 6))).toBe(await hashOf(ledger))
    expect(await hashOf(turned)).toBe(await hashOf(ledger))
  })

  it.each(Object.keys(bet()))('minds a change of %s', async (key) => {
    expect(await hashOf([{ ...bet(), [key]: 'another' }])).not.toBe(await hashOf([bet()]))
  })

  it('minds a bet more or less', async () => {
    const hashes = await Promise.all([hashOf([]), hashOf([bet()]), hashOf([bet(), bet({ id: 'bet-2' })])])
    expect(new Set(hashes).size).toBe(3)
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('does not take two bets for one with joined fields', async () => {
    const names = [bet({ sport: 'a', league: 'b' }), bet({ sport: 'a","b', league: null })]
    expect(await hashOf([names[0] as Bet])).not.toBe(await hashOf([names[1] as Bet]))
  })

  it('calls a ledger with any simulated bet a demo', async () => {
    const { origin } = await identifyLedger([bet(), bet({ id: 'demo-1', origin: 'demo' })])
    expect(origin).toBe('demo')
    expect((await identifyLedger([bet()])).origin).toBe('own')
  })
})
