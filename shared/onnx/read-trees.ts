import type { Link, TreeEnsemble } from '../trees/ensemble.ts'
import type { Tree } from '../trees/tree.ts'
import { assembleTree } from './assemble-tree.ts'
import type { OnnxNode } from './read.ts'
import { describeOnnx, readNodes } from './read.ts'
import type { TreeAttributes } from './tree-attributes.ts'
import { readTreeAttributes, unsupported } from './tree-attributes.ts'
import { corrupt } from './wire-reader.ts'

/** The trees of one operator of an ONNX file. */
export interface ReadEnsemble {
  /** Name of the operator's node in the file. */
  name: string
  operator: 'TreeEnsembleRegressor' | 'TreeEnsembleClassifier'
  /** The graph's input whose columns the trees split on; undefined where they split on something computed from it. */
  reads: string | undefined
  /**
   * Whether covers were read: those of every split are the sum of its children's. Files of other tools leave
   * `nodes_hitrates` out or full of ones; TreeSHAP cannot be had from these.
   */
  hasCover: boolean
  /** `link` is the operator's own; what other operators do with the result is not part of it. */
  ensemble: TreeEnsemble
}

/** Widths beyond this are taken for damage. */
const MOST_FEATURES = 1_000_000

/**
 * Reads the trees of a file, an entry for each tree operator of its graph, in their order.
 *
 * Of trees that this code wrote every bit returns but `gain` and `splitBin`, which ONNX has no field for and which are 0.
 * Files of other tools: comparisons by <, ≥ and > become ≤ by the next 32-bit float and by exchanged children, which
 * sends every 32-bit row the same way; 64-bit thresholds are rounded down for the same reason; 64-bit leaf values are
 * rounded to 32 bits, an error of 6e-8 of the value; a tree whose leaves vote for several outputs becomes one tree for
 * each; a classifier of two classes whose leaves vote for the first alone has one output, the second's score.
 *
 * @throws {DomainError} `corrupt_model` where the bytes are no ONNX file or its trees are none; `unsupported_model` where
 *   trees compare by equality, are not summed, or belong to the newer operator `TreeEnsemble`
 * @see github.com/onnx/onnx, Operators-ml.md, "ai.onnx.ml.TreeEnsembleRegressor", "ai.onnx.ml.TreeEnsembleClassifier"
 */
export function readTreeEnsembles(bytes: Uint8Array): ReadEnsemble[] {
  const { inputs } = describeOnnx(bytes)
  const nodes = readNodes(bytes)
  const casts = new Map(nodes.filter(({ op }) => op === 'Cast').map((node) => [node.outputs[0], node.inputs[0]]))
  const widthOf = new Map(inputs.map(({ name, shape }) => [name, shape?.[1]]))
  return nodes.filter(isTreeOperator).map((node) => {
    const source = node.inputs[0] ?? ''
    const reads = [source, casts.get(source)].find((name) => name !== undefined && widthOf.has(name))
    const width = reads === undefined ? undefined : widthOf.get(reads)
    return { ...readEnsemble(node, typeof width === 'number' ? width : undefined), reads }
  })
}

type TreeOperator = OnnxNode & { op: ReadEnsemble['operator'] }

function isTreeOperator(node: OnnxNode): node is TreeOperator {
  if (node.domain !== 'ai.onnx.ml') return false
  if (node.op === 'TreeEnsemble') throw unsupported('the operator TreeEnsemble of ai.onnx.ml 5 is not known')
  return node.op === 'TreeEnsembleRegressor' || node.op === 'TreeEnsembleClassifier'
}

function readEnsemble(node: TreeOperator, width: number | undefined): Omit<ReadEnsemble, 'reads'> {
  const attributes = mergeTwoClasses(node.op, readTreeAttributes(node))
  const trees: Tree[] = []
  const outputOf: number[] = []
  for (const [output, tree] of assembleTrees(attributes)) {
    trees.push(tree)
    outputOf.push(output)
  }
  const ensemble: TreeEnsemble = {
    nFeatures: checkedWidth(attributes, width),
    nOutputs: attributes.nOutputs,
    link: linkOf(attributes),
    trees,
    outputOf: Int32Array.from(outputOf),
    baseScores: baseScores(attributes),
  }
  return { name: node.name, operator: node.op, hasCover: trees.every(addsUp), ensemble }
}

/** The trees by output, in the file's order of tree ids. */
function* assembleTrees(attributes: TreeAttributes): Generator<[number, Tree]> {
  const rowsOf = Map.groupBy(attributes.treeIds.keys(), (row) => attributes.treeIds[row])
  const { votes, nOutputs } = attributes
  const votesOf = Map.groupBy(votes.treeIds.keys(), (vote) => votes.treeIds[vote])
  for (const id of votesOf.keys()) if (!rowsOf.has(id)) throw corrupt(`a leaf of the absent tree ${id} votes`)
  for (const [id, rows] of rowsOf) {
    const byOutput = Map.groupBy(votesOf.get(id) ?? [], (vote) => votes.outputs[vote] as number)
    if (byOutput.size === 0) byOutput.set(0, [])
    for (const [output, own] of byOutput) {
      if (!(output >= 0 && output < nOutputs)) throw corrupt(`a leaf votes for output ${output} of ${nOutputs}`)
      yield [output, assembleTree(attributes, rows, own)]
    }
  }
}

/**
 * A classifier of two classes whose leaves vote for the first alone means by that the score of the second: one output.
 * ONNX Runtime 1.30 does so with at most one base value; with others it drops them or the votes, which no reader can mend.
 */
function mergeTwoClasses(operator: ReadEnsemble['operator'], attributes: TreeAttributes): TreeAttributes {
  const { nOutputs, votes, baseValues } = attributes
  const voted = new Set(votes.outputs)
  if (operator !== 'TreeEnsembleClassifier' || nOutputs !== 2 || voted.size !== 1) return attributes
  if (voted.has(0) && baseValues.length <= 1) return { ...attributes, nOutputs: 1 }
  if (baseValues.length > 0) throw unsupported('its leaves vote for one class of two, and its base values for more')
  return attributes
}

function linkOf({ postTransform, nOutputs }: TreeAttributes): Link {
  if (postTransform === 'NONE') return 'identity'
  if (postTransform === 'LOGISTIC') return 'logistic'
  if (postTransform === 'SOFTMAX' && nOutputs > 1) return 'softmax'
  throw unsupported(`its post-transform is ${postTransform} over ${nOutputs} outputs`)
}

function baseScores({ baseValues, nOutputs }: TreeAttributes): Float64Array {
  if (baseValues.length === 0) return new Float64Array(nOutputs)
  if (baseValues.length !== nOutputs) throw corrupt(`${baseValues.length} base values for ${nOutputs} outputs`)
  return Float64Array.from(baseValues)
}

function checkedWidth({ features, modes }: TreeAttributes, width: number | undefined): number {
  let widest = 0
  for (const [row, feature] of features.entries()) {
    if (modes[row] === 'LEAF') continue
    if (!(feature >= 0 && feature < (width ?? MOST_FEATURES))) throw corrupt(`a tree splits on feature ${feature}`)
    widest = Math.max(widest, feature + 1)
  }
  return width ?? widest
}

function addsUp({ left, right, cover }: Tree): boolean {
  return cover.every((own, node) => {
    const child = left[node] as number
    if (child < 0) return own >= 0
    const sum = (cover[child] as number) + (cover[right[node] as number] as number)
    return Math.abs(own - sum) <= 1e-3 * Math.max(own, sum)
  })
}
