import { createRowEvaluator } from '../../shared/onnx/row-evaluator.ts'
import { MODEL_OUTPUT } from '../../shared/recipe/model-ports.ts'
import { ROI_OUTPUT } from '../../shared/recipe/roi-ports.ts'
import type { LoadScorer } from '../../shared/registry/scorer.ts'
import { coalescing } from '../../shared/usecases/coalescing-scorer.ts'

/**
 * What answers callers: a model's file, computed by its own operators a row at a time where all of them are known, and by
 * ONNX Runtime where not.
 *
 * The runtime takes half a second and a hundred megabytes to start, so it is not even loaded before a file needs it.
 */
export const servingScorer = scorerOf(MODEL_OUTPUT, async () => (await loadRuntime()).onnxScorer)

/** The same of ROI heads. */
export const servingRoiScorer = scorerOf(ROI_OUTPUT, async () => (await loadRuntime()).onnxRoiScorer)

function scorerOf(output: string, otherwise: () => Promise<LoadScorer>): LoadScorer {
  return async (onnx, nFeatures) => {
    const evaluator = createRowEvaluator(onnx)
    if (evaluator?.nFeatures !== nFeatures || evaluator.output !== output) {
      return coalescing(await otherwise(), setImmediate)(onnx, nFeatures)
    }
    return {
      score: async (features, nRows) => evaluator.evaluate(features, nRows),
      release: async () => {},
    }
  }
}

function loadRuntime() {
  return import('../../shared/adapters/onnx-scorer.ts')
}
