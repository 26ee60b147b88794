import * as z from 'zod'
import { DomainError } from '../shared/kernel/errors.ts'
import { getJson, putJson } from '../shared/kernel/json-object.ts'
import type { ObjectStore } from '../shared/kernel/ports.ts'
import type { FeatureLayerState } from '../shared/lake/feature-layer.ts'
import { PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema } from '../shared/performance/snapshot.ts'
import type { QualityReport } from '../shared/quality/gate.ts'
import { qualityReportSchema } from '../shared/quality/gate.ts'
import type { Thresholds } from '../shared/quality/thresholds.ts'

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

/** Sums up the ledger that a features layer, and the record beside it, were made from. */
export async function describeLedger(
  objects: ObjectStore,
  { ledgerSha256, origin, months }: FeatureLayerState,
  at: { fingerprint: string; nowMs: number; quality: QualityReport; thresholds: Thresholds },
): Promise<LedgerState> {
  const record = await getJson(objects, PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema)
  if (record === undefined) throw new DomainError('corrupt_object', `${PERFORMANCE_SNAPSHOT_KEY} is missing`)
  const { settledBets, betsWithSettlementTime } = record
  return {
    format: 'closeline-ledger-state/2',
    fingerprint: at.fingerprint,
    ...{ ledgerSha256, origin, settledBets, betsWithSettlementTime },
    bets: months.reduce((sum, { bets }) => sum + bets, 0),
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
