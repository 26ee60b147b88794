import { describe, expect, it } from 'vitest'
import { createTextBuffer } from '../../../shared/kernel/text-buffer.ts'

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('a text buffer', () => {
  it('holds what was appended, as UTF-8', () => {
    const buffer = createTextBuffer()
    expect(buffer.bytes()).toHaveLength(0)
    for (const piece of ['a', '', 'é', '🏏', '\n']) buffer.append(piece)
    expect(textOf(buffer.bytes())).toBe('aé🏏\n')
  })

  it('grows as far as it must, for characters of every width', () => {
    const buffer = createTextBuffer()
    const pieces = Array.from({ length: 500 }, (_, i) => 'xé€🏏'.repeat(i))
    for (const piece of pieces) buffer.append(piece)
    expect(textOf(buffer.bytes())).toBe(pieces.join(''))
  })

  it('begins anew where it is cleared', () => {
    const buffer = createTextBuffer()
    buffer.append('first and longer')
    buffer.clear()
    expect(buffer.bytes()).toHaveLength(0)
    buffer.append('second')
    expect(textOf(buffer.bytes())).toBe('second')
  })

  it('takes a piece that is larger than twice what it has', () => {
    const buffer = createTextBuffer()
    buffer.append('€'.repeat(300_000))
    expect(buffer.bytes()).toHaveLength(900_000)
  })
})
