import { describe, expect, it } from 'vitest'
import type { RawFile, RunManifest } from '../../../shared/lineage/run.ts'
import type { LineageIndex } from '../../../shared/lineage/trail.ts'
import { findFileKeys, trailOfFile, trailOfModel, trailOfRun } from '../../../shared/lineage/trail.ts'

const hashOf = (text: string) => Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64)
const file = (key: string) => ({ key, rows: 10, bytes: 100, sha256: hashOf(key.split('/').reverse().join('/')) })
const raw = (runId: string): RawFile => ({
  ...file(`lake/runs/${runId}/raw/part-0.parquet`),
  source: 'supabase:bets',
  kind: 'changes',
  from: null,
  to: null,
})
const processed = (runId: string, sport: string) =>
  file(`lake/runs/${runId}/processed/sport=${sport}/month=2026-01/part-0.parquet`)

function manifest(runId: string, sequence: number, changed: Record<string, string | null>): RunManifest {
  return {
    format: 'closeline-run/1',
    runId,
    sequence,
    parentRunId: sequence === 1 ? null : `run-${sequence - 1}`,
    trigger: 'test',
    mode: 'incremental',
    codeVersion: '0',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:01.000Z',
    durationMs: 1000,
    verdict: 'passed',
    raw: [raw(runId)],
    imports: { [`import-${sequence}`]: 10 },
    partitions: Object.entries(changed).map(([sport, previous]) => ({
      sport,
      month: '2026-01',
      file: processed(runId, sport),
      previous: previous === null ? null : processed(previous, sport).key,
    })),
    keys: [file(`lake/runs/${runId}/keys/part-0.parquet`)],
    steps: [],
    bets: 20,
  }
}

/** Two sports are written, then one of them twice again; a model is learned after the second run. */
const INDEX: LineageIndex = {
  manifests: [
    manifest('run-1', 1, { Tennis: null, Golf: null }),
    manifest('run-2', 2, { Tennis: 'run-1' }),
    manifest('run-3', 3, { Tennis: 'run-2' }),
  ],
  models: [{ version: 'model-a', createdAt: '2026-01-02T00:00:00.000Z', lakeRunId: 'run-2' }],
}
const runsOf = (steps: readonly { runId: string }[] | undefined) => steps?.map(({ runId }) => runId)

describe('trailOfFile', () => {
  it('goes back through every version of a partition to its raw files and imports', () => {
    const trail = trailOfFile(INDEX, processed('run-3', 'Tennis').key)
    expect(runsOf(trail?.back)).toEqual(['run-3', 'run-2', 'run-1'])
    expect(trail?.back.map(({ raw: files }) => files[0]?.key)).toEqual([3, 2, 1].map((n) => raw(`run-${n}`).key))
    expect(trail?.back.map(({ imports }) => Object.keys(imports))).toEqual([['import-3'], ['import-2'], ['import-1']])
  })

  it('leaves out runs that did not touch the partition', () => {
    expect(runsOf(trailOfFile(INDEX, processed('run-1', 'Golf').key)?.back)).toEqual(['run-1'])
  })

  it('goes forward to later versions and to the models learned from any of them', () => {
    const trail = trailOfFile(INDEX, processed('run-1', 'Tennis').key)
    expect(runsOf(trail?.later)).toEqual(['run-2', 'run-3'])
    expect(trail?.models.map(({ version }) => version)).toEqual(['model-a'])
  })

  it('names no model that was learned before the file was written', () => {
    expect(trailOfFile(INDEX, processed('run-3', 'Tennis').key)?.models).toEqual([])
  })

  it('follows a raw file to all that was made of it', () => {
    const trail = trailOfFile(INDEX, raw('run-1').key)
    expect(trail?.subject.kind).toBe('raw')
    expect(trail?.later.map(({ key }) => key)).toEqual([
      processed('run-1', 'Tennis').key,
      processed('run-1', 'Golf').key,
      processed('run-2', 'Tennis').key,
      processed('run-3', 'Tennis').key,
    ])
    expect(trail?.models).toHaveLength(1)
  })

  it('knows key and feature files as made of the state as a whole', () => {
    const keys = trailOfFile(INDEX, 'lake/runs/run-2/keys/part-0.parquet')
    expect([keys?.subject.kind, runsOf(keys?.back)]).toEqual(['keys', ['run-2', 'run-1']])
    const features = trailOfFile(INDEX, 'lake/runs/run-2/features/features.parquet')
    expect([features?.subject.kind, features?.models.length]).toEqual(['features', 1])
  })

  it('has nothing to say of a file that no run wrote', () => {
    expect(trailOfFile(INDEX, 'lake/runs/run-9/raw/part-0.parquet')).toBeUndefined()
    expect(trailOfFile(INDEX, 'lake/runs/run-1/else.txt')).toBeUndefined()
  })
})

describe('trailOfRun', () => {
  it('goes back through the runs before it and forward to what was made of its files', () => {
    const trail = trailOfRun(INDEX, 'run-2')
    expect(runsOf(trail?.back)).toEqual(['run-2', 'run-1'])
    expect(runsOf(trail?.later)).toEqual(['run-3'])
    expect(trail?.models.map(({ version }) => version)).toEqual(['model-a'])
  })

  it('ends where the run before it is not known any more', () => {
    const cut = { ...INDEX, manifests: INDEX.manifests.slice(1) }
    expect(runsOf(trailOfRun(cut, 'run-3')?.back)).toEqual(['run-3', 'run-2'])
  })
})

describe('trailOfModel', () => {
  it('goes back to every run that its bets came through', () => {
    expect(runsOf(trailOfModel(INDEX, 'model-a')?.back)).toEqual(['run-2', 'run-1'])
  })

  it('has no trail where the model does not say from which state it was learned', () => {
    const models = [{ version: 'model-b', createdAt: '', lakeRunId: null }]
    expect(trailOfModel({ ...INDEX, models }, 'model-b')?.back).toEqual([])
    expect(trailOfModel(INDEX, 'model-b')).toBeUndefined()
  })
})

describe('findFileKeys', () => {
  it('finds a file by the end of its key', () => {
    expect(findFileKeys(INDEX, 'run-2/keys/part-0.parquet')).toEqual(['lake/runs/run-2/keys/part-0.parquet'])
  })

  it('finds a file by the beginning of its hash, from six digits on', () => {
    const { key, sha256 } = processed('run-1', 'Golf')
    expect(findFileKeys(INDEX, sha256)).toContain(key)
    expect(findFileKeys(INDEX, sha256.slice(0, 5))).toEqual([])
  })
})
