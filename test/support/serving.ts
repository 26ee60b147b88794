import type { Bet } from '../../shared/bets/bet.ts'
import type { Blend, Member } from '../../shared/blend/blend.ts'
import { advance } from '../../shared/features/advance.ts'
import { featureSet } from '../../shared/features/feature-set.ts'
import { createFeatureState } from '../../shared/features/state.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { MARKET_LOG_ODDS_INDEX, SPORT_INDEX, WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'
import type { LoadScorer } from '../../shared/registry/scorer.ts'
import { singleOutput } from '../../shared/trees/ensemble.ts'
import type { Tree } from '../../shared/trees/tree.ts'
import type { LoadedModel, ServingModel } from '../../shared/usecases/serving-model.ts'
import { MODELS_MADE_MS, modelVersion } from './models.ts'
import { randomTrees } from './onnx-models.ts'

/** A model in service without a store: what it serves never changes by itself. */
export interface FixedServing extends ServingModel {
  loaded: LoadedModel
  /** How often somebody had it look after itself. */
  looks: number
  /** What is said of it; a test may change these. */
  trouble: string | undefined
  confirmed: number | undefined
}

/** Serves a model with these bets behind it, all their results known. */
export async function fixedServing(options: {
  ledger?: readonly Bet[]
  load: LoadScorer
  blend?: Blend
  lookedAtMs?: number
}): Promise<FixedServing> {
  const { ledger = [], load, blend, lookedAtMs = MODELS_MADE_MS } = options
  const { manifest, onnx } = await modelVersion(blend)
  const state = createFeatureState()
  advance(
    state,
    [...ledger].sort((a, b) => a.placedAtMs - b.placedAtMs),
  )
  const scorer = await load(onnx, WIN_PROBABILITY_INPUTS.length)
  const snapshot = { layerHash: '', ledgerSha256: '', origin: 'own' as const, lookedAtMs, state }
  const serving: FixedServing = {
    loaded: { manifest, onnx, scorer, inputs: featureSet(WIN_PROBABILITY_INPUTS), snapshot, loadedAtMs: lookedAtMs },
    looks: 0,
    trouble: undefined,
    confirmed: MODELS_MADE_MS,
    current: () => serving.loaded,
    problem: () => serving.trouble,
    confirmedAtMs: () => serving.confirmed,
    refresh: async () => {},
    refreshIfStale: () => {
      serving.looks++
    },
  }
  return serving
}

/** A blend with a member of every kind, its trees knowing how many rows they learned from. */
export function blendOfAllKinds(
  calibrator: Blend['calibrator'] = { kind: 'platt', slope: 0.9, intercept: 0.02 },
): Blend {
  const rng = createRng(17)
  const nFeatures = WIN_PROBABILITY_INPUTS.length
  const trees = (baseScore: number) => {
    const grown = randomTrees(rng, nFeatures, 30, 0.02)
    for (const tree of grown) countCovers(tree)
    return singleOutput(grown, nFeatures, { link: 'identity', baseScore })
  }
  const score = { column: MARKET_LOG_ODDS_INDEX, slope: 0.95, intercept: 0.01 }
  const columns = [1, 2, 4, 5]
  const each = (value: number) => columns.map(() => value)
  const linear = { columns, means: each(0.1), scales: each(2), coefficients: each(0.05), intercept: 0.03 }
  const plain: Member = { kind: 'column', score }
  const cases = [{ code: 1, member: { kind: 'column' as const, score: { ...score, intercept: 0.2 } } }]
  const members: Member[] = [
    plain,
    { kind: 'linear', score: linear },
    { kind: 'boosted', start: score, trees: trees(0.1) },
    { kind: 'forest', trees: trees(0.5) },
    { kind: 'segments', column: SPORT_INDEX, cases, fallback: plain },
  ]
  const weighted = members.map((member, k) => ({ name: member.kind, weight: [0.3, 1, 0.2, 0.1, 0.3][k] ?? 0, member }))
  return { nFeatures, members: weighted, intercept: -0.01, calibrator }
}

/** Each leaf saw one row, each split those below it. */
export function countCovers({ left, right, cover }: Tree): void {
  for (let node = left.length - 1; node >= 0; node--) {
    const [a = -1, b = -1] = [left[node], right[node]]
    cover[node] = a < 0 ? 1 : (cover[a] ?? 0) + (cover[b] ?? 0)
  }
}
