import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { fileTransfer } from '../../shared/adapters/file-transfer.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { findCurrentState } from '../../shared/lake/state.ts'
import type { PipelineReport } from '../../shared/usecases/pipeline-report.ts'
import { bet, randomLedger } from '../support/bets.ts'
import { expectWhole } from '../support/lake-audit.ts'
import { memoryChangeSource } from '../support/memory-change-source.ts'
import { memoryLakeStore } from '../support/memory-lake-store.ts'
import { memoryObjectStore, textOf } from '../support/memory-object-store.ts'
import type { MemoryPipelineDeps } from '../support/pipeline-deps.ts'
import { betsInLake, memoryPipelineDeps, RUN_AT_MS, run } from '../support/pipeline-deps.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const OLD_US = (RUN_AT_MS - 86_400_000) * 1000
const LEDGER = randomLedger(31, 50)

/** An object store that answers late, by a random number of turns of the event loop. */
function dawdling(objects: ObjectStore, seed: number): ObjectStore {
  const rng = createRng(seed)
  const late = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let turns = rng.integer(6); turns > 0; turns--) await nextTurn()
    return work()
  }
  return {
    get: (key) => late(() => objects.get(key)),
    list: (prefix) => late(() => objects.list(prefix)),
    put: (key, body) => late(() => objects.put(key, body)),
    putNew: (key, body) => late(() => objects.putNew(key, body)),
    remove: (keys) => late(() => objects.remove(keys)),
  }
}

/** Processes that share a lake and a source; each is as slow as its seed says. */
function processesOn(objects: ObjectStore, source: MemoryPipelineDeps['source'], seeds: readonly number[]) {
  return seeds.map((seed) => {
    let ids = 0
    const slow = dawdling(objects, seed)
    const deps = memoryPipelineDeps({ objects: slow, lake: memoryLakeStore(slow), source, partRows: 20 })
    return { ...deps, newId: () => `p${seed}-${++ids}` }
  })
}

/** That the runs between them took in the ledger once, and left nothing but it. */
async function expectOnce(
  deps: Pick<MemoryPipelineDeps, 'objects' | 'lake'>,
  reports: readonly PipelineReport[],
  ledger: readonly Bet[],
): Promise<void> {
  for (const { counts } of reports) {
    const { received, ...others } = counts
    expect(Object.values(others).reduce((sum, n) => sum + n, 0)).toBe(received)
  }
  expect(reports.reduce((sum, { counts }) => sum + counts.inserted, 0)).toBe(ledger.length)
  expect(reports.map(({ sequence }) => sequence).sort()).toEqual(reports.map((_, i) => i + 1))
  expect(await betsInLake(deps)).toEqual([...ledger].sort(byPlacement))
  const { runIds } = await expectWhole(deps.objects)
  expect(runIds.sort()).toEqual(reports.map(({ runId }) => runId).sort())
}

describe('runs at once', () => {
  it.each([2, 3])('of %i processes publish one after the other, whoever is slow where', async (count) => {
    let retried = 0
    for (let seed = 0; seed < 8; seed++) {
      const objects = memoryObjectStore()
      const source = memoryChangeSource({ pageRows: 7 })
      source.save(LEDGER, OLD_US)
      const seeds = Array.from({ length: count }, (_, i) => 10 * seed + i)
      const processes = processesOn(objects, source, seeds)
      const reports = await Promise.all(processes.map((deps) => run(deps)))
      retried += reports.filter(({ attempts }) => attempts > 1).length
      await expectOnce({ objects, lake: memoryLakeStore(objects) }, reports, LEDGER)
    }
    // Else nothing was at once.
    expect(retried).toBeGreaterThan(3)
  })

  it('lose no change that comes while they read', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const objects = memoryObjectStore()
      const source = memoryChangeSource({ pageRows: 7 })
      source.save(LEDGER, OLD_US)
      let pages = 0
      const living: typeof source = {
        ...source,
        async page(window, after) {
          if (++pages < 25) {
            source.save([bet({ id: `during-${pages % 5}`, league: `L${pages}` })], OLD_US + 1_000_000 * pages)
          }
          return source.page(window, after)
        },
      }
      const processes = processesOn(objects, living, [seed + 1, seed + 101])
      await Promise.all(processes.map((deps) => run(deps)))
      const [quiet] = processesOn(objects, source, [0])
      if (quiet === undefined) throw new Error('there is one process')
      await run(quiet)
      const leagues = new Map<string, unknown>()
      const all = { after: null, sinceMs: null, sport: null }
      for (
        let page = await source.page(all, null);
        page.length > 0;
        page = await source.page(all, page.at(-1) ?? null)
      ) {
        for (const { id, record } of page) leagues.set(id, record.league)
      }
      const bets = await betsInLake({ objects, lake: memoryLakeStore(objects) })
      expect(new Map(bets.map(({ id, league }) => [id, league]))).toEqual(leagues)
      await expectWhole(objects)
    }
  })

  it('over Parquet in a folder leave what one after the other would', async () => {
    await using folder = await temporaryFolder()
    const objects = fileObjectStore(folder.path)
    const lake = duckdbLakeStore(fileTransfer(folder.path))
    const source = memoryChangeSource()
    source.save(LEDGER, OLD_US)
    const start = (name: string) => {
      let ids = 0
      return { ...memoryPipelineDeps({ objects, lake, source }), newId: () => `${name}-${++ids}` }
    }
    const reports = await Promise.all([run(start('a')), run(start('b'))])
    expect(reports.map(({ attempts }) => attempts).sort()).toEqual([1, 2])
    await expectOnce({ objects, lake }, reports, LEDGER)
  })
})

describe('a reader beside a run', () => {
  it('finds a whole state at every moment: the old one, then the new one', async () => {
    const objects = memoryObjectStore()
    const lake = memoryLakeStore(objects)
    const source = memoryChangeSource({ pageRows: 7 })
    const seen: string[] = []
    const look = async () => {
      const state = await findCurrentState(objects)
      const bets = await lake.readBets((state?.partitions ?? []).map(({ file }) => file))
      seen.push(
        `${state?.sequence ?? 0}: ${bets.length} bets of ${new Set(bets.map(({ league }) => league)).size} leagues`,
      )
    }
    const watched: ObjectStore = {
      ...objects,
      put: (key, body) => objects.put(key, body).then(look),
      putNew: async (key, body) => {
        const created = await objects.putNew(key, body)
        await look()
        return created
      },
      remove: (keys) => objects.remove(keys).then(look),
    }
    const deps = { ...memoryPipelineDeps({ objects: watched, lake: memoryLakeStore(watched), source }), partRows: 20 }
    const inOneLeague = LEDGER.map((each) => ({ ...each, league: 'before' }))
    source.save(inOneLeague, OLD_US)
    await run(deps)
    source.save(
      inOneLeague.slice(0, 25).map((each) => ({ ...each, sport: 'Darts', league: 'after' })),
      OLD_US + 1_000_000,
    )
    source.remove(
      inOneLeague.slice(25, 30).map(({ id }) => id),
      OLD_US + 2_000_000,
    )
    await run(deps)
    expect([...new Set(seen)]).toEqual(['0: 0 bets of 0 leagues', '1: 50 bets of 1 leagues', '2: 45 bets of 2 leagues'])
    expect(seen.length).toBeGreaterThan(40)
  })
})

describe('a run that stands still', () => {
  /** A process whose n-th page of the source waits for a signal, and what to give it. */
  function stalling(objects: ObjectStore, source: MemoryPipelineDeps['source'], page: number) {
    let go = () => {}
    let stalls = () => {}
    const signal = new Promise<void>((resolve) => {
      go = resolve
    })
    const stalled = new Promise<void>((resolve) => {
      stalls = resolve
    })
    let pages = 0
    const slow: typeof source = {
      ...source,
      async page(window, after) {
        if (++pages === page) {
          stalls()
          await signal
        }
        return source.page(window, after)
      },
    }
    let ids = 0
    const deps = memoryPipelineDeps({ objects, lake: memoryLakeStore(objects), source: slow, partRows: 20 })
    return { deps: { ...deps, newId: () => `slow-${++ids}` }, stalled, go }
  }

  it('while another goes on from its files loses nothing, and leaves nothing', async () => {
    const objects = memoryObjectStore()
    const source = memoryChangeSource({ pageRows: 7 })
    source.save(LEDGER, OLD_US)
    const slow = stalling(objects, source, 6)
    const running = run(slow.deps)
    await slow.stalled
    const journal = 'lake/unfinished/slow-1.json'
    while (!(await textOf(objects, journal)).includes('part-0.parquet')) await nextTurn()
    const [other] = processesOn(objects, source, [1])
    if (other === undefined) throw new Error('there is one process')
    const first = await run(other)
    expect(first).toMatchObject({ resumedFrom: 'slow-1', sequence: 1 })
    slow.go()
    const second = await running
    expect(second).toMatchObject({ sequence: 2, attempts: 2 })
    await expectOnce({ objects, lake: memoryLakeStore(objects) }, [first, second], LEDGER)
  })

  it('for longer than its state is kept begins again, and ends well', async () => {
    const objects = memoryObjectStore()
    const source = memoryChangeSource({ pageRows: 7 })
    source.save(LEDGER, OLD_US)
    const [other] = processesOn(objects, source, [0])
    if (other === undefined) throw new Error('there is one process')
    await run(other)
    source.save(
      LEDGER.map((each) => ({ ...each, league: 'changed' })),
      OLD_US + 1_000_000,
    )
    const slow = stalling(objects, source, 3)
    const running = run(slow.deps)
    await slow.stalled
    for (let i = 0; i < 12; i++) {
      other.clock.advance(60_000)
      source.save([{ ...(LEDGER[0] as Bet), league: `L${i}` }], OLD_US + 2_000_000 + i)
      await run(other)
    }
    slow.go()
    expect(await running).toMatchObject({ sequence: 14, attempts: 2 })
    const lake = memoryLakeStore(objects)
    const bets = await betsInLake({ objects, lake })
    expect(bets.map(({ league }) => league).sort()).toEqual([...Array(LEDGER.length - 1).fill('changed'), 'L11'].sort())
  })
})
