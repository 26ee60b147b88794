import { describe, expect, test } from 'vitest'
import type { LearningRows } from '../../../shared/recipe/dataset.ts'
import { sliceRows } from '../../../shared/recipe/dataset.ts'
import { judgingWindows } from '../../../shared/recipe/windows.ts'
import { drawnRows, tamperedRows } from '../../support/learning-rows.ts'

const HOUR_MS = 3_600_000
const numbersOf = ({ ledgerRows }: LearningRows) => Array.from(ledgerRows)
const range = (begin: number, end: number) => Array.from({ length: end - begin }, (_, i) => begin + i)
const sizes = (rows: LearningRows) =>
  judgingWindows(rows).map(({ learn, judge }) => [learn.labels.length, judge.labels.length])

describe('judgingWindows', () => {
  const rows = drawnRows(2000)

  test('judge three stretches of the later 60 %, each by the rows before it whose results were known', () => {
    const windows = judgingWindows(rows)
    expect(windows.map(({ judge }) => numbersOf(judge))).toEqual([
      range(800, 1200),
      range(1200, 1600),
      range(1600, 2000),
    ])
    // Known three hours after placement, and only what was known before counts: the last three are out.
    expect(windows.map(({ learn }) => numbersOf(learn))).toEqual([range(0, 797), range(0, 1197), range(0, 1597)])
  })

  test('leave out a row that was placed before a stretch and settled after it began', () => {
    const late = { ...rows, knownAtMs: rows.knownAtMs.with(10, 1400 * HOUR_MS) }
    const [first, second, third] = judgingWindows(late).map(({ learn }) => numbersOf(learn))
    expect(first).not.toContain(10)
    expect(second).not.toContain(10)
    expect(third).toContain(10)
  })

  test('leave out a row whose result came the moment a stretch began, or never', () => {
    const knownAtMs = rows.knownAtMs.with(10, 800 * HOUR_MS).with(11, Number.POSITIVE_INFINITY)
    const [first = [], second = []] = judgingWindows({ ...rows, knownAtMs }).map(({ learn }) => numbersOf(learn))
    expect(first).not.toContain(10)
    expect(second).toContain(10)
    expect(second).not.toContain(11)
  })

  test('are scored by a base that was fitted on the rows before alone', () => {
    const [, second] = judgingWindows(rows)
    const [, other] = judgingWindows(tamperedRows(rows, (r) => r >= 1600))
    expect(other?.base).toEqual(second?.base)
    expect(other?.learnBase).toEqual(second?.learnBase)
    expect(judgingWindows(tamperedRows(rows, (r) => r < 1000))[1]?.base).not.toEqual(second?.base)
    expect(second?.base.length).toBe(400)
    expect(second?.learnBase.length).toBe(1197)
  })

  test('are fewer where the history begins with bets that all came at one instant', () => {
    const imported = (n: number, before: number) => {
      const all = drawnRows(n)
      const at = (hours: Float64Array) => hours.map((instant, r) => (r < before ? 0 : instant))
      return {
        ...all,
        placedAtMs: at(all.placedAtMs),
        knownAtMs: at(all.knownAtMs).map((t, r) => (r < before ? 1 : t)),
      }
    }
    // The stretches begin at rows 1600, 2400 and 3200: none may learn from bets of its own instant.
    expect(sizes(imported(4000, 3500))).toEqual([])
    expect(sizes(imported(4000, 3000))).toEqual([[3197, 800]])
    expect(sizes(imported(4000, 2000))).toEqual([
      [2397, 800],
      [3197, 800],
    ])
    expect(sizes(imported(4000, 100))).toHaveLength(3)
  })

  test('need 500 rows to learn from', () => {
    // 0.6 · 838 = 502 rows, 499 known; 0.6 · 840 = 504 rows, 501 known.
    expect(sizes(sliceRows(rows, 0, 838))).toEqual([[667, 168]])
    expect(sizes(sliceRows(rows, 0, 840))).toEqual([
      [501, 168],
      [669, 168],
    ])
    expect(sizes(sliceRows(rows, 0, 500))).toEqual([])
  })

  test('need wins and losses to learn from', () => {
    const labels = rows.labels.map((label, r) => (r < 1300 ? 1 : label))
    expect(sizes({ ...rows, labels })).toEqual([[1597, 400]])
  })

  test.each([0, 1, 2, 3])('are none of %d rows', (n) => {
    expect(judgingWindows(sliceRows(rows, 0, n))).toEqual([])
  })
})
