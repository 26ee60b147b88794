import { describe, expect, test } from 'vitest'
import { advance, applyBefore } from '../../../shared/features/advance.ts'
import { featureSet } from '../../../shared/features/feature-set.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../shared/features/snapshot.ts'
import type { FeatureState } from '../../../shared/features/state.ts'
import { createFeatureState } from '../../../shared/features/state.ts'
import { NO_NAMES } from '../../../shared/features/vocabulary.ts'
import { bet, randomLedger } from '../../support/bets.ts'
import { ALL_FEATURES, at, results, stateAt } from './features-at.ts'

const LAYER_HASH = 'a1'.repeat(32)

/** One bet that waits, one that is known, in a few kilobytes. */
function smallState(): FeatureState {
  const state = stateAt([bet({ sport: '🏀', league: null })], at(1))
  advance(state, [bet({ id: 'waits', placedAtMs: at(2), settledAtMs: at(3) })])
  return state
}

function bytesOf(state: FeatureState): Promise<Uint8Array> {
  return encodeSnapshot({ layerHash: LAYER_HASH, state })
}

async function readBack(state: FeatureState): Promise<FeatureState> {
  return (await decodeSnapshot(await bytesOf(state), 'it')).state
}

/** The code of the error that bytes are refused with; what came out where they are not. */
async function refusalOf(bytes: Uint8Array): Promise<unknown> {
  try {
    return await decodeSnapshot(bytes, 'features/online.bin')
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

/** The bytes with a digest that fits them. */
async function sealed(body: Uint8Array): Promise<Uint8Array> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(body)))
  return Uint8Array.from([...body, ...digest])
}

describe('a snapshot', () => {
  test('begins with its magic and ends with the SHA-256 of what comes before', async () => {
    const bytes = await bytesOf(smallState())
    expect(new TextDecoder().decode(bytes.subarray(0, 8))).toBe('CLOSEFS2')
    expect(await sealed(bytes.subarray(0, -32))).toEqual(bytes)
    expect((bytes.length - 32) % 8).toBe(0)
  })

  test('keeps the identity of the arithmetic that it was made by', async () => {
    expect((await decodeSnapshot(await bytesOf(smallState()), 'it')).layerHash).toBe(LAYER_HASH)
  })

  test('keeps the whole state: read back it gives the same bytes', async () => {
    const states = [
      ...[createFeatureState(), smallState(), stateAt(randomLedger(3, 400), at(30))],
      stateAt(results('W'.repeat(70)), at(400)),
      createFeatureState({ ...NO_NAMES, sport: ['Golf', 'Tennis'] }),
    ]
    for (const state of states) {
      const bytes = await bytesOf(state)
      expect(await bytesOf(await readBack(state))).toEqual(bytes)
    }
  })

  test('keeps what waits, the currency, the names and how results are known', async () => {
    const state = smallState()
    const again = await readBack(state)
    expect(again.placements.bets.map(({ id }) => id)).toEqual(['waits'])
    expect(again.results.bets.map(({ id }) => id)).toEqual(['waits'])
    expect(again.currency).toBe('USD')
    expect(again.resultsKnownBy).toEqual({ told: 0, settled: 2, assumed: 0 })
    expect(again.vocabulary.sport.names).toEqual(['🏀', 'Basketball'])
    expect([again.asOfMs, again.day]).toEqual([at(2), state.day])
  })

  test('keeps apart names that a bet has borne and names that wait for one', async () => {
    const state = createFeatureState({ ...NO_NAMES, sport: ['Golf', 'Tennis', 'Darts'] })
    advance(state, [bet({ sport: 'Tennis', placedAtMs: at(0), settledAtMs: null })])
    applyBefore(state, at(1))
    advance(state, [bet({ id: 'waits', sport: 'Darts', placedAtMs: at(2), settledAtMs: null })])
    const again = await readBack(state)
    const codeOf = (sport: string) =>
      featureSet(['sport']).vector(again, bet({ sport, placedAtMs: again.asOfMs }), 0)[0]
    expect(['Golf', 'Tennis', 'Darts', 'Snooker'].map(codeOf)).toEqual([0, 2, 0, 0])
    applyBefore(again, at(3))
    expect(['Golf', 'Tennis', 'Darts', 'Snooker'].map(codeOf)).toEqual([0, 2, 3, 0])
  })

  test('of an empty ledger is the state before any bet', async () => {
    const again = await readBack(createFeatureState())
    expect([again.asOfMs, again.day, again.currency]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      null,
    ])
    expect(ALL_FEATURES.vector(again, bet(), 0)).toEqual(ALL_FEATURES.vector(createFeatureState(), bet(), 0))
  })

  test('carries names of any characters, half ones too', async () => {
    const names = ['a|b', '"', '\\', '🏀', '\ud83c', '\udfc0', '__proto__', 'constructor', '\u0000', '']
    const ledger = names.map((name, i) =>
      bet({ id: `${i}`, sport: name, league: name, market: name, book: name, placedAtMs: at(0, i), settledAtMs: null }),
    )
    const state = stateAt(ledger, at(5))
    advance(state, [bet({ id: 'waits', sport: '\udfc0\ud83c', placedAtMs: at(6), settledAtMs: null })])
    const again = await readBack(state)
    expect(again.vocabulary.sport.names).toEqual([...names, '\udfc0\ud83c'])
    for (const name of names) {
      const asked = bet({ sport: name, league: name, market: name, book: name, placedAtMs: at(6) })
      expect(ALL_FEATURES.vector(again, asked, 0)).toEqual(ALL_FEATURES.vector(state, asked, 0))
    }
  })

  test('is independent of the state that it was taken from, and of the bytes', async () => {
    const state = stateAt(results('WWL'), at(1))
    const bytes = await bytesOf(state)
    const { state: again } = await decodeSnapshot(bytes, 'it')
    const asked = bet({ placedAtMs: at(9) })
    const before = ALL_FEATURES.vector(state, asked, 0)
    bytes.fill(0)
    expect(ALL_FEATURES.vector(again, asked, 0)).toEqual(before)
    advance(again, [bet({ id: 'more', placedAtMs: at(2), settledAtMs: at(3) })])
    applyBefore(again, at(9))
    expect(ALL_FEATURES.vector(state, asked, 0)).toEqual(before)
    expect(ALL_FEATURES.vector(again, asked, 0)).not.toEqual(before)
  })

  test('is read from the middle of other bytes', async () => {
    const bytes = await bytesOf(smallState())
    for (const offset of [0, 1, 3, 8, 13]) {
      const among = new Uint8Array(bytes.length + 40).fill(7)
      among.set(bytes, offset)
      const { state } = await decodeSnapshot(among.subarray(offset, offset + bytes.length), 'it')
      expect(await bytesOf(state)).toEqual(bytes)
    }
  })

  test('of a state in which everything has been applied is read back as that state', async () => {
    const state = stateAt(results('WWL'), at(1))
    applyBefore(state, Number.POSITIVE_INFINITY)
    const again = await readBack(state)
    expect(again.asOfMs).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a damaged snapshot', () => {
  test('is refused wherever one byte is another', async () => {
    const bytes = await bytesOf(smallState())
    const accepted: number[] = []
    for (let i = 0; i < bytes.length; i++) {
      const flipped = Uint8Array.from(bytes)
      flipped[i] = (flipped[i] ?? 0) ^ (1 << (i % 8))
      if ((await refusalOf(flipped)) !== 'corrupt_object') accepted.push(i)
    }
    expect(bytes.length).toBeGreaterThan(2000)
    expect(accepted).toEqual([])
  })

  test('is refused wherever it breaks off, and with a byte too many', async () => {
    const bytes = await bytesOf(smallState())
    for (let length = 0; length < bytes.length; length += length < 100 ? 1 : 61) {
      expect(await refusalOf(bytes.subarray(0, length))).toBe('corrupt_object')
    }
    expect(await refusalOf(bytes.subarray(0, -1))).toBe('corrupt_object')
    expect(await refusalOf(Uint8Array.from([...bytes, 0]))).toBe('corrupt_object')
  })

  test('is called by its name', async () => {
    await expect(decodeSnapshot(new Uint8Array(100), 'features/online.bin')).rejects.toThrow(/features\/online\.bin/)
  })

  test.each(['CLOSEFS1', 'CLOSEFS3', 'closefs2', 'PAR1PAR1'])('is refused with the magic %s', async (magic) => {
    const body = (await bytesOf(smallState())).slice(0, -32)
    body.set(new TextEncoder().encode(magic))
    expect(await refusalOf(await sealed(body))).toBe('corrupt_object')
  })

  /** A body with this header and as many numbers, its digest fitting. */
  async function forged(header: unknown, numbers: number, headerBytes?: number): Promise<Uint8Array> {
    const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
    const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20)
    padded.set(text)
    const body = new Uint8Array(16 + padded.length + 8 * numbers)
    body.set(new TextEncoder().encode('CLOSEFS2'))
    new DataView(body.buffer).setFloat64(8, headerBytes ?? padded.length, true)
    body.set(padded, 16)
    return sealed(body)
  }

  const header = {
    ...{ layerHash: LAYER_HASH, currency: null, names: NO_NAMES, placements: [], results: [] },
    resultsKnownBy: { told: 0, settled: 0, assumed: 0 },
  }

  /** How far the state has come, in two numbers, and eight for each of the eleven groups. */
  const NUMBERS = 2 + 8 * 11

  test('is told from a whole one by more than its digest', async () => {
    expect(await refusalOf(await forged(header, NUMBERS))).toMatchObject({ layerHash: LAYER_HASH })
    expect(await refusalOf(await forged(header, NUMBERS - 1))).toBe('corrupt_object')
    expect(await refusalOf(await forged(header, NUMBERS + 1))).toBe('corrupt_object')
    expect(await refusalOf(await forged(header, 0))).toBe('corrupt_object')
    expect(await refusalOf(await forged({ ...header, names: { ...NO_NAMES, sport: ['Golf'] } }, NUMBERS))).toBe(
      'corrupt_object',
    )
  })

  const headers: [string, unknown][] = [
    ['no JSON', '{"layerHash":'],
    ['another thing', []],
    ['no identity', { ...header, layerHash: '' }],
    ['a count that is none', { ...header, resultsKnownBy: { told: 0.5, settled: 0, assumed: 0 } }],
    ['a field short', { ...header, names: { sport: [], league: [], market: [] } }],
    ['a bet that is none', { ...header, placements: [{ id: 'x' }] }],
    ['a bet at no price', { ...header, results: [{ ...bet(), decimalOdds: 1 }] }],
  ]
  test.each(headers)('is refused with a header of %s', async (_, odd) => {
    expect(await refusalOf(await forged(odd, NUMBERS))).toBe('corrupt_object')
  })

  test.each([-16, -8, 3, 0.5, 1e9, Number.NaN, Number.POSITIVE_INFINITY])(
    'is refused with a header of %d bytes',
    async (headerBytes) => {
      expect(await refusalOf(await forged(header, NUMBERS, headerBytes))).toBe('corrupt_object')
    },
  )
})
