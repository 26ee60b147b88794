import { describe, expect, it } from 'vitest'
import { formatApiKey, hideKeys, parseApiKey } from '../../../shared/access/api-key.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'

const COUNTING = Uint8Array.from({ length: 32 }, (_, i) => i)
/** From Python: base64.urlsafe_b64encode(bytes(range(32))). */
const COUNTED = 'cl_live_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'

describe('an API key', () => {
  it('is its prefix and the 32 bytes in base64url, without padding', () => {
    expect(formatApiKey(COUNTING)).toBe(COUNTED)
    // The two characters in which base64url differs from base64.
    expect(formatApiKey(new Uint8Array(32).fill(255))).toBe(`cl_live_${'_'.repeat(42)}8`)
    const dashes = Uint8Array.from(
      { length: 32 },
      (_, i) => (i < 30 ? [0xfb, 0xef, 0xbe][i % 3] : i === 30 ? 0xfb : 0xff) ?? 0,
    )
    expect(formatApiKey(dashes)).toBe(`cl_live_${'-'.repeat(41)}_8`)
  })

  it.each([0, 31, 33])('is not made of %i bytes', (length) => {
    expect(() => formatApiKey(new Uint8Array(length))).toThrow(InvariantError)
  })

  it('is recognised', () => {
    expect(parseApiKey(COUNTED)).toBe(COUNTED)
  })

  it.each([
    ['nothing', ''],
    ['another prefix', COUNTED.replace('cl_live_', 'sk_live_')],
    ['a prefix in capitals', COUNTED.replace('cl_live_', 'CL_LIVE_')],
    ['a character too few', COUNTED.slice(0, -1)],
    ['a character too many', `${COUNTED}A`],
    ['a line break after it', `${COUNTED}\n`],
    ['a line break for its last character', `${COUNTED.slice(0, -1)}\n`],
    ['a blank before it', ` ${COUNTED.slice(0, -1)}`],
    ['a character of base64 that is not of base64url', COUNTED.replace('AwQ', '+wQ')],
    ['a letter that is none of ASCII', COUNTED.replace('AwQ', 'ÀwQ')],
    ['a last character that no 32 bytes have', `${COUNTED.slice(0, -1)}9`],
    ['two keys', `${COUNTED},${COUNTED}`],
    ['a megabyte', `cl_live_${'A'.repeat(1_048_576)}`],
  ])('is not %s', (_, text) => {
    expect(parseApiKey(text)).toBeUndefined()
  })

  it('is hidden in a text that quotes it, whole or cut, as often as it is there', () => {
    expect(hideKeys(`/${COUNTED}/x?k=${COUNTED.slice(0, 12)}`)).toBe('/cl_live_…/x?k=cl_live_…')
    expect(hideKeys('/api/v1/predict')).toBe('/api/v1/predict')
  })
})
