import { describe, expect, it } from 'vitest'
import { describeLake } from '../../../shared/usecases/describe-lake.ts'
import { bet } from '../../support/bets.ts'
import { currentState, memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const APRIL = { placedAtMs: Date.UTC(2025, 3, 10), settledAtMs: null }

describe('describeLake', () => {
  it('sums partitions up by sport, most bets first, and adds up', async () => {
    const deps = memoryPipelineDeps()
    const bets = [
      bet({ id: '1', sport: null, state: 'open' }),
      bet({ id: '2', decimalOdds: null }),
      bet({ id: '3', ...APRIL }),
      bet({ id: '4', state: 'lost' }),
      bet({ id: '5', sport: 'Golf', ...APRIL }),
    ]
    deps.source.save(bets, (RUN_AT_MS - 86_400_000) * 1000)
    await run(deps)
    const state = await currentState(deps.objects)
    const lake = describeLake(state)
    expect(lake).toMatchObject({ sequence: 1, runId: 'run-01', publishedAt: state.publishedAt, bets: 5, keyFiles: 1 })
    expect(lake.sports.map(({ bytes, ...rest }) => rest)).toEqual([
      {
        ...{ sport: 'Basketball', fromMonth: '2025-03', toMonth: '2025-04', partitions: 2, bets: 3, settled: 3 },
        ...{ withoutPrice: 1, findings: 1 },
      },
      {
        ...{ sport: null, fromMonth: '2025-03', toMonth: '2025-03', partitions: 1, bets: 1, settled: 0 },
        ...{ withoutPrice: 0, findings: 1 },
      },
      {
        ...{ sport: 'Golf', fromMonth: '2025-04', toMonth: '2025-04', partitions: 1, bets: 1, settled: 1 },
        ...{ withoutPrice: 0, findings: 0 },
      },
    ])
    expect(lake.partitions.map(({ key, bets: n }) => [key, n])).toEqual(
      state.partitions.map(({ file }) => [file.key, file.rows]),
    )
    const keys = state.keys.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(lake.bytes).toBe(lake.sports.reduce((sum, { bytes }) => sum + bytes, keys))
  })
})
