import { describe, expect, it } from 'vitest'
import { plainName, plainText } from '../../../shared/alerts/plain-text.ts'

describe('plainText', () => {
  it('leaves sound text as it is', () => {
    for (const text of ['', 'Köln – Mainz', '東京', '👩‍👩‍👧 at 1.5', 'a & <b>']) expect(plainText(text)).toBe(text)
  })

  it('makes one line of what has several, and of spaces one', () => {
    expect(plainText(' Tor\r\n\tA\u2028B  C ')).toBe('Tor A B C')
  })

  it('drops controls, marks of direction and halves of characters', () => {
    expect(plainText('a\u0000b\u202Ecba\u2066d\u200Fe\uFEFFf')).toBe('a b cba d e f')
    expect(plainText('x\uD83D')).toBe('x\uFFFD')
  })

  it('cuts between characters as they are seen, and says so', () => {
    expect(plainText('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 2)).toBe('👩‍👩‍👧👩‍👩‍👧…')
    expect(plainText('e\u0301e\u0301', 1)).toBe('e\u0301…')
    expect(plainName('x'.repeat(10_000))).toBe(`${'x'.repeat(120)}…`)
  })

  it('bounds characters that marks are stacked on without end', () => {
    expect(plainText(`Z${'\u0301'.repeat(5000)}!`)).toBe('\uFFFD!')
  })
})
