import { DomainError } from '../kernel/errors.ts'
import type { Tree } from '../trees/tree.ts'

/** Nodes of a tree in any order, node 0 the root; a leaf has −1 on both sides. All arrays are of one length. */
export interface RawNodes {
  readonly left: readonly number[]
  readonly right: readonly number[]
  /** Of a split; at a leaf not looked at. */
  readonly feature: readonly number[]
  /** 32-bit floats: a row goes left where it is at most this. Not looked at in a leaf. */
  readonly threshold: ArrayLike<number>
  readonly missingLeft: ArrayLike<number>
  /** Contribution of a leaf; in a split not looked at. */
  readonly value: ArrayLike<number>
  readonly gain: ArrayLike<number>
  /** ≥ 0. */
  readonly cover: ArrayLike<number>
}

/**
 * The tree of some nodes, renumbered so that a child comes after its parent; nodes that the root does not reach are left
 * out.
 *
 * @param name  what errors call the tree
 * @throws {DomainError} `corrupt_tree` where a child or a feature is out of range, a node has one child or is reached
 *   twice (a cycle among them), or a number is not finite as a 32-bit float or a cover is negative
 */
export function treeOfNodes(nodes: RawNodes, nFeatures: number, name: string): Tree {
  const order = orderFromRoot(nodes, name)
  const place = new Int32Array(nodes.left.length)
  for (const [index, node] of order.entries()) place[node] = index
  const tree = emptyTree(order.length)
  for (const [index, node] of order.entries()) {
    if (nodes.left[node] === -1) {
      tree.left[index] = -1
      tree.right[index] = -1
      tree.value[index] = finiteFloat(nodes.value[node], `${name}: the value of leaf ${node}`)
    } else {
      tree.left[index] = place[nodes.left[node] as number] as number
      tree.right[index] = place[nodes.right[node] as number] as number
      tree.feature[index] = featureOf(nodes, node, nFeatures, name)
      tree.threshold[index] = nodes.threshold[node] as number
      tree.missingLeft[index] = nodes.missingLeft[node] === 1 ? 1 : 0
      tree.gain[index] = finiteFloat(nodes.gain[node], `${name}: the gain of node ${node}`)
    }
    tree.cover[index] = coverOf(nodes, node, name)
  }
  return tree
}

/** Node numbers by breadth, from the root. */
function orderFromRoot({ left, right }: RawNodes, name: string): number[] {
  const seen = new Uint8Array(left.length)
  const order = [0]
  seen[0] = 1
  for (const node of order) {
    if ((left[node] === -1) !== (right[node] === -1)) throw corrupt(`${name}: node ${node} has one child`)
    if (left[node] === -1) continue
    for (const child of [left[node], right[node]] as [number, number]) {
      if (!(child >= 0 && child < left.length)) {
        throw corrupt(`${name}: child ${child} of node ${node}: there are ${left.length} nodes`)
      }
      if (seen[child] === 1) throw corrupt(`${name}: node ${child} is reached twice`)
      seen[child] = 1
      order.push(child)
    }
  }
  return order
}

function featureOf({ feature }: RawNodes, node: number, nFeatures: number, name: string): number {
  const index = feature[node] as number
  if (index >= 0 && index < nFeatures) return index
  throw corrupt(`${name}: feature ${index} of node ${node}: there are ${nFeatures} features`)
}

function coverOf({ cover }: RawNodes, node: number, name: string): number {
  const value = finiteFloat(cover[node], `${name}: the cover of node ${node}`)
  if (value >= 0) return value
  throw corrupt(`${name}: the cover of node ${node} is ${value}: a weight of rows is never negative`)
}

function finiteFloat(value: number | undefined, what: string): number {
  const float = Math.fround(value ?? Number.NaN)
  if (Number.isFinite(float)) return float
  throw corrupt(`${what} is ${value}: must be finite as a 32-bit float`)
}

function emptyTree(n: number): Tree {
  return {
    feature: new Int32Array(n),
    threshold: new Float32Array(n),
    splitBin: new Uint8Array(n),
    left: new Int32Array(n),
    right: new Int32Array(n),
    missingLeft: new Uint8Array(n),
    value: new Float32Array(n),
    gain: new Float32Array(n),
    cover: new Float32Array(n),
  }
}

function corrupt(message: string): DomainError {
  return new DomainError('corrupt_tree', message)
}
