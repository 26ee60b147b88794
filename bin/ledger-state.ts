import * as z from 'zod'
import type { Bet } from '../shared/bets/bet.ts'
import { isSettled } from '../shared/bets/settlement.ts'
import { DomainError } from '../shared/kernel/errors.ts'
import { getJson, putJson } from '../shared/kernel/json-object.ts'
import type { ObjectStore } from '../shared/kernel/ports.ts'
import type { QualityReport } from '../shared/quality/gate.ts'
import { qualityReportSchema } from '../shared/quality/gate.ts'
import type { Thresholds } from '../shared/quality/thresholds.ts'
import type { LedgerIdentity } from '../shared/usecases/ledger-identity.ts'

const LEDGER_STATE_KEY = 'online/ledger.json'

const ledgerStateSchema = z.object({
  format: z.literal('closeline-ledger-state/2'),
  /** What the stored bets answered when they were looked at. */
  fingerprint: z.string(),
  ledgerSha256: z.string().length(64),
  origin: z.enum(['own', 'demo']),
  bets: z.int(),
  settledBets: z.int(),
  betsWithSettlementTime: z.int(),
  quality: qualityReportSchema,
  /** Limits that the quality was judged by. */
  thresholds: z.string(),
  assessedAt: z.iso.datetime(),
})

/** What a start needs to know of a ledger without reading it again. */
export type LedgerState = z.infer<typeof ledgerStateSchema>

/** Sums a ledger up as it is now. */
export function describeLedger(
  ledger: readonly Bet[],
  identity: LedgerIdentity,
  at: { fingerprint: string; nowMs: number; quality: QualityReport; thresholds: Thresholds },
): LedgerState {
  const settled = ledger.filter((bet) => isSettled(bet.state))
  return {
    format: 'closeline-ledger-state/2',
    fingerprint: at.fingerprint,
    ...identity,
    bets: ledger.length,
    settledBets: settled.length,
    betsWithSettlementTime: settled.filter((bet) => bet.settledAtMs !== null).length,
    quality: at.quality,
    thresholds: JSON.stringify(at.thresholds),
    assessedAt: new Date(at.nowMs).toISOString(),
  }
}

export function storeLedgerState(objects: ObjectStore, state: LedgerState): Promise<void> {
  return putJson(objects, LEDGER_STATE_KEY, state)
}

/** The state that the last start left, where the stored bets are still the same; undefined where they must be read. */
export async function findLedgerState(
  objects: ObjectStore,
  fingerprint: string,
  thresholds: Thresholds,
): Promise<LedgerState | undefined> {
  try {
    const state = await getJson(objects, LEDGER_STATE_KEY, ledgerStateSchema)
    const isCurrent = state?.fingerprint === fingerprint && state.thresholds === JSON.stringify(thresholds)
    return isCurrent ? state : undefined
  } catch (thrown) {
    // A damaged summary is made anew from the bets.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}
