import type { Message } from './wire-reader.ts'
import { corrupt, readMessage } from './wire-reader.ts'

/** A value that goes into or comes out of a model. */
export interface OnnxPort {
  name: string
  /** `float`, `double`, `int64` …; `sequence`, `map` or another form where it is no tensor. */
  elementType: string
  /** Length of each dimension, or its name, or null where it is free; undefined where even their number is. */
  shape: readonly (number | string | null)[] | undefined
}

/** What an ONNX file says of itself, its weights and operators aside. */
export interface OnnxDescription {
  irVersion: number
  producer: string
  graphName: string
  /** Constants that old files list among the inputs are left out. */
  inputs: readonly OnnxPort[]
  outputs: readonly OnnxPort[]
  /** Version of each operator set by domain; `ai.onnx` is the default set. */
  opsets: Readonly<Record<string, number>>
  metadata: Readonly<Record<string, string>>
}

/** One operator of a graph, not yet decoded. */
export interface OnnxNode {
  name: string
  op: string
  domain: string
  inputs: readonly string[]
  outputs: readonly string[]
  /** Attributes by name. */
  attributes(): Map<string, Message>
}

/** Names of `TensorProto.DataType` by code. */
const ELEMENT_TYPES = [
  ...['undefined', 'float', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool', 'float16'],
  ...['double', 'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16'],
]

/** Forms of `TypeProto` that are no tensor, by field. */
const OTHER_FORMS: readonly (readonly [number, string])[] = [
  [4, 'sequence'],
  [5, 'map'],
  [8, 'sparse_tensor'],
  [9, 'optional'],
]

/**
 * Reads what a file declares: inputs and outputs with element type and shape, operator sets, metadata.
 *
 * It does not prove that the file runs; the runtime does.
 *
 * @throws {DomainError} `corrupt_model` where the bytes are no ONNX file
 * @see github.com/onnx/onnx, onnx.proto3
 */
export function describeOnnx(bytes: Uint8Array): OnnxDescription {
  const model = readMessage(bytes)
  const graph = graphOf(model)
  const constants = new Set(graph.messages(5).map((tensor) => tensor.text(8)))
  return {
    irVersion: model.integer(1) ?? 0,
    producer: model.text(2) ?? '',
    graphName: graph.text(2) ?? '',
    inputs: graph
      .messages(11)
      .map(readPort)
      .filter(({ name }) => !constants.has(name)),
    outputs: graph.messages(12).map(readPort),
    opsets: Object.fromEntries(model.messages(8).map((set) => [set.text(1) || 'ai.onnx', set.integer(2) ?? 0])),
    metadata: Object.fromEntries(model.messages(14).map((entry) => [entry.text(1) ?? '', entry.text(2) ?? ''])),
  }
}

/** The operators of the main graph, in the file's order. */
export function readNodes(bytes: Uint8Array): OnnxNode[] {
  return graphOf(readMessage(bytes))
    .messages(1)
    .map((node) => ({
      name: node.text(3) ?? '',
      op: node.text(4) ?? '',
      domain: node.text(7) ?? '',
      inputs: node.texts(1),
      outputs: node.texts(2),
      attributes: () => new Map(node.messages(5).map((attribute) => [attribute.text(1) ?? '', attribute])),
    }))
}

function graphOf(model: Message): Message {
  const graph = model.message(7)
  if (graph === undefined) throw corrupt('it has no graph')
  return graph
}

function readPort(port: Message): OnnxPort {
  const name = port.text(1) ?? ''
  const type = port.message(2)
  const tensor = type?.message(1)
  if (tensor === undefined) {
    const form = OTHER_FORMS.find(([field]) => type?.bytes(field) !== undefined)
    return { name, elementType: form?.[1] ?? 'undefined', shape: undefined }
  }
  const code = tensor.integer(1) ?? 0
  const shape = tensor
    .message(2)
    ?.messages(1)
    .map((length) => length.integer(1) ?? length.text(2) ?? null)
  return { name, elementType: ELEMENT_TYPES[code] ?? `type ${code}`, shape }
}
