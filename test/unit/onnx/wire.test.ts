import { describe, expect, test } from 'vitest'
import { MessageWriter } from '../../../shared/onnx/wire.ts'

const hex = (writer: MessageWriter) =>
  Array.from(writer.finish(), (byte) => byte.toString(16).padStart(2, '0')).join(' ')

// Examples of the Protocol Buffers documentation, "Encoding", unless said otherwise.
describe('MessageWriter', () => {
  test('writes the documented varints', () => {
    expect(hex(new MessageWriter().integer(1, 150))).toBe('08 96 01')
    expect(hex(new MessageWriter().integer(1, 1))).toBe('08 01')
    expect(hex(new MessageWriter().integer(1, 300))).toBe('08 ac 02')
  })

  test('changes the length of a varint at each seventh bit', () => {
    expect(hex(new MessageWriter().integer(1, 0))).toBe('08 00')
    expect(hex(new MessageWriter().integer(1, 127))).toBe('08 7f')
    expect(hex(new MessageWriter().integer(1, 128))).toBe('08 80 01')
    expect(hex(new MessageWriter().integer(1, 16_384))).toBe('08 80 80 01')
  })

  test('writes integers beyond 32 bits whole', () => {
    expect(hex(new MessageWriter().integer(1, 2 ** 32))).toBe('08 80 80 80 80 10')
    expect(hex(new MessageWriter().integer(1, Number.MAX_SAFE_INTEGER))).toBe('08 ff ff ff ff ff ff ff 0f')
  })

  test('writes the documented string', () => {
    expect(hex(new MessageWriter().text(2, 'testing'))).toBe('12 07 74 65 73 74 69 6e 67')
  })

  test('counts bytes, not characters', () => {
    expect(hex(new MessageWriter().text(2, 'é'))).toBe('12 02 c3 a9')
  })

  test('writes the documented embedded message', () => {
    expect(hex(new MessageWriter().message(3, new MessageWriter().integer(1, 150)))).toBe('1a 03 08 96 01')
  })

  test('writes the documented packed integers', () => {
    expect(hex(new MessageWriter().packedIntegers(6, [3, 270, 86_942]))).toBe('32 06 03 8e 02 9e a7 05')
  })

  test('writes floats as little-endian IEEE 754', () => {
    expect(hex(new MessageWriter().packedFloats(4, [1, -2]))).toBe('22 08 00 00 80 3f 00 00 00 c0')
  })

  test('writes 64-bit floats as little-endian IEEE 754', () => {
    expect(hex(new MessageWriter().packedDoubles(10, [1.5]))).toBe('52 08 00 00 00 00 00 00 f8 3f')
  })

  test('gives a field above 15 a tag of two bytes', () => {
    expect(hex(new MessageWriter().integer(20, 7))).toBe('a0 01 07')
  })

  test('writes fields in the order in which they are added', () => {
    expect(hex(new MessageWriter().integer(2, 1).integer(1, 2))).toBe('10 01 08 02')
  })

  test.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses %d as a varint', (value) => {
    const refusal = expect.objectContaining({ name: 'InvariantError' })
    expect(() => new MessageWriter().integer(1, value)).toThrow(refusal)
    expect(() => new MessageWriter().packedIntegers(1, [value])).toThrow(refusal)
  })
})
