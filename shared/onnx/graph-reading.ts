import { DOUBLE, INT64 } from './graph.ts'
import type { OnnxNode } from './read.ts'
import { describeOnnx, readNodes } from './read.ts'
import type { ReadEnsemble } from './read-trees.ts'
import { readTreeEnsembles } from './read-trees.ts'
import type { Message } from './wire-reader.ts'
import { readMessage } from './wire-reader.ts'

/** A graph to be read from its result back to its input. What is asked of a name that it has not, is undefined. */
export interface GraphReading {
  /** Number of columns of the input. */
  nFeatures: number
  /** What the operator whose result has this name is given, where it is of that kind. */
  inputsOf(result: string | undefined, op: string): readonly string[] | undefined
  /** A constant of 64-bit floats: of one value where it is a scalar. */
  numbers(name: string | undefined): readonly number[] | undefined
  /** A constant scalar. */
  number(name: string | undefined): number | undefined
  /** A constant of integers. */
  integers(name: string | undefined): readonly number[] | undefined
  /** The trees whose sum has this name. */
  trees(name: string | undefined): ReadEnsemble | undefined
  /** Whether all trees tell how many training rows each of their nodes saw. */
  hasCover: boolean
  /** Name of the graph's input. */
  input: string
  /** Name of its only output. */
  output: string
}

/**
 * Opens a graph of one input of known width and one output; undefined where it is another.
 *
 * @throws {DomainError} `corrupt_model`, `unsupported_model`
 */
export function readGraph(bytes: Uint8Array): GraphReading | undefined {
  const { inputs, outputs } = describeOnnx(bytes)
  const width = inputs[0]?.shape?.[1]
  const [input, output] = [inputs[0]?.name, outputs[0]?.name]
  if (inputs.length !== 1 || outputs.length !== 1 || typeof width !== 'number') return undefined
  if (input === undefined || output === undefined) return undefined
  const nodes = readNodes(bytes)
  if (!isInOrder(nodes)) return undefined
  const ensembles = readTreeEnsembles(bytes)
  const nodeOf = new Map(nodes.map((node) => [node.outputs[0], node]))
  const resultOf = new Map(nodes.map((node) => [node.name, node.outputs[0]]))
  const treesOf = new Map(ensembles.map((ensemble) => [resultOf.get(ensemble.name), ensemble]))
  const constants = new Map(constantsOf(bytes).map((tensor) => [tensor.text(8), tensor]))
  const numbers = (name: string | undefined) => {
    const tensor = constants.get(name)
    return tensor?.integer(2) === DOUBLE ? [...tensor.doubles(10)] : undefined
  }
  return {
    ...{ nFeatures: width, input, output, numbers, hasCover: ensembles.every((read) => read.hasCover) },
    inputsOf(result, op) {
      const node = nodeOf.get(result)
      return node?.op === op && node.domain === '' ? node.inputs : undefined
    },
    number(name) {
      const isScalar = constants.get(name)?.integers(1).length === 0
      return isScalar ? numbers(name)?.[0] : undefined
    },
    integers(name) {
      const tensor = constants.get(name)
      return tensor?.integer(2) === INT64 ? tensor.integers(7) : undefined
    },
    trees: (name) => treesOf.get(name),
  }
}

/** Whether nothing is used before it is made, so that no way back to the input goes in a circle. */
function isInOrder(nodes: readonly OnnxNode[]): boolean {
  const made = new Map(nodes.flatMap(({ outputs }, at) => outputs.map((name) => [name, at])))
  return nodes.every(({ inputs }, at) => inputs.every((name) => (made.get(name) ?? -1) < at))
}

/** `GraphProto.initializer`. @see github.com/onnx/onnx, onnx.proto3 */
export function constantsOf(bytes: Uint8Array): Message[] {
  return readMessage(bytes).message(7)?.messages(5) ?? []
}
