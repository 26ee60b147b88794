import type { Bet } from '../bets/bet.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Clock, ObjectStore, Progress } from '../kernel/ports.ts'
import { servedModel } from '../market-model/decide-basis.ts'
import type { MarketEvaluation } from '../market-model/evaluate-markets.ts'
import { evaluateMarkets } from '../market-model/evaluate-markets.ts'
import { fitMarkets } from '../market-model/fit-markets.ts'
import { marketRows } from '../market-model/market-rows.ts'
import type { MarketsModel } from '../market-model/markets-model.ts'
import { decodeMarkets, encodeMarkets } from '../market-model/snapshot.ts'

/** Where the market model that serves is kept; replaced whole. */
export const MARKETS_KEY = 'models/markets.json'

export interface MarketsDeps {
  objects: ObjectStore
  clock: Clock
  progress: Progress
}

/** What was learned of markets, and what shows that it may be believed. */
export interface MarketsReport {
  model: MarketsModel
  /** Undefined where nobody asked for it, or the bets are too few. */
  evaluation: MarketEvaluation | undefined
}

/**
 * Learns the outlook of every market from the results known by now, and puts into service what may be believed: forecasts
 * by each market's record where these, held against their baselines walking forward, are proven, else by the price.
 *
 * @param options  `evaluate` walks forward, which takes seconds; without it nothing is proven
 */
export async function trainMarkets(
  deps: MarketsDeps,
  ledger: readonly Bet[],
  { evaluate }: { evaluate: boolean },
): Promise<MarketsReport> {
  const task = deps.progress.start('Learning markets')
  const fitted = fitMarkets(marketRows(ledger), deps.clock())
  const evaluation = evaluate ? evaluated(ledger) : undefined
  const model =
    evaluation === undefined ? { ...fitted, basis: 'price' as const } : servedModel(fitted, evaluation.verdict)
  await deps.objects.put(MARKETS_KEY, encodeMarkets(model))
  task.finish(`${model.nodes.filter(({ names }) => names.level === 'market').length} markets, by their ${model.basis}`)
  return { model, evaluation }
}

/** The market model in service; undefined before the first training. @throws {DomainError} `corrupt_object` */
export async function readMarkets(objects: ObjectStore): Promise<MarketsModel | undefined> {
  const body = await objects.get(MARKETS_KEY)
  return body === undefined ? undefined : decodeMarkets(new TextDecoder().decode(body), MARKETS_KEY)
}

function evaluated(ledger: readonly Bet[]): MarketEvaluation | undefined {
  try {
    return evaluateMarkets(ledger)
  } catch (thrown) {
    // Too few bets to hold anything against anything: then nothing is proven.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}
