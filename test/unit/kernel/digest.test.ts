import { expect, test } from 'vitest'
import { sha256Hex } from '../../../shared/kernel/digest.ts'

test('gives the published SHA-256 of "abc" (FIPS 180-2, appendix B.1)', async () => {
  const published = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  expect(await sha256Hex('abc')).toBe(published)
  expect(await sha256Hex(Uint8Array.of(0x61, 0x62, 0x63))).toBe(published)
})

test('gives the published SHA-256 of nothing', async () => {
  expect(await sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})

test('reads text as UTF-8', async () => {
  expect(await sha256Hex('é')).toBe(await sha256Hex(Uint8Array.of(0xc3, 0xa9)))
})

test('reads only the part of the buffer that a view shows', async () => {
  const whole = Uint8Array.of(0, 0x61, 0x62, 0x63, 0)
  expect(await sha256Hex(whole.subarray(1, 4))).toBe(await sha256Hex('abc'))
})
