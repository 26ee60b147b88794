import { isSettled } from '../bets/settlement.ts'
import { DomainError, InvariantError, invariant } from '../kernel/errors.ts'
import { dayOf } from './day-marks.ts'
import type { FeatureSet } from './feature-set.ts'
import type { KnownBet } from './known-bet.ts'
import { isIn, outcomeOf } from './outcome.ts'
import { ensurePlace } from './places.ts'
import { knownAtMs, knownBy } from './settlement-lag.ts'
import { priorBets } from './shrinkage.ts'
import type { FeatureState, Place, Queue } from './state.ts'
import type { Tally } from './tally.ts'
import { addPlacement, addResult } from './tally.ts'
import { timeOrder } from './time-order.ts'
import { TOTALS } from './totals.ts'
import { NAMED_FIELDS, seeName } from './vocabulary.ts'

/** Bets that are entered together at least. */
const PART_BETS = 512

/** What a result adds to the totals; written anew for each. */
const OUTCOME = new Float64Array(TOTALS)

/**
 * Takes bets in and gives the features of each as of its placement: the one pass that training, incremental updates and
 * serving share.
 *
 * Placements and results are applied in the order of their time; a bet's features see those strictly before it was
 * placed, so neither a bet placed at the same instant nor a result known at it. What lies at or after the last placement
 * waits in the state for the next call.
 *
 * @param bets  in order of placement, none placed before `state.asOfMs`; bets placed at one instant belong in one call
 * @param set   whose columns are wanted
 * @param spare columns of an earlier call that nobody reads any more: their memory is used again, with all that lies in it
 * @returns     `columns[f][r]` is feature f of `set` for bet r; none without a set
 * @throws {DomainError} `settled_before_placed`, `too_many_names`: the state is to be thrown away then
 */
export function advance(
  state: FeatureState,
  bets: readonly KnownBet[],
  set?: FeatureSet,
  spare?: readonly Float32Array[],
): Float32Array[] {
  const columns = set?.openColumns(bets.length, spare)
  for (let begin = 0; begin < bets.length; ) {
    const part = bets.slice(begin, begin + partLength(state))
    const places = enter(state, part)
    for (let i = 0; i < part.length; i++) {
      const bet = part[i] as KnownBet
      applyBefore(state, bet.placedAtMs)
      columns?.add(state, bet, places[i] as Place)
    }
    begin += part.length
  }
  return columns?.finish() ?? []
}

/**
 * Bets that are entered together: so many that the results that wait are not put in order too often, so few that the
 * processor still has them at hand when they are placed. A part may end within an instant, of which nothing is applied
 * before a later one is asked for.
 */
function partLength({ results }: FeatureState): number {
  return Math.max(PART_BETS, results.bets.length - results.next)
}

/** Enters bets as events to come. @returns the place of each */
function enter(state: FeatureState, bets: readonly KnownBet[]): Place[] {
  const places: Place[] = []
  let previousMs = state.asOfMs
  for (let i = 0; i < bets.length; i++) {
    const bet = bets[i] as KnownBet
    assertSound(bet, previousMs)
    previousMs = bet.placedAtMs
    if (isSettled(bet.state)) state.resultsKnownBy[knownBy(bet)] += 1
    places.push(ensurePlace(state, bet))
  }
  state.placements = placementsAfter(state.placements, bets, places)
  state.results = resultsAfter(state.results, bets, places)
  return places
}

function assertSound({ id, placedAtMs, settledAtMs }: KnownBet, previousMs: number): void {
  if (!(placedAtMs >= previousMs)) {
    throw new InvariantError(`bet ${id} was placed before what the features have seen already`)
  }
  if (settledAtMs === null || settledAtMs >= placedAtMs) return
  throw new DomainError('settled_before_placed', `bet ${id} was settled at ${settledAtMs}, placed at ${placedAtMs}`)
}

/** The bets of a queue of which nothing has been applied. */
export function waiting({ bets, next }: Queue): readonly KnownBet[] {
  return bets.slice(next)
}

/** A queue of the placements that wait, and those of bets placed later, in the order of their placement. */
export function placementsAfter(before: Queue, bets: readonly KnownBet[], places: readonly Place[]): Queue {
  const all = waiting(before).concat(bets)
  const atMs = new Float64Array(all.length + 1).fill(Number.POSITIVE_INFINITY)
  for (let i = 0; i < all.length; i++) atMs[i] = (all[i] as KnownBet).placedAtMs
  return { bets: all, places: before.places.slice(before.next).concat(places), atMs, next: 0 }
}

/** A queue of the results that wait and those of other bets, in the order in which they are taken in. */
export function resultsAfter(before: Queue, bets: readonly KnownBet[], places: readonly Place[]): Queue {
  const all = waiting(before).slice()
  const allPlaces = before.places.slice(before.next)
  for (let i = 0; i < bets.length; i++) {
    const bet = bets[i] as KnownBet
    if (!isSettled(bet.state)) continue
    all.push(bet)
    allPlaces.push(places[i] as Place)
  }
  const knownMs = new Float64Array(all.length)
  for (let i = 0; i < all.length; i++) knownMs[i] = knownAtMs(all[i] as KnownBet)
  return ordered(all, allPlaces, knownMs)
}

/** Known first, then placed first, then by id, so that every machine agrees. */
function ordered(bets: readonly KnownBet[], places: readonly Place[], knownMs: Float64Array): Queue {
  const order = timeOrder(knownMs, (a, b) => byPlacedThenId(bets[a] as KnownBet, bets[b] as KnownBet))
  const queue = { bets: [] as KnownBet[], places: [] as Place[], atMs: new Float64Array(bets.length + 1), next: 0 }
  for (let i = 0; i < order.length; i++) {
    const from = order[i] as number
    queue.bets.push(bets[from] as KnownBet)
    queue.places.push(places[from] as Place)
    queue.atMs[i] = knownMs[from] as number
  }
  queue.atMs[order.length] = Number.POSITIVE_INFINITY
  return queue
}

function byPlacedThenId(a: KnownBet, b: KnownBet): number {
  return a.placedAtMs - b.placedAtMs || (a.id < b.id ? -1 : 1)
}

/** Applies all events strictly before an instant. An instant before what has been applied changes nothing. */
export function applyBefore(state: FeatureState, instantMs: number): void {
  invariant(!Number.isNaN(instantMs), 'features are asked for at an instant that is no number')
  if (instantMs <= state.asOfMs) return
  const { placements, results } = state
  for (;;) {
    const placedAt = placements.atMs[placements.next] as number
    const knownAt = results.atMs[results.next] as number
    // A bet settled at the instant of its placement is placed first.
    if (placedAt <= knownAt && placedAt < instantMs) applyPlacement(state, placements, placedAt)
    else if (knownAt < placedAt && knownAt < instantMs) applyResult(state, results, knownAt)
    else break
  }
  state.asOfMs = instantMs
}

function applyPlacement(state: FeatureState, queue: Queue, placedAtMs: number): void {
  const bet = queue.bets[queue.next] as KnownBet
  const place = queue.places[queue.next] as Place
  queue.next += 1
  if (!place.isSeen) seeNames(state, bet, place)
  const staked = bet.stakeMinor ?? 0
  if (state.currency === null && staked > 0) state.currency = bet.currency
  const stakeMinor = isIn(state.currency, bet) ? staked : 0
  const day = dayOf(placedAtMs)
  beginDayOf(state, day)
  const { changed } = place
  for (let i = 0; i < changed.length; i++) addPlacement(changed[i] as Tally, placedAtMs, day, stakeMinor)
}

function seeNames({ vocabulary }: FeatureState, bet: KnownBet, place: Place): void {
  place.isSeen = true
  for (const field of NAMED_FIELDS) {
    const name = bet[field]
    if (name !== null) seeName(vocabulary[field], name)
  }
}

function applyResult(state: FeatureState, queue: Queue, knownMs: number): void {
  const bet = queue.bets[queue.next] as KnownBet
  const { changed } = queue.places[queue.next] as Place
  queue.next += 1
  const outcome = outcomeOf(bet, state.currency, OUTCOME)
  const day = dayOf(knownMs)
  beginDayOf(state, day)
  for (let i = 0; i < changed.length; i++) addResult(changed[i] as Tally, outcome, knownMs, day)
}

/** How much groups differ is looked at once a day, before the day's first event. */
function beginDayOf(state: FeatureState, day: number): void {
  if (day === state.day) return
  state.day = day
  for (const group of state.groups) group.priorBets = priorBets(group.spread)
}
