import type { Table } from '../drift/table.ts'
import { daysOf } from '../drift/table.ts'

const DAY_MS = 86_400_000

/** Weeks of a year, so that the same days of the week are compared. */
const YEAR_DAYS = 364

/** Days of UTC, [fromDay, toDay), numbered from the epoch. */
export interface DayWindow {
  fromDay: number
  toDay: number
}

/**
 * The latest window of a ledger: so many days up to today, or up to its newest bet where that is older. That bets have
 * ceased to come is for the freshness of the data to tell, not for drift.
 */
export function currentWindow({ days }: Table, windowDays: number, nowMs: number): DayWindow {
  const today = dayOf(nowMs)
  const toDay = Math.min(today, days.at(-1) ?? today) + 1
  return { fromDay: toDay - windowDays, toDay }
}

/** The same days a year before, to the week; undefined where they would reach into the window itself. */
export function lastYearOf({ fromDay, toDay }: DayWindow): DayWindow | undefined {
  if (toDay - YEAR_DAYS > fromDay) return undefined
  return { fromDay: fromDay - YEAR_DAYS, toDay: toDay - YEAR_DAYS }
}

/** The rows of a window. */
export function rowsWithin(table: Table, { fromDay, toDay }: DayWindow): Table {
  return daysOf(table, fromDay, toDay)
}

/** Day of UTC of an instant, numbered from the epoch. */
export function dayOf(instantMs: number): number {
  return Math.floor(instantMs / DAY_MS)
}

/** A day as `2026-03-01`. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}
