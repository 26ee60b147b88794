import { expect, it } from 'vitest'
import type { RunStore } from '../../shared/usecases/run-ports.ts'
import { lakeFile } from '../support/lake-states.ts'
import { runManifest } from '../support/run-manifests.ts'

/** What every store of runs promises; it begins empty. */
export function describeRunStore(open: () => RunStore): void {
  it('keeps each run once, and shows the latest first, without what they did', async () => {
    const runs = open()
    expect(await runs.latest(5)).toEqual([])
    const first = runManifest('run-1', 1, {
      startedAt: '2025-05-01T00:00:00.123Z',
      partitions: [{ sport: 'a"b', month: '2025-03', file: lakeFile('p'), previous: null }],
    })
    const second = runManifest('run-2', 2, {
      startedAt: '2025-05-02T00:00:00.000Z',
      verdict: 'quality_gate_failed',
      bets: 7,
    })
    const twin = runManifest('run-0', 3, { startedAt: '2025-05-02T00:00:00.000Z', mode: 'full' })
    for (const manifest of [first, second, twin, first]) await runs.record(manifest)
    const shown = await runs.latest(5)
    expect(shown.map(({ runId }) => runId)).toEqual(['run-0', 'run-2', 'run-1'])
    expect(shown[1]).toEqual({
      ...{ runId: 'run-2', sequence: 2, trigger: 'test', mode: 'incremental', verdict: 'quality_gate_failed', bets: 7 },
      ...{ startedAt: '2025-05-02T00:00:00.000Z', finishedAt: '2025-05-01T00:00:01.000Z' },
    })
    expect(shown[2]?.startedAt).toBe('2025-05-01T00:00:00.123Z')
    expect((await runs.latest(1)).map(({ runId }) => runId)).toEqual(['run-0'])
  })

  it('replaces a run that is kept already', async () => {
    const runs = open()
    await runs.record(runManifest('run-2', 2, { startedAt: '2025-05-02T00:00:00.000Z', bets: 8 }))
    expect((await runs.latest(5)).find(({ runId }) => runId === 'run-2')?.bets).toBe(8)
  })
}
