import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { advance, applyBefore } from '../../shared/features/advance.ts'
import { featureSet } from '../../shared/features/feature-set.ts'
import { FEATURE_NAMES } from '../../shared/features/registry.ts'
import { replayLedger } from '../../shared/features/replay.ts'
import { decodeSnapshot, encodeSnapshot } from '../../shared/features/snapshot.ts'
import type { FeatureState } from '../../shared/features/state.ts'
import { createFeatureState } from '../../shared/features/state.ts'
import { namesOf } from '../../shared/features/vocabulary.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'
import { randomLedger } from '../support/bets.ts'
import { awkwardLedger } from '../support/feature-oracle.ts'

const SET = featureSet(FEATURE_NAMES)
const LAYER_HASH = 'a'.repeat(64)
const KINDS: [string, (seed: number, size: number) => Bet[]][] = [
  ['a random ledger', randomLedger],
  ['an awkward one', awkwardLedger],
]

function bytesOf(state: FeatureState): Promise<Uint8Array> {
  return encodeSnapshot({ layerHash: LAYER_HASH, state })
}

async function storedAndReadBack(state: FeatureState): Promise<FeatureState> {
  return (await decodeSnapshot(await bytesOf(state), 'the snapshot')).state
}

/** The ledger in order, cut at random into parts of up to `longest` bets, bets of one instant together. */
function partsOf(ledger: readonly Bet[], seed: number, longest: number): Bet[][] {
  const rng = createRng(seed)
  const parts: Bet[][] = []
  let room = 0
  let previousMs = Number.NaN
  for (const bet of [...ledger].sort(byPlacement)) {
    if (room <= 0 && bet.placedAtMs !== previousMs) {
      parts.push([])
      room = 1 + rng.integer(longest)
    }
    parts.at(-1)?.push(bet)
    room -= 1
    previousMs = bet.placedAtMs
  }
  return parts
}

function rowOf(columns: readonly Float32Array[], r: number): Float32Array {
  return Float32Array.from(columns, (column) => column[r] ?? 99)
}

/** Names of features that differ in a bit. */
function differences(a: Float32Array, b: Float32Array): string[] {
  const [one, other] = [bitsOf(a), bitsOf(b)]
  return FEATURE_NAMES.filter((_, f) => one[f] !== other[f])
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length)
}

describe('serving from a stored state', () => {
  test.each(KINDS)('gives every training row of %s', async (_, makeLedger) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 50 }), async (seed, size) => {
        const { bets, columns } = replayLedger(makeLedger(seed, size), SET)
        for (const [r, bet] of bets.entries()) {
          const state = createFeatureState()
          advance(
            state,
            bets.filter(({ placedAtMs }) => placedAtMs < bet.placedAtMs),
          )
          const served = await storedAndReadBack(state)
          applyBefore(served, bet.placedAtMs)
          expect(differences(SET.vector(served, bet, 0), rowOf(columns, r))).toEqual([])
        }
      }),
      { numRuns: 12 },
    )
  })

  test('gives every training row of three thousand simulated bets, stored every hundred', async () => {
    const ledger = simulateLedger({ seed: 11, count: 3000, endsAtMs: Date.UTC(2025, 5, 1) })
    const { columns } = replayLedger(ledger, SET)
    let state = createFeatureState()
    let r = 0
    for (const part of partsOf(ledger, 1, 200)) {
      state = await storedAndReadBack(state)
      for (const instant of partsOf(part, 2, 1)) {
        applyBefore(state, instant[0]?.placedAtMs ?? Number.NaN)
        for (const bet of instant) expect(differences(SET.vector(state, bet, 0), rowOf(columns, r++))).toEqual([])
        advance(state, instant)
      }
    }
    expect(r).toBe(3000)
  })

  test('gives what the training columns of some features, in any order, hold', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...FEATURE_NAMES], { minLength: 1 }), fc.integer(), (names, seed) => {
        const set = featureSet(names)
        const ledger = randomLedger(seed, 40)
        const all = replayLedger(ledger, SET)
        const some = replayLedger(ledger, set)
        const wanted = names.map((name) => all.columns[FEATURE_NAMES.indexOf(name)])
        expect(some.columns).toEqual(wanted)
        const bet = { ...(all.bets[0] as Bet), placedAtMs: Date.UTC(2026, 0, 1) }
        applyBefore(all.state, bet.placedAtMs)
        const vector = SET.vector(all.state, bet, 0)
        expect(set.vector(all.state, bet, 0)).toEqual(
          Float32Array.from(names, (name) => vector[FEATURE_NAMES.indexOf(name)] ?? 99),
        )
      }),
      { numRuns: 25 },
    )
  })

  test('has one not-a-number: what is missing has the same bits in training and in serving', () => {
    const bits = new Set<string>()
    const note = (values: Float32Array) => {
      const words = bitsOf(values)
      for (const [i, x] of values.entries()) if (Number.isNaN(x)) bits.add((words[i] ?? 0).toString(16))
    }
    const { bets, columns, state } = replayLedger(randomLedger(1, 200), SET)
    for (const column of columns) note(column)
    for (const bet of bets) note(SET.vector(state, { ...bet, placedAtMs: state.asOfMs, market: 'Corners' }, 1e9))
    expect([...bits]).toEqual(['7fc00000'])
  })
})

describe('a state that is brought forward in steps', () => {
  const longest = [1, 3, 20, 1000]

  test.each(KINDS)('gives the features of a rebuild and leaves its bytes, over %s', async (_, makeLedger) => {
    await fc.assert(
      fc.asyncProperty(
        ...([fc.integer(), fc.integer({ min: 1, max: 120 }), fc.constantFrom(...longest), fc.boolean()] as const),
        async (seed, size, step, isStored) => {
          const ledger = makeLedger(seed, size)
          const rebuilt = replayLedger(ledger, SET)
          let state = createFeatureState()
          let r = 0
          for (const part of partsOf(ledger, seed, step)) {
            if (isStored) state = await storedAndReadBack(state)
            const columns = advance(state, part, SET)
            for (const [i] of part.entries()) {
              expect(differences(rowOf(columns, i), rowOf(rebuilt.columns, r++))).toEqual([])
            }
          }
          expect(r).toBe(size)
          expect(Buffer.compare(await bytesOf(state), await bytesOf(rebuilt.state))).toBe(0)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('leaves the bytes of a rebuild also where the hour went on between the steps', async () => {
    const ledger = simulateLedger({ seed: 12, count: 1500, endsAtMs: Date.UTC(2025, 5, 1) })
    const now = Date.UTC(2025, 11, 1)
    const rebuilt = replayLedger(ledger, SET).state
    applyBefore(rebuilt, now)
    let state = createFeatureState()
    for (const part of partsOf(ledger, 3, 150)) {
      applyBefore(state, (part[0]?.placedAtMs ?? Number.NaN) - 1000)
      state = await storedAndReadBack(state)
      advance(state, part)
    }
    state = await storedAndReadBack(state)
    applyBefore(state, now)
    expect(Buffer.compare(await bytesOf(state), await bytesOf(rebuilt))).toBe(0)
  })

  test('leaves the bytes of a rebuild that began with its names', async () => {
    const ledger = awkwardLedger(5, 150)
    const state = createFeatureState()
    for (const part of partsOf(ledger, 5, 10)) advance(state, part)
    const rebuilt = createFeatureState(namesOf(state.vocabulary))
    advance(rebuilt, [...ledger].sort(byPlacement))
    expect(Buffer.compare(await bytesOf(state), await bytesOf(rebuilt))).toBe(0)
  })

  test('is not the state of another ledger', async () => {
    const ledger = randomLedger(7, 60)
    const other = ledger.map((bet) => (bet.id === 'bet-30' ? { ...bet, state: 'won' as const, decimalOdds: 7 } : bet))
    const [one, two] = [replayLedger(ledger, SET).state, replayLedger(other, SET).state]
    expect(Buffer.compare(await bytesOf(one), await bytesOf(two))).not.toBe(0)
  })
})
