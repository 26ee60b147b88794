import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bet } from '../../shared/bets/bet.ts'
import { findAnomalies } from '../../shared/quality/anomalies.ts'
import { byGravity } from '../../shared/quality/anomaly.ts'
import { baselineOf } from '../../shared/quality/baseline.ts'
import { createBinning, mergeDistributions, quantile } from '../../shared/quality/distribution.ts'
import { addValue, emptyMoments, mergeMoments } from '../../shared/quality/moments.ts'
import { emptyProfile, mergeProfiles, type PartitionProfile, withAnomalies } from '../../shared/quality/profile.ts'
import { profileSlice } from '../../shared/quality/profile-slice.ts'
import { LEDGER_START_MS, randomLedger, shuffled } from '../support/bets.ts'
import { slicesOf } from '../unit/quality/judged-ledger.ts'

const DAY_MS = 86_400_000
const seeds = fc.integer({ min: 0, max: 2 ** 31 })

/** In the middle of the ledger, so that some bets are from the future. */
const NOW_MS = LEDGER_START_MS + 40 * DAY_MS

/** What all ledgers here are held against. */
const HISTORY = baselineOf(mergeProfiles(slicesOf(randomLedger(99, 500)).map((slice) => profileSlice(slice, NOW_MS))))

/** Parts the bets at random, empty parts included. */
function dealt(bets: readonly Bet[], parts: number): Bet[][] {
  return Array.from({ length: parts }, (_, part) => bets.filter((_one, i) => (i * 7 + (i % 3)) % parts === part))
}

function profileOf(bets: readonly Bet[]): PartitionProfile {
  return mergeProfiles(
    slicesOf(bets).map((slice) => withAnomalies(profileSlice(slice, NOW_MS), findAnomalies(slice, HISTORY, NOW_MS))),
  )
}

/** Equal but for the rounding of moments. */
function expectSame(actual: unknown, expected: unknown, path = 'profile'): void {
  if (typeof expected === 'number' && typeof actual === 'number' && /\.(?:mean|m2)$/.test(path)) {
    expect(Math.abs(actual - expected), path).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(expected)))
  } else if (typeof expected === 'object' && expected !== null && typeof actual === 'object' && actual !== null) {
    expect(Object.keys(actual), path).toEqual(Object.keys(expected))
    for (const [key, value] of Object.entries(expected)) {
      expectSame((actual as Record<string, unknown>)[key], value, `${path}.${key}`)
    }
  } else expect(actual, path).toBe(expected)
}

test('any split of a ledger merges to the whole', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 0, max: 150 }), fc.integer({ min: 1, max: 9 }), (seed, size, parts) => {
      const bets = shuffled(randomLedger(seed, size), seed)
      const whole = profileOf(bets)
      expect(whole.rows).toBe(size)
      expectSame(mergeProfiles(dealt(bets, parts).map(profileOf)), whole)
    }),
    { numRuns: 40 },
  )
})

test('profiles merge in any order and grouping, and the empty one changes nothing', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 3, max: 9 }), (seed, parts) => {
      const profiles = dealt(randomLedger(seed, 120), parts).map(profileOf)
      const whole = mergeProfiles(profiles)
      expectSame(mergeProfiles(shuffled(profiles, seed)), whole)
      const [first, second, ...rest] = profiles as [PartitionProfile, PartitionProfile, ...PartitionProfile[]]
      expectSame(mergeProfiles([first, mergeProfiles([mergeProfiles(rest), emptyProfile(), second])]), whole)
      expect(mergeProfiles([whole, emptyProfile()])).toEqual(whole)
    }),
    { numRuns: 25 },
  )
})

test('the same bets have the same findings, in whatever order and partition they come', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 9 }), (seed, parts) => {
      const findingsOf = (bets: readonly Bet[]) =>
        slicesOf(bets).flatMap((slice) => findAnomalies(slice, HISTORY, NOW_MS).anomalies)
      const bets = randomLedger(seed, 150)
      const whole = findingsOf(bets).sort(byGravity)
      expect(whole.length).toBeGreaterThan(0)
      expect(dealt(shuffled(bets, seed), parts).flatMap(findingsOf).sort(byGravity)).toEqual(whole)
      const kinds = whole.map(({ recordId, type }) => `${recordId} ${type}`)
      expect(new Set(kinds).size).toBe(kinds.length)
    }),
    { numRuns: 25 },
  )
})

const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 200 })

test('a quantile is within half a bin of the values’ own, and does not depend on how they were parted', () => {
  fc.assert(
    fc.property(
      values,
      values,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0.05, 1, 30),
      (a, b, p, width) => {
        const distributionOf = (some: readonly number[]) => {
          const binning = createBinning(width)
          for (const x of some) binning.add(x)
          return binning.distribution()
        }
        const merged = mergeDistributions(width, [distributionOf(a), distributionOf(b)])
        expect(merged).toEqual(distributionOf([...b, ...a]))
        const sorted = [...a, ...b].sort((x, y) => x - y)
        const position = (sorted.length - 1) * p
        const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
        const exact = low + (position - Math.floor(position)) * (high - low)
        expect(Math.abs(quantile(merged, p) - exact)).toBeLessThanOrEqual(width / 2 + 1e-9)
      },
    ),
  )
})

test('moments of two samples merge to those of both', () => {
  const momentsOf = (some: readonly number[]) => {
    const moments = emptyMoments()
    for (const x of some) addValue(moments, x)
    return moments
  }
  fc.assert(
    fc.property(values, values, (a, b) => {
      const both = [...a, ...b]
      const mean = both.reduce((sum, x) => sum + x, 0) / both.length
      const m2 = both.reduce((sum, x) => sum + (x - mean) ** 2, 0)
      const merged = mergeMoments([momentsOf(a), momentsOf(b)])
      expect(merged.n).toBe(both.length)
      expect(Math.abs(merged.mean - mean)).toBeLessThan(1e-9)
      expect(Math.abs(merged.m2 - m2)).toBeLessThanOrEqual(1e-9 * (1 + m2))
    }),
  )
})
