import * as z from 'zod'

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

/** A version's scores on rows that nothing was learned from, beside the baselines that cost nothing. */
export const scoreboardSchema = z.object({
  testFrom: instant,
  testTo: instant,
  model: scores,
  implied: scores,
  recalibratedImplied: scores,
  modelMinusRecalibrated: z.object({ mean: z.number(), low: z.number(), high: z.number(), clusters: z.int() }),
})

export const VERDICTS = ['beats_both_baselines', 'not_proven', 'baseline'] as const

/** All that is known of one model version; written once, beside its ONNX file. */
export const manifestSchema = z.object({
  format: z.literal('closeline-model/1'),
  version: z.string().regex(/^[a-z-]+-[0-9a-f]{12}$/),
  kind: z.enum(['market_trees', 'recalibrated_market']),
  createdAt: instant,
  onnx: z.object({ sha256, bytes: z.int().min(1) }),
  features: z.object({ hash: sha256, names: z.array(z.string()) }),
  ledger: z.object({
    sha256,
    origin: z.enum(['own', 'demo']),
    /** The pipeline run whose state the bets were read from; null where none is known. */
    lakeRunId: z.string().nullable().default(null),
    bets: z.int().min(1),
    /** Bets that the parameters were learned from. */
    learned: z.int().min(1),
    learnedFrom: instant,
    learnedTo: instant,
  }),
  /** What the quality gate said of the bets; null in manifests older than it. */
  dataQuality: z
    .object({ passed: z.boolean(), failed: z.array(z.string()) })
    .nullable()
    .default(null),
  recipe: z.object({
    revision: z.int(),
    seed: z.int(),
    trees: z.int().min(0),
    treeWeight: z.number(),
    params: z.record(z.string(), z.number()),
  }),
  scores: scoreboardSchema,
  verdict: z.enum(VERDICTS),
  /** Largest difference between ONNX and our own arithmetic over the test rows. */
  parity: z.object({ rows: z.int().min(1), largestDifference: z.number().min(0) }),
})

export type ModelManifest = z.infer<typeof manifestSchema>
export type StoredScoreboard = z.infer<typeof scoreboardSchema>
export type Verdict = (typeof VERDICTS)[number]
