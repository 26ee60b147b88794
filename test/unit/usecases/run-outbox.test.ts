import { beforeEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { publishState } from '../../../shared/lake/state.ts'
import { writeManifest } from '../../../shared/lineage/run.ts'
import { emptyOutbox, writeLetter } from '../../../shared/usecases/run-outbox.ts'
import { bet } from '../../support/bets.ts'
import { syncFailed } from '../../support/events.ts'
import { lakeState } from '../../support/lake-states.ts'
import { memoryEventPublisher } from '../../support/memory-event-publisher.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { memoryRunStore } from '../../support/memory-run-store.ts'
import { memoryPipelineDeps, run } from '../../support/pipeline-deps.ts'
import { runManifest } from '../../support/run-manifests.ts'

function outbox() {
  const objects = memoryObjectStore()
  return { objects, runs: memoryRunStore(), events: memoryEventPublisher(), logger: memoryLogger() }
}

describe('emptyOutbox', () => {
  let deps: ReturnType<typeof outbox>

  beforeEach(() => {
    deps = outbox()
  })

  const letter = (runId: string, sequence: number) =>
    writeLetter(deps.objects, { format: 'closeline-outbox/1', runId, sequence, events: [syncFailed(runId)] })
  const told = () => deps.events.events.map((event) => (event.type === 'SyncFailed' ? event.source : event.type))
  const left = () => deps.objects.list('lake/outbox/')

  it('tells what a published run has to tell, once, and records the run', async () => {
    await publishState(deps.objects, lakeState(1))
    await writeManifest(deps.objects, runManifest('run-1', 1))
    await letter('run-1', 1)
    expect([await emptyOutbox(deps, 1), await emptyOutbox(deps, 1)]).toEqual([0, 0])
    expect(told()).toEqual(['run-1'])
    expect(await deps.runs.latest(5)).toMatchObject([{ runId: 'run-1' }])
    expect(await left()).toEqual([])
  })

  it('throws the letter of a run away that another overtook', async () => {
    await publishState(deps.objects, lakeState(1))
    await letter('other', 1)
    expect(await emptyOutbox(deps, 1)).toBe(0)
    expect([told(), await left()]).toEqual([[], []])
  })

  it('leaves the letter of a run that may be about to publish', async () => {
    await publishState(deps.objects, lakeState(1))
    await letter('living', 2)
    expect(await emptyOutbox(deps, 1)).toBe(0)
    expect([told(), await left()]).toEqual([[], ['lake/outbox/living.json']])
  })

  it.each(['events', 'runs'] as const)(
    'keeps a letter that %s would not take, tells the others, and says so',
    async (port) => {
      for (const n of [1, 2]) {
        await publishState(deps.objects, lakeState(n))
        await writeManifest(deps.objects, runManifest(`run-${n}`, n))
        await letter(`run-${n}`, n)
      }
      let refusals = 1
      const refusing = <T extends object>(of: T, method: keyof T): T => ({
        ...of,
        [method]: (argument: never) => {
          if (refusals-- > 0) return Promise.reject(new UpstreamError(port, 'no'))
          return (of[method] as (argument: never) => unknown)(argument)
        },
      })
      const once = { ...deps, events: refusing(deps.events, 'publish') }
      if (port === 'runs') Object.assign(once, { events: deps.events, runs: refusing(deps.runs, 'record') })
      expect(await emptyOutbox(once, 2)).toBe(1)
      expect(told()).toEqual(['run-2'])
      expect(deps.logger.of('events_not_delivered')).toMatchObject([
        { level: 'warn', fields: { key: 'lake/outbox/run-1.json' } },
      ])
      expect(await emptyOutbox(deps, 2)).toBe(0)
      expect(told()).toEqual(['run-2', 'run-1'])
    },
  )

  it('tells of a run whose state was pruned before anybody would listen', async () => {
    await publishState(deps.objects, lakeState(20))
    await writeManifest(deps.objects, runManifest('run-3', 3))
    await letter('run-3', 3)
    await letter('overtaken', 3)
    await emptyOutbox(deps, 20)
    expect([told(), await left()]).toEqual([['run-3'], []])
  })
})

describe('the pipeline', () => {
  it('tells at last of every run, though nobody listened through more runs than states are kept', async () => {
    const deps = memoryPipelineDeps()
    const deaf = { publish: () => Promise.reject(new UpstreamError('bus', 'no bus')) }
    for (let n = 1; n <= 12; n++) {
      deps.source.save([bet({ id: `bet-${n}` })], deps.clock() * 1000)
      expect((await run({ ...deps, events: deaf })).undelivered).toBe(n)
      deps.clock.advance(60_000)
    }
    expect((await run(deps)).undelivered).toBe(0)
    const completed = deps.events.events.filter(({ type }) => type === 'PipelineCompleted')
    expect(completed.map((event) => (event.type === 'PipelineCompleted' ? event.sequence : 0))).toEqual(
      Array.from({ length: 13 }, (_, i) => i + 1),
    )
  })
})
