import type { ChangePosition, LakeState, SourceState, SyncCursor } from '../lake/state.ts'
import type { Collected, ReadPlan } from './collect-versions.ts'
import type { ChangeWindow } from './sync-ports.ts'

/**
 * How a run reads its source: `incremental` what changed since the last run, `full` everything, so that every partition
 * is written anew, `reconcile` the ids alone, to find what the source does not have any more.
 */
export type RunMode = 'incremental' | 'full' | 'reconcile'

/**
 * A record may bear an earlier change time than one already read and be committed later. So much of what was read before
 * the last read began is read once more; longer transactions, and clocks further apart, are not reckoned with.
 */
export const OVERLAP_MS = 60_000

/** What to read for a mode, given how far the source has been read. */
export function planRead(
  state: LakeState | undefined,
  command: { mode: RunMode; sport: string | null },
  sourceName: string,
  runId: string,
): ReadPlan {
  const { mode, sport } = command
  const known = mode === 'incremental' ? state?.sources[sourceName] : undefined
  const cursor = sport === null ? known?.changes : (known?.sports[sport] ?? known?.changes)
  const changes = windowFrom(cursor, sport)
  // A deletion does not tell its sport: it is found by the runs that read all.
  const deletions = sport === null ? windowFrom(known?.deletions ?? undefined, null) : null
  const base = state?.sequence ?? 0
  const reads = JSON.stringify({ source: sourceName, mode, changes, deletions })
  return { runId, base, reads, changes, deletions, kind: mode === 'full' && sport === null ? 'snapshot' : 'changes' }
}

function windowFrom(cursor: SyncCursor | undefined, sport: string | null): ChangeWindow {
  if (cursor === undefined || cursor.position === null) return { after: null, sinceMs: null, sport }
  const overlapFromMs = Date.parse(cursor.readAt) - OVERLAP_MS
  const isQuiet = cursor.position.updatedAtUs < overlapFromMs * 1000
  return isQuiet ? { after: cursor.position, sinceMs: null, sport } : { after: null, sinceMs: overlapFromMs, sport }
}

/** How far the source has been read after a run. */
export function advanceSource(
  before: SourceState | undefined,
  command: { mode: RunMode; sport: string | null },
  collected: Pick<Collected, 'position' | 'deletionsPosition' | 'tellsDeletions' | 'startedAt'>,
  taken: number,
): SourceState {
  const { mode, sport } = command
  const { startedAt } = collected
  const reached = (cursor: SyncCursor | null | undefined, position: ChangePosition | null): SyncCursor => ({
    position: later(cursor?.position ?? null, position),
    readAt: startedAt,
  })
  const never: SyncCursor = { position: null, readAt: startedAt }
  const start = before ?? {
    changes: never,
    deletions: null,
    sports: {},
    changesTaken: 0,
    lastRefreshAt: null,
    lastReconciledAt: null,
  }
  const changesTaken = start.changesTaken + taken
  if (mode === 'reconcile') return { ...start, changesTaken, lastReconciledAt: startedAt }
  if (sport !== null) {
    const cursor = reached(start.sports[sport] ?? start.changes, collected.position)
    return { ...start, changesTaken, sports: { ...start.sports, [sport]: cursor } }
  }
  return {
    changes: reached(start.changes, collected.position),
    deletions: collected.tellsDeletions ? reached(start.deletions, collected.deletionsPosition) : null,
    sports: {},
    changesTaken,
    lastRefreshAt: mode === 'full' ? startedAt : start.lastRefreshAt,
    lastReconciledAt: start.lastReconciledAt,
  }
}

/** A position never goes back: the overlap may end before what was read last. */
function later(a: ChangePosition | null, b: ChangePosition | null): ChangePosition | null {
  if (a === null || b === null) return a ?? b
  return b.updatedAtUs >= a.updatedAtUs ? b : a
}
