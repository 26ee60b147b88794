import type { Blend, Member } from '../blend/blend.ts'
import type { Fold } from '../evaluation/folds.ts'
import type { FeatureRows } from '../features/replay.ts'
import { sha256Hex } from '../kernel/digest.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Progress } from '../kernel/ports.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import { MODEL_INPUT } from '../recipe/model-ports.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { RoiScores } from '../recipe/roi-comparison.ts'
import { scoreRoi } from '../recipe/roi-comparison.ts'
import type { RoiFold } from '../recipe/roi-fold.ts'
import { predictRoiFold, runRoiFold } from '../recipe/roi-fold.ts'
import { encodeRoi } from '../recipe/roi-graph.ts'
import { ROI_OUTPUT } from '../recipe/roi-ports.ts'
import { returnRows } from '../recipe/roi-rows.ts'
import type { StoredRoiHead } from '../registry/manifest.ts'
import type { RoiEvidence } from '../registry/roi-gate.ts'
import { judgeRoi } from '../registry/roi-gate.ts'
import type { LoadScorer } from '../registry/scorer.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { tryRoiHead } from './try-roi-head.ts'

export interface RoiDeps {
  progress: Progress
  /** Loads files whose output is `ROI_OUTPUT`; where there is none, no head is served. */
  loadRoiScorer?: LoadScorer
}

/** What a training run learned of returns, once for all of its versions; a sentence where it could not. */
export type LearnedRoi = { fold: RoiFold; onnx: Uint8Array | undefined; parity: RoiEvidence['parity'] } | string

/** What became of the head beside one version. */
export interface JudgedRoi {
  roiHead: StoredRoiHead
  /** Its file to be registered; none unless it is served. */
  files: { roiOnnx?: Uint8Array }
  /** What asks for codes; undefined unless it is served. */
  base: Member | undefined
}

/**
 * Learns a head from what a win probability's fold may learn from, writes it as ONNX and tries that file.
 *
 * Returns that cannot be learned from never stop the win probability: why is told.
 *
 * @param cut  the rows that the win probability learns from, of the same ledger, where they are cut, and by what recipe
 */
export async function learnRoi(
  { progress, loadRoiScorer }: RoiDeps,
  ledger: FeatureRows,
  { recipe, ...cut }: { decided: LearningRows; fold: Fold; recipe?: Recipe },
  file: { tried: FeatureMatrix; metadata: Readonly<Record<string, string>> },
): Promise<LearnedRoi> {
  const task = progress.start('Learning from the returns')
  const fold = foldOrReason(ledger, cut, { ...(recipe && { recipe }), onStep: (done) => task.advance(done) })
  const head = typeof fold === 'string' ? undefined : fold.fitted.head
  task.finish(head === undefined ? 'nothing beside the price' : `${head.trees.trees.length} trees`)
  if (typeof fold === 'string') return fold
  if (head === undefined) return { fold, onnx: undefined, parity: undefined }
  const { tried, metadata } = file
  const onnx = encodeRoi(head, {
    ...{ input: MODEL_INPUT, output: ROI_OUTPUT, graphName: 'closeline-expected-return' },
    ...{ featureNames: ledger.names, metadata },
  })
  const parity =
    loadRoiScorer === undefined ? 'nothing here runs its file' : await tryRoiHead(loadRoiScorer, { head, onnx }, tried)
  return { fold, onnx, parity }
}

/** The fold's head, or why there is none. */
export function foldOrReason(
  ledger: FeatureRows,
  cut: { decided: LearningRows; fold: Fold },
  options: { recipe?: Recipe; onStep?: (done: number) => void } = {},
): RoiFold | string {
  return orReason(() => runRoiFold(returnRows(ledger), cut, options))
}

/** Holds the head against the constant, the price and the win probability that it would stand beside. */
export async function judgeLearned(learned: LearnedRoi, blend: Blend): Promise<JudgedRoi> {
  if (typeof learned === 'string')
    return judgedRoi({ hasLearned: false, scores: learned, parity: undefined }, undefined)
  const { fold, onnx, parity } = learned
  const scores = orReason(() => scoreRoi(predictRoiFold(fold, blend)))
  return judgedRoi({ hasLearned: fold.fitted.head !== undefined, scores, parity }, { fold, onnx })
}

async function judgedRoi(
  evidence: RoiEvidence,
  learned: { fold: RoiFold; onnx: Uint8Array | undefined } | undefined,
): Promise<JudgedRoi> {
  const { verdict, checks, reason } = judgeRoi(evidence)
  const { scores, parity } = evidence
  const head = learned?.fold.fitted.head
  const onnx = verdict === 'served' ? learned?.onnx : undefined
  return {
    roiHead: {
      ...{ verdict, reason, checks },
      learned: learned?.fold.learned ?? 0,
      trees: head?.trees.trees.length ?? 0,
      weight: head?.weight ?? 0,
      scores: typeof scores === 'string' ? null : scores,
      parity: typeof parity === 'object' ? parity : null,
      onnx: onnx === undefined ? null : { sha256: await sha256Hex(onnx), bytes: onnx.length },
    },
    files: onnx === undefined ? {} : { roiOnnx: onnx },
    base: onnx === undefined ? undefined : head?.base,
  }
}

/** What a piece of work gives, or why the bets do not allow it. */
export function orReason<T extends RoiFold | RoiScores>(work: () => T): T | string {
  try {
    return work()
  } catch (thrown) {
    if (thrown instanceof DomainError) return thrown.message
    throw thrown
  }
}
