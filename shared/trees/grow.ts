import type { BinnedMatrix, Bins } from './binning.ts'
import { MISSING_BIN } from './binning.ts'
import type { Histogram } from './histogram.ts'
import { createHistogram, fillHistogram, subtractHistogram } from './histogram.ts'
import type { Split, SplitPenalties } from './split.ts'
import { findSplit } from './split.ts'
import type { Tree } from './tree.ts'

export interface GrowParams extends SplitPenalties {
  /** Levels of splits below the root, ≥ 1. */
  maxDepth: number
  /** Factor on every leaf value, in (0, 1]. */
  learningRate: number
}

/** What a tree is grown on: binned rows and the gradient and Hessian of row r at 2r and 2r + 1. */
export interface GrowInput {
  matrix: BinnedMatrix
  bins: Bins
  pairs: Float64Array
  /** Row indices to learn from; reordered in place so that each leaf's rows stand together. */
  rows: Int32Array
  /** Feature indices that may split. */
  features: Int32Array
}

interface OpenNode {
  index: number
  begin: number
  end: number
  gradient: number
  hessian: number
  depth: number
  histogram: Histogram
}

/**
 * Grows one tree, level by level, on the second-order approximation of the loss.
 *
 * The leaf value is −G/(H+λ) times the learning rate, stored as a 32-bit float so that the exported model adds the very
 * same numbers.
 */
export function growTree(input: GrowInput, params: GrowParams): Tree {
  const draft = new TreeDraft()
  let level = [openRoot(input, draft)]
  while (level.length > 0) {
    const next: OpenNode[] = []
    for (const node of level) {
      const split =
        node.depth < params.maxDepth ? findSplit(node.histogram, input.features, input.bins, node, params) : undefined
      if (split === undefined) {
        draft.closeAsLeaf(node.index, leafValue(node, params))
      } else {
        next.push(...divide(node, split, input, draft, params))
      }
    }
    level = next
  }
  return draft.finish()
}

/** 0 at a node without rows, which a small sample may leave: it knows nothing. */
function leafValue(node: OpenNode, { lambdaL2, learningRate }: GrowParams): number {
  return node.hessian > 0 ? (-node.gradient / (node.hessian + lambdaL2)) * learningRate : 0
}

function openRoot(input: GrowInput, draft: TreeDraft): OpenNode {
  const { rows, pairs } = input
  let gradient = 0
  let hessian = 0
  for (let i = 0; i < rows.length; i++) {
    const r = rows[i] as number
    gradient += pairs[2 * r] as number
    hessian += pairs[2 * r + 1] as number
  }
  const histogram = createHistogram(input.features.length)
  fillHistogram(histogram, input.matrix, input.features, rows, { begin: 0, end: rows.length }, pairs)
  return { index: draft.add(hessian), begin: 0, end: rows.length, gradient, hessian, depth: 0, histogram }
}

function divide(node: OpenNode, split: Split, input: GrowInput, draft: TreeDraft, params: GrowParams): OpenNode[] {
  const middle = partition(node, split, input)
  const left = sumOf(input, node.begin, middle)
  const right = { gradient: node.gradient - left.gradient, hessian: node.hessian - left.hessian }
  const leftIndex = draft.add(left.hessian)
  const rightIndex = draft.add(right.hessian)
  draft.closeAsSplit(node.index, split, leftIndex, rightIndex)
  const depth = node.depth + 1
  const [leftHistogram, rightHistogram] = childHistograms(node, middle, input, depth < params.maxDepth)
  return [
    { index: leftIndex, begin: node.begin, end: middle, ...left, depth, histogram: leftHistogram },
    { index: rightIndex, begin: middle, end: node.end, ...right, depth, histogram: rightHistogram },
  ]
}

/** Histograms of both children: the smaller is summed, the larger is the parent's minus it, in the parent's memory. */
function childHistograms(node: OpenNode, middle: number, input: GrowInput, needed: boolean): [Histogram, Histogram] {
  if (!needed) return [node.histogram, node.histogram]
  const leftIsSmaller = middle - node.begin <= node.end - middle
  const range = leftIsSmaller ? { begin: node.begin, end: middle } : { begin: middle, end: node.end }
  const smaller = createHistogram(input.features.length)
  fillHistogram(smaller, input.matrix, input.features, input.rows, range, input.pairs)
  subtractHistogram(node.histogram, node.histogram, smaller)
  return leftIsSmaller ? [smaller, node.histogram] : [node.histogram, smaller]
}

/** Stable partition of the node's rows; returns where the right child begins. */
function partition(node: OpenNode, split: Split, input: GrowInput): number {
  const { rows } = input
  const codes = input.matrix.codes[split.feature] as Uint8Array
  const toRight = new Int32Array(node.end - node.begin)
  let nRight = 0
  let write = node.begin
  for (let i = node.begin; i < node.end; i++) {
    const r = rows[i] as number
    const code = codes[r] as number
    if (code === MISSING_BIN ? split.missingLeft : code <= split.bin) rows[write++] = r
    else toRight[nRight++] = r
  }
  rows.set(toRight.subarray(0, nRight), write)
  return write
}

function sumOf(input: GrowInput, begin: number, end: number): { gradient: number; hessian: number } {
  let gradient = 0
  let hessian = 0
  for (let i = begin; i < end; i++) {
    const r = input.rows[i] as number
    gradient += input.pairs[2 * r] as number
    hessian += input.pairs[2 * r + 1] as number
  }
  return { gradient, hessian }
}

/** A tree under construction. */
class TreeDraft {
  readonly #feature: number[] = []
  readonly #threshold: number[] = []
  readonly #splitBin: number[] = []
  readonly #left: number[] = []
  readonly #right: number[] = []
  readonly #missingLeft: number[] = []
  readonly #value: number[] = []
  readonly #gain: number[] = []
  readonly #cover: number[] = []

  /** Adds a node that is neither leaf nor split yet; returns its index. */
  add(cover: number): number {
    this.#feature.push(0)
    this.#threshold.push(0)
    this.#splitBin.push(0)
    this.#left.push(-1)
    this.#right.push(-1)
    this.#missingLeft.push(0)
    this.#value.push(0)
    this.#gain.push(0)
    return this.#cover.push(cover) - 1
  }

  closeAsLeaf(index: number, value: number): void {
    this.#value[index] = value
  }

  closeAsSplit(index: number, split: Split, left: number, right: number): void {
    this.#feature[index] = split.feature
    this.#threshold[index] = split.threshold
    this.#splitBin[index] = split.bin
    this.#missingLeft[index] = split.missingLeft ? 1 : 0
    this.#gain[index] = split.gain
    this.#left[index] = left
    this.#right[index] = right
  }

  finish(): Tree {
    return {
      feature: Int32Array.from(this.#feature),
      threshold: Float32Array.from(this.#threshold),
      splitBin: Uint8Array.from(this.#splitBin),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      missingLeft: Uint8Array.from(this.#missingLeft),
      value: Float32Array.from(this.#value),
      gain: Float32Array.from(this.#gain),
      cover: Float32Array.from(this.#cover),
    }
  }
}
