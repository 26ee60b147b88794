import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bet } from '../../shared/bets/bet.ts'
import { BET_STATES } from '../../shared/bets/bet.ts'
import { replayLedger } from '../../shared/features/replay.ts'
import { knownAtMs } from '../../shared/features/settlement-lag.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { LEDGER_START_MS, randomLedger, shuffled } from '../support/bets.ts'

type ReplayFeatures = (ledger: readonly Bet[]) => Pick<ReturnType<typeof replayLedger>, 'bets' | 'columns'>

const HOUR_MS = 3_600_000

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
 * The same ledger with another future: results not known before t are changed or reversed, bets placed after t are
 * deleted, changed or moved, new ones are added, and the order is another.
 */
function withAnotherFuture(ledger: readonly Bet[], t: number, seed: number): Bet[] {
  const rng = createRng(seed)
  const after = () => t + 1 + rng.integer(200 * HOUR_MS)
  const changed = ledger.flatMap((bet): Bet[] => {
    if (bet.placedAtMs > t) {
      if (rng.next() < 0.3) return []
      const placedAtMs = after()
      return [{ ...bet, placedAtMs, settledAtMs: placedAtMs, sport: 'Basketball', decimalOdds: 1.01 + rng.next() }]
    }
    if (knownAtMs(bet) < t) return [bet]
    const state = bet.state === 'won' ? 'lost' : bet.state === 'lost' ? 'won' : (BET_STATES[rng.integer(8)] ?? 'open')
    const settledAtMs = rng.next() < 0.5 ? bet.settledAtMs : after()
    return [{ ...bet, state, settledAtMs, profitMinor: 77, returnPerUnit: 0.5, closingLineValue: rng.next() }]
  })
  const added = randomLedger(seed, 5).map((bet, i) => ({
    ...bet,
    id: `added-${i}`,
    placedAtMs: after(),
    settledAtMs: null,
  }))
  return shuffled([...changed, ...added], seed)
}

function featuresUpTo(replay: ReplayFeatures, ledger: readonly Bet[], t: number): Map<string, number[]> {
  const { bets, columns } = replay(ledger)
  return new Map(
    bets.flatMap(({ id, placedAtMs }, r) => (placedAtMs <= t ? [[id, columns.map((column) => column[r] ?? 99)]] : [])),
  )
}

/** Ids of bets placed at or before t whose features change with the future. */
function leaksOf(
  replay: ReplayFeatures,
  { seed, size, share }: { seed: number; size: number; share: number },
): string[] {
  const ledger = randomLedger(seed, size)
  const t = presentOf(ledger, share)
  const before = featuresUpTo(replay, ledger, t)
  const other = featuresUpTo(replay, withAnotherFuture(ledger, t, seed), t)
  expect([...other.keys()].sort()).toEqual([...before.keys()].sort())
  return [...before].flatMap(([id, vector]) => (vector.every((x, f) => Object.is(x, other.get(id)?.[f])) ? [] : [id]))
}

test('nothing placed or settled at or after a moment changes a feature of a bet placed until then', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      expect(leaksOf(replayLedger, drawn)).toEqual([])
    }),
    { numRuns: 200 },
  )
})

const LEAKS: [string, (bet: Bet) => Bet][] = [
  ['results with the placement', (bet) => ({ ...bet, settledAtMs: bet.placedAtMs })],
  ['results a millisecond early', (bet) => ({ ...bet, settledAtMs: knownAtMs(bet) - 1 })],
  [
    'results an hour after placement where the source is silent',
    (bet) => ({ ...bet, settledAtMs: bet.settledAtMs ?? bet.placedAtMs + HOUR_MS }),
  ],
]

test.each(LEAKS)('the same check catches a replay that takes %s', (_, early) => {
  const leaky: ReplayFeatures = (ledger) => replayLedger(ledger.map(early))
  const worlds = Array.from({ length: 30 }, (_unused, seed) => ({ seed, size: 60, share: 0.5 }))
  expect(worlds.filter((drawn) => leaksOf(leaky, drawn).length > 0).length).toBeGreaterThan(5)
})

test('features do not depend on the order in which a ledger comes', () => {
  fc.assert(
    fc.property(world, ({ seed, size }) => {
      const ledger = randomLedger(seed, size)
      const [once, again] = [replayLedger(ledger), replayLedger(shuffled(ledger, seed + 1))]
      expect(again.bets.map(({ id }) => id)).toEqual(once.bets.map(({ id }) => id))
      expect(again.columns).toEqual(once.columns)
    }),
  )
})
