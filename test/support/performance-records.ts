import type { Bet } from '../../shared/bets/bet.ts'
import type { RecordIndex } from '../../shared/performance/record-index.ts'
import { indexRecord, indexSelections } from '../../shared/performance/record-index.ts'
import { summariseBets } from '../../shared/performance/record-part.ts'
import type { JoinedRecord, PerformanceSnapshot } from '../../shared/performance/snapshot.ts'
import { gatherRecord } from '../../shared/performance/snapshot.ts'

/** When the ledgers of the tests were last read. */
export const LOOKED_AT = '2025-06-01T00:00:00.000Z'

const IDENTITY = { ledgerSha256: 'a'.repeat(64), origin: 'own', lookedAt: LOOKED_AT } as const

/** The record of bets that come in parts. */
export function joinedRecord(...parts: (readonly Bet[])[]): JoinedRecord {
  const gatherer = gatherRecord()
  for (const part of parts) gatherer.add(summariseBets(part))
  return gatherer.join(IDENTITY)
}

/** A joined record as it would be stored. */
export function storedRecord({ snapshot, selections }: JoinedRecord): PerformanceSnapshot {
  const file = { key: 'selections.json', rows: 0, bytes: 0, sha256: 'b'.repeat(64) }
  return { ...snapshot, selections: selections === undefined ? null : file }
}

/** The record of bets that come in parts, ready for questions. */
export function recordOf(...parts: (readonly Bet[])[]): RecordIndex {
  const joined = joinedRecord(...parts)
  const { selections } = joined
  return indexRecord(storedRecord(joined), selections === undefined ? undefined : indexSelections(selections))
}
