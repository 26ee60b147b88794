import { beforeEach, describe, expect, it } from 'vitest'
import { toLedgerRow } from '../../../shared/bets/records/ledger-row.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { publishState } from '../../../shared/lake/state.ts'
import { bet } from '../../support/bets.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { currentState, memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const OLD_US = (RUN_AT_MS - 86_400_000) * 1000

describe('runPipeline', () => {
  let deps: MemoryPipelineDeps

  beforeEach(() => {
    deps = memoryPipelineDeps()
    deps.source.save([bet({ id: 'a' }), bet({ id: 'b', sport: 'Golf' })], OLD_US)
  })

  it('reconciles all sports or none: one alone would make the others look deleted', async () => {
    await run(deps)
    await expect(run(deps, { mode: 'reconcile', sport: 'Golf' })).rejects.toMatchObject({
      code: 'reconcile_of_one_sport',
    })
    expect((await currentState(deps.objects)).sequence).toBe(1)
  })

  it('lets nothing out of quarantine after a full run of one sport, which did not read the others', async () => {
    const refused = { reason: 'missing_id' as const, field: 'id', detail: 'once', line: null, raw: '{}' }
    const sound = JSON.stringify(toLedgerRow(bet({ id: 'a' })))
    await deps.quarantine.add({ kind: 'table', name: deps.source.name, runId: 'r' }, [{ ...refused, raw: sound }])
    expect((await run(deps, { mode: 'full', sport: 'Golf' })).released).toBe(0)
    expect((await deps.quarantine.count('waiting')).total).toBe(1)
    expect((await run(deps, { mode: 'full' })).released).toBe(1)
  })

  it('stands, once published, whatever fails in clearing up after it', async () => {
    const removing = { ...deps.objects, remove: () => Promise.reject(new UpstreamError('S3', 'refused')) }
    const report = await run({ ...deps, objects: removing })
    expect(report).toMatchObject({ sequence: 1, attempts: 1, bets: 2 })
    expect(deps.events.events.map(({ type }) => type)).not.toContain('SyncFailed')
  })

  it('tells of a reconcile that it would not believe', async () => {
    await run(deps)
    const empty = { ...deps.source, count: async () => 0, ids: async () => [] }
    await expect(run({ ...deps, source: empty }, { mode: 'reconcile' })).rejects.toMatchObject({ code: 'source_empty' })
    expect(deps.events.events.at(-1)).toMatchObject({ type: 'SyncFailed', attempts: 1 })
  })

  it('publishes no state that could not be read back', async () => {
    await run(deps)
    const state = await currentState(deps.objects)
    const objects = memoryObjectStore()
    const broken = {
      ...state,
      partitions: state.partitions.map((p) => ({ ...p, profile: { ...p.profile, rows: 0.5 } })),
    }
    await expect(publishState(objects, broken)).rejects.toThrow('could not be read back')
    expect(await objects.list('')).toEqual([])
  })
})
