import * as z from 'zod'
import { BET_TYPES } from '../bets/bet.ts'
import { createIsoWriter } from '../kernel/iso-time.ts'

const probability = z.number().min(0).max(1)

/** One prediction as it was served, a line of the prediction log: what decay is judged by once the bet has settled. */
export const servedPredictionSchema = z.object({
  format: z.literal('closeline-prediction/1'),
  id: z.string(),
  requestId: z.string(),
  /** Place in the request: 0 for a single prediction. */
  index: z.int().min(0),
  /** The API key that asked; null where none was needed. */
  keyId: z.string().nullable(),
  at: z.iso.datetime(),
  modelVersion: z.string(),
  /** Version of the deployed function; null on one machine. */
  functionVersion: z.string().nullable(),
  origin: z.enum(['own', 'demo']),
  sport: z.string(),
  league: z.string(),
  market: z.string(),
  book: z.string(),
  betType: z.enum(BET_TYPES),
  isLive: z.boolean(),
  /** Price asked about. */
  decimalOdds: z.number().gt(1),
  /** Closing-line value in per cent as the caller sent it; never an input. */
  clvPct: z.number().nullable(),
  /** The model's inputs by name, null for a missing value. */
  features: z.record(z.string(), z.number().nullable()),
  winProbability: probability,
  /** Expected net return per unit staked. */
  expectedReturn: z.number(),
  confidence: probability,
  grade: z.string(),
  staleFeatures: z.array(z.string()),
  latencyMs: z.number().min(0),
})

export type ServedPrediction = z.infer<typeof servedPredictionSchema>

/** A prediction as it is handed to the log, which makes the line of it. */
export interface LoggedPrediction
  extends Omit<ServedPrediction, 'format' | 'id' | 'at' | 'functionVersion' | 'features'> {
  atMs: number
  featureNames: readonly string[]
  /** In the order of the names, NaN where missing. */
  featureValues: Float32Array
}

const timeOf = createIsoWriter()

/** The JSON of a {@link ServedPrediction}. Made of parts: an object of so many features would take ten times as long. */
export function servedPredictionLine(
  entry: LoggedPrediction,
  { id, functionVersion }: Pick<ServedPrediction, 'id' | 'functionVersion'>,
): string {
  const told: Omit<ServedPrediction, 'features'> = {
    format: 'closeline-prediction/1',
    id,
    requestId: entry.requestId,
    index: entry.index,
    keyId: entry.keyId,
    at: timeOf(entry.atMs),
    modelVersion: entry.modelVersion,
    functionVersion,
    origin: entry.origin,
    sport: entry.sport,
    league: entry.league,
    market: entry.market,
    book: entry.book,
    betType: entry.betType,
    isLive: entry.isLive,
    decimalOdds: entry.decimalOdds,
    clvPct: entry.clvPct,
    winProbability: entry.winProbability,
    expectedReturn: entry.expectedReturn,
    confidence: entry.confidence,
    grade: entry.grade,
    staleFeatures: entry.staleFeatures,
    latencyMs: entry.latencyMs,
  }
  return `${JSON.stringify(told).slice(0, -1)},"features":${featuresJson(entry)}}`
}

/** The beginning of each feature's member, by list of names. */
const memberBegins = new WeakMap<readonly string[], readonly string[]>()

function featuresJson({ featureNames, featureValues }: LoggedPrediction): string {
  const begins =
    memberBegins.get(featureNames) ?? featureNames.map((name, f) => `${f > 0 ? ',' : ''}${JSON.stringify(name)}:`)
  memberBegins.set(featureNames, begins)
  let members = ''
  for (let f = 0; f < begins.length; f++) {
    const value = featureValues[f] as number
    members += `${begins[f]}${Number.isFinite(value) ? value : 'null'}`
  }
  return `{${members}}`
}

/** Folder of the log in the object store. */
export const PREDICTION_LOG_PREFIX = 'predictions/'

/** Where a batch of lines is kept, written once: NDJSON, by the UTC day of its first line. */
export function predictionLogKey(firstAtMs: number, batchId: string): string {
  const at = new Date(firstAtMs).toISOString()
  return `${PREDICTION_LOG_PREFIX}day=${at.slice(0, 10)}/${at.slice(11, 19).replaceAll(':', '')}-${batchId}.ndjson`
}
