import { describe, expect, test } from 'vitest'
import { MessageWriter } from '../../../shared/onnx/wire.ts'
import { readMessage } from '../../../shared/onnx/wire-reader.ts'

const bytes = (hex: string) => Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16))
const read = (hex: string) => readMessage(bytes(hex))
const refusal = expect.objectContaining({ name: 'DomainError', code: 'corrupt_model' })

// Examples of the Protocol Buffers documentation, "Encoding", unless said otherwise.
describe('readMessage', () => {
  test('reads the documented fields', () => {
    expect(read('08 96 01').integer(1)).toBe(150)
    expect(read('12 07 74 65 73 74 69 6e 67').text(2)).toBe('testing')
    expect(read('1a 03 08 96 01').message(3)?.integer(1)).toBe(150)
    expect(read('32 06 03 8e 02 9e a7 05').integers(6)).toEqual([3, 270, 86_942])
  })

  test('reads negative integers: −2 is the documented ten bytes', () => {
    expect(read('08 fe ff ff ff ff ff ff ff ff 01').integer(1)).toBe(-2)
  })

  test('reads integers of up to 53 bits and refuses longer ones where they are asked for', () => {
    expect(readMessage(new MessageWriter().integer(1, Number.MAX_SAFE_INTEGER).finish()).integer(1)).toBe(2 ** 53 - 1)
    const longest = read('08 ff ff ff ff ff ff ff ff 7f 10 05')
    expect(longest.integer(2)).toBe(5)
    expect(() => longest.integer(1)).toThrow(refusal)
  })

  test('reads repeated numbers packed, one by one and mixed', () => {
    expect(read('08 01 08 02 0a 02 03 04').integers(1)).toEqual([1, 2, 3, 4])
    expect([...read('0d 00 00 80 3f 0a 04 00 00 00 c0').floats(1)]).toEqual([1, -2])
    expect([...read('09 00 00 00 00 00 00 f8 3f').doubles(1)]).toEqual([1.5])
  })

  test('reads back what the writer wrote, at any offset of its buffer', () => {
    const written = new MessageWriter().packedFloats(4, [0.5, -3]).packedDoubles(10, [0.1, 1e300]).text(8, 'é').finish()
    const within = new Uint8Array(written.length + 7)
    within.set(written, 3)
    const message = readMessage(within.subarray(3, 3 + written.length))
    expect([...message.floats(4), ...message.doubles(10), message.text(8)]).toEqual([0.5, -3, 0.1, 1e300, 'é'])
  })

  test('says undefined or nothing of what is absent, and takes the last of what is given twice', () => {
    const message = read('08 01 08 02')
    expect([message.integer(1), message.integer(2), message.text(2), message.message(2)]).toEqual([
      2,
      undefined,
      undefined,
      undefined,
    ])
    expect([message.integers(2), message.texts(2), message.messages(2)]).toEqual([[], [], []])
    expect(readMessage(new Uint8Array()).bytes(1)).toBeUndefined()
  })

  test.each([
    ['a tag without a value', '08'],
    ['an integer without an end', '08 ff ff'],
    ['an integer of eleven bytes', '08 ff ff ff ff ff ff ff ff ff ff 01'],
    ['a text cut short', '12 07 74 65'],
    ['a text of negative length', '12 fe ff ff ff ff ff ff ff ff 01'],
    ['a text longer than numbers reach', '12 ff ff ff ff ff ff ff ff 7f'],
    ['half a fixed number', '0d 00 00'],
    ['field 0', '00 01'],
    ['a group', '0b 0c'],
    ['an unknown wire type', '0f 01'],
  ])('refuses %s', (_, hex) => {
    expect(() => read(hex)).toThrow(refusal)
  })

  test.each([
    ['an integer asked of a text', () => read('0d 00 00 80 3f').integer(1)],
    ['a text asked of an integer', () => read('08 01').text(1)],
    ['a message asked of an integer', () => read('08 01').message(1)],
    ['a float asked of a double', () => read('09 00 00 00 00 00 00 f8 3f').floats(1)],
    ['packed floats of five bytes', () => read('0a 05 00 00 80 3f 00').floats(1)],
    ['packed integers cut short', () => read('0a 02 01 ff').integers(1)],
    ['a nested message cut short', () => read('0a 02 08 ff').message(1)],
  ])('refuses %s', (_, ask) => {
    expect(ask).toThrow(refusal)
  })
})
