import type { Bet } from '../bets/bet.ts'
import { byPlacement } from '../bets/bet.ts'
import { sha256Hex } from '../kernel/digest.ts'

/** What a ledger is known by: models and snapshots say which ledger they were made from. */
export interface LedgerIdentity {
  /** SHA-256 over all bets in order of placement, every field included, month by month. */
  ledgerSha256: string
  /** `demo` where any bet is simulated. */
  origin: 'own' | 'demo'
}

export async function identifyLedger(bets: readonly Bet[]): Promise<LedgerIdentity> {
  const months = new Map<number, Bet[]>()
  for (const bet of [...bets].sort(byPlacement)) {
    const month = monthOf(bet.placedAtMs)
    const others = months.get(month)
    if (others === undefined) months.set(month, [bet])
    else others.push(bet)
  }
  return joinIdentities(await Promise.all(Array.from(months.values(), identifyMonth)))
}

/** Identity of the bets of one month, in order of placement. */
export async function identifyMonth(bets: readonly Bet[]): Promise<LedgerIdentity> {
  const lines = bets.map((bet) => JSON.stringify(Object.entries(bet).sort(([a], [b]) => (a < b ? -1 : 1))))
  return {
    ledgerSha256: await sha256Hex(lines.join('\n')),
    origin: bets.some((bet) => bet.origin === 'demo') ? 'demo' : 'own',
  }
}

/** Identity of a ledger from those of its months, in order of time, each with at least one bet. */
export async function joinIdentities(months: readonly LedgerIdentity[]): Promise<LedgerIdentity> {
  return {
    ledgerSha256: await sha256Hex(months.map(({ ledgerSha256 }) => ledgerSha256).join('\n')),
    origin: months.some(({ origin }) => origin === 'demo') ? 'demo' : 'own',
  }
}

/** Months of UTC since the year 0. */
export function monthOf(instantMs: number): number {
  const date = new Date(instantMs)
  return 12 * date.getUTCFullYear() + date.getUTCMonth()
}
