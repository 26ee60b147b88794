import * as z from 'zod'
import type { Bet } from '../shared/bets/bet.ts'
import { isSettled } from '../shared/bets/settlement.ts'
import { DomainError } from '../shared/kernel/errors.ts'
import { getJson, putJson } from '../shared/kernel/json-object.ts'
import type { ObjectStore } from '../shared/kernel/ports.ts'
import { assessQuality, qualityReportSchema } from '../shared/quality/report.ts'
import type { LedgerIdentity } from '../shared/usecases/ledger-identity.ts'

const LEDGER_STATE_KEY = 'online/ledger.json'

const ledgerStateSchema = z.object({
  format: z.literal('closeline-ledger-state/1'),
  /** What the stored bets answered when they were looked at. */
  fingerprint: z.string(),
  ledgerSha256: z.string().length(64),
  origin: z.enum(['own', 'demo']),
  bets: z.int(),
  settledBets: z.int(),
  betsWithSettlementTime: z.int(),
  quality: qualityReportSchema,
  assessedAt: z.iso.datetime(),
})

/** What a start needs to know of a ledger without reading it again. */
export type LedgerState = z.infer<typeof ledgerStateSchema>

/** Sums a ledger up as it is now. */
export function describeLedger(
  ledger: readonly Bet[],
  identity: LedgerIdentity,
  at: { fingerprint: string; nowMs: number },
): LedgerState {
  const settled = ledger.filter((bet) => isSettled(bet.state))
  return {
    format: 'closeline-ledger-state/1',
    fingerprint: at.fingerprint,
    ...identity,
    bets: ledger.length,
    settledBets: settled.length,
    betsWithSettlementTime: settled.filter((bet) => bet.settledAtMs !== null).length,
    quality: assessQuality(ledger, at.nowMs),
    assessedAt: new Date(at.nowMs).toISOString(),
  }
}

export function storeLedgerState(objects: ObjectStore, state: LedgerState): Promise<void> {
  return putJson(objects, LEDGER_STATE_KEY, state)
}

/** The state that the last start left, where the stored bets are still the same; undefined where they must be read. */
export async function findLedgerState(objects: ObjectStore, fingerprint: string): Promise<LedgerState | undefined> {
  try {
    const state = await getJson(objects, LEDGER_STATE_KEY, ledgerStateSchema)
    return state?.fingerprint === fingerprint ? state : undefined
  } catch (thrown) {
    // A damaged summary is made anew from the bets.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}
