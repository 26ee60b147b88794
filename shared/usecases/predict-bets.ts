import { onlineVector } from '../features/online.ts'
import { DomainError, UpstreamError } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import { decimalFromAmerican } from '../odds/convert.ts'
import { isWithinPriceRange } from '../recipe/dataset.ts'
import type { BetPrediction, BetQuestion, PredictionBasis } from './bet-prediction.ts'
import { concludeFrom } from './bet-prediction.ts'
import { expectedReturns } from './roi-scorer.ts'
import { servedFrom } from './served-from.ts'
import type { LoadedModel, ServingModel } from './serving-model.ts'

export interface PredictDeps {
  model: ServingModel
  clock: Clock
}

/** The answers to some questions, all by one model at one instant. */
export interface BetAnswers {
  loaded: LoadedModel
  /** In the order of the questions. */
  predictions: BetPrediction[]
  /** What the model was asked with, row-major, [questions, features]; NaN where missing. */
  values: Float32Array
}

/**
 * Predicts win probabilities of bets, and what follows from them and the prices: the model runs once for all.
 *
 * Each answer is, to the bit, the one that its question gets alone.
 *
 * @throws {DomainError} `odds_out_of_range` where a price is none that models are trained on
 * @throws {UpstreamError} where no model is in service
 */
export async function predictBets(deps: PredictDeps, questions: readonly BetQuestion[]): Promise<BetAnswers> {
  const loaded = modelInService(deps.model)
  const decimalOdds = questions.map(pricedWithinRange)
  const predictedAtMs = deps.clock()
  const { values, bases } = gather(deps.model, loaded, { questions, decimalOdds, predictedAtMs })
  const probabilities = await loaded.scorer.score(values, questions.length)
  const { roiScorer } = loaded
  const expected = roiScorer === undefined ? undefined : await expectedReturns(roiScorer, values, decimalOdds)
  const predictions = bases.map((basis, i) =>
    concludeFrom(probabilities[i], decimalOdds[i] as number, basis, expected?.[i]),
  )
  return { loaded, predictions, values }
}

/** The model in service, which is looked after in the background. @throws {UpstreamError} where there is none */
export function modelInService(model: ServingModel): LoadedModel {
  model.refreshIfStale()
  const loaded = model.current()
  if (loaded !== undefined) return loaded
  const explanation = `no model is in service: ${model.problem() ?? 'none has been loaded yet'}`
  throw new UpstreamError('model', explanation, { explanation })
}

interface Asked {
  questions: readonly BetQuestion[]
  decimalOdds: readonly number[]
  predictedAtMs: number
}

/** The rows that the model is asked with, and what each stands on. */
function gather(
  model: ServingModel,
  { manifest, inputs, snapshot }: LoadedModel,
  { questions, decimalOdds, predictedAtMs }: Asked,
): { values: Float32Array; bases: PredictionBasis[] } {
  const width = inputs.names.length
  const isOne = questions.length === 1
  let values: Float32Array = new Float32Array(isOne ? 0 : questions.length * width)
  const source = servedFrom(model, predictedAtMs)
  const bases = questions.map((question, i) => {
    const { sport, league, market, book, betType, isLive } = question
    const bet = { sport, league, market, book, betType, isLive, decimalOdds: decimalOdds[i] as number }
    const features = onlineVector(snapshot, inputs, bet, predictedAtMs)
    if (isOne) values = features.values
    else values.set(features.values, i * width)
    return {
      historyBets: features.historyBets,
      staleFeatures: features.stale,
      featuresAsOfMs: features.lookedAtMs,
      modelVersion: manifest.version,
      origin: snapshot.origin,
      servedFrom: source,
      predictedAtMs,
    }
  })
  return { values, bases }
}

function pricedWithinRange({ americanOdds }: BetQuestion): number {
  const decimalOdds = decimalFromAmerican(americanOdds)
  if (isWithinPriceRange(decimalOdds)) return decimalOdds
  throw new DomainError(
    'odds_out_of_range',
    `american odds ${americanOdds}: models are trained on prices from -10000 to +10000`,
    { field: 'odds' },
  )
}
