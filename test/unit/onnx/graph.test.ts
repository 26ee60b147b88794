import { describe, expect, test } from 'vitest'
import type { GraphModel } from '../../../shared/onnx/graph.ts'
import { encodeOnnx } from '../../../shared/onnx/graph.ts'

/** A protobuf message read back: its values by field number, nested messages still bytes. */
type Fields = Map<number, (number | Uint8Array)[]>

function read(bytes: Uint8Array): Fields {
  const fields: Fields = new Map()
  let at = 0
  const varint = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? Number.NaN
      value += (byte % 128) * scale
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const first = varint()
    const isBytes = tag % 8 === 2
    const value = isBytes ? bytes.subarray(at, at + first) : first
    if (isBytes) at += first
    fields.set(Math.floor(tag / 8), [...(fields.get(Math.floor(tag / 8)) ?? []), value])
  }
  return fields
}

const all = (fields: Fields, field: number) => (fields.get(field) ?? []).filter((value) => typeof value !== 'number')
const message = (fields: Fields, field: number) => read(all(fields, field)[0] ?? new Uint8Array())
const texts = (fields: Fields, field: number) => all(fields, field).map((value) => new TextDecoder().decode(value))
const bytesOf = (fields: Fields, field: number) => Array.from(all(fields, field)[0] ?? [])

const MODEL: GraphModel = {
  name: 'doubled',
  inputs: [{ name: 'x', width: 3 }],
  outputs: [{ name: 'y', width: 1 }],
  constants: [
    { name: 'column', integers: [1, 300] },
    { name: 'half', doubles: [0.5], shape: [] },
    { name: 'pair', doubles: [0.5, 0.5], shape: [2, 1] },
  ],
  nodes: [
    { op: 'Gather', inputs: ['x', 'column'], output: 'picked', attributes: { axis: { int: 1 } } },
    {
      op: 'TreeEnsembleRegressor',
      domain: 'ai.onnx.ml',
      inputs: ['picked'],
      output: 'y',
      attributes: {
        post_transform: { string: 'NONE' },
        nodes_values: { floats: [1] },
        nodes_treeids: { ints: [0, 300] },
        nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF'] },
        target_weights_as_tensor: { doubleTensor: [0.5] },
      },
    },
  ],
  metadata: { note: 'a, b' },
}

// Field numbers and type codes are those of onnx.proto3.
describe('encodeOnnx', () => {
  const file = read(encodeOnnx(MODEL))
  const graph = message(file, 7)
  const [gather = new Map(), trees = new Map()] = all(graph, 1).map(read)

  test('says its IR version and operator sets', () => {
    expect(file.get(1)).toEqual([8])
    const sets = all(file, 8).map(read)
    expect(sets.map((set) => [texts(set, 1)[0], set.get(2)?.[0]])).toEqual([
      ['', 17],
      ['ai.onnx.ml', 3],
    ])
  })

  test('carries metadata and the name of the graph', () => {
    const entry = message(file, 14)
    expect([texts(entry, 1), texts(entry, 2)]).toEqual([['note'], ['a, b']])
    expect(texts(graph, 2)).toEqual(['doubled'])
  })

  test('lists nodes in order, each with its operator, domain, inputs and output', () => {
    expect([gather, trees].map((node) => [texts(node, 4), texts(node, 7), texts(node, 1), texts(node, 2)])).toEqual([
      [['Gather'], [], ['x', 'column'], ['picked']],
      [['TreeEnsembleRegressor'], ['ai.onnx.ml'], ['picked'], ['y']],
    ])
  })

  test('gives each attribute the field and the type code of its kind', () => {
    const [axis = new Map()] = all(gather, 5).map(read)
    expect([texts(axis, 1), axis.get(20), axis.get(3)]).toEqual([['axis'], [2], [1]])
    const [text = new Map(), floats = new Map(), ints = new Map(), strings = new Map()] = all(trees, 5).map(read)
    expect([text.get(20), texts(text, 4)]).toEqual([[3], ['NONE']])
    expect([floats.get(20), bytesOf(floats, 7)]).toEqual([[6], [0, 0, 0x80, 0x3f]])
    expect([ints.get(20), bytesOf(ints, 8)]).toEqual([[7], [0, 0xac, 0x02]])
    expect([strings.get(20), texts(strings, 9)]).toEqual([[8], ['BRANCH_LEQ', 'LEAF']])
  })

  test('stores 64-bit floats as tensors with their shape, a scalar without one', () => {
    const half = [0, 0, 0, 0, 0, 0, 0xe0, 0x3f]
    const [, scalar = new Map(), pair = new Map()] = all(graph, 5).map(read)
    expect([texts(scalar, 8), scalar.get(1), scalar.get(2), bytesOf(scalar, 10)]).toEqual([
      ['half'],
      undefined,
      [11],
      half,
    ])
    expect([bytesOf(pair, 1), pair.get(2), bytesOf(pair, 10)]).toEqual([[2, 1], [11], [...half, ...half]])
    const weights = all(trees, 5).map(read).at(-1) ?? new Map()
    const tensor = message(weights, 5)
    expect([weights.get(20), bytesOf(tensor, 1), tensor.get(2), bytesOf(tensor, 10)]).toEqual([[4], [1], [11], half])
  })

  test('stores integers as a list of 64 bits each', () => {
    const [list = new Map()] = all(graph, 5).map(read)
    expect([texts(list, 8), bytesOf(list, 1), list.get(2), bytesOf(list, 7)]).toEqual([
      ['column'],
      [2],
      [7],
      [1, 0xac, 0x02],
    ])
  })

  test.each([
    ['input', 11, 'x', 3],
    ['output', 12, 'y', 1],
  ])('leaves the number of rows of an %s free', (_, field, name, width) => {
    const port = message(graph, field)
    const tensor = message(message(port, 2), 1)
    const [rows = new Map(), columns = new Map()] = all(message(tensor, 2), 1).map(read)
    expect([texts(port, 1), tensor.get(1), texts(rows, 2), rows.get(1), columns.get(1)]).toEqual([
      [name],
      [1],
      ['rows'],
      undefined,
      [width],
    ])
  })
})
