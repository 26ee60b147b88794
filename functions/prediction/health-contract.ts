import * as z from 'zod'
import { modelMode } from './model-mode.ts'

export const healthSchema = z
  .object({
    status: z.enum(['healthy', 'degraded']).meta({
      description: '`degraded` where the newest model could not be loaded, or none.',
      example: 'healthy',
    }),
    models_loaded: z.boolean().meta({ description: 'Whether any model serves.', example: true }),
    model_timestamp: z.iso.datetime().nullable().meta({
      description: 'When the model in service was registered, UTC; null where none serves.',
      example: '2026-03-01T02:00:00.000Z',
    }),
    model_version: z.string().nullable().meta({
      description: 'Its version; null where none serves.',
      example: 'blend-0f3a9c2b71de',
    }),
    model_mode: modelMode,
    features_as_of: z.iso.datetime().nullable().meta({
      description: 'When the ledger behind the features was last read, UTC; null where none serves.',
      example: '2026-03-01T14:00:00.000Z',
    }),
    markets_loaded: z.boolean().meta({ description: 'Whether a market model is in memory.', example: true }),
    data: z.enum(['own', 'demo']).nullable().meta({
      description: '`demo` where the ledger is simulated; null where no model serves.',
      example: 'own',
    }),
    environment: z.string().meta({ description: 'Where it runs.', example: 'local' }),
    version: z.string().meta({ description: 'Version of the software.', example: '0.6.0' }),
    uptime_seconds: z.number().min(0).meta({ description: 'Age of the process.', example: 86_400.5 }),
  })
  .meta({ id: 'Health' })

export type HealthBody = z.infer<typeof healthSchema>

export const readySchema = z
  .object({
    status: z.literal('ready').meta({ description: 'The newest model serves.', example: 'ready' }),
    model_version: z.string().meta({ description: 'Its version.', example: 'blend-0f3a9c2b71de' }),
    model_mode: modelMode,
    inference_ms: z.number().min(0).meta({ description: 'How long the inference just run took.', example: 0.31 }),
  })
  .meta({ id: 'Ready' })

export const liveSchema = z
  .object({ status: z.literal('alive').meta({ description: 'The process answers.', example: 'alive' }) })
  .meta({ id: 'Live' })
