import type { Blend, Member } from '../blend/blend.ts'
import { invariant } from '../kernel/errors.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import type { Tree } from '../trees/tree.ts'
import { nextFloat32 } from './float32.ts'

/** Trees to walk, and the values that some columns must have for a model to ask these trees at all. */
export interface PinnedTrees {
  trees: readonly Tree[]
  pins?: readonly { column: number; value: number }[]
}

/** All trees of a blend's members that have weight; those of a segment's case are pinned to its code. */
export function treesOfBlend(blend: Blend): PinnedTrees[] {
  return blend.members.filter(({ weight }) => weight !== 0).flatMap(({ member }) => treesOfMember(member, []))
}

function treesOfMember(member: Member, pins: NonNullable<PinnedTrees['pins']>): PinnedTrees[] {
  switch (member.kind) {
    case 'column':
    case 'linear':
      return []
    case 'boosted':
    case 'forest':
      return [{ trees: member.trees.trees, pins }]
    case 'segments': {
      const cases = member.cases.flatMap(({ code, member: own }) =>
        treesOfMember(own, [...pins, { column: member.column, value: Math.fround(code) }]),
      )
      return [...cases, ...treesOfMember(member.fallback, [...pins, { column: member.column, value: Number.NaN }])]
    }
  }
}

/**
 * Rows that tell any two implementations of the same trees apart: for every split of every tree one row at its
 * threshold, one at the next 32-bit float above it, and one with the split's feature missing.
 *
 * Each starts as a base row (these take turns) and gets the values that lead from the root to the split, where some do;
 * a split that no row reaches keeps the base row's values beside its own.
 *
 * @param baseRows   at least one row, of the model's width
 * @param batchRows  most rows of one matrix
 * @returns          matrices of `batchRows` rows, the last shorter; none where no tree splits
 */
export function* thresholdRows(
  ensembles: readonly PinnedTrees[],
  baseRows: FeatureMatrix,
  { batchRows = 4096 } = {},
): Generator<FeatureMatrix> {
  invariant(baseRows.nRows > 0, 'threshold rows need a base row')
  let rows: Float32Array[] = []
  let turn = 0
  for (const { trees, pins = [] } of ensembles) {
    for (const tree of trees) {
      for (const split of splitsOf(tree)) {
        const base = Float32Array.from(baseRows.columns, (column) => column[turn] as number)
        turn = (turn + 1) % baseRows.nRows
        for (const { column, value } of pins) base[column] = value
        rows.push(...rowsAround(split, base))
        if (rows.length < batchRows) continue
        yield toMatrix(rows.slice(0, batchRows))
        rows = rows.slice(batchRows)
      }
    }
  }
  if (rows.length > 0) yield toMatrix(rows)
}

/** A split and how one comes to it. */
interface Split {
  feature: number
  threshold: number
  /** The split above, and on which side of it this one stands; undefined at the root. */
  parent: { split: Split; isLeft: boolean } | undefined
  /** Whether a missing value goes left. */
  missingLeft: boolean
}

function* splitsOf(tree: Tree): Generator<Split> {
  const open: { node: number; parent: Split['parent'] }[] = [{ node: 0, parent: undefined }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, parent } = next
    const left = tree.left[node] as number
    if (left < 0) continue
    const split: Split = {
      feature: tree.feature[node] as number,
      threshold: tree.threshold[node] as number,
      missingLeft: tree.missingLeft[node] === 1,
      parent,
    }
    yield split
    open.push({ node: tree.right[node] as number, parent: { split, isLeft: false } })
    open.push({ node: left, parent: { split, isLeft: true } })
  }
}

/** What the path to a split leaves a feature: values in (above, upTo], and whether a missing value comes by. */
interface Room {
  above: number
  upTo: number
  allowsMissing: boolean
}

/** By feature; the narrowest of what the splits on the path allow. */
function roomOnPath(split: Split): Map<number, Room> {
  const rooms = new Map<number, Room>()
  for (let step = split.parent; step !== undefined; step = step.split.parent) {
    const { feature, threshold, missingLeft } = step.split
    const room = rooms.get(feature) ?? {
      above: Number.NaN,
      upTo: Number.POSITIVE_INFINITY,
      allowsMissing: true,
    }
    if (step.isLeft) room.upTo = Math.min(room.upTo, threshold)
    else room.above = Number.isNaN(room.above) ? threshold : Math.max(room.above, threshold)
    room.allowsMissing &&= missingLeft === step.isLeft
    rooms.set(feature, room)
  }
  return rooms
}

function fits(x: number, { above, upTo, allowsMissing }: Room): boolean {
  if (Number.isNaN(x)) return allowsMissing
  // An `above` of NaN is no bound, not even at −Infinity.
  return !(x <= above) && x <= upTo
}

/** A value that fits: the given one if it does, else the end of the room, else a missing one; undefined where none does. */
function fitting(x: number, room: Room): number | undefined {
  const end = Number.isNaN(room.above) ? room.upTo : nextFloat32(room.above)
  return [x, end, Number.NaN].find((candidate) => fits(candidate, room))
}

function rowsAround(split: Split, base: Float32Array): Float32Array[] {
  const row = base.slice()
  for (const [feature, room] of roomOnPath(split)) {
    row[feature] = fitting(row[feature] as number, room) ?? (row[feature] as number)
  }
  const values = [split.threshold, nextFloat32(split.threshold), Number.NaN]
  return values.map((value) => {
    const own = row.slice()
    own[split.feature] = value
    return own
  })
}

function toMatrix(rows: readonly Float32Array[]): FeatureMatrix {
  const width = rows[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, f) => Float32Array.from(rows, (row) => row[f] as number))
  return { nRows: rows.length, columns }
}
