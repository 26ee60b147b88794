import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bet } from '../../shared/bets/bet.ts'
import { featureSet } from '../../shared/features/feature-set.ts'
import { FEATURE_NAMES } from '../../shared/features/registry.ts'
import { replayLedger } from '../../shared/features/replay.ts'
import { randomLedger } from '../support/bets.ts'
import { awkwardLedger, featureOracle } from '../support/feature-oracle.ts'

const SET = featureSet(FEATURE_NAMES)

/**
 * Whether a feature is what it should be.
 *
 * A 32-bit float is off by 2⁻²⁴ of itself at most, twice that where a sum was rounded on the way; a mean of returns, each
 * held in whole 2⁻²⁴, by 2⁻²⁵, a difference of two by twice that. The squares behind a deviation are held in whole 2⁻¹⁶:
 * a variance is off by n/(n − 1)·2⁻¹⁷ ≤ 2⁻¹⁶, and by as much again for the square of a mean of up to 100.
 */
function agrees(name: string, actual: number, expected: number): boolean {
  if (Number.isNaN(expected) || Number.isNaN(actual)) return Object.is(actual, expected)
  if (name.endsWith('_roi_deviation')) {
    return Math.abs(actual ** 2 - expected ** 2) <= 2 ** -15 + 2 ** -22 * expected ** 2
  }
  return Math.abs(actual - expected) <= 2 ** -24 + 2 ** -23 * Math.abs(expected)
}

interface Comparison {
  /** `bet feature: actual, expected`. */
  disagreements: string[]
  /** How many values of each feature were there, not missing. */
  present: Map<string, number>
}

function compare(ledger: readonly Bet[], { disagreements, present }: Comparison): void {
  const { bets, columns } = replayLedger(ledger, SET)
  const expectedOf = featureOracle(ledger)
  for (const [r, bet] of bets.entries()) {
    const expected = expectedOf(bet)
    for (const [f, name] of FEATURE_NAMES.entries()) {
      const [actual, wanted] = [columns[f]?.[r] ?? Number.NaN, expected[name] ?? Number.POSITIVE_INFINITY]
      if (!agrees(name, actual, wanted)) disagreements.push(`${bet.id} ${name}: ${actual}, expected ${wanted}`)
      if (!Number.isNaN(wanted)) present.set(name, (present.get(name) ?? 0) + 1)
    }
  }
}

function newComparison(): Comparison {
  return { disagreements: [], present: new Map() }
}

describe('every feature of every bet is what a slow re-computation from the whole ledger says', () => {
  test.each([
    ['a random ledger', randomLedger],
    ['an awkward one', awkwardLedger],
  ])('of %s', (_, makeLedger) => {
    const seen = newComparison()
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 90 }), (seed, size) => {
        const comparison = { ...seen, disagreements: [] }
        compare(makeLedger(seed, size), comparison)
        expect(comparison.disagreements.slice(0, 9)).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  test('of ledgers long enough to fill every window, and no feature is always missing', () => {
    const seen = newComparison()
    for (const seed of [1, 2]) compare(randomLedger(seed, 260), seen)
    for (const seed of [3, 4]) compare(awkwardLedger(seed, 260), seen)
    expect(seen.disagreements.slice(0, 9)).toEqual([])
    const rare = FEATURE_NAMES.filter((name) => (seen.present.get(name) ?? 0) < 20)
    expect(rare).toEqual([])
  })
})

test('the re-computation knows the same features, and no other', () => {
  const ledger = randomLedger(5, 40)
  const names = ledger.flatMap((bet) => Object.keys(featureOracle(ledger)(bet)))
  expect([...new Set(names)].sort()).toEqual([...FEATURE_NAMES].sort())
  expect(FEATURE_NAMES).toHaveLength(175)
})
