import { describe, expect, test } from 'vitest'
import { encodeBlend } from '../../../shared/onnx/encode-blend.ts'
import { describeOnnx, readNodes } from '../../../shared/onnx/read.ts'
import { MessageWriter } from '../../../shared/onnx/wire.ts'

const refusal = expect.objectContaining({ name: 'DomainError', code: 'corrupt_model' })

describe('describeOnnx', () => {
  test('reads back what an export declares', () => {
    const onnx = encodeBlend(
      { nFeatures: 2, members: [], intercept: 0, calibrator: { kind: 'none' } },
      { input: 'in', output: 'out', graphName: 'g', metadata: { version: 'v1' }, featureNames: ['a', 'b "é"'] },
    )
    expect(describeOnnx(onnx)).toEqual({
      irVersion: 8,
      producer: 'closeline',
      graphName: 'g',
      inputs: [{ name: 'in', elementType: 'float', shape: ['rows', 2] }],
      outputs: [{ name: 'out', elementType: 'float', shape: ['rows', 1] }],
      opsets: { 'ai.onnx': 17, 'ai.onnx.ml': 3 },
      metadata: { version: 'v1', features: '["a","b \\"é\\""]' },
    })
  })

  test('leaves out inputs that are constants and says where a shape or a form is another', () => {
    const port = (name: string, type: MessageWriter) => new MessageWriter().text(1, name).message(2, type)
    const tensor = new MessageWriter().message(1, new MessageWriter().integer(1, 7).message(2, free()))
    const unshaped = new MessageWriter().message(1, new MessageWriter().integer(1, 99))
    const sequence = new MessageWriter().message(4, new MessageWriter())
    const graph = new MessageWriter()
      .message(5, new MessageWriter().text(8, 'w'))
      .message(11, port('w', tensor))
      .message(11, port('x', tensor))
      .message(12, port('y', unshaped))
      .message(12, port('z', sequence))
    const { inputs, outputs } = describeOnnx(new MessageWriter().message(7, graph).finish())
    expect(inputs).toEqual([{ name: 'x', elementType: 'int64', shape: [null] }])
    expect(outputs).toEqual([
      { name: 'y', elementType: 'type 99', shape: undefined },
      { name: 'z', elementType: 'sequence', shape: undefined },
    ])
  })

  test.each([
    ['no bytes', new Uint8Array()],
    ['text', new TextEncoder().encode('<html>not found</html>')],
    ['a message without a graph', new MessageWriter().integer(1, 8).finish()],
  ])('refuses %s', (_, bytes) => {
    expect(() => describeOnnx(bytes)).toThrow(refusal)
    expect(() => readNodes(bytes)).toThrow(refusal)
  })
})

/** A shape of one dimension of which nothing is said. */
function free(): MessageWriter {
  return new MessageWriter().message(1, new MessageWriter())
}
