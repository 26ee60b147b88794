import type { Tree } from '../trees/tree.ts'
import { floorFloat32, previousFloat32 } from './float32.ts'
import type { TreeAttributes } from './tree-attributes.ts'
import { unsupported } from './tree-attributes.ts'
import { corrupt } from './wire-reader.ts'

/** A split as we know it: left where x ≤ threshold. */
interface Branch {
  threshold: number
  /** Whether the file's true branch is our left one. */
  isTrueLeft: boolean
}

/**
 * One tree from the rows of the file's node table that belong to it, the first of them the root, and the votes of its
 * leaves for one output.
 *
 * Nodes stay in the file's order where children follow their parents in it, else they are numbered level by level.
 *
 * @throws {DomainError} `corrupt_model` where the rows are no tree or the votes no leaf's; `unsupported_model` where a
 *   split compares by something that x ≤ threshold cannot say
 */
export function assembleTree(attributes: TreeAttributes, rows: readonly number[], votes: readonly number[]): Tree {
  const rowOfId = new Map(rows.map((row) => [attributes.nodeIds[row], row]))
  if (rowOfId.size !== rows.length) throw corrupt('two nodes of a tree have one id')
  const branches = new Map<number, Branch>()
  const childrenOf = new Map<number, [number, number]>()
  for (const row of rows) {
    const branch = branchOf(attributes, row)
    if (branch === undefined) continue
    branches.set(row, branch)
    const [ifTrue, ifFalse] = [attributes.trueIds[row], attributes.falseIds[row]].map((id) => rowOfId.get(id))
    if (ifTrue === undefined || ifFalse === undefined) throw corrupt('a split leads to a node that is not there')
    childrenOf.set(row, branch.isTrueLeft ? [ifTrue, ifFalse] : [ifFalse, ifTrue])
  }
  const order = orderOf(rows, childrenOf)
  return fill(attributes, { order, branches, childrenOf, valueByRow: leafValues(attributes, votes, rowOfId, branches) })
}

/** The split of a row of the table; undefined at a leaf. */
function branchOf({ modes, values }: TreeAttributes, row: number): Branch | undefined {
  const value = values[row] as number
  const mode = modes[row]
  if (mode === 'LEAF') return undefined
  if (Number.isNaN(value)) throw corrupt('a tree splits at NaN')
  const isTrueLeft = mode === 'BRANCH_LEQ' || mode === 'BRANCH_LT'
  if (mode === 'BRANCH_LEQ' || mode === 'BRANCH_GT') return { threshold: floorFloat32(value), isTrueLeft }
  if (mode !== 'BRANCH_LT' && mode !== 'BRANCH_GTE') throw unsupported(`a tree splits by ${mode}`)
  if (value === Number.NEGATIVE_INFINITY) throw unsupported('a tree splits below −Infinity')
  const threshold = floorFloat32(value)
  return { threshold: threshold < value ? threshold : previousFloat32(threshold), isTrueLeft }
}

/** The rows in the order of our nodes. */
function orderOf(rows: readonly number[], childrenOf: ReadonlyMap<number, readonly [number, number]>): number[] {
  const byLevel = [rows[0] as number]
  const seen = new Set(byLevel)
  for (const row of byLevel) {
    for (const child of childrenOf.get(row) ?? []) {
      if (seen.has(child)) throw corrupt('two splits of a tree lead to one node')
      seen.add(child)
      byLevel.push(child)
    }
  }
  if (byLevel.length !== rows.length) throw corrupt('a tree has nodes that its root does not lead to')
  const place = new Map(rows.map((row, i) => [row, i]))
  const descends = rows.every((row, i) => (childrenOf.get(row) ?? []).every((child) => (place.get(child) ?? 0) > i))
  return descends ? [...rows] : byLevel
}

/** What each leaf adds, by its row in the table; a leaf without a vote adds nothing. */
function leafValues(
  { votes }: TreeAttributes,
  own: readonly number[],
  rowOfId: ReadonlyMap<number | undefined, number>,
  branches: ReadonlyMap<number, Branch>,
): Map<number, number> {
  const valueByRow = new Map<number, number>()
  for (const vote of own) {
    const row = rowOfId.get(votes.nodeIds[vote])
    if (row === undefined || branches.has(row)) throw corrupt(`node ${votes.nodeIds[vote]} votes and is no leaf`)
    if (valueByRow.has(row)) throw corrupt('a leaf votes twice for one output')
    const value = votes.values[vote] as number
    if (!Number.isFinite(Math.fround(value))) throw corrupt(`a leaf has the value ${value}`)
    valueByRow.set(row, value)
  }
  return valueByRow
}

interface Parts {
  order: readonly number[]
  branches: ReadonlyMap<number, Branch>
  childrenOf: ReadonlyMap<number, readonly [number, number]>
  valueByRow: ReadonlyMap<number, number>
}

function fill(attributes: TreeAttributes, { order, branches, childrenOf, valueByRow }: Parts): Tree {
  const place = new Map(order.map((row, node) => [row, node]))
  const placeOf = (row: number | undefined) => (row === undefined ? -1 : (place.get(row) ?? -1))
  const tree = leavesOnly(order.length)
  for (const [node, row] of order.entries()) {
    tree.cover[node] = attributes.hitRates[row] ?? Number.NaN
    tree.value[node] = valueByRow.get(row) ?? 0
    const branch = branches.get(row)
    if (branch === undefined) continue
    const children = childrenOf.get(row)
    tree.left[node] = placeOf(children?.[0])
    tree.right[node] = placeOf(children?.[1])
    tree.feature[node] = attributes.features[row] as number
    tree.threshold[node] = branch.threshold
    tree.missingLeft[node] = (attributes.missingTracksTrue[row] === 1) === branch.isTrueLeft ? 1 : 0
  }
  return tree
}

/** So many nodes without a split. */
function leavesOnly(n: number): Tree {
  return {
    feature: new Int32Array(n),
    threshold: new Float32Array(n),
    splitBin: new Uint8Array(n),
    left: new Int32Array(n).fill(-1),
    right: new Int32Array(n).fill(-1),
    missingLeft: new Uint8Array(n),
    value: new Float32Array(n),
    gain: new Float32Array(n),
    cover: new Float32Array(n),
  }
}
