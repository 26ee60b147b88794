import type { Bet } from '../bets/bet.ts'
import { isSettled } from '../bets/settlement.ts'
import type { FeatureDefinition } from '../features/definition.ts'
import { featureSet } from '../features/feature-set.ts'
import type { OnlineVector, Question } from '../features/online.ts'
import { onlineVector } from '../features/online.ts'
import { FEATURES, layerHash } from '../features/registry.ts'
import type { FeatureRows } from '../features/replay.ts'
import { knownAtMs } from '../features/settlement-lag.ts'
import { DomainError, invariant } from '../kernel/errors.ts'
import type { ObjectStore, TaggedReader } from '../kernel/ports.ts'
import type { FeatureLayerState } from '../lake/feature-layer.ts'
import { findFeatureLayer } from '../lake/feature-layer.ts'
import { findCurrentState } from '../lake/state.ts'
import type { FeatureLayer } from './feature-ports.ts'
import type { LakeStore } from './lake-ports.ts'
import { withoutFuture } from './make-month.ts'
import { createSnapshotReader } from './online-features.ts'
import { isOf, monthsOf } from './plan-months.ts'

/** What can be read of the features: the past for training, the present for serving, and what they are. */
export interface FeatureStore {
  /**
   * Bets placed before a moment with their features as of placement, and what was known of their results at that moment:
   * a bet whose result was not yet known is open. Bets placed after the features were made are not among them.
   *
   * @throws {DomainError} `features_outdated` where bets until then have changed since, `unknown_feature`
   */
  trainingSet(asOfMs: number, names: readonly string[]): Promise<FeatureRows>
  /** The same features of a bet that would be placed now. @throws {DomainError} `no_snapshot`, `unknown_feature` */
  onlineVector(question: Question, nowMs: number, names: readonly string[]): Promise<OnlineVector>
  /** What the features are, and the layer as it stands; null where none has been made. */
  describe(): Promise<{ features: readonly FeatureDefinition[]; layer: FeatureLayerState | null }>
}

export function createFeatureStore(deps: {
  objects: ObjectStore & TaggedReader
  lake: LakeStore
  features: FeatureLayer
}): FeatureStore {
  const snapshots = createSnapshotReader(deps.objects)
  return {
    async trainingSet(asOfMs, names) {
      const { names: wanted } = featureSet(names)
      const { bets, layer } = await readLayerBets(deps)
      const stored = await deps.features.read(
        layer.months.map(({ features }) => features),
        wanted,
      )
      // Bets of a month after those of the layer: it has been added since.
      if (stored.ids.length < bets.length) throw outdated()
      invariant(
        stored.ids.length === bets.length && bets.every(({ id }, r) => id === stored.ids[r]),
        'the features layer has other bets than the lake that it was made from',
      )
      const count = rowsBefore(bets, asOfMs)
      return {
        bets: bets.slice(0, count).map((bet) => asKnownAt(bet, asOfMs)),
        names: wanted,
        columns: stored.columns.map((column) => column.subarray(0, count)),
      }
    },
    async onlineVector(question, nowMs, names) {
      return onlineVector(await snapshots.look(), featureSet(names), question, nowMs)
    },
    async describe() {
      return { features: FEATURES, layer: (await findFeatureLayer(deps.objects)) ?? null }
    },
  }
}

/** The layer and the bets that it was made from: those placed until then. */
async function readLayerBets({ objects, lake }: { objects: ObjectStore; lake: LakeStore }) {
  const [state, layer] = [await findCurrentState(objects), await findFeatureLayer(objects)]
  const source = state === undefined ? [] : await monthsOf(state)
  if (layer === undefined || layer.layerHash !== (await layerHash()) || !isOf(source, layer)) throw outdated()
  const bets = await lake.readBets(source.flatMap(({ files }) => files))
  return { layer, bets: withoutFuture(bets, Date.parse(layer.madeAt)) }
}

function outdated(): DomainError {
  return new DomainError('features_outdated', 'bets have changed since features were made: closeline materialize')
}

function rowsBefore(bets: readonly Bet[], instantMs: number): number {
  const end = bets.findIndex(({ placedAtMs }) => placedAtMs >= instantMs)
  return end === -1 ? bets.length : end
}

/** The bet as it stood at a moment: open until its result was known. */
function asKnownAt(bet: Bet, instantMs: number): Bet {
  if (!isSettled(bet.state) || knownAtMs(bet) < instantMs) return bet
  const unknown = { profitMinor: null, returnPerUnit: null, closingLineValue: null, resultKnownAtMs: null }
  return { ...bet, state: 'open', settledAtMs: null, ...unknown }
}
