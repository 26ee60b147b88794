import { describe, expect, it } from 'vitest'
import { predictionLogKey } from '../../../shared/performance/served-prediction.ts'
import {
  LOOKED_BACK_DAYS,
  MOST_PREDICTIONS,
  readServedPredictions,
} from '../../../shared/usecases/read-served-predictions.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'

const NOW_MS = Date.UTC(2025, 5, 15, 12)
const DAY_MS = 86_400_000

/** A line of the log, served some days ago. */
function line(daysAgo: number, winProbability = 0.5): string {
  return JSON.stringify({
    ...{ format: 'closeline-prediction/1', id: 'p', requestId: 'r', index: 0, keyId: null, modelVersion: 'm' },
    ...{ at: new Date(NOW_MS - daysAgo * DAY_MS).toISOString(), functionVersion: null, origin: 'own' },
    ...{ sport: 'Basketball', league: 'NBA', market: 'Spread', book: 'FanDuel', betType: 'straight', isLive: false },
    ...{ decimalOdds: 2, clvPct: null, features: { live: 0 }, winProbability, expectedReturn: 0, confidence: 0.5 },
    ...{ grade: 'D', staleFeatures: [], latencyMs: 1 },
  })
}

/** A log of objects, each with its age in days and its text. */
async function logOf(...objects: (readonly [number, string])[]) {
  const store = memoryObjectStore()
  for (const [i, [daysAgo, text]] of objects.entries()) {
    await store.put(predictionLogKey(NOW_MS - daysAgo * DAY_MS, String(i).padStart(4, '0')), text)
  }
  return store
}

describe('readServedPredictions', () => {
  it('reads what the match needs of every line', async () => {
    const { predictions, unreadable, isCut } = await readServedPredictions(
      await logOf([1, `${line(1)}\n${line(0.5)}\n`]),
      NOW_MS,
    )
    expect(predictions).toHaveLength(2)
    expect(predictions[0]).toEqual({
      ...{ origin: 'own', sport: 'Basketball', league: 'NBA', market: 'Spread', book: 'FanDuel', betType: 'straight' },
      ...{ isLive: false, decimalOdds: 2, winProbability: 0.5, atMs: NOW_MS - DAY_MS },
      ...{ modelVersion: 'm', functionVersion: null, staleFeatures: [] },
    })
    expect([unreadable, isCut]).toEqual([0, false])
  })

  it('finds none in an empty store', async () => {
    expect(await readServedPredictions(memoryObjectStore(), NOW_MS)).toEqual({
      predictions: [],
      unreadable: 0,
      isCut: false,
    })
  })

  it('counts lines that cannot be read, and reads the others', async () => {
    const bad = [
      `{"torn`,
      '[]',
      line(1, 1.5),
      JSON.stringify({ ...JSON.parse(line(1)), format: 'closeline-prediction/9' }),
    ]
    const { predictions, unreadable } = await readServedPredictions(
      await logOf([1, [...bad, line(1)].join('\n')]),
      NOW_MS,
    )
    expect([predictions.length, unreadable]).toEqual([1, 4])
  })

  it('looks back over 90 days, months before unlisted', async () => {
    const store = await logOf(
      [1, line(1)],
      [LOOKED_BACK_DAYS, line(90)],
      [LOOKED_BACK_DAYS + 1, line(91)],
      [200, line(200)],
    )
    const prefixes: string[] = []
    const watched = {
      ...store,
      list(prefix: string) {
        prefixes.push(prefix)
        return store.list(prefix)
      },
    }
    expect((await readServedPredictions(watched, NOW_MS)).predictions).toHaveLength(2)
    expect(prefixes.sort()).toEqual(['03', '04', '05', '06'].map((month) => `predictions/day=2025-${month}-`))
  })

  it('stops after enough, the latest first, and says so', async () => {
    const many = Array.from({ length: MOST_PREDICTIONS / 16 }, () => line(1)).join('\n')
    const objects = Array.from({ length: 16 }, () => [1, many] as const)
    const { predictions, isCut } = await readServedPredictions(await logOf([30, line(30, 0.9)], ...objects), NOW_MS)
    expect([predictions.length, isCut]).toEqual([MOST_PREDICTIONS, true])
    expect(predictions.some(({ winProbability }) => winProbability === 0.9)).toBe(false)
  })
})
