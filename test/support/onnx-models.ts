import type { Blend, ColumnScore, Member } from '../../shared/blend/blend.ts'
import type { Calibrator } from '../../shared/calibration/calibrator.ts'
import { CALIBRATION_KINDS } from '../../shared/calibration/calibrator.ts'
import type { Rng } from '../../shared/kernel/random.ts'
import type { TreeEnsemble } from '../../shared/trees/ensemble.ts'
import { singleOutput } from '../../shared/trees/ensemble.ts'
import type { FeatureMatrix } from '../../shared/trees/matrix.ts'
import type { Tree } from '../../shared/trees/tree.ts'

/** Names that exported test models give their tensors. */
export const EXPORT = { input: 'features', output: 'win_probability', graphName: 'test' }

/** Column of {@link randomMatrix} that holds the codes 0 to 3. */
export const CODE_COLUMN = 1

/** Normal values with ties and missing ones; column {@link CODE_COLUMN} holds codes, some missing. */
export function randomMatrix(rng: Rng, nRows: number, nFeatures: number): FeatureMatrix {
  const value = (f: number) => {
    if (rng.next() < 0.12) return Number.NaN
    if (f === CODE_COLUMN) return rng.integer(4)
    return rng.next() < 0.2 ? rng.integer(3) - 1 : 3 * rng.normal()
  }
  const columns = Array.from({ length: nFeatures }, (_, f) => Float32Array.from({ length: nRows }, () => value(f)))
  return { nRows, columns }
}

/** A tree of any shape down to a lone leaf, children after their parents in no special order. */
export function randomTree(rng: Rng, nFeatures: number, { leaves = 1 + rng.integer(12), scale = 0.3 } = {}): Tree {
  const left = [-1]
  const right = [-1]
  const open = [0]
  for (let split = 1; split < leaves; split++) {
    const [node = 0] = open.splice(rng.integer(open.length), 1)
    const children = [left.length, left.length + 1]
    open.push(...children)
    const [a = 0, b = 0] = rng.next() < 0.5 ? children : children.toReversed()
    left[node] = a
    right[node] = b
    left.push(-1, -1)
    right.push(-1, -1)
  }
  const of = (split: () => number, leaf: () => number) => left.map((child) => (child < 0 ? leaf() : split()))
  const zero = () => 0
  const threshold = () => (rng.next() < 0.2 ? rng.integer(3) - 1 : 2 * rng.normal())
  return {
    feature: Int32Array.from(of(() => rng.integer(nFeatures), zero)),
    threshold: Float32Array.from(of(threshold, zero)),
    splitBin: new Uint8Array(left.length),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    missingLeft: Uint8Array.from(of(() => rng.integer(2), zero)),
    value: Float32Array.from(of(zero, () => scale * rng.normal())),
    gain: new Float32Array(left.length),
    cover: Float32Array.from(left, () => 1 + rng.integer(1000)),
  }
}

export function randomTrees(rng: Rng, nFeatures: number, n: number, scale?: number): Tree[] {
  return Array.from({ length: n }, () => randomTree(rng, nFeatures, scale === undefined ? {} : { scale }))
}

/** Trees whose sum is mostly a probability, sometimes outside [0, 1]. */
function randomForest(rng: Rng, nFeatures: number): TreeEnsemble {
  const n = rng.integer(40)
  const trees = randomTrees(rng, nFeatures, n, 0.4 / Math.max(1, n) ** 0.5)
  return singleOutput(trees, nFeatures, { baseScore: rng.next() < 0.8 ? 0.5 : 0 })
}

function randomColumnScore(rng: Rng, nFeatures: number): ColumnScore {
  return { column: rng.integer(nFeatures), slope: rng.normal(), intercept: rng.normal() }
}

const MEMBER_KINDS = ['column', 'linear', 'boosted', 'forest', 'segments'] as const

export function randomMember(
  rng: Rng,
  nFeatures: number,
  kind: Member['kind'] = MEMBER_KINDS[rng.integer(5)] ?? 'column',
): Member {
  switch (kind) {
    case 'column':
      return { kind, score: randomColumnScore(rng, nFeatures) }
    case 'linear': {
      const columns = Array.from({ length: nFeatures }, (_, f) => f).filter(() => rng.next() < 0.6)
      const each = (value: () => number) => columns.map(value)
      const scale = 10 ** rng.integer(4)
      return {
        kind,
        score: {
          columns,
          means: each(() => scale * rng.normal()),
          scales: each(() => scale * (0.5 + rng.next())),
          coefficients: each(rng.normal),
          intercept: rng.normal(),
        },
      }
    }
    case 'boosted': {
      const trees = singleOutput(randomTrees(rng, nFeatures, rng.integer(60)), nFeatures, { baseScore: rng.normal() })
      return { kind, start: randomColumnScore(rng, nFeatures), trees }
    }
    case 'forest':
      return { kind, trees: randomForest(rng, nFeatures) }
    case 'segments': {
      const simple = () => randomMember(rng, nFeatures, MEMBER_KINDS[rng.integer(4)])
      const cases = Array.from({ length: rng.integer(4) }, () => ({ code: rng.integer(4), member: simple() }))
      return { kind, column: CODE_COLUMN, cases, fallback: simple() }
    }
  }
}

/** An isotone of steep steps: gaps between its scores from 1e-6 to 1. */
export function randomIsotone(rng: Rng, nPoints: number): Extract<Calibrator, { kind: 'isotonic' }> {
  const scores = [-4]
  while (scores.length < nPoints) scores.push((scores.at(-1) ?? 0) + 10 ** (-6 * rng.next()) * (16 / nPoints))
  const probabilities = scores.map(() => rng.next()).toSorted((a, b) => a - b)
  return { kind: 'isotonic', scores, probabilities }
}

export function randomCalibrator(rng: Rng, kind = CALIBRATION_KINDS[rng.integer(5)] ?? 'none'): Calibrator {
  switch (kind) {
    case 'none':
      return { kind }
    case 'platt':
      return { kind, slope: 2 * rng.next(), intercept: rng.normal() }
    case 'temperature':
      return { kind, temperature: 0.2 + 3 * rng.next() }
    case 'beta':
      return { kind, a: rng.integer(3) * rng.next(), b: rng.integer(3) * rng.next(), c: rng.normal() }
    case 'isotonic':
      return randomIsotone(rng, 1 + rng.integer(300))
  }
}

/** A blend of up to four members, some without weight. */
export function randomBlend(rng: Rng, nFeatures: number): Blend {
  const members = Array.from({ length: rng.integer(5) }, (_, k) => ({
    name: `member ${k}`,
    weight: rng.next() < 0.2 ? 0 : rng.normal(),
    member: randomMember(rng, nFeatures),
  }))
  return { nFeatures, members, intercept: rng.normal(), calibrator: randomCalibrator(rng) }
}

/** Largest difference of two lists; infinite where one is missing and the other is not, or lengths differ. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  return Array.from(a).reduce((largest, x, i) => {
    const y = b[i] ?? Number.NaN
    if (Number.isNaN(x) && Number.isNaN(y)) return largest
    return Number.isNaN(x - y) ? Number.POSITIVE_INFINITY : Math.max(largest, Math.abs(x - y))
  }, 0)
}
