import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bet } from '../../shared/bets/bet.ts'
import { BET_STATES } from '../../shared/bets/bet.ts'
import { featureSet } from '../../shared/features/feature-set.ts'
import { FEATURE_NAMES } from '../../shared/features/registry.ts'
import { replayLedger } from '../../shared/features/replay.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { LEDGER_START_MS, randomLedger, shuffled } from '../support/bets.ts'
import { knownAt } from '../support/feature-oracle.ts'

type ReplayFeatures = (ledger: readonly Bet[]) => Pick<ReturnType<typeof replayLedger>, 'bets' | 'columns'>

const HOUR_MS = 3_600_000
const SET = featureSet(FEATURE_NAMES)
const replay: ReplayFeatures = (ledger) => replayLedger(ledger, SET)

const world = fc.record({
  seed: fc.integer(),
  size: fc.integer({ min: 1, max: 80 }),
  /** Where in the ledger's span the present lies. */
  share: fc.double({ min: 0, max: 1, noNaN: true }),
})

/** The present of a world: an instant on the ledger's own grid, so that placements and results coincide with it. */
function presentOf(ledger: readonly Bet[], share: number): number {
  const last = Math.max(...ledger.map(({ placedAtMs }) => placedAtMs))
  return LEDGER_START_MS + 3 * HOUR_MS * Math.round((share * (last - LEDGER_START_MS)) / (3 * HOUR_MS))
}

/**
 * The same ledger with another future: results not known before t are changed, reversed, withdrawn or told at another
 * time after t, bets placed after t are deleted, changed or moved, some placed at t itself are deleted, new ones are
 * added, and the order is another.
 */
function withAnotherFuture(ledger: readonly Bet[], t: number, seed: number): Bet[] {
  const rng = createRng(seed)
  const after = () => t + 1 + rng.integer(200 * HOUR_MS)
  const changed = ledger.flatMap((bet): Bet[] => {
    if (bet.placedAtMs === t && rng.next() < 0.3) return []
    if (bet.placedAtMs > t) return rng.next() < 0.3 ? [] : [anotherBet(bet, after(), rng.next())]
    if (knownAt(bet) < t) return [bet]
    const state = bet.state === 'won' ? 'lost' : bet.state === 'lost' ? 'won' : (BET_STATES[rng.integer(8)] ?? 'open')
    const settlement = rng.next() < 0.5 ? { settledAtMs: after(), resultKnownAtMs: null } : { resultKnownAtMs: after() }
    return [{ ...bet, state, ...settlement, profitMinor: 77, returnPerUnit: 0.5, closingLineValue: rng.next() }]
  })
  const added = randomLedger(seed, 5).map((bet, i) => ({
    ...bet,
    ...{ id: `added-${i}`, placedAtMs: i === 0 ? t : after(), settledAtMs: null, resultKnownAtMs: null },
    ...{ league: `League ${i}`, currency: 'EUR', stakeMinor: 10 ** i },
  }))
  return shuffled([...changed, ...added], seed)
}

function anotherBet(bet: Bet, placedAtMs: number, x: number): Bet {
  const times = { placedAtMs, settledAtMs: placedAtMs, resultKnownAtMs: null }
  return {
    ...bet,
    ...times,
    sport: 'Basketball',
    market: 'Corners',
    decimalOdds: 1.01 + x,
    stakeMinor: 7,
    currency: 'GBP',
  }
}

function featuresUpTo(features: ReplayFeatures, ledger: readonly Bet[], t: number): Map<string, number[]> {
  const { bets, columns } = features(ledger)
  return new Map(
    bets.flatMap(({ id, placedAtMs }, r) => (placedAtMs <= t ? [[id, columns.map((column) => column[r] ?? 99)]] : [])),
  )
}

/** Ids of bets placed at or before t whose features change with the future. */
function leaksOf(
  features: ReplayFeatures,
  { seed, size, share }: { seed: number; size: number; share: number },
): string[] {
  const ledger = randomLedger(seed, size)
  const t = presentOf(ledger, share)
  const before = featuresUpTo(features, ledger, t)
  const other = featuresUpTo(features, withAnotherFuture(ledger, t, seed), t)
  const past = ledger.filter(({ placedAtMs }) => placedAtMs < t).map(({ id }) => id)
  expect(past.filter((id) => !(before.has(id) && other.has(id)))).toEqual([])
  return [...before].flatMap(([id, vector]) => {
    const again = other.get(id)
    return again === undefined || vector.every((x, f) => Object.is(x, again[f])) ? [] : [id]
  })
}

test('nothing placed or known at or after a moment changes a feature of a bet placed until then', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      expect(leaksOf(replay, drawn)).toEqual([])
    }),
    { numRuns: 250 },
  )
})

const LEAKS: [string, (bet: Bet) => Bet][] = [
  ['results with the placement', (bet) => ({ ...bet, settledAtMs: bet.placedAtMs, resultKnownAtMs: null })],
  [
    'results a millisecond early',
    (bet) => ({ ...bet, settledAtMs: Math.max(bet.placedAtMs, knownAt(bet) - 1), resultKnownAtMs: null }),
  ],
  [
    'results an hour after placement where the source is silent',
    (bet) => ({ ...bet, settledAtMs: bet.settledAtMs ?? bet.placedAtMs + HOUR_MS }),
  ],
  ['results at their settlement although they were told later', (bet) => ({ ...bet, resultKnownAtMs: null })],
]

test.each(LEAKS)('the same check catches features that take %s', (_, early) => {
  const leaky: ReplayFeatures = (ledger) => replay(ledger.map(early))
  const worlds = Array.from({ length: 60 }, (_unused, seed) => ({ seed, size: 60, share: 0.5 }))
  expect(worlds.filter((drawn) => leaksOf(leaky, drawn).length > 0).length).toBeGreaterThan(5)
})

test('a result told late leaves every feature as if the bet were open, until it is told', () => {
  fc.assert(
    fc.property(world, ({ seed, size, share }) => {
      const ledger = randomLedger(seed, size)
      const t = presentOf(ledger, share)
      const late = ledger.map((bet) => (knownAt(bet) < t ? bet : { ...bet, resultKnownAtMs: t }))
      const open = ledger.map((bet) => (knownAt(bet) < t ? bet : { ...bet, state: 'open' as const, settledAtMs: null }))
      expect(featuresUpTo(replay, late, t)).toEqual(featuresUpTo(replay, open, t))
    }),
    { numRuns: 60 },
  )
})

test('features do not depend on the order in which a ledger comes', () => {
  fc.assert(
    fc.property(world, ({ seed, size }) => {
      const ledger = randomLedger(seed, size)
      const [once, again] = [replay(ledger), replay(shuffled(ledger, seed + 1))]
      expect(again.bets.map(({ id }) => id)).toEqual(once.bets.map(({ id }) => id))
      expect(again.columns).toEqual(once.columns)
    }),
    { numRuns: 60 },
  )
})
