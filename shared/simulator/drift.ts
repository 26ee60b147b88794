import type { Bet } from '../bets/bet.ts'
import { byPlacement } from '../bets/bet.ts'
import { DomainError } from '../kernel/errors.ts'
import { createRng } from '../kernel/random.ts'
import { simulateLedger } from './ledger.ts'

const DAY_MS = 86_400_000

/** What can be made to drift: the mix of sports, the prices taken, where bets are placed, whether closing prices are told. */
export const DRIFT_KINDS = ['sport', 'price', 'book', 'clv'] as const
export type DriftKind = (typeof DRIFT_KINDS)[number]

/** Days up to the present in which drifted bets are placed. */
export const DRIFT_DAYS = 28

/** A sportsbook that no other simulated bet was placed with. */
export const NEW_BOOK = 'Northgate Exchange'

/** A sport that is played all year, makes up little of a usual ledger, and is priced otherwise than the rest. */
const RARE_SPORT = 'Tennis'

/** Prices from here on are taken where prices drift, decimal odds. */
const LONG_PRICE = 2.4

/** Bets of each ledger that is chosen from, some twenty a day, and how many ledgers are made at the most. */
const POOL = 20_000
const MOST_POOLS = 40
const POOL_STEP = 0x9e3779b1

export interface DriftOptions {
  kind: DriftKind
  /** An integer in [0, 2³²). */
  seed: number
  /** How many bets. */
  count: number
  /** The present, milliseconds since the epoch: bets are placed within {@link DRIFT_DAYS} days before it. */
  endsAtMs: number
}

/**
 * Simulated bets of the last days of a bettor whose habits have changed in one way; everything else, the season
 * included, is as {@link simulateLedger} has it.
 *
 * `sport`: tennis alone; `price`: decimal odds of 2.4 and longer alone; `book`: every second bet with
 * a new book; `clv`: no closing price is told any more.
 *
 * @returns bets of origin `demo` in order of placement, with ids of their own
 * @throws {DomainError} `count_out_of_range`, `seed_out_of_range`, `instant_out_of_range`
 */
export function simulateDrift({ kind, seed, count, endsAtMs }: DriftOptions): Bet[] {
  return recentBets({ seed, count, endsAtMs }, (bet) => isChosen(bet, kind)).map((bet, i) => ({
    ...drifted(bet, kind, i),
    id: `demo-${kind}-${seed}-${String(i + 1).padStart(5, '0')}`,
  }))
}

/**
 * Simulated bets placed in the {@link DRIFT_DAYS} days before a moment, evenly chosen from all that fit.
 *
 * @throws {DomainError} as {@link simulateDrift}
 */
export function recentBets({ seed, count, endsAtMs }: Omit<DriftOptions, 'kind'>, isFit: (bet: Bet) => boolean): Bet[] {
  if (!(Number.isInteger(count) && count >= 1)) throw wrongCount(count, 'a whole number of at least 1')
  const fromMs = endsAtMs - DRIFT_DAYS * DAY_MS
  const pool: Bet[] = []
  for (let i = 0; i < MOST_POOLS && pool.length < count; i++) {
    const ledger = simulateLedger({ seed: (seed + i * POOL_STEP) % 2 ** 32, count: POOL, endsAtMs })
    pool.push(...ledger.filter((bet) => bet.placedAtMs >= fromMs && isFit(bet)))
    // No use in making all of them where they will not be enough.
    if (pool.length * (MOST_POOLS / (i + 1)) < count / 2) break
  }
  if (pool.length < count) throw wrongCount(count, `no more than ${pool.length} of these are to be had`)
  return chosen(pool.sort(byPlacement), count, seed)
}

function wrongCount(count: number, what: string): DomainError {
  return new DomainError('count_out_of_range', `${count} bets: ${what}`, { field: 'count' })
}

/** `count` of the bets, each as likely as another, in order of placement. */
function chosen(pool: readonly Bet[], count: number, seed: number): Bet[] {
  const rng = createRng(seed)
  const places = Int32Array.from(pool.keys())
  for (let i = 0; i < count; i++) {
    const other = i + rng.integer(places.length - i)
    const place = places[i] as number
    places[i] = places[other] as number
    places[other] = place
  }
  return Array.from(places.subarray(0, count).sort(), (place) => pool[place] as Bet)
}

function isChosen(bet: Bet, kind: DriftKind): boolean {
  if (kind === 'sport') return bet.sport === RARE_SPORT
  return kind !== 'price' || (bet.decimalOdds !== null && bet.decimalOdds >= LONG_PRICE)
}

function drifted(bet: Bet, kind: DriftKind, i: number): Bet {
  if (kind === 'clv') return { ...bet, closingLineValue: null }
  return kind === 'book' && i % 2 === 1 ? { ...bet, book: NEW_BOOK } : bet
}
