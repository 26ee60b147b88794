import type { Bet } from '../bets/bet.ts'
import { DomainError } from '../kernel/errors.ts'
import { createRng } from '../kernel/random.ts'
import { drawSessions } from './calendar.ts'
import { drawFate, settleSlip } from './outcome.ts'
import { drawSlip, type Slip } from './slip.ts'
import { assertEdges, DEFAULT_EDGES, type Edge, edgeOf } from './truth.ts'

export interface SimulationOptions {
  /** An integer in [0, 2³²). */
  seed: number
  /** How many bets, at most 99,999. */
  count: number
  /** The present of the ledger: nothing is settled after it. Milliseconds since the epoch, UTC. */
  endsAtMs: number
  /** Edges on top of the bettor's own; see {@link DEFAULT_EDGES}. */
  edges?: readonly Edge[]
}

/** Five digits of an id: order by id is then order of placement. */
const MOST_BETS = 99_999

/** Tells the stream of results from the stream of placements, so that neither shifts the other. */
const FATE_STREAM = 0x0fa7e000

/**
 * A ledger of a bettor who does not exist, for demonstrations and tests: equal options give equal bets.
 *
 * A bet wins with probability q + bias + edge, where q = 1 / (d·(1 + margin)) is the margin-free probability of its
 * price d, bias the favourite–longshot bias, and edge what {@link DEFAULT_EDGES} and `edges` add. By default the bettor
 * loses about the margin, more in parlays and in play: a recalibrated market beats the raw price, and little else is
 * to be found. Planting an edge changes results and closing prices in its segment and nothing elsewhere.
 *
 * @returns bets of origin `demo` in order of placement, over two to three years; the last ones are open
 * @throws {DomainError} `seed_out_of_range`, `count_out_of_range`, `instant_out_of_range`, `shift_out_of_range`
 * @example simulateLedger({ seed: 1, count: 2, endsAtMs: 1_790_000_000_000 }).map((bet) => bet.id)
 * // ['demo-00001', 'demo-00002']
 */
export function simulateLedger(options: SimulationOptions): Bet[] {
  assertOptions(options)
  const { seed, count, endsAtMs, edges = [] } = options
  const allEdges = [...DEFAULT_EDGES, ...edges]
  const fates = createRng(seed ^ FATE_STREAM)
  return drawSlips(seed, count, endsAtMs).map((slip, i) => {
    const outcome = settleSlip(slip, drawFate(fates), edgeOf(slip, allEdges), endsAtMs)
    return betOf(`demo-${String(i + 1).padStart(5, '0')}`, slip, outcome)
  })
}

function drawSlips(seed: number, count: number, endsAtMs: number): Slip[] {
  const rng = createRng(seed)
  return drawSessions(rng, count, endsAtMs)
    .flatMap((session) => session.placedAtMs.map((placedAtMs) => drawSlip(rng, session, placedAtMs)))
    .sort((a, b) => a.placedAtMs - b.placedAtMs)
}

function betOf(id: string, slip: Slip, outcome: ReturnType<typeof settleSlip>): Bet {
  const { sport, league, market, book, selection, betType, isLive, stakeMinor, placedAtMs } = slip
  return {
    ...{ id, origin: 'demo', betType, sport, league, market, book, selection, isLive, isFreeBet: false },
    // The bettor follows the bets: each result is known when it comes.
    ...{ stakeMinor, currency: 'USD', returnPerUnit: null, placedAtMs, resultKnownAtMs: null },
    ...outcome,
  }
}

function assertOptions({ seed, count, endsAtMs, edges = [] }: SimulationOptions): void {
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new DomainError('seed_out_of_range', `seed ${seed}: must be an integer from 0 to 2^32 - 1`, { field: 'seed' })
  }
  if (!(Number.isInteger(count) && count >= 0 && count <= MOST_BETS)) {
    throw new DomainError('count_out_of_range', `${count} bets: must be an integer from 0 to ${MOST_BETS}`, {
      field: 'count',
    })
  }
  if (!(Number.isInteger(endsAtMs) && endsAtMs >= 0 && endsAtMs <= 8.64e15)) {
    throw new DomainError('instant_out_of_range', `endsAtMs ${endsAtMs}: must be whole milliseconds since 1970`, {
      field: 'endsAtMs',
    })
  }
  assertEdges(edges)
}
