import { expect, test } from 'vitest'
import type { OnnxNode } from '../../../shared/onnx/read.ts'
import { readTreeAttributes } from '../../../shared/onnx/tree-attributes.ts'
import { MessageWriter } from '../../../shared/onnx/wire.ts'
import { readMessage } from '../../../shared/onnx/wire-reader.ts'

/** A regressor whose base values are the given tensor and which has no trees. */
function nodeWith(tensor: MessageWriter): OnnxNode {
  const attribute = readMessage(new MessageWriter().message(5, tensor).finish())
  const attributes = () => new Map([['base_values_as_tensor', attribute]])
  return { name: 'trees', op: 'TreeEnsembleRegressor', domain: 'ai.onnx.ml', inputs: ['x'], outputs: ['y'], attributes }
}

const tensor = (type: number, shape: number[]) => new MessageWriter().packedIntegers(1, shape).integer(2, type)
const raw = (values: Float32Array | Float64Array) => new Uint8Array(values.buffer)

// Field numbers and type codes are those of onnx.proto3: 1 is float, 11 is double, 7 is int64.
test.each([
  ['listed floats', tensor(1, [2]).packedFloats(4, [0.5, 2])],
  ['listed doubles', tensor(11, [2]).packedDoubles(10, [0.5, 2])],
  ['raw floats', tensor(1, [2]).bytes(9, raw(Float32Array.of(0.5, 2)))],
  ['raw doubles', tensor(11, [2, 1]).bytes(9, raw(Float64Array.of(0.5, 2)))],
])('a tensor of %s is read', (_, written) => {
  expect([...Array.from(readTreeAttributes(nodeWith(written)).baseValues)]).toEqual([0.5, 2])
})

test.each([
  ['more values than its shape', 'corrupt_model', tensor(1, [1]).packedFloats(4, [0.5, 2])],
  ['fewer values than its shape', 'corrupt_model', tensor(11, [2, 2]).packedDoubles(10, [0.5, 2])],
  ['a part of a value', 'corrupt_model', tensor(11, [1]).bytes(9, new Uint8Array(9))],
  ['whole numbers', 'corrupt_model', tensor(7, [1]).packedIntegers(7, [1])],
  ['values in another file', 'unsupported_model', tensor(1, [1]).packedFloats(4, [1]).integer(14, 1)],
])('a tensor of %s is refused as %s', (_, code, written) => {
  expect(() => readTreeAttributes(nodeWith(written))).toThrow(expect.objectContaining({ name: 'DomainError', code }))
})
