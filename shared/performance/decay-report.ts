import * as z from 'zod'

const count = z.int().min(0)

/** A figure with its 95 % interval, errors clustered by day; both ends null where there are too few days to tell. */
export const intervalSchema = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })
export type Interval = z.infer<typeof intervalSchema>

/** How served probabilities came out, on bets that were won or lost. */
export const decayScoresSchema = z.object({
  n: z.int().min(1),
  /** UTC days of placement, which the intervals stand on. */
  days: z.int().min(1),
  winRate: z.number(),
  meanProbability: z.number(),
  logLoss: intervalSchema,
  brier: intervalSchema,
  /** Over ten bins of equal width; `chance` is what it comes to at most, 95 times in 100, where probabilities are right. */
  ece: intervalSchema.extend({ chance: z.number() }),
  /** Null where the bets cannot tell. */
  calibration: z.object({ slope: intervalSchema, intercept: intervalSchema }).nullable(),
  /** The market's probability of the same bets. */
  market: z.object({ logLoss: z.number(), brier: z.number() }),
  /** Log loss of what was served less that of the market: below zero where it knew better. */
  minusMarket: intervalSchema,
  /** Log loss to be expected where probabilities are right, −Σ(p ln p + (1 − p) ln(1 − p))/n, and what came less that. */
  expectedLogLoss: z.number(),
  minusExpected: intervalSchema,
})
export type DecayScores = z.infer<typeof decayScoresSchema>

/** One kind of bets: whether they win as often as they were served. */
export const decaySegmentSchema = z.object({
  by: z.enum(['sport', 'market', 'book', 'price']),
  name: z.string(),
  n: z.int().min(1),
  /** Wins less those served, per bet; interval as if probabilities were right but for a shift. */
  excess: intervalSchema,
  pValue: z.number().min(0).max(1),
  /** Adjusted over all segments (Benjamini and Hochberg). */
  adjustedPValue: z.number().min(0).max(1),
  isOff: z.boolean(),
})
export type DecaySegment = z.infer<typeof decaySegmentSchema>

const driftSchema = z.object({
  status: z.enum(['stable', 'drifted', 'insufficient_data']),
  severity: z.enum(['none', 'low', 'moderate', 'high']),
  /** Kolmogorov–Smirnov distance and its p-value; null where there are too few. */
  effect: z.number().nullable(),
  pValue: z.number().nullable(),
  rows: z.object({ reference: count, current: count }),
})
export type ServedDrift = z.infer<typeof driftSchema>

const scoreSetSchema = z.object({ n: count, logLoss: z.number(), brier: z.number(), ece: z.number() })

const ofFunctionSchema = z.object({
  /** Version of the deployed function; null on one machine. */
  functionVersion: z.string().nullable(),
  predictions: count,
  scores: decayScoresSchema.nullable(),
})

export const versionDecaySchema = z.object({
  modelVersion: z.string(),
  origin: z.enum(['own', 'demo']),
  isChampion: z.boolean(),
  /** Served within the days that were looked back on. */
  predictions: count,
  /** Bets placed on one: still open, settled (won or lost), and of these in the test. */
  bets: z.object({ open: count, settled: count, inTest: count }),
  /** Predictions that nobody bet on: they never get a result. */
  withoutBet: count,
  test: z.object({
    evidence: z.number(),
    largestEvidence: z.number(),
    threshold: z.number(),
    hasDecayed: z.boolean(),
    calledAt: z.iso.datetime().nullable(),
    looks: count,
    dispersion: z.number(),
  }),
  scores: decayScoresSchema.nullable(),
  /** On bets that nothing was learned from, when it was trained; null where its card is gone. */
  training: z.object({ model: scoreSetSchema, implied: scoreSetSchema }).nullable(),
  byFunction: z.array(ofFunctionSchema),
  segments: z.array(decaySegmentSchema),
  /** While results are late: log loss to be expected of everything served, and of what awaits its result. */
  expected: z.object({
    served: z.object({ n: count, logLoss: z.number().nullable() }),
    open: z.object({ n: count, logLoss: z.number().nullable() }),
  }),
  /** Served probabilities of the last days against those before, and of the newest function version against the others. */
  servedDrift: z.object({ overTime: driftSchema, betweenFunctions: driftSchema.nullable() }),
  /** Predictions that stood on features older than they may be. */
  stale: z.object({
    predictions: count,
    share: z.number().nullable(),
    features: z.array(z.object({ name: z.string(), predictions: count })),
  }),
})
export type VersionDecay = z.infer<typeof versionDecaySchema>

export const decayReportSchema = z.object({
  format: z.literal('closeline-decay-report/1'),
  at: z.iso.datetime(),
  /** Days of the prediction log that were looked back on, lines that could not be read, whether there were too many. */
  lookedBackDays: count,
  unreadable: count,
  isCut: z.boolean(),
  /** The champion first, then by predictions. */
  versions: z.array(versionDecaySchema),
})

/** What became of the predictions that were served, by model version. */
export type DecayReport = z.infer<typeof decayReportSchema>
