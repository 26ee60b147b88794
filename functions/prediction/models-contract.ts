import * as z from 'zod'
import { ALIAS_NAMES } from '../../shared/registry/alias.ts'
import { SERVED_FROM } from '../../shared/usecases/served-from.ts'
import { modelMode } from './model-mode.ts'
import { checksSchema, instant, summary, version } from './models-summary-contract.ts'

export const modelInfoSchema = z
  .object({
    metadata: z
      .object({
        model_version: version,
        training_date: instant('When it was registered'),
        recipe_revision: z.int().meta({ description: 'Revision of the recipe that trained it.', example: 3 }),
        seed: z.int().meta({ description: 'Seed of all chance in its training.', example: 42 }),
        members: z
          .array(
            z.object({
              name: z.string().meta({ description: 'Name of the member.', example: 'market' }),
              weight: z.number().meta({ description: 'Weight of its log-odds.', example: 1 }),
              trees: z.int().min(0).meta({ description: 'Trees in it.', example: 0 }),
            }),
          )
          .meta({ description: 'What its log-odds are made of.', example: [{ name: 'market', weight: 1, trees: 0 }] }),
        onnx_sha256: z
          .string()
          .meta({ description: 'Digest of the file that runs.', example: '0f3a9c2b71de0f3a9c2b71de' }),
        onnx_bytes: z.int().min(1).meta({ description: 'Its size.', example: 48213 }),
      })
      .meta({
        description: 'Of its making.',
        example: {
          model_version: 'blend-0f3a9c2b71de',
          training_date: '2026-03-01T02:00:00.000Z',
          recipe_revision: 3,
          seed: 42,
          members: [{ name: 'market', weight: 1, trees: 0 }],
          onnx_sha256: '0f3a9c2b71de0f3a9c2b71de',
          onnx_bytes: 48213,
        },
      }),
    feature_names: z
      .array(z.string())
      .meta({ description: 'Inputs, in the order of the model.', example: ['market_log_odds', 'is_live'] }),
    feature_count: z.int().min(0).meta({ description: 'How many they are.', example: 2 }),
    feature_importance: z
      .array(
        z.object({
          feature: z.string().meta({ description: 'An input.', example: 'market_log_odds' }),
          mean_absolute: z.number().min(0).meta({ description: 'In log-odds.', example: 0.52 }),
        }),
      )
      .meta({
        description: 'Mean absolute contribution of each input to the log-odds over the test bets, the largest first.',
        example: [{ feature: 'market_log_odds', mean_absolute: 0.52 }],
      }),
    loaded_at: instant('When this process read it').meta({
      description: 'When this process took it into service, UTC.',
      example: '2026-03-01T02:00:05.000Z',
    }),
    encoders: z.record(z.string(), z.array(z.string())).meta({
      description:
        'Names behind the codes of inputs that are names: the first has code 1, and what is not listed code 0.',
      example: { sport: ['Basketball', 'Tennis'] },
    }),
    model_mode: modelMode,
    ...summary,
    checks: checksSchema,
    features_as_of: instant('When the ledger behind the features was last read'),
    served_from: z.enum(SERVED_FROM).meta({
      description: '`memory` where nobody could make sure lately that this is the newest.',
      example: 'current',
    }),
  })
  .meta({ id: 'ModelInfo' })

export type ModelInfoBody = z.infer<typeof modelInfoSchema>

const DEFAULT_LIMIT = 20

export const modelsQuerySchema = z.object({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, { error: 'is a whole number from 1 to 100' })
    .default(String(DEFAULT_LIMIT))
    .transform(Number)
    .pipe(z.int().min(1, { error: 'is at least 1' }).max(100, { error: 'is at most 100' }))
    .meta({ description: 'How many models, and how many moves, 1 to 100.', example: '20' }),
})

const aliasName = z.enum(ALIAS_NAMES)

const moveSchema = z
  .object({
    alias: aliasName.meta({ description: '`champion` serves, `challenger` was trained last.', example: 'champion' }),
    version,
    since: instant('Since when'),
    reason: z.string().meta({ description: 'Why it was moved.', example: 'it passed every check' }),
    previous: z.string().nullable().meta({ description: 'Version before; null for the first.', example: null }),
  })
  .meta({ id: 'AliasMove' })

export const modelsSchema = z
  .object({
    models: z
      .array(
        z
          .object({
            ...summary,
            aliases: z.array(aliasName).meta({ description: 'What stands for this version.', example: ['champion'] }),
          })
          .meta({ id: 'ModelSummary' }),
      )
      .meta({ description: 'The newest first.' }),
    total: z.int().min(0).meta({ description: 'Models in the registry.', example: 4 }),
    aliases: z.array(moveSchema).meta({ description: 'What each alias stands for; one that is not set is left out.' }),
    moves: z.array(moveSchema).meta({ description: 'Moves of aliases, the latest first.' }),
    moves_total: z.int().min(0).meta({ description: 'Moves on record.', example: 6 }),
    read_at: instant('When the registry was last read'),
  })
  .meta({ id: 'Models' })

export type ModelsBody = z.infer<typeof modelsSchema>

const nullableVersion = z.string().nullable()

export const reloadSchema = z
  .object({
    status: z
      .literal('success')
      .meta({ description: 'All that is there serves; else the answer is 503.', example: 'success' }),
    message: z
      .string()
      .meta({ description: 'What happened.', example: 'model blend-0f3a9c2b71de goes on serving: it is the newest' }),
    model_mode: modelMode,
    model: z
      .object({
        before: nullableVersion.meta({
          description: 'Version in service before; null where none was.',
          example: 'blend-0f3a9c2b71de',
        }),
        after: z.string().meta({ description: 'Version in service now.', example: 'blend-0f3a9c2b71de' }),
      })
      .meta({ description: 'The bet model.', example: { before: null, after: 'blend-0f3a9c2b71de' } }),
    markets: z
      .object({
        before: instant('Last').nullable().meta({
          description: 'State of the market model in service before, UTC; null where none was.',
          example: null,
        }),
        after: instant('Now').nullable().meta({
          description: 'State of the one in service now, UTC; null where none has been trained.',
          example: '2026-03-01T02:00:00.000Z',
        }),
      })
      .meta({
        description: 'The market model, told by the instant it was learned up to.',
        example: { before: null, after: null },
      }),
  })
  .meta({ id: 'Reload' })

export type ReloadBody = z.infer<typeof reloadSchema>
