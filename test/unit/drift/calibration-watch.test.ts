import { describe, expect, test } from 'vitest'
import type { CalibrationWatch, ServedOutcome } from '../../../shared/drift/calibration-watch.ts'
import { FRESH_WATCH, hasDecayed, watchDay } from '../../../shared/drift/calibration-watch.ts'
import { logit, sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const INDEPENDENT = { dispersion: 1 }

/** Days of ten bets: calm first, then the truth's log-odds are what `decay` makes of those served. */
function* daysOf(seed: number, calmDays: number, decay: (score: number) => number): Generator<ServedOutcome[]> {
  const rng = createRng(seed)
  for (let d = 0; ; d++) {
    yield Array.from({ length: 10 }, () => {
      const served = logit(0.15 + 0.6 * rng.next())
      const truth = d < calmDays ? served : decay(served)
      const label = rng.next() < sigmoid(truth) ? 1 : 0
      return { probability: sigmoid(served), label, rival: undefined }
    })
  }
}

function watched(days: Iterable<ServedOutcome[]>, count: number): CalibrationWatch {
  let watch = FRESH_WATCH
  for (const day of days) {
    watch = watchDay(watch, day, INDEPENDENT)
    if (watch.days === count) break
  }
  return watch
}

function decayedShare(seeds: number, count: number, days: (seed: number) => Iterable<ServedOutcome[]>): number {
  let found = 0
  for (let seed = 1; seed <= seeds; seed++) if (hasDecayed(watched(days(seed), count))) found++
  return found / seeds
}

describe('watchDay', () => {
  test('stays calm where probabilities hold, however often one looks', () => {
    expect(decayedShare(60, 150, (seed) => daysOf(seed, 150, (score) => score))).toBeLessThanOrEqual(0.05)
  })

  test('finds within 500 bets that wins have become rarer, after a month in which nothing was wrong', () => {
    expect(decayedShare(40, 80, (seed) => daysOf(seed, 30, (score) => score - 0.6))).toBeGreaterThan(0.9)
  })

  test('finds that probabilities no longer tell bets apart', () => {
    expect(decayedShare(40, 80, (seed) => daysOf(seed, 30, () => 0))).toBeGreaterThan(0.9)
  })

  test('finds that the market knows better, which no alternative of its own says', () => {
    const rng = createRng(3)
    const days = Array.from({ length: 60 }, () =>
      Array.from({ length: 10 }, () => {
        // The market tells two kinds of bets apart that were served as one, whose mean is right.
        const rival = rng.next() < 0.5 ? 0.25 : 0.75
        return { probability: 0.5, label: rng.next() < rival ? 1 : 0, rival }
      }),
    )
    expect(hasDecayed(watched(days, 60))).toBe(true)
    const unknown = days.map((day) => day.map((outcome) => ({ ...outcome, rival: undefined })))
    expect(hasDecayed(watched(unknown, 60))).toBe(false)
  })

  test('is slower to believe outcomes that are alike within a day', () => {
    const [day] = daysOf(5, 0, (score) => score - 2)
    const alone = watchDay(FRESH_WATCH, day ?? [], INDEPENDENT)
    const alike = watchDay(FRESH_WATCH, day ?? [], { dispersion: 4 })
    expect(alike.largestEvidence).toBeLessThan(alone.largestEvidence)
  })

  test('keeps what it called, and says the same of one day told as it was', () => {
    const days = [...Array(60).keys()].map(() => [{ probability: 0.9, label: 0, rival: undefined }])
    const called = watched(days, 60)
    expect(hasDecayed(called)).toBe(true)
    const after = watchDay(called, Array(50).fill({ probability: 0.9, label: 1, rival: undefined }), INDEPENDENT)
    expect(hasDecayed(after)).toBe(true)
    expect(JSON.parse(JSON.stringify(called))).toEqual(called)
    expect(called).toMatchObject({ days: 60, outcomes: 60 })
  })

  test('a day of one bet adds to each alternative what its likelihood says', () => {
    const watch = watchDay(FRESH_WATCH, [{ probability: 0.5, label: 1, rival: 0.8 }], INDEPENDENT)
    // The market: 0.8 against 0.5. A slope of 0 says 0.5 as well, and wins that have become rarer 1/(1 + e^0.6).
    const expected = [Math.log(1.6), 0, Math.log(2 / (1 + Math.exp(0.6)))]
    for (const ratio of expected) {
      expect(watch.logRatios[0]?.some((found) => Math.abs(found - ratio) < 1e-12)).toBe(true)
    }
    expect(watch.logRatios).toHaveLength(1)
  })

  test('nothing is staked twice: evidence begins at one, and stays there where no outcome says anything', () => {
    expect(FRESH_WATCH.evidence).toBe(1)
    expect(watched([[]], 1).evidence).toBeCloseTo(1, 12)
    expect(watched(Array(300).fill([]), 300).evidence).toBeCloseTo(1, 12)
  })

  test('never stakes more than everything, however many beginnings are tried', () => {
    const day = Array<ServedOutcome>(50).fill({ probability: 0.4, label: 1, rival: undefined })
    let watch = FRESH_WATCH
    // So alike that no outcome says anything: what is left is the sum of the shares.
    for (let look = 0; look < 1500; look++) watch = watchDay(watch, day, { dispersion: 1e12 })
    expect(watch.logRatios).toHaveLength(1500)
    expect(watch.evidence).toBeCloseTo(1, 6)
  })

  test('an outcome is expected to leave the evidence as it is where the probability holds', () => {
    const before = watched(
      daysOf(4, 7, (score) => score),
      7,
    )
    const evidenceAfter = (label: number) =>
      watchDay(before, [{ probability: 0.3, label, rival: 0.4 }], INDEPENDENT).evidence
    expect(0.3 * evidenceAfter(1) + 0.7 * evidenceAfter(0)).toBeCloseTo(before.evidence, 12)
  })

  test('tries a new beginning of decay after every fifty outcomes', () => {
    const days = Array(10).fill(Array(20).fill({ probability: 0.5, label: 1, rival: undefined }))
    expect(watched(days, 10).logRatios).toHaveLength(4)
  })

  test.each([
    [{ probability: 0, label: 1, rival: undefined }, 'probability_out_of_range'],
    [{ probability: Number.NaN, label: 1, rival: undefined }, 'probability_out_of_range'],
    [{ probability: 0.5, label: 1, rival: 1 }, 'probability_out_of_range'],
    [{ probability: 0.5, label: 0.5, rival: undefined }, 'label_not_binary'],
  ])('refuses %j', (outcome, code) => {
    expect(() => watchDay(FRESH_WATCH, [outcome], INDEPENDENT)).toThrow(expect.objectContaining({ code }))
  })

  test('refuses a dispersion below that of independent bets', () => {
    const refusal = expect.objectContaining({ code: 'dispersion_out_of_range' })
    expect(() => watchDay(FRESH_WATCH, [], { dispersion: 0.5 })).toThrow(refusal)
    expect(() => watchDay(FRESH_WATCH, [], { dispersion: Number.NaN })).toThrow(refusal)
  })
})
