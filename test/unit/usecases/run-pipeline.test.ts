import { beforeEach, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { byPlacement } from '../../../shared/bets/bet.ts'
import { toLedgerRow } from '../../../shared/bets/records/ledger-row.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { manifestKey } from '../../../shared/lake/layout.ts'
import { filesOf, KEPT_STATES } from '../../../shared/lake/retention.ts'
import { readState } from '../../../shared/lake/state.ts'
import { readManifest } from '../../../shared/lineage/run.ts'
import { mergeProfiles } from '../../../shared/quality/profile.ts'
import { profileSlice } from '../../../shared/quality/profile-slice.ts'
import { sliceBets } from '../../../shared/quality/slice.ts'
import type { MergeCounts } from '../../../shared/usecases/lake-ports.ts'
import { bet, LEDGER_START_MS, randomLedger } from '../../support/bets.ts'
import { memoryChangeSource } from '../../support/memory-change-source.ts'
import { textOf } from '../../support/memory-object-store.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { betsInLake, currentState, memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const HOUR_MS = 3_600_000
const HOUR_US = HOUR_MS * 1000
/** Long before the first run: what changes then is read once. */
const OLD_US = (RUN_AT_MS - 24 * HOUR_MS) * 1000
const APRIL_MS = Date.UTC(2025, 3, 10)

let deps: MemoryPipelineDeps

beforeEach(() => {
  deps = memoryPipelineDeps({ source: memoryChangeSource({ pageRows: 7 }) })
})

/** An hour passes, in which these bets change. */
function change(bets: readonly Bet[]): void {
  deps.clock.advance(HOUR_MS)
  deps.source.save(bets, deps.clock() * 1000 - HOUR_US / 2)
}

function remove(...ids: string[]): void {
  deps.clock.advance(HOUR_MS)
  deps.source.remove(ids, deps.clock() * 1000 - HOUR_US / 2)
}

/** That every version was accounted for. */
function expectSum({ received, ...others }: MergeCounts): void {
  expect(Object.values(others).reduce((sum, n) => sum + n, 0)).toBe(received)
}

const idsInLake = async () => (await betsInLake(deps)).map(({ id }) => id).sort()
const placesInLake = async () =>
  (await currentState(deps.objects)).partitions.map(({ sport, month, file }) => [sport, month, file.rows])

describe('a first run', () => {
  const ledger = randomLedger(11, 60)

  it('publishes every bet, each partition with its profile', async () => {
    deps.source.save(ledger, OLD_US)
    const report = await run(deps)
    expect(report).toMatchObject({
      ...{ runId: 'run-01', sequence: 1, trigger: 'test', mode: 'incremental', sport: null, attempts: 1 },
      ...{ resumedFrom: null, bets: 60, schemaPassRate: 1, refusedByReason: {}, pruned: 0, undelivered: 0 },
      read: { pages: 10, records: 60, repeatedRecords: 0, disorderedPages: 0, retries: 0, rereads: 0 },
      counts: { received: 60, inserted: 60 },
    })
    expectSum(report.counts)
    expect(await betsInLake(deps)).toEqual([...ledger].sort(byPlacement))
    const slices = sliceBets(ledger.map((each) => ({ bet: each, updatedAtUs: OLD_US })))
    const { partitions } = await currentState(deps.objects)
    expect(await placesInLake()).toEqual(slices.map(({ sport, month, nRows }) => [sport, month, nRows]))
    for (const [i, { profile }] of partitions.entries()) {
      const slice = slices[i] as (typeof slices)[number]
      const { rows, settled, missing, newestPlacedAtMs } = profileSlice(slice, RUN_AT_MS)
      expect(profile).toMatchObject({ rows, settled, newestPlacedAtMs, examined: rows })
      expect(profile.missing.price.bets).toBe(missing.price.bets)
    }
  })

  it('leaves a manifest of what it read, did and wrote', async () => {
    deps.source.save(ledger, OLD_US)
    const { sequence, runId } = await run(deps)
    const manifest = await readManifest(deps.objects, runId)
    const state = await currentState(deps.objects)
    expect(manifest).toMatchObject({
      ...{ runId, sequence, parentRunId: null, trigger: 'test', mode: 'incremental', codeVersion: '0.0.0', bets: 60 },
      raw: [{ source: 'memory:bets', kind: 'changes', rows: 60 }],
      keys: state.keys,
    })
    const instant = new Date(OLD_US / 1000).toISOString()
    expect(manifest?.raw[0]).toMatchObject({ from: instant, to: instant })
    expect(manifest?.steps.map(({ name, kind, rowsIn, rowsOut }) => [name, kind, rowsIn, rowsOut])).toEqual([
      ['read', 'validate', 60, 60],
      ['merge', 'join', 60, 60],
      ['judge', 'aggregate', 60, 60],
      ['gate', 'validate', 60, 60],
    ])
    expect(manifest?.partitions.map(({ file, previous }) => [file?.key, previous])).toEqual(
      state.partitions.map(({ file }) => [file.key, null]),
    )
    expect(await deps.runs.latest(5)).toMatchObject([{ runId, sequence, bets: 60 }])
  })

  it('leaves nothing unfinished behind', async () => {
    deps.source.save(ledger, OLD_US)
    const { runId } = await run(deps)
    const state = await currentState(deps.objects)
    const manifest = await readManifest(deps.objects, runId)
    const raw = manifest?.raw.map(({ key }) => key) ?? []
    const expected = [...filesOf(state), ...raw, manifestKey(runId), 'lake/current.json', 'lake/states/00000001.json']
    expect(await deps.objects.list('')).toEqual(expected.sort())
  })

  it('publishes an empty state of an empty source', async () => {
    const report = await run(deps)
    expect(report).toMatchObject({ bets: 0, partitions: 0, schemaPassRate: null, completeness: null })
    expect(report).toMatchObject({ hoursSinceChange: null, verdict: 'quality_gate_failed' })
    expect(await currentState(deps.objects)).toMatchObject({ sequence: 1, partitions: [], keys: [] })
  })
})

describe('a run after it', () => {
  beforeEach(async () => {
    const ids = ['a', 'b', 'c', 'd']
    const open = ids.map((id) => bet({ id, state: 'open', profitMinor: null, settledAtMs: null }))
    deps.source.save([...open, bet({ id: 'golf', sport: 'Golf' })], OLD_US)
    await run(deps)
  })

  it('reads and writes nothing where nothing has changed', async () => {
    const before = await currentState(deps.objects)
    deps.clock.advance(HOUR_MS)
    const report = await run(deps)
    expect(report).toMatchObject({
      ...{ sequence: 2, bets: 5, partitionsWritten: 0, bytesWritten: 0, read: { pages: 1, records: 0 } },
      counts: { received: 0 },
    })
    const { partitions, keys, sources } = await currentState(deps.objects)
    expect({ partitions, keys }).toEqual({ partitions: before.partitions, keys: before.keys })
    expect(sources['memory:bets']?.changes.position).toEqual(before.sources['memory:bets']?.changes.position)
  })

  it('settles a bet that was placed: row, profile and key', async () => {
    change([bet({ id: 'a' })])
    const report = await run(deps)
    expect(report.counts).toMatchObject({ received: 1, updated: 1 })
    expect(report.partitionsWritten).toBe(1)
    expect((await betsInLake(deps)).find(({ id }) => id === 'a')).toEqual(bet({ id: 'a' }))
    const state = await currentState(deps.objects)
    const { settled, won, rows } = mergeProfiles(state.partitions.map(({ profile }) => profile))
    expect({ settled, won, rows }).toEqual({ settled: 2, won: 2, rows: 5 })
    const keys: Record<string, number> = {}
    for await (const page of deps.lake.readKeys(state.keys)) for (const key of page) keys[key.id] = key.updatedAtUs
    expect(keys).toEqual({ ...{ a: deps.clock() * 1000 - HOUR_US / 2, b: OLD_US, c: OLD_US, d: OLD_US }, golf: OLD_US })
  })

  it('leaves partitions that nothing touched as they were', async () => {
    const before = (await currentState(deps.objects)).partitions
    change([bet({ id: 'a' })])
    await run(deps)
    const after = (await currentState(deps.objects)).partitions
    const golf = ({ sport }: { sport: string | null }) => sport === 'Golf'
    expect(after.find(golf)).toEqual(before.find(golf))
    expect(after.find(({ sport }) => sport === 'Basketball')?.file.key).toMatch(/^lake\/runs\/run-02\//)
  })

  it('takes a bet that changes its sport or its month from its old partition into a new one', async () => {
    change([
      bet({ id: 'a', sport: 'Golf' }),
      bet({ id: 'golf', sport: 'Golf', placedAtMs: APRIL_MS, settledAtMs: null }),
    ])
    const { counts } = await run(deps)
    expect(counts).toMatchObject({ received: 2, updated: 2 })
    expect(await placesInLake()).toEqual([
      ['Basketball', '2025-03', 3],
      ['Golf', '2025-03', 1],
      ['Golf', '2025-04', 1],
    ])
    expect(await idsInLake()).toEqual(['a', 'b', 'c', 'd', 'golf'])
  })

  it('removes a deleted bet, and a partition with its last one', async () => {
    remove('a', 'golf')
    const report = await run(deps)
    expect(report.counts).toMatchObject({ received: 2, deleted: 2 })
    expect(await placesInLake()).toEqual([['Basketball', '2025-03', 3]])
    const manifest = await readManifest(deps.objects, report.runId)
    expect(manifest?.partitions).toMatchObject([
      { sport: 'Basketball', file: { rows: 3 } },
      { sport: 'Golf', file: null, previous: expect.stringMatching(/^lake\/runs\/run-01\//) },
    ])
  })

  it('takes a bet in again that was deleted and came back', async () => {
    remove('a')
    await run(deps)
    change([bet({ id: 'a', league: 'back' })])
    const { counts } = await run(deps)
    expect(counts).toMatchObject({ inserted: 1, updated: 0 })
    expect((await betsInLake(deps)).find(({ id }) => id === 'a')?.league).toBe('back')
  })

  it('takes a bet that was deleted and inserted again in between for what it is now', async () => {
    remove('a', 'b')
    change([bet({ id: 'a', league: 'back' })])
    const { counts } = await run(deps)
    expect(counts).toMatchObject({ received: 3, superseded: 1, updated: 1, deleted: 1 })
    expect(await idsInLake()).toEqual(['a', 'c', 'd', 'golf'])
  })

  it('finds a change that was committed late, though it bears an earlier time than one read before', async () => {
    const nowUs = deps.clock() * 1000
    deps.source.save([bet({ id: 'fresh' })], nowUs - 1_000_000)
    await run(deps)
    deps.source.save([bet({ id: 'late' })], nowUs - 59_000_000)
    deps.clock.advance(HOUR_MS)
    const { counts } = await run(deps)
    expect(counts).toMatchObject({ received: 2, inserted: 1, repeated: 1 })
    expect(await idsInLake()).toContain('late')
  })

  it('keeps what it cannot read out of the lake, in quarantine, and goes on', async () => {
    deps.clock.advance(HOUR_MS)
    const nowUs = deps.clock() * 1000 - HOUR_US / 2
    deps.source.put({ id: 'a', state: 'lucky' }, nowUs)
    deps.source.put({ id: 'x', placed_at: 'soon', state: 'won' }, nowUs)
    deps.source.save([bet({ id: 'y' })], nowUs)
    const report = await run(deps)
    expect(report.counts).toMatchObject({ received: 3, inserted: 1, refused: 2 })
    expectSum(report.counts)
    expect(report.schemaPassRate).toBeCloseTo(1 / 3)
    expect(Object.values(report.refusedByReason).reduce((sum, n) => sum + n, 0)).toBe(2)
    const rows = await deps.quarantine.list({ kind: 'table', runId: report.runId }, 10)
    expect(rows.map(({ raw, origin, line }) => [JSON.parse(raw).id, origin.name, line])).toEqual([
      ['a', 'memory:bets', null],
      ['x', 'memory:bets', null],
    ])
    // The sound version before stays.
    expect((await betsInLake(deps)).find(({ id }) => id === 'a')?.state).toBe('open')
    const again = await run(deps)
    expect(again.bets).toBe(6)
    expect((await deps.quarantine.count('waiting')).total).toBe(2)
  })

  it('counts rows by the import that brought them', async () => {
    deps.clock.advance(HOUR_MS)
    const nowUs = deps.clock() * 1000 - HOUR_US / 2
    for (const [id, importId] of [
      ['p', 'i-1'],
      ['q', 'i-1'],
      ['r', 'i-2'],
      ['s', null],
    ] as const) {
      deps.source.put({ id, state: 'lucky', import_id: importId }, nowUs)
    }
    const { runId } = await run(deps)
    expect((await readManifest(deps.objects, runId))?.imports).toEqual({ 'i-1': 2, 'i-2': 1 })
  })

  it('calls an id a duplicate that has two contents at one instant', async () => {
    deps.clock.advance(HOUR_MS)
    const nowUs = deps.clock() * 1000 - HOUR_US / 2
    deps.source.save([bet({ id: 'twin', league: 'A' })], nowUs)
    const [one] = await deps.source.page({ after: null, sinceMs: nowUs / 1000, sport: null }, null)
    deps.source.save([bet({ id: 'twin', league: 'B' })], nowUs)
    const [other] = await deps.source.page({ after: null, sinceMs: nowUs / 1000, sport: null }, null)
    if (one === undefined || other === undefined) throw new Error('the source tells both')
    // What it said of that instant has changed when it is asked again.
    const pages = [[one], [], [other], []]
    const fickle: typeof deps.source = {
      ...deps.source,
      page: async () => pages.shift() ?? [],
      count: async (_, upTo) => (upTo === undefined ? 0 : pages.length > 0 ? 2 : 1),
    }
    const report = await run({ ...deps, source: fickle })
    expect(report.read.rereads).toBe(1)
    expect(report.counts).toMatchObject({ received: 2, superseded: 1, inserted: 1 })
    expect(report.anomalies.byType.duplicate).toBe(1)
    const findings = (await textOf(deps.objects, `lake/runs/${report.runId}/findings.ndjson`)).trim().split('\n')
    expect(findings.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ recordId: 'twin', type: 'duplicate', sport: 'Basketball', month: '2025-03' }),
    )
  })
})

describe('a run of one sport', () => {
  beforeEach(async () => {
    deps.source.save([bet({ id: 'a' }), bet({ id: 'b', sport: 'Golf' })], OLD_US)
    await run(deps)
    change([bet({ id: 'c' }), bet({ id: 'd', sport: 'Golf' })])
  })

  it('takes in what changed in it, and leaves the rest for the next run of all', async () => {
    const report = await run(deps, { sport: 'Golf' })
    expect(report).toMatchObject({ sport: 'Golf', counts: { received: 1, inserted: 1 } })
    expect(await idsInLake()).toEqual(['a', 'b', 'd'])
    expect((await currentState(deps.objects)).sources['memory:bets']?.sports).toHaveProperty('Golf')
    expect((await run(deps, { sport: 'Golf' })).counts).toMatchObject({ received: 0 })
    const rest = await run(deps)
    expect(rest.counts).toMatchObject({ received: 2, inserted: 1, repeated: 1 })
    expect(await idsInLake()).toEqual(['a', 'b', 'c', 'd'])
    expect((await currentState(deps.objects)).sources['memory:bets']?.sports).toEqual({})
  })

  it('leaves deletions to the runs of all', async () => {
    remove('b')
    await run(deps, { sport: 'Golf' })
    expect(await idsInLake()).toContain('b')
    await run(deps)
    expect(await idsInLake()).not.toContain('b')
  })
})

describe('a full refresh', () => {
  it('writes every partition anew, with the same bytes', async () => {
    deps.source.save(randomLedger(5, 40), OLD_US)
    await run(deps)
    change([bet({ id: 'bet-3', sport: 'Tennis' })])
    await run(deps)
    const before = await currentState(deps.objects)
    deps.clock.advance(HOUR_MS)
    const report = await run(deps, { mode: 'full' })
    expect(report.counts).toMatchObject({ received: 40, repeated: 40 })
    const after = await currentState(deps.objects)
    expect(report.partitionsWritten).toBe(after.partitions.length)
    expect(after.partitions.map(({ file }) => file.sha256)).toEqual(before.partitions.map(({ file }) => file.sha256))
    expect(after.partitions.every(({ file }) => file.key.startsWith(`lake/runs/${report.runId}/`))).toBe(true)
    expect(after.sources['memory:bets']).toMatchObject({ lastRefreshAt: new Date(deps.clock()).toISOString() })
    expect((await readManifest(deps.objects, report.runId))?.raw).toMatchObject([{ kind: 'snapshot', rows: 40 }])
  })

  it('releases what had to wait in quarantine and can be read by now', async () => {
    const refusal = {
      line: null,
      reason: 'unreadable_record',
      field: null,
      detail: 'an older version said so',
    } as const
    const raw = JSON.stringify(toLedgerRow(bet({ id: 'x' })))
    await deps.quarantine.add({ kind: 'table', name: 'memory:bets', runId: 'run-0' }, [{ ...refusal, raw }])
    expect(await run(deps)).toMatchObject({ released: 0 })
    expect((await deps.quarantine.count('waiting')).total).toBe(1)
    expect(await run(deps, { mode: 'full' })).toMatchObject({ released: 1 })
    expect((await deps.quarantine.count('waiting')).total).toBe(0)
  })
})

describe('a reconcile', () => {
  const ids = Array.from({ length: 30 }, (_, i) => `bet-${i}`)

  beforeEach(async () => {
    deps.source.save(
      ids.map((id) => bet({ id })),
      OLD_US,
    )
    await run(deps)
    deps.clock.advance(HOUR_MS)
  })

  it('finds bets that were deleted without a word', async () => {
    deps.source.lose(['bet-3', 'bet-29'])
    expect((await run(deps)).counts.received).toBe(0)
    const report = await run(deps, { mode: 'reconcile' })
    expect(report.counts).toMatchObject({ received: 2, deleted: 2 })
    expect(await idsInLake()).toEqual(ids.filter((id) => id !== 'bet-3' && id !== 'bet-29').sort())
    const manifest = await readManifest(deps.objects, report.runId)
    expect(manifest?.raw).toMatchObject([{ kind: 'deletions', rows: 2, from: null, to: null }])
    expect(manifest?.steps[0]).toMatchObject({ name: 'reconcile', kind: 'join', rowsIn: 30, rowsOut: 28 })
    const state = await currentState(deps.objects)
    expect(state.sources['memory:bets']?.lastReconciledAt).toBe(new Date(deps.clock()).toISOString())
  })

  it('writes nothing where all are there', async () => {
    const report = await run(deps, { mode: 'reconcile' })
    expect(report).toMatchObject({ counts: { received: 0 }, partitionsWritten: 0, bytesWritten: 0 })
  })

  it('lets a bet come back that is written again', async () => {
    deps.source.lose(['bet-3'])
    await run(deps, { mode: 'reconcile' })
    change([bet({ id: 'bet-3' })])
    expect((await run(deps)).counts.inserted).toBe(1)
    expect(await idsInLake()).toHaveLength(30)
  })

  it('takes an empty source for a fault', async () => {
    deps.source.lose(ids)
    const refusal = run(deps, { mode: 'reconcile', allowedDeletions: 1000 })
    await expect(refusal).rejects.toMatchObject({ name: 'DomainError', code: 'source_empty' })
    expect(await idsInLake()).toHaveLength(30)
  })

  it('takes an answer that was cut short for a fault', async () => {
    const source = { ...deps.source, ids: async (after: string | null) => (after === null ? ids.slice(0, 20) : []) }
    await expect(run({ ...deps, source }, { mode: 'reconcile' })).rejects.toBeInstanceOf(UpstreamError)
    expect(await idsInLake()).toHaveLength(30)
    expect(deps.events.events.at(-1)).toMatchObject({ type: 'SyncFailed', attempts: 3 })
  })

  it('believes many missing bets only where so many are expected', async () => {
    deps.source.lose(ids.slice(0, 21))
    const refusal = run(deps, { mode: 'reconcile' })
    await expect(refusal).rejects.toMatchObject({ code: 'too_many_missing' })
    await expect(refusal).rejects.toThrow('21 of 30')
    await expect(run(deps, { mode: 'reconcile', allowedDeletions: 20 })).rejects.toMatchObject({
      code: 'too_many_missing',
    })
    expect((await run(deps, { mode: 'reconcile', allowedDeletions: 21 })).counts.deleted).toBe(21)
    expect(await idsInLake()).toHaveLength(9)
  })
})

describe('many runs', () => {
  it('leave ten states with their files, and all that cannot be made again', async () => {
    for (let i = 0; i < 12; i++) {
      change([
        bet({ id: `new-${i}`, placedAtMs: LEDGER_START_MS + i, settledAtMs: null }),
        bet({ id: 'golf', sport: `G${i}` }),
      ])
      const { pruned } = await run(deps)
      expect(pruned > 0).toBe(i >= KEPT_STATES)
    }
    const states = await deps.objects.list('lake/states/')
    expect(states).toHaveLength(KEPT_STATES)
    const needed = new Set(['lake/current.json', ...states])
    for (let sequence = 3; sequence <= 12; sequence++) {
      const state = await readState(deps.objects, sequence)
      if (state === undefined) throw new Error(`state ${sequence} is gone`)
      for (const key of filesOf(state)) needed.add(key)
      // A reader of an old state still reads every bet of it.
      expect(await deps.lake.readBets(state.partitions.map(({ file }) => file))).toHaveLength(sequence + 1)
    }
    for (let i = 1; i <= 12; i++) {
      const runId = `run-${String(i).padStart(2, '0')}`
      const manifest = await readManifest(deps.objects, runId)
      expect(manifest?.sequence).toBe(i)
      for (const key of [manifestKey(runId), ...(manifest?.raw ?? []).map((file) => file.key)]) needed.add(key)
    }
    expect(await deps.objects.list('')).toEqual([...needed].sort())
  })
})
