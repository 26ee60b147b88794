import { describe, expect, it } from 'vitest'
import type { ChangePosition, SourceState } from '../../../shared/lake/state.ts'
import type { RunMode } from '../../../shared/usecases/plan-read.ts'
import { advanceSource, OVERLAP_MS, planRead } from '../../../shared/usecases/plan-read.ts'
import { lakeState } from '../../support/lake-states.ts'

const READ_AT = '2025-05-01T12:00:00.000Z'
const LATER = '2025-05-01T13:00:00.000Z'

/** A position so many seconds before the read that got there. */
function position(secondsBefore: number): ChangePosition {
  const ms = Date.parse(READ_AT) - 1000 * secondsBefore
  return { id: 'x', updatedAt: new Date(ms).toISOString(), updatedAtUs: ms * 1000 }
}

function sourceState(changes: ChangePosition | null, fields: Partial<SourceState> = {}): SourceState {
  return {
    ...{ changes: { position: changes, readAt: READ_AT }, deletions: { position: null, readAt: READ_AT }, sports: {} },
    ...{ changesTaken: 5, lastRefreshAt: null, lastReconciledAt: null },
    ...fields,
  }
}

const all = (mode: RunMode) => ({ mode, sport: null })
const plan = (source: SourceState | undefined, command: { mode: RunMode; sport: string | null }) =>
  planRead(lakeState(7, { sources: source === undefined ? {} : { bets: source } }), command, 'bets', 'run-8')

const EVERYTHING = { after: null, sinceMs: null, sport: null }

describe('planRead', () => {
  it('reads everything the first time', () => {
    expect(planRead(undefined, all('incremental'), 'bets', 'run-1')).toMatchObject({
      ...{ runId: 'run-1', base: 0, changes: EVERYTHING, deletions: EVERYTHING, kind: 'changes' },
    })
    expect(plan(undefined, all('incremental'))).toMatchObject({ base: 7, changes: EVERYTHING, deletions: EVERYTHING })
  })

  it('goes on after the last change where the source has been quiet for longer than the overlap', () => {
    const { changes } = plan(sourceState(position(61)), all('incremental'))
    expect(changes).toEqual({ after: position(61), sinceMs: null, sport: null })
  })

  it.each([59, 60, 0, -3600])('reads the overlap again where the last change came %i s before the read', (seconds) => {
    const { changes } = plan(sourceState(position(seconds)), all('incremental'))
    expect(changes).toEqual({ after: null, sinceMs: Date.parse(READ_AT) - OVERLAP_MS, sport: null })
  })

  it('reads everything for a refresh, as a snapshot', () => {
    expect(plan(sourceState(position(61)), all('full'))).toMatchObject({
      ...{ changes: EVERYTHING, deletions: EVERYTHING, kind: 'snapshot' },
    })
  })

  it('reads one sport from where it was synced by itself, or else from where all were, and no deletions', () => {
    const golf = { mode: 'incremental' as const, sport: 'Golf' }
    const source = sourceState(position(500), { sports: { Golf: { position: position(300), readAt: READ_AT } } })
    expect(plan(source, golf)).toMatchObject({ changes: { after: position(300), sport: 'Golf' }, deletions: null })
    const { changes } = plan(source, { ...golf, sport: 'Tennis' })
    expect(changes).toEqual({ after: position(500), sinceMs: null, sport: 'Tennis' })
  })

  it('tells reads apart by what they read, not by who reads', () => {
    const state = lakeState(7, { sources: { bets: sourceState(position(61)) } })
    const reads = (mode: RunMode, sport: string | null, runId = 'r', name = 'bets') =>
      planRead(state, { mode, sport }, name, runId).reads
    const different = [
      reads('incremental', null),
      reads('full', null),
      reads('reconcile', null),
      reads('incremental', 'Golf'),
      reads('incremental', null, 'r', 'other'),
    ]
    expect(new Set(different).size).toBe(different.length)
    expect(reads('incremental', null, 'another')).toBe(different[0])
  })
})

describe('advanceSource', () => {
  const collected = (at: ChangePosition | null, deletionsPosition: ChangePosition | null = null) => ({
    ...{ position: at, deletionsPosition, startedAt: LATER, tellsDeletions: true },
  })

  it('moves on to what was read, from when the read began', () => {
    const source = advanceSource(undefined, all('incremental'), collected(position(5), position(4)), 3)
    expect(source).toEqual({
      ...{ changes: { position: position(5), readAt: LATER }, deletions: { position: position(4), readAt: LATER } },
      ...{ sports: {}, changesTaken: 3, lastRefreshAt: null, lastReconciledAt: null },
    })
  })

  it('knows of no deletions where the source tells none', () => {
    const silent = { ...collected(position(5)), tellsDeletions: false }
    expect(advanceSource(undefined, all('incremental'), silent, 1).deletions).toBeNull()
  })

  it('never moves back, and stays where nothing was read', () => {
    const before = sourceState(position(5))
    for (const read of [null, position(6)]) {
      const { changes, changesTaken } = advanceSource(before, all('incremental'), collected(read), 0)
      expect([changes, changesTaken]).toEqual([{ position: position(5), readAt: LATER }, 5])
    }
  })

  it('moves a sport by itself, until all are read again', () => {
    const before = sourceState(position(500))
    const golf = { mode: 'incremental' as const, sport: 'Golf' }
    const one = advanceSource(before, golf, collected(position(5), position(4)), 2)
    expect(one).toEqual({ ...before, changesTaken: 7, sports: { Golf: { position: position(5), readAt: LATER } } })
    expect(advanceSource(before, golf, collected(null), 0).sports).toEqual({
      Golf: { position: position(500), readAt: LATER },
    })
    expect(advanceSource(one, all('incremental'), collected(position(3)), 0)).toMatchObject({
      ...{ changes: { position: position(3) }, sports: {} },
    })
  })

  it('does not take a sport that is synced first for the whole source', () => {
    const golf = { mode: 'incremental' as const, sport: 'Golf' }
    const source = advanceSource(undefined, golf, collected(position(5)), 1)
    expect(plan(source, all('incremental')).changes).toEqual(EVERYTHING)
  })

  it('notes a refresh and a reconcile, the latter moving nothing', () => {
    const before = sourceState(position(5))
    expect(advanceSource(before, all('full'), collected(position(1)), 1)).toMatchObject({
      ...{ lastRefreshAt: LATER, lastReconciledAt: null, changes: { position: position(1) } },
    })
    expect(advanceSource(before, all('reconcile'), collected(null), 1)).toEqual({
      ...{ ...before, changesTaken: 6, lastReconciledAt: LATER },
    })
  })
})
