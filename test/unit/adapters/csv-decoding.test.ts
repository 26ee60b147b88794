import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mixedDecoder } from '../../../shared/adapters/csv-decoding.ts'

/** Decodes bytes in pieces that end where `cuts` says. */
function decode(bytes: Uint8Array, cuts: readonly number[] = []): string {
  const decoder = mixedDecoder()
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  let text = ''
  let begin = 0
  for (const end of ends) {
    text += decoder.decode(bytes.subarray(begin, end), { stream: true })
    begin = end
  }
  return text + decoder.decode()
}

describe('a decoder of mixed text', () => {
  it('reads UTF-8 as UTF-8 beside a stray windows-1252 byte', () => {
    const bytes = Buffer.concat([Buffer.from('Atlético 🏀 '), Buffer.of(0x80, 0x99, 0xe9), Buffer.from(' Jokić')])
    expect(decode(bytes)).toBe('Atlético 🏀 €™é Jokić')
  })

  it.each([
    ['a sequence that is cut short', [0xe2, 0x82, 0x41], 'â‚A'],
    ['one cut short by the end', [0x41, 0xf0, 0x9f], 'Að\u0178'],
    ['a longer spelling than needed', [0xc0, 0xaf], 'À¯'],
    ['a longer spelling of three bytes', [0xe0, 0x80, 0xaf], 'à€¯'],
    ['a surrogate', [0xed, 0xa0, 0x80], 'í\u00a0€'],
    ['what lies beyond Unicode', [0xf4, 0x90, 0x80, 0x80], 'ô\u0090€€'],
    ['a lead that no sequence has', [0xf5, 0xff], 'õÿ'],
    ['a continuation without a lead', [0xbf], '¿'],
  ])('takes the bytes of %s for windows-1252', (_, bytes, text) => {
    expect(decode(Uint8Array.from(bytes))).toBe(text)
  })

  it('reads any UTF-8 as every other decoder does, in pieces of any size', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 6 }), (written, cuts) => {
        const bytes = new TextEncoder().encode(written)
        expect(decode(bytes, cuts)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
      }),
    )
  })

  it('reads any bytes alike however they come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat(200), { maxLength: 6 }), (bytes, cuts) => {
        expect(decode(bytes, cuts)).toBe(decode(bytes))
      }),
    )
  })
})
