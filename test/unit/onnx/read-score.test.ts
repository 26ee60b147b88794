import { describe, expect, it } from 'vitest'
import { blendScores } from '../../../shared/blend/predict.ts'
import type { Calibrator } from '../../../shared/calibration/calibrator.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { encodeBlend } from '../../../shared/onnx/encode-blend.ts'
import { encodeEnsemble } from '../../../shared/onnx/encode-ensemble.ts'
import { encodeOnnx } from '../../../shared/onnx/graph.ts'
import type { ReadScore } from '../../../shared/onnx/read-score.ts'
import { readScore } from '../../../shared/onnx/read-score.ts'
import { ensembleScores, singleOutput } from '../../../shared/trees/ensemble.ts'
import {
  EXPORT,
  largestDifference,
  randomBlend,
  randomCalibrator,
  randomMatrix,
  randomMember,
  randomTrees,
} from '../../support/onnx-models.ts'
import { countCovers } from '../../support/serving.ts'

const N_FEATURES = 5

function read(file: Uint8Array): ReadScore {
  const score = readScore(file)
  if (score === undefined) throw new Error('it is not read')
  return score
}

/** The line that a calibrator is in log-odds; undefined where it is a curve. */
function lineOf(calibrator: Calibrator): ReadScore['calibration'] {
  switch (calibrator.kind) {
    case 'none':
      return { slope: 1, intercept: 0 }
    case 'platt':
      return { slope: calibrator.slope, intercept: calibrator.intercept }
    case 'temperature':
      return { slope: 1 / calibrator.temperature, intercept: 0 }
    default:
      return undefined
  }
}

describe('a blend read back from its file', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('gives the scores that were written (%i)', (seed) => {
    const rng = createRng(seed)
    const blend = randomBlend(rng, N_FEATURES)
    const matrix = randomMatrix(rng, 200, N_FEATURES)
    const { from, calibration } = read(encodeBlend(blend, EXPORT))
    const scores = 'blend' in from ? blendScores(from.blend, matrix) : ensembleScores(from.trees, matrix)[0]
    const written = blendScores({ ...blend, calibrator: { kind: 'none' } }, matrix)
    // A line may be taken for part of the blend where it has no members: what is said of the answer is the same.
    const line = lineOf(blend.calibrator)
    expect(calibration === undefined).toBe(line === undefined)
    const through = (own: typeof line) => (score: number) => (own?.intercept ?? 0) + (own?.slope ?? 1) * score
    expect(largestDifference((scores ?? []).map(through(calibration)), written.map(through(line)))).toBeLessThan(1e-9)
  })

  it.each(['none', 'platt', 'temperature'] as const)('tells the line of its calibration: %s', (kind) => {
    const rng = createRng(3)
    const calibrator = randomCalibrator(rng, kind)
    const member = randomMember(rng, N_FEATURES, 'column')
    const blend = { nFeatures: N_FEATURES, members: [{ name: 'a', weight: 0.7, member }], intercept: 0.1, calibrator }
    expect(read(encodeBlend(blend, EXPORT)).calibration).toEqual(lineOf(calibrator))
  })

  it.each(['beta', 'isotonic'] as const)('has no line where it is calibrated by a curve: %s', (kind) => {
    const rng = createRng(4)
    const blend = { ...randomBlend(rng, N_FEATURES), calibrator: randomCalibrator(rng, kind) }
    const { calibration, from } = read(encodeBlend(blend, EXPORT))
    expect(calibration).toBeUndefined()
    expect(from).toHaveProperty('blend')
  })
})

describe('trees read back from their file', () => {
  it('give the scores that were written, their base among them', () => {
    const rng = createRng(5)
    const trees = singleOutput(randomTrees(rng, N_FEATURES, 20), N_FEATURES, { link: 'logistic', baseScore: 0.25 })
    const matrix = randomMatrix(rng, 100, N_FEATURES)
    const { from, calibration } = read(encodeEnsemble(trees, EXPORT))
    if (!('trees' in from)) throw new Error('it is read as a blend')
    expect(ensembleScores(from.trees, matrix)).toEqual(ensembleScores(trees, matrix))
    expect(calibration).toEqual({ slope: 1, intercept: 0 })
  })

  it('are told to lack covers where these do not add up', () => {
    const rng = createRng(6)
    const trees = singleOutput(randomTrees(rng, N_FEATURES, 3), N_FEATURES)
    expect(readScore(encodeEnsemble(trees, EXPORT))?.hasCover).toBe(false)
    for (const tree of trees.trees) countCovers(tree)
    expect(readScore(encodeEnsemble(trees, EXPORT))?.hasCover).toBe(true)
  })
})

describe('a graph of another form', () => {
  const port = { inputs: [{ name: 'features', width: 2 }], outputs: [{ name: 'p', width: 2 }] }

  it('is not read', () => {
    const nodes = [{ op: 'Sigmoid', inputs: ['features'], output: 'p' }]
    expect(readScore(encodeOnnx({ name: 'g', ...port, constants: [], nodes, metadata: {} }))).toBeUndefined()
  })

  it('is not followed in a circle', () => {
    const nodes = [
      { op: 'Add', inputs: ['sum', 'sum'], output: 'sum' },
      { op: 'Sigmoid', inputs: ['sum'], output: 'q' },
      { op: 'Cast', inputs: ['q'], output: 'p' },
    ]
    expect(readScore(encodeOnnx({ name: 'g', ...port, constants: [], nodes, metadata: {} }))).toBeUndefined()
  })
})
