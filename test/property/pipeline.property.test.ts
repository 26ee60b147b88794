import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { fileTransfer } from '../../shared/adapters/file-transfer.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { isSettled } from '../../shared/bets/settlement.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import { mergeProfiles } from '../../shared/quality/profile.ts'
import type { LakeBase, LakeStore, StagedVersion } from '../../shared/usecases/lake-ports.ts'
import { bet, LEDGER_START_MS, randomLedger } from '../support/bets.ts'
import { expectWhole } from '../support/lake-audit.ts'
import { memoryChangeSource } from '../support/memory-change-source.ts'
import { memoryLakeStore } from '../support/memory-lake-store.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { mortal, mortalObjects } from '../support/mortal-deps.ts'
import { betsInLake, currentState, memoryPipelineDeps, run } from '../support/pipeline-deps.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import type { Whim } from '../support/unruly-source.ts'
import { unrulySource } from '../support/unruly-source.ts'

const DAY_MS = 86_400_000
const UNRULY_LEDGER = randomLedger(51, 25)

/** A bet of one of eight ids in one of a few partitions. */
const betOfFew = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    sport: fc.constantFrom('Tennis', 'a/b', null),
    day: fc.constantFrom(0, 20, 40, 45),
    state: fc.constantFrom('open' as const, 'won' as const, 'lost' as const),
    decimalOdds: fc.constantFrom(1.5, 2, null),
  })
  .map(({ day, ...fields }) => bet({ ...fields, placedAtMs: LEDGER_START_MS + day * DAY_MS, settledAtMs: null }))

/** Changes, no id twice at one time, some of them deletions. */
const changes = fc
  .uniqueArray(fc.record({ of: betOfFew, atUs: fc.integer({ min: 1, max: 9 }), isDeletion: fc.nat(4) }), {
    selector: ({ of, atUs }) => `${of.id}${atUs}`,
    minLength: 1,
    maxLength: 30,
  })
  .map((all) =>
    all.map(({ of, atUs, isDeletion }): StagedVersion => {
      const isGone = isDeletion === 0
      return { id: of.id, updatedAtUs: atUs, record: isGone ? null : {}, bet: isGone ? null : of }
    }),
  )

/** The same changes in another order, cut into up to three batches. */
const shuffledBatches = changes.chain((all) =>
  fc.record({
    all: fc.constant(all),
    order: fc.shuffledSubarray(all, { minLength: all.length }),
    cuts: fc.tuple(fc.nat(all.length), fc.nat(all.length)).map((cuts) => cuts.sort((a, b) => a - b)),
  }),
)

let batches = 0

/** Merges batches one after the other, as so many runs would. */
async function mergeAll(lake: LakeStore, all: readonly (readonly StagedVersion[])[]): Promise<LakeBase> {
  let base: LakeBase = { partitions: [], keys: [] }
  for (const batch of all.filter(({ length }) => length > 0)) {
    const draft = await lake.draft(`batch-${batches++}`)
    await draft.stage(batch)
    const { changed, keys, counts } = await draft.merge(base, false)
    const { received, ...others } = counts
    expect(Object.values(others).reduce((sum, n) => sum + n, 0)).toBe(received)
    const isChanged = (one: { sport: string | null; month: string }) =>
      changed.some(({ sport, month }) => sport === one.sport && month === one.month)
    const partitions = base.partitions.filter((partition) => !isChanged(partition))
    for (const { sport, month, rows } of changed) {
      if (rows > 0) partitions.push({ sport, month, file: (await draft.writePartition({ sport, month })).file })
    }
    await draft.uploaded()
    await draft.close()
    base = { partitions, keys }
  }
  return base
}

const processedOf = ({ partitions }: LakeBase) =>
  partitions.map(({ sport, month, file }) => `${month} ${sport} ${file.rows} ${file.sha256}`).sort()

/** The bets that should be left: of each id the newest version. */
function newestOf(versions: readonly StagedVersion[]): Bet[] {
  const newest = new Map<string, StagedVersion>()
  for (const version of versions.toSorted((a, b) => a.updatedAtUs - b.updatedAtUs)) newest.set(version.id, version)
  return [...newest.values()].flatMap((version) => version.bet ?? []).sort(byPlacement)
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  folder = await temporaryFolder()
})

afterAll(() => folder[Symbol.asyncDispose]())

describe.each([
  ['in memory', () => memoryLakeStore(memoryObjectStore()), 150],
  ['of Parquet', () => duckdbLakeStore(fileTransfer(folder.path)), 2],
])('a lake %s', (_, open, numRuns) => {
  it('comes to the same layer, the newest version of each bet, in whatever order and batches changes come', async () => {
    await fc.assert(
      fc.asyncProperty(shuffledBatches, async ({ all, order, cuts }) => {
        const lake = open()
        const [from, to] = cuts
        const mixed = await mergeAll(lake, [order.slice(0, from), order.slice(from, to), order.slice(to)])
        expect(processedOf(mixed)).toEqual(processedOf(await mergeAll(lake, [all])))
        expect(await lake.readBets(mixed.partitions.map(({ file }) => file))).toEqual(newestOf(all))
      }),
      { numRuns },
    )
  })
})

/** What may happen to a source and its lake; times in ms. */
const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('save' as const), bets: fc.array(betOfFew, { maxLength: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), ids: fc.subarray(['a', 'b', 'c', 'd']) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 59_000, 61_000, DAY_MS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('run' as const), mode: fc.constantFrom('incremental', 'full') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sport' as const), sport: fc.constantFrom('Tennis', 'a/b') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('die' as const), at: fc.integer({ min: 1, max: 20 }) }) },
)

/** A source, its lake, and runs of which some die. */
async function live(happenings: readonly (typeof happening extends fc.Arbitrary<infer T> ? T : never)[]) {
  const source = memoryChangeSource({ pageRows: 3 })
  const deps = memoryPipelineDeps({ source, partRows: 4 })
  const ledger = new Map<string, Bet>()
  let tick = 0
  const nowUs = () => deps.clock() * 1000 + (tick++ % 1000)
  for (const one of happenings) {
    if (one.kind === 'wait') deps.clock.advance(one.ms)
    else if (one.kind === 'run') await run(deps, { mode: one.mode === 'full' ? 'full' : 'incremental' })
    else if (one.kind === 'sport') await run(deps, { sport: one.sport })
    else if (one.kind === 'save') {
      for (const saved of one.bets) ledger.set(saved.id, saved)
      source.save([...new Map(one.bets.map((saved) => [saved.id, saved])).values()], nowUs())
    } else if (one.kind === 'remove') {
      for (const id of one.ids) ledger.delete(id)
      source.remove(one.ids, nowUs())
    } else {
      const objects = mortalObjects(deps.objects, mortal({ at: one.at, moment: one.at % 2 === 0 ? 'before' : 'after' }))
      await run({ ...deps, objects, lake: memoryLakeStore(objects) }).catch(() => {})
    }
  }
  await run(deps)
  return { deps, ledger: [...ledger.values()].sort(byPlacement) }
}

describe('the pipeline', () => {
  it('ends with what is in the source, its partitions adding up, whatever happened on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 14 }), async (happenings) => {
        const { deps, ledger } = await live(happenings)
        expect(await betsInLake(deps)).toEqual(ledger)
        const { partitions } = await currentState(deps.objects)
        const whole = mergeProfiles(partitions.map(({ profile }) => profile))
        expect(partitions.reduce((sum, { file }) => sum + file.rows, 0)).toBe(ledger.length)
        expect(whole).toMatchObject({
          ...{ rows: ledger.length, examined: ledger.length },
          settled: ledger.filter(({ state }) => isSettled(state)).length,
          missing: {
            sport: { bets: ledger.filter(({ sport }) => sport === null).length },
            price: { bets: ledger.filter(({ decimalOdds }) => decimalOdds === null).length },
          },
        })
        await expectWhole(deps.objects)
      }),
      { numRuns: 60 },
    )
  })

  it('takes in everything, or nothing and says so, however unruly its source is', async () => {
    const whim = fc.constantFrom<Whim>('well', 'late', 'again', 'disordered', 'short', 'skipping', 'empty', 'failing')
    let failures = 0
    await fc.assert(
      fc.asyncProperty(fc.array(whim, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), async (whims, pageRows) => {
        const deps = memoryPipelineDeps({ source: memoryChangeSource({ pageRows }), partRows: 6 })
        for (const [i, each] of UNRULY_LEDGER.entries()) deps.source.save([each], 1_700_000_000_000_000 + (i >> 1))
        const unruly = { ...deps, source: unrulySource(deps.source, whims) }
        const report = await run(unruly).catch((thrown: unknown) => {
          expect(thrown).toBeInstanceOf(UpstreamError)
          expect(deps.events.events.map(({ type }) => type)).toEqual(['SyncFailed'])
          failures++
          return run(deps)
        })
        const { received, ...others } = report.counts
        expect(Object.values(others).reduce((sum, n) => sum + n, 0)).toBe(received)
        expect(await betsInLake(deps)).toEqual(UNRULY_LEDGER.toSorted(byPlacement))
        await expectWhole(deps.objects)
      }),
      // The example lost a bet once: one dropped, and one counted twice that came in disorder before a run broke off.
      { numRuns: 60, examples: [[['empty', 'short', 'disordered', 'failing', 'empty', 'failing'], 4]] },
    )
    expect(failures).toBeLessThan(60)
  })

  it('changes nothing when it runs once more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 8 }), fc.constantFrom(1, DAY_MS), async (happenings, ms) => {
        const { deps } = await live(happenings)
        const before = await currentState(deps.objects)
        deps.clock.advance(ms)
        const { counts } = await run(deps)
        expect(counts).toMatchObject({ inserted: 0, updated: 0, deleted: 0, outdated: 0 })
        const { partitions, keys } = await currentState(deps.objects)
        expect({ partitions, keys }).toEqual({ partitions: before.partitions, keys: before.keys })
      }),
      { numRuns: 25 },
    )
  })
})
