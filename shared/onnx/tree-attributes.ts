import { DomainError } from '../kernel/errors.ts'
import { DOUBLE, FLOAT } from './graph.ts'
import type { OnnxNode } from './read.ts'
import type { Message } from './wire-reader.ts'
import { corrupt } from './wire-reader.ts'

/** What the leaves of an ensemble vote: leaf (tree id, node id), output, and the value that it adds there. */
export interface Votes {
  treeIds: readonly number[]
  nodeIds: readonly number[]
  outputs: readonly number[]
  values: ArrayLike<number>
}

/** The columns of a tree operator's node table, all of one length. */
export interface TreeAttributes {
  treeIds: readonly number[]
  nodeIds: readonly number[]
  features: readonly number[]
  values: ArrayLike<number>
  modes: readonly string[]
  trueIds: readonly number[]
  falseIds: readonly number[]
  missingTracksTrue: readonly number[]
  /** Empty where the file has none. */
  hitRates: ArrayLike<number>
  votes: Votes
  /** Empty where the file has none. */
  baseValues: ArrayLike<number>
  nOutputs: number
  postTransform: string
}

/** Outputs beyond this are taken for damage rather than given memory. */
const MOST_OUTPUTS = 65_536

/**
 * Decodes the attributes of a `TreeEnsembleRegressor` or `TreeEnsembleClassifier`.
 *
 * @throws {DomainError} `corrupt_model` where lists that belong together differ in length; `unsupported_model` where the
 *   values are aggregated otherwise than by their sum, or stand outside the file
 */
export function readTreeAttributes(node: OnnxNode): TreeAttributes {
  const attributes = node.attributes()
  const integers = (name: string) => attributes.get(name)?.integers(8) ?? []
  const votes = node.op === 'TreeEnsembleClassifier' ? 'class' : 'target'
  const aggregate = attributes.get('aggregate_function')?.text(4) ?? 'SUM'
  if (aggregate !== 'SUM') throw unsupported(`the values of its trees are aggregated by ${aggregate}`)
  const read: TreeAttributes = {
    treeIds: integers('nodes_treeids'),
    nodeIds: integers('nodes_nodeids'),
    features: integers('nodes_featureids'),
    values: numbers(attributes, 'nodes_values'),
    modes: attributes.get('nodes_modes')?.texts(9) ?? [],
    trueIds: integers('nodes_truenodeids'),
    falseIds: integers('nodes_falsenodeids'),
    missingTracksTrue: integers('nodes_missing_value_tracks_true'),
    hitRates: numbers(attributes, 'nodes_hitrates'),
    votes: {
      treeIds: integers(`${votes}_treeids`),
      nodeIds: integers(`${votes}_nodeids`),
      outputs: integers(`${votes}_ids`),
      values: numbers(attributes, `${votes}_weights`),
    },
    baseValues: numbers(attributes, 'base_values'),
    nOutputs: outputCount(attributes, votes),
    postTransform: attributes.get('post_transform')?.text(4) ?? 'NONE',
  }
  checkLengths(read)
  return read
}

export function unsupported(what: string): DomainError {
  return new DomainError('unsupported_model', `the trees of the ONNX file cannot be read: ${what}`)
}

function outputCount(attributes: Map<string, Message>, votes: 'class' | 'target'): number {
  const n =
    votes === 'target'
      ? (attributes.get('n_targets')?.integer(3) ?? 1)
      : Math.max(
          attributes.get('classlabels_int64s')?.integers(8).length ?? 0,
          attributes.get('classlabels_strings')?.texts(9).length ?? 0,
        )
  if (!(n >= 1 && n <= MOST_OUTPUTS)) throw corrupt(`its trees have ${n} outputs`)
  return n
}

/** A list of floats, or the tensor that may stand in its place. */
function numbers(attributes: Map<string, Message>, name: string): ArrayLike<number> {
  const tensor = attributes.get(`${name}_as_tensor`)?.message(5)
  return tensor === undefined ? (attributes.get(name)?.floats(7) ?? []) : tensorValues(tensor, name)
}

function tensorValues(tensor: Message, name: string): ArrayLike<number> {
  if ((tensor.integer(14) ?? 0) !== 0) throw unsupported(`${name} stands in another file`)
  const type = tensor.integer(2)
  if (type !== FLOAT && type !== DOUBLE) throw corrupt(`${name} has the element type ${type}`)
  const raw = tensor.bytes(9)
  const listed = type === FLOAT ? tensor.floats(4) : tensor.doubles(10)
  const values = raw === undefined ? listed : rawValues(raw, type, name)
  const length = tensor.integers(1).reduce((product, dimension) => product * dimension, 1)
  if (values.length !== length) throw corrupt(`${name} has ${values.length} values for a shape of ${length}`)
  return values
}

function rawValues(raw: Uint8Array, type: typeof FLOAT | typeof DOUBLE, name: string): Float64Array {
  const width = type === FLOAT ? 4 : 8
  if (raw.length % width !== 0) throw corrupt(`${name} holds a part of a number`)
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  return Float64Array.from({ length: raw.length / width }, (_, i) =>
    type === FLOAT ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  )
}

function checkLengths({ votes, ...nodes }: TreeAttributes): void {
  const n = nodes.modes.length
  const lists: readonly (readonly [string, ArrayLike<unknown>, number])[] = [
    ['nodes_treeids', nodes.treeIds, n],
    ['nodes_nodeids', nodes.nodeIds, n],
    ['nodes_featureids', nodes.features, n],
    ['nodes_values', nodes.values, n],
    ['nodes_truenodeids', nodes.trueIds, n],
    ['nodes_falsenodeids', nodes.falseIds, n],
    ['nodes_missing_value_tracks_true', nodes.missingTracksTrue, nodes.missingTracksTrue.length && n],
    ['nodes_hitrates', nodes.hitRates, nodes.hitRates.length && n],
    ['node ids of votes', votes.nodeIds, votes.values.length],
    ['tree ids of votes', votes.treeIds, votes.values.length],
    ['outputs of votes', votes.outputs, votes.values.length],
  ]
  for (const [name, list, length] of lists) {
    if (list.length !== length) throw corrupt(`${name} has ${list.length} entries instead of ${length}`)
  }
}
