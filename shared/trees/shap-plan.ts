import type { Tree } from './tree.ts'

/**
 * What the Shapley values of a tree need of it that no row changes. Edges bear the number of the node they lead to; the
 * root, which none leads to, stands for "no edge".
 */
export interface ShapPlan {
  readonly tree: Tree
  readonly parent: Int32Array
  /** 1 for a left child. */
  readonly isLeft: Uint8Array
  /** 1 for the child of the higher number, the first of the two on the way from the last node to the root. */
  readonly isLater: Uint8Array
  /** The product of the shares of rows over the edges of one feature on the way to the node, its own edge the last. */
  readonly share: Float64Array
  /** The last edge on the way to the parent that splits on the same feature as the node's own; 0 where there is none. */
  readonly previous: Int32Array
  /** Most features on the way to any leaf. */
  readonly features: number
  /** Mean of the leaves' values over the training rows. */
  readonly expectation: number
}

/** Products of shares below this count as none: quotients of them stay finite, and what they weigh is lost in rounding. */
const LEAST_SHARE = 1e-250

/**
 * Plans a tree.
 *
 * The share of a child is its `cover` by that of both children. Where neither is covered, each takes half: no training row
 * comes to such a node, so its halves matter only for rows that do.
 */
export function shapPlan(tree: Tree): ShapPlan {
  const n = tree.left.length
  const plan = {
    tree,
    parent: new Int32Array(n),
    isLeft: new Uint8Array(n),
    isLater: new Uint8Array(n),
    share: new Float64Array(n).fill(1),
    previous: new Int32Array(n),
  }
  const reach = new Float64Array(n).fill(1)
  const depth = new Int32Array(n)
  let features = 0
  let expectation = 0
  for (let node = 0; node < n; node++) {
    const left = tree.left[node] as number
    const right = tree.right[node] as number
    if (left < 0) {
      expectation += (reach[node] as number) * (tree.value[node] as number)
      features = Math.max(features, depth[node] as number)
      continue
    }
    const before = lastEdgeOf(tree, plan.parent, node)
    const part = leftPart(tree.cover[left] as number, tree.cover[right] as number)
    plan.isLeft[left] = 1
    plan.isLater[Math.max(left, right)] = 1
    for (const child of [left, right]) {
      const ownPart = child === left ? part : 1 - part
      const share = ownPart * (plan.share[before] as number)
      plan.parent[child] = node
      plan.share[child] = share < LEAST_SHARE ? 0 : share
      plan.previous[child] = before
      reach[child] = ownPart * (reach[node] as number)
      depth[child] = (depth[node] as number) + (before === 0 ? 1 : 0)
    }
  }
  return { ...plan, features, expectation }
}

function leftPart(left: number, right: number): number {
  const both = left + right
  return both > 0 ? left / both : 0.5
}

/** The last edge on the way to `node` that splits on the feature that `node` splits on. */
function lastEdgeOf(tree: Tree, parent: Int32Array, node: number): number {
  const feature = tree.feature[node]
  for (let edge = node; edge !== 0; edge = parent[edge] as number) {
    if (tree.feature[parent[edge] as number] === feature) return edge
  }
  return 0
}
