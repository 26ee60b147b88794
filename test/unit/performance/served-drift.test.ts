import { describe, expect, it } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import type { ServedNumber } from '../../../shared/performance/served-drift.ts'
import { CURRENT_DAYS, servedDriftOf, staleOf } from '../../../shared/performance/served-drift.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 0, 31)

/** `n` predictions of one day, evenly spread around a middle. */
function served(n: number, daysAgo: number, middle: number, overrides: Partial<ServedNumber> = {}): ServedNumber[] {
  const rng = createRng(n + daysAgo)
  return Array.from({ length: n }, () => ({
    ...{ winProbability: middle + 0.2 * (rng.next() - 0.5), functionVersion: null, staleFeatures: [] },
    atMs: NOW_MS - daysAgo * DAY_MS,
    ...overrides,
  }))
}

describe('servedDriftOf', () => {
  it('sees that what was served has moved, and that it has not', () => {
    const before = served(800, CURRENT_DAYS + 1, 0.5)
    expect(servedDriftOf([...before, ...served(400, 1, 0.6)], NOW_MS).overTime).toMatchObject({
      ...{ status: 'drifted', rows: { reference: 800, current: 400 } },
    })
    expect(servedDriftOf([...before, ...served(400, 1, 0.5)], NOW_MS).overTime.status).toBe('stable')
  })

  it('says that too few tell nothing, which is not stable', () => {
    expect(servedDriftOf(served(99, 1, 0.5), NOW_MS).overTime.status).toBe('insufficient_data')
    expect(servedDriftOf([...served(800, 9, 0.5), ...served(40, 1, 0.9)], NOW_MS).overTime.status).toBe(
      'insufficient_data',
    )
  })

  it('holds the newest function against the others of the same days', () => {
    const old = { functionVersion: '7' }
    const before = served(900, 20, 0.2, old)
    const alike = [...served(300, 2, 0.5, old), ...served(300, 1.5, 0.5, { functionVersion: '8' })]
    // The older function's predictions of before are of other days.
    const others = alike.map((one) => ({ ...one, atMs: NOW_MS - 1.5 * DAY_MS }))
    expect(servedDriftOf([...before, ...others], NOW_MS).betweenFunctions).toMatchObject({
      ...{ status: 'stable', rows: { reference: 300, current: 300 } },
    })
    const skewed = others.map((one) =>
      one.functionVersion === '8' ? { ...one, winProbability: one.winProbability + 0.1 } : one,
    )
    expect(servedDriftOf([...before, ...skewed], NOW_MS).betweenFunctions?.status).toBe('drifted')
  })

  it('holds nothing against one function alone', () => {
    expect(servedDriftOf(served(300, 1, 0.5, { functionVersion: '7' }), NOW_MS).betweenFunctions).toBeNull()
    expect(servedDriftOf([], NOW_MS)).toMatchObject({ overTime: { rows: { reference: 0, current: 0 } } })
  })
})

describe('staleOf', () => {
  it('counts predictions that stood on old features, and which', () => {
    const fresh = served(3, 1, 0.5)
    const stale = served(1, 1, 0.5, { staleFeatures: ['roi_30d', 'wins_7d'] })
    expect(staleOf([...fresh, ...stale])).toEqual({
      ...{ predictions: 1, share: 0.25 },
      features: [
        { name: 'roi_30d', predictions: 1 },
        { name: 'wins_7d', predictions: 1 },
      ],
    })
    expect(staleOf([]).share).toBeNull()
  })
})
