import { beforeAll, describe, expect, it } from 'vitest'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { findCurrentState } from '../../shared/lake/state.ts'
import type { LakeStore } from '../../shared/usecases/lake-ports.ts'
import type { PipelineDeps } from '../../shared/usecases/run-context.ts'
import { bet, randomLedger } from '../support/bets.ts'
import { contentsOf, expectWhole } from '../support/lake-audit.ts'
import { manualClock } from '../support/manual-clock.ts'
import { memoryChangeSource } from '../support/memory-change-source.ts'
import { memoryEventPublisher } from '../support/memory-event-publisher.ts'
import { memoryFileTransfer } from '../support/memory-file-transfer.ts'
import { memoryLakeStore } from '../support/memory-lake-store.ts'
import { memoryQuarantineStore } from '../support/memory-ledger.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { memoryRunStore } from '../support/memory-run-store.ts'
import type { Mortal } from '../support/mortal-deps.ts'
import { mortal, mortalObjects, mortalPorts, mortalTransfer } from '../support/mortal-deps.ts'
import { memoryPipelineDeps, RUN_AT_MS, run } from '../support/pipeline-deps.ts'

const HOUR_MS = 3_600_000
const LEDGER = randomLedger(21, 60)

type OpenLake = (objects: ObjectStore, process: Mortal) => LakeStore

const inMemory: OpenLake = (objects, process) => memoryLakeStore(mortalObjects(objects, process))
const inParquet: OpenLake = (objects, process) => duckdbLakeStore(mortalTransfer(memoryFileTransfer(objects), process))

/** What outlives a process, beside its source. */
function createWorld(objects: ObjectStore) {
  return { objects, quarantine: memoryQuarantineStore(), events: memoryEventPublisher(), runs: memoryRunStore() }
}

type World = ReturnType<typeof createWorld>

/** Many runs, so that the next one prunes; then changes of every kind that the next one is to take in. */
async function createScene(openLake: OpenLake, runsBefore: number) {
  const world = createWorld(memoryObjectStore())
  const source = memoryChangeSource({ pageRows: 7 })
  let nowMs = RUN_AT_MS
  let processes = 0

  /** Deps of a process that has just started. */
  function start(within: World, process = mortal()): PipelineDeps {
    const name = `process-${++processes}`
    let ids = 0
    const ports = { source, clock: manualClock(nowMs), partRows: 20, newId: () => `${name}-${++ids}` }
    const { objects } = within
    const deps = memoryPipelineDeps({ ...ports, objects: mortalObjects(objects, process) })
    return { ...deps, ...mortalPorts(within, process), lake: openLake(objects, process) }
  }

  const changedUs = () => {
    nowMs += HOUR_MS
    return (nowMs - HOUR_MS / 2) * 1000
  }
  source.save(LEDGER, changedUs())
  for (let i = 0; i < runsBefore; i++) {
    source.save([bet({ id: `before-${i}` })], changedUs())
    await run(start(world))
  }
  const us = changedUs()
  source.save(
    LEDGER.slice(0, 15).map((each) => ({ ...each, league: 'changed' })),
    us,
  )
  source.save(
    LEDGER.slice(15, 20).map((each) => ({ ...each, sport: 'Darts' })),
    us,
  )
  source.save(
    randomLedger(22, 10).map((each) => ({ ...each, id: `new-${each.id}` })),
    us + 1,
  )
  source.put({ id: 'odd', state: 'lucky' }, us + 2)
  source.remove(
    LEDGER.slice(20, 25).map(({ id }) => id),
    us + 3,
  )

  /** The world as the next process finds it. */
  async function worldNow(): Promise<World> {
    const objects = memoryObjectStore()
    for (const key of await world.objects.list('')) {
      await objects.put(key, (await world.objects.get(key)) ?? new Uint8Array())
    }
    return createWorld(objects)
  }
  return { start, worldNow, openLake, runsBefore }
}

type Scene = Awaited<ReturnType<typeof createScene>>

async function outcomeOf({ openLake }: Scene, { objects, quarantine }: World) {
  const rows = await quarantine.list({}, 100)
  return {
    ...(await contentsOf(objects, openLake(objects, mortal()))),
    quarantined: rows.map(({ id, status }) => [id, status]),
  }
}

/** Runs the pipeline undisturbed: what it leaves, and its durable operations. */
async function undisturbed(scene: Scene) {
  const world = await scene.worldNow()
  const process = mortal()
  await run(scene.start(world, process))
  return { outcome: await outcomeOf(scene, world), operations: process.operations }
}

/** A process dies at an operation, another one comes after it: all must be as if nothing had happened. */
async function expectRecovery(scene: Scene, expected: unknown, at: number, moment: 'before' | 'after') {
  const world = await scene.worldNow()
  const process = mortal({ at, moment })
  // What fails once the state stands does not undo the run: it ends well, and leaves the rest to the next one.
  const sequence = (await findCurrentState(world.objects))?.sequence
  await run(scene.start(world, process)).then(
    async () => expect((await findCurrentState(world.objects))?.sequence).not.toBe(sequence),
    (thrown) => expect(thrown).toBeInstanceOf(UpstreamError),
  )
  await run(scene.start(world))
  const died = `died ${moment} ${process.operations.at(-1)}`
  expect(await outcomeOf(scene, world), died).toEqual(expected)
  const { runIds } = await expectWhole(world.objects)
  const published = runIds.slice(scene.runsBefore).sort()
  const told = world.events.events.flatMap((event) => (event.type === 'PipelineCompleted' ? [event.runId] : []))
  expect([...new Set(told)].sort(), died).toEqual(published)
  const recorded = (await world.runs.latest(100)).map(({ runId }) => runId)
  expect(recorded.sort(), died).toEqual(published)
}

describe.each([
  ['the first run', 0, ['after']],
  ['a run that prunes', 11, ['before', 'after']],
] as const)('a process that dies at any durable operation of %s', (_, runsBefore, moments) => {
  let scene: Scene
  let expected: Awaited<ReturnType<typeof undisturbed>>

  beforeAll(async () => {
    scene = await createScene(inMemory, runsBefore)
    expected = await undisturbed(scene)
  })

  it('has operations of every kind to die at', () => {
    const kinds = expected.operations.map((operation) => operation.replace(/process-\d+-\d+/g, 'RUN'))
    for (const kind of [
      ...['put lake/unfinished/RUN.json', 'put lake/runs/RUN/raw/part-0.parquet', 'quarantine', 'record', 'publish'],
      ...['put lake/runs/RUN/raw/part-1.parquet', 'put lake/runs/RUN/keys/part-0.parquet', 'put lake/outbox/RUN.json'],
      ...['put lake/runs/RUN/manifest.json', 'put lake/runs/RUN/findings.ndjson', 'put lake/current.json'],
      ...['remove lake/outbox/RUN.json', 'remove lake/unfinished/RUN.json'],
      ...(runsBefore === 0 ? [] : ['remove lake/states/00000002.json']),
    ]) {
      expect(kinds).toContain(kind)
    }
    expect(kinds.filter((kind) => kind.startsWith('putNew lake/states/'))).toHaveLength(1)
  })

  it.each(moments)('leaves nothing that the next one does not make good, %s it', async (moment) => {
    for (let at = 1; at <= expected.operations.length; at++) {
      await expectRecovery(scene, expected.outcome, at, moment)
    }
  })
})

describe('a process that dies in the midst of Parquet', () => {
  it('leaves the same bytes to the next one', async () => {
    const scene = await createScene(inParquet, 1)
    const { outcome, operations } = await undisturbed(scene)
    const fatal = [/upload .*\/raw\/part-1/, /upload .*sport=Darts/].map(
      (name) => operations.findIndex((operation) => name.test(operation)) + 1,
    )
    expect(fatal.every((at) => at > 0)).toBe(true)
    for (const at of fatal) await expectRecovery(scene, outcome, at, 'after')
  })
})
