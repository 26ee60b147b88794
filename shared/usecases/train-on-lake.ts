import type { ObjectStore, TaggedReader } from '../kernel/ports.ts'
import type { FeatureLayerState } from '../lake/feature-layer.ts'
import type { QualityReport } from '../quality/gate.ts'
import { WIN_PROBABILITY_INPUTS } from '../recipe/inputs.ts'
import type { FeatureLayer } from './feature-ports.ts'
import { createFeatureStore } from './feature-store.ts'
import type { LakeStore } from './lake-ports.ts'
import { trainMarkets } from './train-markets.ts'
import type { TrainDeps, TrainingReport } from './train-model.ts'
import { trainModel } from './train-model.ts'
import { dataQualityOf } from './training-gate.ts'

/** Every port that training on the lake asks for. */
export interface LakeTrainingDeps extends TrainDeps {
  objects: ObjectStore & TaggedReader
  lake: LakeStore
  features: FeatureLayer
}

/** What a ledger may be from which nothing can be learned, or nothing that could be tested: codes of errors. */
export const UNLEARNABLE: readonly string[] = ['too_few_bets', 'one_class', 'singular', 'too_few_clusters']

/**
 * Learns win probabilities and the outlook of markets from the bets of a features layer, as they are known now.
 *
 * @param options  `evaluateMarkets` also asks whether forecasts by a market's own record may be believed
 * @throws {DomainError} those of {@link UNLEARNABLE}, `features_outdated`
 */
export async function trainOnLayer(
  deps: LakeTrainingDeps,
  { ledgerSha256, origin, runId: lakeRunId }: Pick<FeatureLayerState, 'ledgerSha256' | 'origin' | 'runId'>,
  quality: QualityReport,
  options: { evaluateMarkets: boolean },
): Promise<TrainingReport> {
  const rows = await createFeatureStore(deps).trainingSet(deps.clock(), WIN_PROBABILITY_INPUTS)
  await trainMarkets(deps, rows.bets, { evaluate: options.evaluateMarkets })
  return trainModel(deps, rows, { ledgerSha256, origin, lakeRunId, dataQuality: dataQualityOf(quality) })
}
