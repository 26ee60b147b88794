import * as z from 'zod'

export const scoringHealthSchema = z
  .object({
    status: z.enum(['healthy', 'degraded']).meta({
      description: '`degraded` where there is no record of the ledger to score by.',
      example: 'healthy',
    }),
    timestamp: z.iso.datetime().meta({ description: 'Now, UTC.', example: '2026-03-01T14:03:12.120Z' }),
    supabase_configured: z.boolean().meta({
      description: 'Whether address and key of the database are set; says nothing of whether it answers.',
      example: true,
    }),
    record_loaded: z.boolean().meta({ description: 'Whether a record of the ledger is in memory.', example: true }),
    record_as_of: z.iso.datetime().nullable().meta({
      description: 'When the ledger behind it was last read, UTC; null where none is in memory.',
      example: '2026-03-01T14:00:00.000Z',
    }),
    served_from: z.enum(['current', 'memory']).nullable().meta({
      description:
        '`memory` where nobody could make sure lately that the record is the newest; null where there is none.',
      example: 'current',
    }),
    database: z.enum(['reachable', 'unreachable', 'unknown']).meta({
      description: 'As the last request that needed it found it; `unknown` where none has yet. Nobody is sent to look.',
      example: 'reachable',
    }),
    database_seen_at: z.iso.datetime().nullable().meta({
      description: 'When that was, UTC; null where it is unknown.',
      example: '2026-03-01T14:02:58.000Z',
    }),
    version: z.string().meta({ description: 'Version of the software.', example: '0.6.0' }),
  })
  .meta({ id: 'ScoringHealth' })

export type ScoringHealthBody = z.infer<typeof scoringHealthSchema>
