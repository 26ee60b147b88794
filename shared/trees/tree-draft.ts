import type { Split } from './split.ts'
import type { Tree } from './tree.ts'

interface DraftNode {
  cover: number
  value: number
  split: Split | undefined
  left: number
  right: number
}

/** A tree under construction. */
export interface TreeDraft {
  /** Adds a node that is neither leaf nor split yet; returns its index. */
  add(cover: number): number
  closeAsLeaf(index: number, value: number): void
  closeAsSplit(index: number, split: Split, left: number, right: number): void
  /** The tree, its nodes level by level from left to right, and the new index of each node. */
  finish(): { tree: Tree; indexOf: Int32Array }
}

export function createTreeDraft(): TreeDraft {
  const nodes: DraftNode[] = []
  const at = (index: number) => nodes[index] as DraftNode
  return {
    add: (cover) => nodes.push({ cover, value: 0, split: undefined, left: -1, right: -1 }) - 1,
    closeAsLeaf(index, value) {
      at(index).value = value
    },
    closeAsSplit(index, split, left, right) {
      Object.assign(at(index), { split, left, right })
    },
    finish() {
      const order = levelOrder(nodes)
      const indexOf = new Int32Array(nodes.length)
      for (const [place, index] of order.entries()) indexOf[index] = place
      return { tree: toTree(order.map(at), indexOf), indexOf }
    },
  }
}

/** Indices of the nodes level by level, whichever order they were grown in. */
function levelOrder(nodes: readonly DraftNode[]): number[] {
  const order = [0]
  for (const index of order) {
    const { split, left, right } = nodes[index] as DraftNode
    if (split !== undefined) order.push(left, right)
  }
  return order
}

function toTree(nodes: readonly DraftNode[], indexOf: Int32Array): Tree {
  const child = (index: number) => (index < 0 ? -1 : (indexOf[index] as number))
  return {
    feature: Int32Array.from(nodes, ({ split }) => split?.feature ?? 0),
    threshold: Float32Array.from(nodes, ({ split }) => split?.threshold ?? 0),
    splitBin: Uint8Array.from(nodes, ({ split }) => split?.bin ?? 0),
    left: Int32Array.from(nodes, ({ left }) => child(left)),
    right: Int32Array.from(nodes, ({ right }) => child(right)),
    missingLeft: Uint8Array.from(nodes, ({ split }) => (split?.missingLeft ? 1 : 0)),
    value: Float32Array.from(nodes, ({ value }) => value),
    gain: Float32Array.from(nodes, ({ split }) => split?.gain ?? 0),
    cover: Float32Array.from(nodes, ({ cover }) => cover),
  }
}
