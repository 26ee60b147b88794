import type { Rng } from '../kernel/random.ts'
import type { BinnedMatrix } from './binned-matrix.ts'
import type { Bins } from './binning.ts'
import type { Histogram, HistogramFiller, HistogramPool } from './histogram.ts'
import { createHistogramFiller, createHistogramPool, subtractHistogram } from './histogram.ts'
import type { OrderedRows } from './partition.ts'
import { partitionRows } from './partition.ts'
import type { NodeSums, SplitPenalties } from './penalties.ts'
import { boundedWeight, leafWeight } from './penalties.ts'
import { drawFeatures, firstIntegers } from './sampling.ts'
import type { Split } from './split.ts'
import { findSplit } from './split.ts'
import type { Tree } from './tree.ts'
import type { TreeDraft } from './tree-draft.ts'
import { createTreeDraft } from './tree-draft.ts'

export interface GrowParams extends SplitPenalties {
  /** Levels of splits below the root, ≥ 1. */
  maxDepth: number
  /** Factor on every leaf value, in (0, 1]. */
  learningRate: number
  /**
   * Most leaves, ≥ 2: the leaf of largest gain is split first, wherever it stands, until there are so many. Where left
   * out, every leaf above `maxDepth` is split that gains.
   */
  numLeaves?: number
  /** Share of the tree's features that each node may split on, in (0, 1]; needs `rng`; all where left out. */
  colsamplePerNode?: number
}

/** What a tree is grown on: binned rows and the gradient and Hessian of row r at 2r and 2r + 1. */
export interface GrowInput {
  matrix: BinnedMatrix
  bins: Bins
  pairs: Float64Array
  /** Row indices to learn from; reordered in place so that each leaf's rows stand together. */
  rows: Int32Array
  /** Feature indices that may split, ascending. */
  features: Int32Array
  /** Chooses the features of a node. */
  rng?: Rng
}

/** A tree and the rows of its leaves: `rows[begin … end)` of the input reached leaf `node`. */
export interface GrownTree {
  tree: Tree
  leaves: readonly { node: number; begin: number; end: number }[]
}

interface OpenNode extends NodeSums {
  index: number
  begin: number
  end: number
  depth: number
  lower: number
  upper: number
  /** Undefined where the node cannot be split. */
  histogram: Histogram | undefined
  split: Split | undefined
}

/** What stays the same while a tree grows. */
interface Growth {
  input: GrowInput
  params: GrowParams
  draft: TreeDraft
  fill: HistogramFiller
  pool: HistogramPool
  ordered: OrderedRows
  scratch: OrderedRows
}

/**
 * Grows one tree on the second-order approximation of the loss.
 *
 * The leaf value is {@link leafWeight} times the learning rate, stored as a 32-bit float so that the exported model
 * adds the very same numbers.
 */
export function growTree(input: GrowInput, params: GrowParams): GrownTree {
  const growth: Growth = {
    input,
    params,
    draft: createTreeDraft(),
    fill: createHistogramFiller(input.matrix, input.features),
    pool: createHistogramPool(input.features.length),
    ordered: orderRows(input),
    scratch: { rows: new Int32Array(input.rows.length), pairs: new Float64Array(2 * input.rows.length) },
  }
  const open = [openRoot(growth)]
  const leaves: OpenNode[] = []
  for (let node = takeNext(open, params); node !== undefined; node = takeNext(open, params)) {
    const isFull = open.length + leaves.length + 1 >= (params.numLeaves ?? Number.POSITIVE_INFINITY)
    if (node.split === undefined || isFull) leaves.push(closeAsLeaf(node, growth))
    else open.push(...divide(node, node.split, growth))
  }
  const { tree, indexOf } = growth.draft.finish()
  return { tree, leaves: leaves.map(({ index, begin, end }) => ({ node: indexOf[index] as number, begin, end })) }
}

/** The node to split next: the last opened, so that few histograms are held, or that of largest gain. */
function takeNext(open: OpenNode[], { numLeaves }: GrowParams): OpenNode | undefined {
  if (numLeaves === undefined) return open.pop()
  let best = 0
  for (let i = 1; i < open.length; i++) if (gainOf(open[i]) > gainOf(open[best])) best = i
  return open.splice(best, 1)[0]
}

function gainOf(node: OpenNode | undefined): number {
  return node?.split?.gain ?? 0
}

function closeAsLeaf(node: OpenNode, { draft, params, pool }: Growth): OpenNode {
  draft.closeAsLeaf(node.index, leafWeight(node, params) * params.learningRate)
  if (node.histogram !== undefined) pool.give(node.histogram)
  return node
}

/** The pairs of the rows, in their order. */
function orderRows({ rows, pairs }: GrowInput): OrderedRows {
  const ordered = new Float64Array(2 * rows.length)
  for (let i = 0; i < rows.length; i++) {
    const r = rows[i] as number
    ordered[2 * i] = pairs[2 * r] as number
    ordered[2 * i + 1] = pairs[2 * r + 1] as number
  }
  return { rows, pairs: ordered }
}

function openRoot({ input, params, draft, pool, fill, ordered }: Growth): OpenNode {
  let gradient = 0
  let hessian = 0
  for (let i = 0; i < ordered.pairs.length; i += 2) {
    gradient += ordered.pairs[i] as number
    hessian += ordered.pairs[i + 1] as number
  }
  const range = { begin: 0, end: input.rows.length }
  const bounds = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY }
  const histogram = pool.take()
  fill(histogram, { ...ordered, ...range })
  const index = draft.add(hessian)
  return withSplit(
    { index, gradient, hessian, ...range, ...bounds, depth: 0, histogram, split: undefined },
    input,
    params,
  )
}

function withSplit(node: OpenNode, input: GrowInput, params: GrowParams): OpenNode {
  if (node.histogram === undefined) return node
  const candidates = { histogram: node.histogram, features: input.features }
  const { colsamplePerNode = 1 } = params
  const slots =
    colsamplePerNode < 1 && input.rng !== undefined
      ? drawFeatures(firstIntegers(input.features.length), colsamplePerNode, input.rng)
      : undefined
  node.split = findSplit(slots === undefined ? candidates : { ...candidates, slots }, input.bins, node, params)
  return node
}

function divide(node: OpenNode, split: Split, growth: Growth): OpenNode[] {
  const { input, draft, ordered, scratch, params } = growth
  const { middle, ...left } = partitionRows(ordered, node, split, {
    ...{ matrix: input.matrix, scratch },
    // The children of the last level are leaves.
    movesPairs: node.depth + 1 < params.maxDepth,
  })
  const right = { gradient: node.gradient - left.gradient, hessian: node.hessian - left.hessian }
  const leftIndex = draft.add(left.hessian)
  const rightIndex = draft.add(right.hessian)
  draft.closeAsSplit(node.index, split, leftIndex, rightIndex)
  const [leftBounds, rightBounds] = childBounds(node, split, left, right, params)
  const common = { depth: node.depth + 1, histogram: undefined, split: undefined }
  const leftNode = { index: leftIndex, begin: node.begin, end: middle, ...left, ...leftBounds, ...common }
  const rightNode = { index: rightIndex, begin: middle, end: node.end, ...right, ...rightBounds, ...common }
  giveHistograms(node, leftNode, rightNode, growth)
  return [withSplit(rightNode, input, params), withSplit(leftNode, input, params)]
}

/** A monotone split keeps the values of its sides apart at the middle of both, all the way down. */
function childBounds(
  { lower, upper }: OpenNode,
  split: Split,
  left: NodeSums,
  right: NodeSums,
  params: GrowParams,
): [{ lower: number; upper: number }, { lower: number; upper: number }] {
  const inherited = { lower, upper }
  const direction = params.monotone?.[split.feature] ?? 0
  if (direction === 0 || split.threshold === Number.POSITIVE_INFINITY) return [inherited, inherited]
  const weight = (side: NodeSums) => boundedWeight(side.gradient, side.hessian, params, lower, upper)
  const middle = (weight(left) + weight(right)) / 2
  const below = { lower, upper: middle }
  const above = { lower: middle, upper }
  return direction > 0 ? [below, above] : [above, below]
}

/**
 * Histograms of the children that may be split: the smaller is summed, the larger is the parent's minus it, in the
 * parent's memory.
 */
function giveHistograms(parent: OpenNode, left: OpenNode, right: OpenNode, growth: Growth): void {
  const { pool, fill, ordered, params } = growth
  if (parent.histogram === undefined) return
  const [smaller, larger] = left.end - left.begin <= right.end - right.begin ? [left, right] : [right, left]
  const wanted = [smaller, larger].map((child) => mayBeSplit(child, params))
  if (!wanted[0] && !wanted[1]) {
    pool.give(parent.histogram)
    return
  }
  const summed = pool.take()
  fill(summed, { ...ordered, begin: smaller.begin, end: smaller.end })
  if (wanted[1]) {
    subtractHistogram(parent.histogram, parent.histogram, summed)
    larger.histogram = parent.histogram
  } else pool.give(parent.histogram)
  if (wanted[0]) smaller.histogram = summed
  else pool.give(summed)
}

/** Whether a node is above the last level and heavy enough for two children, but for rounding. */
function mayBeSplit({ depth, hessian }: OpenNode, { maxDepth, minChildWeight }: GrowParams): boolean {
  return depth < maxDepth && hessian >= 1.999 * minChildWeight
}
