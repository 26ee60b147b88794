import { MessageWriter } from './wire.ts'

/** Field numbers and names follow onnx.proto3; ONNX's own spelling is kept where it is part of the file. */

const IR_VERSION = 8
const OPSET = 17
const ML_OPSET = 3

/** Codes of `TensorProto.DataType` that our graphs use. */
export const FLOAT = 1
export const INT64 = 7
export const DOUBLE = 11

/** An attribute of an operator: the JavaScript type and its wrapper decide the ONNX type. */
export type Attribute =
  | { int: number }
  | { ints: ArrayLike<number> }
  | { floats: ArrayLike<number> }
  /** A one-dimensional tensor of 64-bit floats. */
  | { doubleTensor: ArrayLike<number> }
  | { string: string }
  | { strings: readonly string[] }

export interface GraphNode {
  op: string
  /** `ai.onnx.ml` for the classical-learning operators; absent for the default set. */
  domain?: 'ai.onnx.ml'
  inputs: readonly string[]
  output: string
  attributes?: Readonly<Record<string, Attribute>>
}

/** A constant of the graph: a list of 64-bit integers, or 64-bit floats of a shape ([] is a scalar). */
export type Constant =
  | { name: string; integers: readonly number[] }
  | { name: string; doubles: ArrayLike<number>; shape: readonly number[] }

/** A float tensor that goes in or out: [rows, width], the number of rows free. */
export interface Port {
  name: string
  width: number
}

export interface GraphModel {
  name: string
  inputs: readonly Port[]
  outputs: readonly Port[]
  constants: readonly Constant[]
  /** In the order of computation. */
  nodes: readonly GraphNode[]
  /** Free key–value pairs, readable without running the model. */
  metadata: Readonly<Record<string, string>>
}

/**
 * Encodes a model as an ONNX file.
 *
 * @see github.com/onnx/onnx, onnx.proto3 (IR version 8, opset 17, ai.onnx.ml 3)
 */
export function encodeOnnx(model: GraphModel): Uint8Array {
  const graph = new MessageWriter()
  for (const node of model.nodes) graph.message(1, encodeNode(node))
  graph.text(2, model.name)
  for (const constant of model.constants) graph.message(5, encodeConstant(constant))
  for (const port of model.inputs) graph.message(11, encodePort(port))
  for (const port of model.outputs) graph.message(12, encodePort(port))
  const file = new MessageWriter().integer(1, IR_VERSION).text(2, 'closeline').message(7, graph)
  file.message(8, new MessageWriter().text(1, '').integer(2, OPSET))
  file.message(8, new MessageWriter().text(1, 'ai.onnx.ml').integer(2, ML_OPSET))
  for (const [key, value] of Object.entries(model.metadata)) {
    file.message(14, new MessageWriter().text(1, key).text(2, value))
  }
  return file.finish()
}

function encodeNode(node: GraphNode): MessageWriter {
  const out = new MessageWriter()
  for (const input of node.inputs) out.text(1, input)
  out.text(2, node.output).text(3, node.output).text(4, node.op)
  for (const [name, attribute] of Object.entries(node.attributes ?? {}))
    out.message(5, encodeAttribute(name, attribute))
  if (node.domain !== undefined) out.text(7, node.domain)
  return out
}

function encodeAttribute(name: string, attribute: Attribute): MessageWriter {
  const out = new MessageWriter().text(1, name)
  const withType = (type: number) => out.integer(20, type)
  if ('int' in attribute) return withType(2).integer(3, attribute.int)
  if ('string' in attribute) return withType(3).text(4, attribute.string)
  if ('doubleTensor' in attribute) {
    const { doubleTensor } = attribute
    return withType(4).message(5, doubles(name, doubleTensor, [doubleTensor.length]))
  }
  if ('floats' in attribute) return withType(6).packedFloats(7, attribute.floats)
  if ('ints' in attribute) return withType(7).packedIntegers(8, attribute.ints)
  for (const value of attribute.strings) out.text(9, value)
  return withType(8)
}

function encodeConstant(constant: Constant): MessageWriter {
  if ('doubles' in constant) return doubles(constant.name, constant.doubles, constant.shape)
  return new MessageWriter()
    .packedIntegers(1, [constant.integers.length])
    .integer(2, INT64)
    .packedIntegers(7, constant.integers)
    .text(8, constant.name)
}

/** A tensor of 64-bit floats, row-major. */
function doubles(name: string, values: ArrayLike<number>, shape: readonly number[]): MessageWriter {
  const tensor = new MessageWriter()
  if (shape.length > 0) tensor.packedIntegers(1, shape)
  return tensor.integer(2, DOUBLE).text(8, name).packedDoubles(10, values)
}

function encodePort(port: Port): MessageWriter {
  const rows = new MessageWriter().text(2, 'rows')
  const width = new MessageWriter().integer(1, port.width)
  const shape = new MessageWriter().message(1, rows).message(1, width)
  const tensor = new MessageWriter().integer(1, FLOAT).message(2, shape)
  return new MessageWriter().text(1, port.name).message(2, new MessageWriter().message(1, tensor))
}
