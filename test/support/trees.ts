import type { Tree } from '../../shared/trees/tree.ts'

/** A tree of a single leaf. */
export function leafTree(value: number): Tree {
  return {
    feature: Int32Array.of(0),
    threshold: Float32Array.of(0),
    splitBin: Uint8Array.of(0),
    left: Int32Array.of(-1),
    right: Int32Array.of(-1),
    missingLeft: Uint8Array.of(0),
    value: Float32Array.of(value),
    gain: new Float32Array(1),
    cover: new Float32Array(1),
  }
}
