import type * as z from 'zod'
import { jsonOrUndefined } from '../kernel/json-text.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { ServedQuestion } from '../performance/match-served.ts'
import { PREDICTION_LOG_PREFIX, servedPredictionSchema } from '../performance/served-prediction.ts'

const DAY_MS = 86_400_000

/** Days of the log that are read: long enough for a season's month to settle. */
export const LOOKED_BACK_DAYS = 90

/** Predictions that are read at most, the latest first: beyond, a sample tells as much. */
export const MOST_PREDICTIONS = 100_000

/** Objects read at once. */
const READ_AT_ONCE = 16

const lineSchema = servedPredictionSchema.pick({
  ...{ format: true, at: true, origin: true, sport: true, league: true, market: true, book: true },
  ...{ betType: true, isLive: true, decimalOdds: true, winProbability: true },
  ...{ modelVersion: true, functionVersion: true, staleFeatures: true },
})

/** What is kept of a line of the log. */
export type PastPrediction = ServedQuestion &
  Pick<z.infer<typeof lineSchema>, 'origin' | 'modelVersion' | 'functionVersion' | 'staleFeatures'>

/** The predictions served in the last {@link LOOKED_BACK_DAYS} days, in no order. */
export async function readServedPredictions(
  objects: Pick<ObjectStore, 'get' | 'list'>,
  nowMs: number,
): Promise<{ predictions: PastPrediction[]; unreadable: number; isCut: boolean }> {
  const keys = (await keysSince(objects, nowMs)).reverse()
  const predictions: PastPrediction[] = []
  let unreadable = 0
  let begin = 0
  for (; begin < keys.length && predictions.length < MOST_PREDICTIONS; begin += READ_AT_ONCE) {
    const bodies = await Promise.all(keys.slice(begin, begin + READ_AT_ONCE).map((key) => objects.get(key)))
    for (const line of bodies.flatMap(linesOf)) {
      const prediction = parseLine(line)
      if (prediction === undefined) unreadable++
      else predictions.push(prediction)
    }
  }
  return { predictions, unreadable, isCut: begin < keys.length }
}

/** Keys of the log's objects of these days, in order of time; months are listed, so that old ones are not. */
async function keysSince(objects: Pick<ObjectStore, 'list'>, nowMs: number): Promise<string[]> {
  const dayOf = (instantMs: number) => new Date(instantMs).toISOString().slice(0, 10)
  const months = new Set<string>()
  for (let day = LOOKED_BACK_DAYS; day >= 0; day--) months.add(dayOf(nowMs - day * DAY_MS).slice(0, 7))
  const listed = await Promise.all(Array.from(months, (month) => objects.list(`${PREDICTION_LOG_PREFIX}day=${month}-`)))
  const oldest = `${PREDICTION_LOG_PREFIX}day=${dayOf(nowMs - LOOKED_BACK_DAYS * DAY_MS)}`
  return listed.flat().filter((key) => key >= oldest)
}

function linesOf(body: Uint8Array | undefined): string[] {
  return body === undefined
    ? []
    : new TextDecoder()
        .decode(body)
        .split('\n')
        .filter((line) => line !== '')
}

/** Undefined where a line is no prediction: a process may have died over it. */
function parseLine(line: string): PastPrediction | undefined {
  const parsed = lineSchema.safeParse(jsonOrUndefined(line))
  if (!parsed.success) return undefined
  const { format: _, at, ...prediction } = parsed.data
  return { ...prediction, atMs: Date.parse(at) }
}
