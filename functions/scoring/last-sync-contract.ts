import * as z from 'zod'
import { instantField } from './bets-fields.ts'

export const lastSyncBodySchema = z
  .object({
    success: z.literal(true).meta({ description: 'For clients that read it.', example: true }),
    last_sync: instantField('When a bet of the ledger last came or changed; up to five seconds old.'),
  })
  .meta({ id: 'LastSync' })
