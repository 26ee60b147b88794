import { beforeEach, describe, expect, it } from 'vitest'
import { findingsKey } from '../../../shared/lake/layout.ts'
import { inspectQuality } from '../../../shared/usecases/inspect-quality.ts'
import { bet } from '../../support/bets.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { ANYTHING_GOES, memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const DAY_MS = 86_400_000
const APRIL = { placedAtMs: Date.UTC(2025, 3, 10), settledAtMs: null }

let deps: MemoryPipelineDeps

beforeEach(async () => {
  deps = memoryPipelineDeps()
  const bets = [
    bet({ id: 'no-price', decimalOdds: null }),
    bet({ id: 'april', decimalOdds: null, ...APRIL }),
    bet({ id: 'tomorrow', placedAtMs: RUN_AT_MS + DAY_MS, settledAtMs: null }),
    bet({ id: 'sound', state: 'lost' }),
  ]
  deps.source.save(bets, (RUN_AT_MS - DAY_MS) * 1000)
  await run(deps)
})

const found = async () =>
  (await inspectQuality(deps, ANYTHING_GOES)).findings.map(({ recordId, severity }) => [recordId, severity])

describe('inspectQuality', () => {
  it('shows every anomaly of the newest state, gravest first', async () => {
    expect(await found()).toEqual([
      ['tomorrow', 'critical'],
      ['april', 'high'],
      ['no-price', 'high'],
    ])
  })

  it('judges with the limits and the clock of now', async () => {
    const { report, runId } = await inspectQuality(deps, { ...ANYTHING_GOES, min_records: 5 })
    expect(runId).toBe('run-01')
    expect(report.checks.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(['min_records'])
    deps.clock.advance(10 * DAY_MS)
    const later = await inspectQuality(deps, ANYTHING_GOES)
    expect(later.report.judgedAtMs).toBe(RUN_AT_MS + 10 * DAY_MS)
    const age = ({ checks }: typeof report) => checks.find(({ name }) => name === 'max_data_age_days')?.value ?? 0
    // By then tomorrow's bet was placed nine days ago.
    expect(age(later.report)).toBe(9)
  })

  it('counts a run’s findings only for the partitions that it was the last to write', async () => {
    deps.source.save([bet({ id: 'no-price' })], RUN_AT_MS * 1000)
    await run(deps)
    expect(await found()).toEqual([
      ['tomorrow', 'critical'],
      ['april', 'high'],
    ])
  })

  it('refuses a lake without a state, and one whose findings are gone or damaged', async () => {
    const empty = { objects: memoryPipelineDeps().objects, clock: deps.clock }
    await expect(inspectQuality(empty, ANYTHING_GOES)).rejects.toMatchObject({ code: 'empty_lake' })
    for (const damage of ['{"recordId":', '{"recordId":"x"}\n']) {
      await deps.objects.put(findingsKey('run-01'), damage)
      await expect(found()).rejects.toMatchObject({ name: 'DomainError', code: 'corrupt_object' })
    }
    await deps.objects.remove([findingsKey('run-01')])
    await expect(found()).rejects.toMatchObject({ name: 'DomainError', code: 'corrupt_object' })
  })
})
