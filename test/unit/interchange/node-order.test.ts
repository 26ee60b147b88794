import { describe, expect, test } from 'vitest'
import type { RawNodes } from '../../../shared/interchange/node-order.ts'
import { treeOfNodes } from '../../../shared/interchange/node-order.ts'

/** Node 0 splits x1 into 3 and 1; node 1 splits x0 into 4 and 2; node 5 is left over. */
const NODES: RawNodes = {
  left: [3, 4, -1, -1, -1, -1],
  right: [1, 2, -1, -1, -1, -1],
  feature: [1, 0, 9, 9, 9, 9],
  threshold: [0.5, 2, 0, 0, 0, 0],
  missingLeft: [1, 0, 0, 0, 0, 0],
  value: [0, 0, 20, 30, 40, Number.NaN],
  gain: [7, 3, 0, 0, 0, 0],
  cover: [10, 6, 4, 4, 2, -1],
}

const corrupt = (message: string) =>
  expect.objectContaining({ code: 'corrupt_tree', message: expect.stringContaining(message) })

describe('treeOfNodes', () => {
  test('numbers nodes by breadth, so that children come after their parents, and leaves out what is not reached', () => {
    const tree = treeOfNodes(NODES, 2, 'tree 0')
    expect(Array.from(tree.left)).toEqual([1, -1, 3, -1, -1])
    expect(Array.from(tree.right)).toEqual([2, -1, 4, -1, -1])
    expect(Array.from(tree.feature)).toEqual([1, 0, 0, 0, 0])
    expect(Array.from(tree.threshold)).toEqual([0.5, 0, 2, 0, 0])
    expect(Array.from(tree.missingLeft)).toEqual([1, 0, 0, 0, 0])
    expect(Array.from(tree.value)).toEqual([0, 30, 0, 40, 20])
    expect(Array.from(tree.gain)).toEqual([7, 0, 3, 0, 0])
    expect(Array.from(tree.cover)).toEqual([10, 4, 6, 2, 4])
  })

  test.each<[string, Partial<RawNodes>, string]>([
    ['a cycle', { left: [3, 0, -1, -1, -1, -1] }, 'node 0 is reached twice'],
    ['two ways to a node', { right: [1, 3, -1, -1, -1, -1] }, 'node 3 is reached twice'],
    ['a node that is its own child', { left: [0, 4, -1, -1, -1, -1] }, 'node 0 is reached twice'],
    ['a child beyond the nodes', { right: [6, 2, -1, -1, -1, -1] }, 'child 6 of node 0'],
    ['a negative child', { right: [-2, 2, -1, -1, -1, -1] }, 'child -2 of node 0'],
    ['one child', { right: [1, -1, -1, -1, -1, -1] }, 'node 1 has one child'],
    ['a feature beyond the row', { feature: [1, 2, 9, 9, 9, 9] }, 'feature 2 of node 1'],
    ['a negative feature', { feature: [-1, 0, 9, 9, 9, 9] }, 'feature -1 of node 0'],
    ['a leaf that is not a number', { value: [0, 0, 20, Number.NaN, 40, 0] }, 'the value of leaf 3'],
    ['a leaf beyond 32 bits', { value: [0, 0, 20, 1e39, 40, 0] }, 'the value of leaf 3'],
    ['a missing leaf', { value: [0, 0, 20] }, 'the value of leaf 3'],
    ['an infinite gain', { gain: [Number.POSITIVE_INFINITY, 3, 0, 0, 0, 0] }, 'the gain of node 0'],
    ['a negative cover', { cover: [10, 6, 4, -4, 2, 0] }, 'the cover of node 3'],
    ['a missing cover', { cover: [10, 6, 4, Number.NaN, 2, 0] }, 'the cover of node 3'],
  ])('refuses %s', (_, damage, message) => {
    expect(() => treeOfNodes({ ...NODES, ...damage }, 2, 'tree 0')).toThrow(corrupt(message))
  })
})
