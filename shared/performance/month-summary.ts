import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { dashboardPart, dashboardPartSchema } from './dashboard-part.ts'
import { recordPartSchema, summariseBets } from './record-part.ts'

/**
 * Raised when what a month adds to record or dashboard is worked out otherwise: months of another revision are made
 * anew.
 */
export const SUMMARY_REVISION = 2

/** What the bets of one month add to the bettor's record and to the dashboard. */
export const monthSummarySchema = z.object({
  format: z.literal(`closeline-month/${SUMMARY_REVISION}`),
  record: recordPartSchema,
  dashboard: dashboardPartSchema,
})

export type MonthSummary = z.infer<typeof monthSummarySchema>

/** @param bets  of one month, in order of placement */
export function summariseMonth(bets: readonly Bet[]): MonthSummary {
  return {
    format: `closeline-month/${SUMMARY_REVISION}`,
    record: summariseBets(bets),
    dashboard: dashboardPart(bets),
  }
}
