import { describe, expect, it } from 'vitest'
import { bet } from '../../support/bets.ts'
import { ANYTHING_GOES, memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const HOUR_MS = 3_600_000

describe('the metrics of a run', () => {
  it('are the figures of its report in the units that an alarm reads', async () => {
    const deps = memoryPipelineDeps()
    const sound = bet({ id: 'a' })
    // Missing: one sport and one price of 4 × (sport, market, price).
    const bets = [sound, bet({ id: 'b' }), bet({ id: 'c', sport: null }), bet({ id: 'd', decimalOdds: null })]
    deps.source.save(bets, (RUN_AT_MS - 2 * HOUR_MS) * 1000)
    deps.source.put({ id: 'odd', state: 'lucky' }, (RUN_AT_MS - 2 * HOUR_MS) * 1000)
    const report = await run(deps, { thresholds: ANYTHING_GOES })
    const { records } = deps.metrics
    expect(records.filter(({ name }) => !/bytes/.test(name))).toEqual(
      [
        { name: 'pipeline_duration', value: 0, unit: 'Milliseconds' },
        { name: 'lake_bets', value: 4, unit: 'Count' },
        { name: 'quarantined', value: 1, unit: 'Count' },
        { name: 'quality_gate_passed', value: 1, unit: 'Count' },
        { name: 'schema_pass_rate', value: 80, unit: 'Percent' },
        { name: 'feature_completeness', value: (100 * 10) / 12, unit: 'Percent' },
        { name: 'data_age', value: 7200, unit: 'Seconds' },
        { name: 'anomaly_rate', value: 0, unit: 'Percent', dimensions: { severity: 'low' } },
        { name: 'anomaly_rate', value: 0, unit: 'Percent', dimensions: { severity: 'medium' } },
        { name: 'anomaly_rate', value: 50, unit: 'Percent', dimensions: { severity: 'high' } },
        { name: 'anomaly_rate', value: 0, unit: 'Percent', dimensions: { severity: 'critical' } },
      ].map(({ value, ...record }) => ({ dimensions: {}, ...record, value: expect.closeTo(value, 9) })),
    )
    const sizes = await Promise.all((await deps.objects.list('lake/runs/')).map((key) => sizeOf(deps.objects, key)))
    const ofParquet = sizes.filter(({ key }) => key.endsWith('.parquet'))
    const sum = (of: typeof sizes) => of.reduce((total, { bytes }) => total + bytes, 0)
    expect(report.bytesWritten).toBe(sum(ofParquet))
    expect(deps.metrics.of('pipeline_bytes_written')).toMatchObject([{ value: report.bytesWritten, unit: 'Bytes' }])
    expect(deps.metrics.of('lake_bytes')).toMatchObject([
      { value: sum(ofParquet.filter(({ key }) => !key.includes('/raw/'))), unit: 'Bytes' },
    ])
  })

  it('leave out what could not be measured', async () => {
    const deps = memoryPipelineDeps()
    await run(deps)
    expect(deps.metrics.records.map(({ name }) => name)).toEqual([
      ...[
        'pipeline_duration',
        'pipeline_bytes_written',
        'lake_bytes',
        'lake_bets',
        'quarantined',
        'quality_gate_passed',
      ],
    ])
    expect(deps.metrics.of('quality_gate_passed')).toMatchObject([{ value: 0 }])
  })
})

async function sizeOf(objects: { get(key: string): Promise<Uint8Array | undefined> }, key: string) {
  return { key, bytes: (await objects.get(key))?.length ?? 0 }
}
