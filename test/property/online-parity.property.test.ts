import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bet } from '../../shared/bets/bet.ts'
import { computeFeatures, FEATURES } from '../../shared/features/registry.ts'
import { replayLedger } from '../../shared/features/replay.ts'
import { knownAtMs } from '../../shared/features/settlement-lag.ts'
import { fromSnapshot, snapshotSchema, toSnapshot } from '../../shared/features/snapshot.ts'
import { randomLedger, shuffled } from '../support/bets.ts'

const IDENTITY = { ledgerSha256: 'a'.repeat(64), featuresHash: 'b'.repeat(64), origin: 'own' } as const

/** What serving gives a bet: the history of the results known before it, stored, read back and asked. */
function servedFeatures(ledger: readonly Bet[], bet: Bet): Float32Array {
  const known = ledger.filter((other) => knownAtMs(other) < bet.placedAtMs)
  const stored = JSON.stringify(toSnapshot(replayLedger(known).history, IDENTITY))
  return computeFeatures(bet, fromSnapshot(snapshotSchema.parse(JSON.parse(stored))), new Float32Array(FEATURES.length))
}

test('serving from a stored history gives every training row bit for bit', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, size) => {
      const ledger = randomLedger(seed, size)
      const { bets, columns } = replayLedger(ledger)
      for (const [r, bet] of bets.entries()) {
        const trained = Float32Array.from(columns, (column) => column[r] ?? 99)
        const served = servedFeatures(shuffled(ledger, seed), bet)
        expect(new Uint32Array(served.buffer)).toEqual(new Uint32Array(trained.buffer))
      }
    }),
    { numRuns: 25 },
  )
})
