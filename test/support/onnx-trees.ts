import type { Tree } from '../../shared/trees/tree.ts'

/** A tree of one split. */
export function stumpTree(split: {
  feature: number
  threshold: number
  left: number
  right: number
  missingLeft?: boolean
}): Tree {
  return {
    feature: Int32Array.of(split.feature, 0, 0),
    threshold: Float32Array.of(split.threshold, 0, 0),
    splitBin: new Uint8Array(3),
    left: Int32Array.of(1, -1, -1),
    right: Int32Array.of(2, -1, -1),
    missingLeft: Uint8Array.of(split.missingLeft ? 1 : 0, 0, 0),
    value: Float32Array.of(0, split.left, split.right),
    gain: new Float32Array(3),
    cover: Float32Array.of(10, 4, 6),
  }
}
