import { describe, expect, test } from 'vitest'
import {
  beginDay,
  DAY_WINDOWS,
  dayOf,
  dayWindowSum,
  exportDayMarks,
  importDayMarks,
  lookUpDayWindows,
} from '../../../shared/features/day-marks.ts'
import type { Tally } from '../../../shared/features/tally.ts'
import { createTally } from '../../../shared/features/tally.ts'
import { DAY_TOTALS, PLACED, WINDOWS_ON, WINS } from '../../../shared/features/totals.ts'
import { createRng } from '../../../shared/kernel/random.ts'

/** A tally to which each day adds one placement and the square of the day's place in wins. */
interface Diary {
  tally: Tally
  days: number[]
}

function openDiary(days: readonly number[] = []): Diary {
  const diary: Diary = { tally: createTally(), days: [] }
  for (const day of days) add(diary, day)
  return diary
}

function add({ tally, days }: Diary, day: number): void {
  beginDay(tally, day)
  days.push(day)
  const { numbers } = tally
  numbers[PLACED] = days.length
  numbers[WINS] = (numbers[WINS] ?? 0) + days.length ** 2
}

/** What the windows hold, asked on a day. */
function windowsOf({ tally }: Diary, day: number): number[] {
  lookUpDayWindows(tally, day)
  return DAY_WINDOWS.flatMap((_, w) => [PLACED, WINS].map((total) => dayWindowSum(tally.numbers, w, total)))
}

function expectedWindows({ days }: Diary, asked: number): number[] {
  return DAY_WINDOWS.flatMap((length) => {
    const within = days.map((day, i) => (day > asked - length && day <= asked ? (i + 1) ** 2 : 0)).filter((x) => x > 0)
    return [within.length, within.reduce((sum, x) => sum + x, 0)]
  })
}

const LATER = [0, 1, 5, 6, 7, 8, 23, 29, 30, 31, 59, 82, 83, 89, 90, 91, 200]

test('a day begins at midnight UTC, before 1970 too', () => {
  expect([0, 86_399_999, 86_400_000, -1, -86_400_000, -86_400_001].map(dayOf)).toEqual([0, 0, 1, -1, -1, -2])
})

describe('windows over days', () => {
  test('are of 7, 30 and 90 days, that of the question included', () => {
    const diary = openDiary([100, 100, 101, 106])
    expect(windowsOf(diary, 106)).toEqual([4, 30, 4, 30, 4, 30])
    expect(windowsOf(diary, 107)).toEqual([2, 25, 4, 30, 4, 30])
    expect(windowsOf(diary, 108)).toEqual([1, 16, 4, 30, 4, 30])
    expect(windowsOf(diary, 113)).toEqual([0, 0, 4, 30, 4, 30])
    expect(windowsOf(diary, 130)).toEqual([0, 0, 2, 25, 4, 30])
    expect(windowsOf(diary, 190)).toEqual([0, 0, 0, 0, 2, 25])
    expect(windowsOf(diary, 196)).toEqual([0, 0, 0, 0, 0, 0])
  })

  test('are empty where nothing ever happened', () => {
    expect(windowsOf(openDiary(), 0)).toEqual([0, 0, 0, 0, 0, 0])
    expect(windowsOf(openDiary(), 20_000)).toEqual([0, 0, 0, 0, 0, 0])
  })

  test('are found anew after a day is added on which they were looked up', () => {
    const diary = openDiary([10])
    expect(windowsOf(diary, 20)).toEqual([0, 0, 1, 1, 1, 1])
    add(diary, 20)
    expect(windowsOf(diary, 20)).toEqual([1, 4, 2, 5, 2, 5])
    add(diary, 20)
    expect(windowsOf(diary, 20)).toEqual([2, 13, 3, 14, 3, 14])
    expect(windowsOf(diary, 50)).toEqual([0, 0, 0, 0, 3, 14])
    expect(windowsOf(diary, 20)).toEqual([2, 13, 3, 14, 3, 14])
  })

  const diaries: [string, readonly number[]][] = [
    ['every day of a year', Array.from({ length: 365 }, (_, i) => i)],
    ['many times a day', Array.from({ length: 400 }, (_, i) => 20_000 + Math.floor(i / 9))],
    ['every 89, 90 and 91 days', Array.from({ length: 30 }, (_, i) => 90 * i + (i % 3) - 1)],
    ['every seventh day', Array.from({ length: 60 }, (_, i) => 7 * i)],
    ['before and after 1970', Array.from({ length: 60 }, (_, i) => 3 * i - 90)],
    ['once a year', Array.from({ length: 12 }, (_, i) => 365 * i)],
  ]
  test.each(diaries)('are right on the day and on later ones, for what happens %s', (_, days) => {
    const diary = openDiary()
    for (const day of days) {
      add(diary, day)
      for (const later of LATER) expect(windowsOf(diary, day + later)).toEqual(expectedWindows(diary, day + later))
    }
  })

  test('are right for days drawn at random, with long gaps, read back now and then', () => {
    const rng = createRng(8)
    for (let trial = 0; trial < 40; trial++) {
      let diary = openDiary()
      let day = 19_000
      for (let i = 0; i < 80; i++) {
        day += rng.next() < 0.2 ? rng.integer(140) : rng.integer(4)
        add(diary, day)
        const later = day + rng.integer(100)
        expect(windowsOf(diary, later)).toEqual(expectedWindows(diary, later))
        if (rng.next() < 0.1) diary = { ...diary, tally: readBack(diary.tally, day) }
      }
    }
  })
})

function readBack(tally: Tally, asOf: number): Tally {
  const { days, rows } = exportDayMarks(tally, asOf)
  const numbers = tally.numbers.slice()
  numbers[WINDOWS_ON] = Number.NaN
  return { ...tally, numbers, dayMarks: importDayMarks(days, rows) }
}

describe('marks of days', () => {
  test('take no more room than ninety days need', () => {
    const marks = openDiary(Array.from({ length: 3000 }, (_, i) => i)).tally.dayMarks
    expect(marks.days.length).toBeLessThanOrEqual(256)
    expect(marks.rows.length).toBe(marks.days.length * DAY_TOTALS)
  })

  test('are written only as far as a later window can start from', () => {
    const { tally } = openDiary([10, 20, 30, 105])
    // The latest day has no mark yet.
    expect(exportDayMarks(tally, 105).days).toEqual([10, 20, 30])
    // Of what is older than the window, the last is where it starts.
    expect(exportDayMarks(tally, 110).days).toEqual([20, 30])
    expect(exportDayMarks(tally, 194).days).toEqual([30])
    expect(exportDayMarks(tally, 195).days).toEqual([])
  })

  test.each([105, 109, 110, 119, 120, 194, 195, 400])('written on day %d and read back go on alike', (asOf) => {
    const diary = openDiary([10, 20, 30, 105])
    const other = { ...diary, tally: readBack(diary.tally, asOf) }
    for (const later of LATER) {
      expect(windowsOf(other, asOf + later)).toEqual(expectedWindows(diary, asOf + later))
    }
    add(other, asOf + 3)
    for (const later of LATER) {
      expect(windowsOf(other, asOf + 3 + later)).toEqual(expectedWindows(other, asOf + 3 + later))
    }
  })

  test('written twice, or after they were read back, are the same', () => {
    const { tally } = openDiary(Array.from({ length: 300 }, (_, i) => 2 * i))
    for (const asOf of [598, 640, 687, 688, 689, 1000]) {
      expect(exportDayMarks(readBack(tally, asOf), asOf)).toEqual(exportDayMarks(tally, asOf))
    }
  })
})
