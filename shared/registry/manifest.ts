import * as z from 'zod'
import { VERDICTS } from './gate.ts'
import { ROI_VERDICTS } from './roi-gate.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const instant = z.iso.datetime()

const scores = z.object({
  n: z.int().min(1),
  logLoss: z.number(),
  brier: z.number(),
  // One class in the test rows leaves AUC undefined, which JSON writes as null.
  auc: z.number().nullable(),
  ece: z.number(),
})

const difference = z.object({ mean: z.number(), low: z.number(), high: z.number(), clusters: z.int() })

/** A version's scores on rows that nothing was learned from, beside the baselines that cost nothing. */
export const scoreboardSchema = z.object({
  testFrom: instant,
  testTo: instant,
  model: scores,
  implied: scores,
  recalibratedImplied: scores,
  baseRate: scores,
  modelMinusImplied: difference,
  modelMinusRecalibrated: difference,
})

const check = z.object({ name: z.string(), passed: z.boolean(), detail: z.string() })
const parity = z.object({ rows: z.int().min(1), thresholdRows: z.int().min(0), largestDifference: z.number().min(0) })
const file = z.object({ sha256, bytes: z.int().min(1) })

const roiLosses = z.object({
  head: z.number(),
  constant: z.number(),
  priceImplied: z.number(),
  winProbability: z.number(),
})
const roiDifference = z.object({ robust: difference, squared: difference })

/** What became of predicting ROI by itself: whether it is served beside the win probability, and why. */
const roiHeadSchema = z
  .object({
    verdict: z.enum(ROI_VERDICTS),
    reason: z.string(),
    checks: z.array(check),
    /** Settled bets with a known return that it was learned from. */
    learned: z.int().min(0),
    /** Its trees and how far they are trusted; 0 where none earned weight. */
    trees: z.int().min(0),
    weight: z.number().min(0).max(1),
    /** On bets that nothing was learned from; null where it could not be scored. */
    scores: z
      .object({
        n: z.int().min(1),
        /** Huber's loss of returns in payouts, and squared error of returns per unit staked. */
        losses: z.object({ robust: roiLosses, squared: roiLosses }),
        /** Losses of the head less those of each rival. */
        headMinus: z.object({
          constant: roiDifference,
          priceImplied: roiDifference,
          winProbability: roiDifference,
        }),
      })
      .nullable(),
    /** Null where there is no file to hold against its trees. */
    parity: parity.nullable(),
    /** Its file beside the model's; null unless it is served. */
    onnx: file.nullable(),
  })
  .refine(({ verdict, onnx }) => (verdict === 'served') === (onnx !== null), {
    path: ['onnx'],
    message: 'a head has a file exactly where it is served',
  })

/** What every version is, whoever trained it. */
export const MODEL_KINDS = ['blend', 'recalibrated_market', 'imported'] as const

/** All that is known of one model version; written once, beside its ONNX file. */
export const manifestSchema = z.object({
  format: z.literal('closeline-model/2'),
  version: z.string().regex(/^[a-z-]+-[0-9a-f]{12}$/),
  kind: z.enum(MODEL_KINDS),
  createdAt: instant,
  /** Who trained it: this software, or the library or file that it was imported from. */
  source: z.object({ by: z.enum(['closeline', 'xgboost', 'lightgbm', 'onnx']), sha256: sha256.nullable() }),
  onnx: file,
  features: z.object({ hash: sha256, names: z.array(z.string()) }),
  /** Names behind the codes that the model asks for, by field: a ledger that gives them other codes does not fit. */
  codes: z.object({ sport: z.record(z.string(), z.int()), market: z.record(z.string(), z.int()) }),
  /** What was learned from; null where it was learned elsewhere. */
  ledger: z.object({
    sha256,
    origin: z.enum(['own', 'demo']),
    /** The pipeline run whose state the bets were read from; null where none is known. */
    lakeRunId: z.string().nullable().default(null),
    bets: z.int().min(1),
    /** Bets that the parameters were learned from; 0 where they were learned elsewhere. */
    learned: z.int().min(0),
    learnedFrom: instant.nullable(),
    learnedTo: instant.nullable(),
  }),
  /** What the quality gate said of the bets; null where nobody asked it. */
  dataQuality: z
    .object({ passed: z.boolean(), failed: z.array(z.string()) })
    .nullable()
    .default(null),
  recipe: z.object({
    revision: z.int(),
    seed: z.int(),
    /** Settings by name. */
    params: z.record(z.string(), z.unknown()),
  }),
  /** What the log-odds are made of. */
  members: z.array(z.object({ name: z.string(), weight: z.number(), trees: z.int().min(0) })),
  calibration: z.object({
    kind: z.string(),
    /** Cross-validated log loss of every kind that was tried. */
    trials: z.array(z.object({ kind: z.string(), logLoss: z.number().nullable() })),
  }),
  scores: scoreboardSchema,
  /** Mean absolute contribution of each feature to the log-odds over the test rows, the largest first. */
  contributions: z.array(z.object({ feature: z.string(), meanAbsolute: z.number().min(0) })),
  verdict: z.enum(VERDICTS),
  /** What was asked of it before it might serve, and what it answered. */
  checks: z.array(check),
  /** Largest difference between ONNX and our own arithmetic, over data rows and rows around every split. */
  parity,
  /** Mean milliseconds of a single prediction when it was registered. */
  latencyMs: z.number().min(0),
  /** A row and what the model says of it, null for a missing value: whoever loads it can try it. */
  probe: z.object({ features: z.array(z.number().nullable()), probability: z.number().min(0).max(1) }),
  /** Left out of versions that were imported, and of those from before there were ROI heads. */
  roiHead: roiHeadSchema.optional(),
})

export type ModelManifest = z.infer<typeof manifestSchema>
export type StoredRoiHead = z.infer<typeof roiHeadSchema>
export type StoredScoreboard = z.infer<typeof scoreboardSchema>
