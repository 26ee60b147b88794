import type { Bet } from '../bets/bet.ts'
import { byPlacement } from '../bets/bet.ts'
import { sha256Hex } from '../kernel/digest.ts'

/** What a ledger is known by: models and snapshots say which ledger they were made from. */
export interface LedgerIdentity {
  /** SHA-256 over all bets in order of placement, every field included. */
  ledgerSha256: string
  /** `demo` where any bet is simulated. */
  origin: 'own' | 'demo'
}

export async function identifyLedger(bets: readonly Bet[]): Promise<LedgerIdentity> {
  const lines = [...bets]
    .sort(byPlacement)
    .map((bet) => JSON.stringify(Object.entries(bet).sort(([a], [b]) => (a < b ? -1 : 1))))
  return {
    ledgerSha256: await sha256Hex(lines.join('\n')),
    origin: bets.some((bet) => bet.origin === 'demo') ? 'demo' : 'own',
  }
}
