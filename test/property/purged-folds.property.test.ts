import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LabelTimes, PurgedFold } from '../../shared/evaluation/purged-folds.ts'
import { purgedBlocks, purgedLearningRows, purgedWalkForward } from '../../shared/evaluation/purged-folds.ts'
import { DomainError } from '../../shared/kernel/errors.ts'

/** Rows with equal instants, labels that take long, and some that are never known. */
const times = fc
  .array(
    fc.record({
      madeAt: fc.integer({ min: 0, max: 60 }),
      lag: fc.oneof(
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 40 }),
        fc.constant(Number.POSITIVE_INFINITY),
      ),
    }),
    { minLength: 8, maxLength: 60 },
  )
  .map((list) => list.sort((a, b) => a.madeAt - b.madeAt))
  .map((list) => ({
    madeAtMs: Float64Array.from(list, ({ madeAt }) => madeAt),
    knownAtMs: Float64Array.from(list, ({ madeAt, lag }) => madeAt + lag),
  }))
const embargoMs = fc.integer({ min: 0, max: 6 })

/** Span from the first row made to the last label known of the rows given. */
function spanOf({ madeAtMs, knownAtMs }: LabelTimes, rows: Iterable<number>) {
  const list = [...rows]
  return {
    from: Math.min(...list.map((r) => madeAtMs[r] ?? Number.NaN)),
    to: Math.max(...list.map((r) => knownAtMs[r] ?? Number.NaN)),
  }
}

function expectApart(all: LabelTimes, fold: PurgedFold, embargo: number): void {
  const test = Array.from({ length: fold.testEnd - fold.testBegin }, (_, i) => fold.testBegin + i)
  const block = spanOf(all, test)
  for (const r of fold.learn) {
    const row = spanOf(all, [r])
    expect(row.to < block.from - embargo || row.from > block.to + embargo).toBe(true)
  }
}

/** The folds, or none where nothing is left to learn from; any error but that fails the property. */
function foldsOf(make: () => PurgedFold[]): PurgedFold[] {
  try {
    return make()
  } catch (error) {
    if (error instanceof DomainError && error.code === 'too_few_rows') return []
    throw error
  }
}

test('no label that is learned from overlaps the test block or its embargo', () => {
  let checked = 0
  fc.assert(
    fc.property(times, embargoMs, fc.integer({ min: 2, max: 5 }), (all, embargo, count) => {
      const walk = foldsOf(() => purgedWalkForward(all, count, { embargoMs: embargo }))
      const blocks = foldsOf(() => purgedBlocks(all, count, { embargoMs: embargo }))
      for (const fold of [...walk, ...blocks]) {
        expectApart(all, fold, embargo)
        checked += fold.learn.length
      }
      for (const fold of walk) expect(fold.learn.every((r) => r < fold.testBegin)).toBe(true)
    }),
    { numRuns: 300 },
  )
  expect(checked).toBeGreaterThan(500)
})

test('every row that does not overlap is learned from', () => {
  fc.assert(
    fc.property(times, embargoMs, fc.nat(), fc.nat(), (all, embargo, a, b) => {
      const n = all.madeAtMs.length
      const testBegin = a % n
      const fold = { testBegin, testEnd: testBegin + 1 + (b % (n - testBegin)) }
      const learn = purgedLearningRows(all, fold, { embargoMs: embargo, learnAfter: true })
      const block = spanOf(
        all,
        Array.from({ length: fold.testEnd - testBegin }, (_, i) => testBegin + i),
      )
      const free = Array.from({ length: n }, (_, r) => r).filter((r) => {
        const row = spanOf(all, [r])
        return (
          (r < testBegin && row.to < block.from - embargo && row.from < block.from) ||
          (r >= fold.testEnd && row.from > block.to + embargo)
        )
      })
      expect(Array.from(learn)).toEqual(free)
    }),
  )
})
