import * as z from 'zod'
import { windowsSchema } from './dashboard.ts'
import { servedCalibrationSchema } from './served-calibration.ts'

/** Where the scoring function finds the dashboard. */
export const DASHBOARD_SNAPSHOT_KEY = 'online/dashboard.json'

/** The dashboard of a ledger, as it is served from memory. */
export const dashboardSnapshotSchema = z.object({
  format: z.literal('closeline-dashboard/1'),
  ledgerSha256: z.string().length(64),
  origin: z.enum(['own', 'demo']),
  /** When the ledger was last read. */
  lookedAt: z.iso.datetime(),
  /** Currency of all money in it; null where there is none, or more than one, whose money is then left out. */
  currency: z.string().nullable(),
  windows: windowsSchema,
  /** What came of the predictions that were served of late. */
  served: servedCalibrationSchema.extend({
    /** Days that were looked back over. */
    withinDays: z.int().min(1),
    /** Lines of the log that cannot be read, and whether older ones were left unread since there are too many. */
    unreadable: z.int().min(0),
    isCut: z.boolean(),
  }),
})

export type DashboardSnapshot = z.infer<typeof dashboardSnapshotSchema>
