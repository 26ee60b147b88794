import type { Bet } from '../bets/bet.ts'
import type { RecordProblem } from '../bets/records/bet-record.ts'
import { readJsonRecord } from '../bets/records/json-record.ts'
import { isSettled } from '../bets/settlement.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import type { RefusedRow } from '../quality/quarantine.ts'
import { saysNothingNew } from './ledger-changes.ts'
import type { ImportReport, ImportStore, QuarantineStore } from './ledger-ports.ts'
import type { BetChange, BetSighting, StoredBet, SyncStore } from './sync-store.ts'

/**
 * What became of a record. `outdated`: the ledger has a newer version of the bet; `duplicate`: another record of the
 * batch speaks for the bet; `quarantined`: it is no bet.
 */
export const SYNC_VERDICTS = ['inserted', 'updated', 'unchanged', 'outdated', 'duplicate', 'quarantined'] as const
export type SyncVerdict = (typeof SYNC_VERDICTS)[number]

/** Name of the layout that records sent to the API are kept under in quarantine and among the imports. */
export const SYNC_FORMAT = 'API sync'

/** How often bets that somebody else changed meanwhile are read and decided anew. */
const MAX_ROUNDS = 3

export interface SyncDeps {
  ledger: SyncStore
  imports: ImportStore
  quarantine: QuarantineStore
  clock: Clock
  newId: () => string
}

export interface SyncedRecord {
  /** Place in the batch, from 0. */
  index: number
  /** Id of the bet; of a quarantined record the text that it bears as such, null where there is none. */
  id: string | null
  verdict: SyncVerdict
  /** What is wrong with a quarantined record. */
  problem: RecordProblem | null
}

export interface SyncResult {
  /** The batch's id among the imports; null where nothing was to be done, so that none was noted. */
  batchId: string | null
  records: SyncedRecord[]
  /** The verdicts counted; their sum is the number of records. */
  counts: Record<SyncVerdict, number>
  demoBetsRemoved: number
}

/** A record that is a bet. */
interface Candidate {
  index: number
  bet: Bet
  changedAtUs: number | null
}

/** What is to be done about a bet. */
interface Decision {
  candidate: Candidate
  verdict: 'inserted' | 'updated' | 'unchanged' | 'outdated'
  change?: BetChange
  sighting?: BetSighting
}

/**
 * Brings a batch of records into the ledger; the same batch again changes nothing.
 *
 * Of several records of one bet one speaks for it: that with a result, then that with the later change time, then the
 * last. Against the ledger it is unchanged where its content is equal; outdated where it would make a settled bet open
 * again, or where its change time is before the newest one that a source told of the bet; else it is news.
 *
 * A batch costs one request to read and one to write, two to note it among the imports, one for quarantine and one
 * where the simulator's bets make way for a bettor's own. Where somebody else changed some of its bets between reading
 * and writing, these are read and decided again, two requests more each time.
 *
 * @param records  at most 1,000 JSON values
 * @param source   what the sender calls itself
 * @throws {UpstreamError} where the ledger cannot be reached, or its bets kept changing; what was written until then
 * stays, and the same batch again does the rest
 */
export async function syncBets(deps: SyncDeps, records: readonly unknown[], source: string): Promise<SyncResult> {
  const nowMs = deps.clock()
  const { candidates, refused, told } = readAll(records, nowMs)
  const speakers = speakersOf(candidates)
  const ids = [...speakers.keys()]
  const before = ids.length === 0 ? { bets: [], hasDemo: false } : await deps.ledger.read(ids)
  const decisions = [...speakers.values()].map(decideAgainst(before.bets))
  const { changes, seen } = toBatch(decisions)

  const batchId = changes.length > 0 || refused.length > 0 ? deps.newId() : null
  if (batchId !== null) await begin(deps, { batchId, source, nowMs, refused, counts: count(told, decisions) })
  const demoBetsRemoved = before.hasDemo ? await deps.ledger.removeDemo() : 0
  const settled = changes.length + seen.length === 0 ? decisions : await writeAll(deps.ledger, decisions, batchId)
  if (batchId !== null) await deps.imports.finish(batchId, deps.clock())

  for (const { candidate, verdict } of settled) told[candidate.index] = verdictOf(candidate, verdict)
  return { batchId, records: told, counts: count(told), demoBetsRemoved }
}

/** Reads the records; each is a candidate, or refused and told so. A candidate is told as a duplicate until decided. */
function readAll(records: readonly unknown[], nowMs: number) {
  const candidates: Candidate[] = []
  const refused: RefusedRow[] = []
  const told = records.map((record, index): SyncedRecord => {
    const read = readJsonRecord(record, nowMs)
    if (read.ok) {
      const candidate = { index, bet: read.bet, changedAtUs: read.changedAtUs }
      candidates.push(candidate)
      return verdictOf(candidate, 'duplicate')
    }
    refused.push({ line: index + 1, ...read.problem, raw: rawOf(record) })
    return { index, id: idOf(record), verdict: 'quarantined', problem: read.problem }
  })
  return { candidates, refused, told }
}

function verdictOf({ index, bet }: Candidate, verdict: SyncVerdict): SyncedRecord {
  return { index, id: bet.id, verdict, problem: null }
}

const LONGEST_ID = 100

function idOf(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || !('id' in record)) return null
  const { id } = record
  return typeof id === 'string' && id.length <= LONGEST_ID && id.isWellFormed() ? id : null
}

/** The record as quarantine keeps it. */
function rawOf(record: unknown): string {
  try {
    return JSON.stringify(record)
  } catch {
    // Some hundred kilobytes of brackets are read by JSON.parse and not written by JSON.stringify.
    return 'a record nested too deep to be written'
  }
}

/** The record that speaks for each bet. */
function speakersOf(candidates: readonly Candidate[]): Map<string, Candidate> {
  const speakers = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const held = speakers.get(candidate.bet.id)
    if (held === undefined || speaksBefore(candidate, held)) speakers.set(candidate.bet.id, candidate)
  }
  return speakers
}

/** Whether a later record of a batch speaks for its bet in place of an earlier one. */
function speaksBefore(later: Candidate, earlier: Candidate): boolean {
  const [isSettledNow, wasSettled] = [isSettled(later.bet.state), isSettled(earlier.bet.state)]
  if (isSettledNow !== wasSettled) return isSettledNow
  return later.changedAtUs === null || earlier.changedAtUs === null || later.changedAtUs >= earlier.changedAtUs
}

/** Decides candidates by the bets that the ledger has of them; the simulator's make way and count as none. */
function decideAgainst(stored: readonly StoredBet[]): (candidate: Candidate) => Decision {
  const known = new Map(stored.filter(({ bet }) => bet.origin !== 'demo').map((each) => [each.bet.id, each]))
  return (candidate) => {
    const { bet, changedAtUs } = candidate
    const before = known.get(bet.id)
    if (before === undefined) {
      return { candidate, verdict: 'inserted', change: { bet, changedAtUs, version: null } }
    }
    const { version } = before
    if (isSettled(before.bet.state) && !isSettled(bet.state)) return { candidate, verdict: 'outdated' }
    const isNewest = before.changedAtUs === null || (changedAtUs ?? before.changedAtUs) >= before.changedAtUs
    if (saysNothingNew(before.bet, bet)) {
      if (changedAtUs === null || changedAtUs === before.changedAtUs || !isNewest) {
        return { candidate, verdict: 'unchanged' }
      }
      return { candidate, verdict: 'unchanged', sighting: { id: bet.id, changedAtUs, version } }
    }
    if (!isNewest) return { candidate, verdict: 'outdated' }
    return { candidate, verdict: 'updated', change: { bet, changedAtUs, version } }
  }
}

function toBatch(decisions: readonly Decision[]): { changes: BetChange[]; seen: BetSighting[] } {
  return {
    changes: decisions.flatMap(({ change }) => change ?? []),
    seen: decisions.flatMap(({ sighting }) => sighting ?? []),
  }
}

/** Notes the batch among the imports, and what it could not read in quarantine, before anything is changed. */
async function begin(
  deps: SyncDeps,
  batch: {
    batchId: string
    source: string
    nowMs: number
    refused: readonly RefusedRow[]
    counts: Record<SyncVerdict, number>
  },
): Promise<void> {
  const { batchId, source, nowMs, refused, counts } = batch
  const rowsUnchanged = counts.unchanged + counts.outdated + counts.duplicate
  const report: ImportReport = {
    ...{ id: batchId, fileName: source, fileSha256: null, format: SYNC_FORMAT, columns: null },
    ...{ startedAtMs: nowMs, finishedAtMs: null },
    rowsRead: counts.inserted + counts.updated + rowsUnchanged + counts.quarantined,
    rowsImported: counts.inserted,
    rowsUpdated: counts.updated,
    rowsUnchanged,
    rowsQuarantined: counts.quarantined,
  }
  await deps.imports.begin(report)
  if (refused.length === 0) return
  const origin = { kind: 'file', name: source, importId: batchId, format: SYNC_FORMAT, columns: null } as const
  await deps.quarantine.add(origin, refused)
}

/** Writes what was decided; gives the decisions as they came to be. */
async function writeAll(ledger: SyncStore, planned: readonly Decision[], batchId: string | null): Promise<Decision[]> {
  const done: Decision[] = []
  let open: readonly Decision[] = planned
  for (let round = 1; ; round++) {
    const batch = toBatch(open)
    const needsWriting = batch.changes.length + batch.seen.length > 0
    const written = new Set(needsWriting ? await ledger.write({ ...batch, importId: batchId ?? '' }) : [])
    const isDone = ({ change, sighting, candidate }: Decision) =>
      (change === undefined && sighting === undefined) || written.has(candidate.bet.id)
    done.push(...open.filter(isDone))
    const conflicting = open.filter((decision) => !isDone(decision))
    if (conflicting.length === 0) return done
    if (round === MAX_ROUNDS) throw tooBusy(conflicting.length)
    const { bets } = await ledger.read(conflicting.map(({ candidate }) => candidate.bet.id))
    open = conflicting.map(({ candidate }) => candidate).map(decideAgainst(bets))
  }
}

function tooBusy(bets: number): UpstreamError {
  return new UpstreamError('ledger', `${bets} bets changed between reading and writing, ${MAX_ROUNDS} times`, {
    explanation: 'somebody else is changing the same bets: send the batch again in a few seconds',
  })
}

/** Counts the verdicts; those of decisions go before those told. */
function count(told: readonly SyncedRecord[], decisions: readonly Decision[] = []): Record<SyncVerdict, number> {
  const decided = new Map(decisions.map(({ candidate, verdict }) => [candidate.index, verdict]))
  const counts = { inserted: 0, updated: 0, unchanged: 0, outdated: 0, duplicate: 0, quarantined: 0 }
  for (const { index, verdict } of told) counts[decided.get(index) ?? verdict]++
  return counts
}
