import { isSettled } from '../bets/settlement.ts'
import { DomainError, invariant } from '../kernel/errors.ts'
import { dayOf } from './day-marks.ts'
import type { FeatureSet } from './feature-set.ts'
import { GROUP_INDEX } from './groups.ts'
import type { KnownBet } from './known-bet.ts'
import { isIn, outcomeOf } from './outcome.ts'
import { knownAtMs, knownBy } from './settlement-lag.ts'
import { addToSpread, priorBets } from './shrinkage.ts'
import type { Entry, FeatureState, GroupState, Queue, Tallies } from './state.ts'
import { ensureTallies } from './tallies.ts'
import type { Tally } from './tally.ts'
import { addPlacement, addResult } from './tally.ts'
import { PLACED, PRICED, RESIDUAL, UNIT } from './totals.ts'
import { NAMED_FIELDS, seeName } from './vocabulary.ts'

/**
 * Takes bets in and gives the features of each as of its placement: the one pass that training, incremental updates and
 * serving share.
 *
 * Placements and results are applied in the order of their time; a bet's features see those strictly before it was
 * placed, so neither a bet placed at the same instant nor a result known at it. What lies at or after the last placement
 * waits in the state for the next call.
 *
 * @param bets  in order of placement, none placed before `state.asOfMs`; bets placed at one instant belong in one call
 * @returns     `columns[f][r]` is feature f of `set` for bet r; none without a set
 * @throws {DomainError} `settled_before_placed`, `too_many_names`: the state is to be thrown away then
 */
export function advance(state: FeatureState, bets: readonly KnownBet[], set?: FeatureSet): Float32Array[] {
  const entries = enter(state, bets)
  const columns = set?.openColumns(bets.length)
  for (const { bet, tallies } of entries) {
    applyBefore(state, bet.placedAtMs)
    columns?.add(state, bet, tallies)
  }
  return columns?.finish() ?? []
}

/** Enters bets as events to come. */
function enter(state: FeatureState, bets: readonly KnownBet[]): Entry[] {
  let previousMs = state.asOfMs
  const entries = bets.map((bet): Entry => {
    assertSound(bet, previousMs)
    previousMs = bet.placedAtMs
    if (isSettled(bet.state)) state.resultsKnownBy[knownBy(bet)] += 1
    return entryOf(state, bet)
  })
  const results = entries.filter(({ knownAtMs: instantMs }) => instantMs !== Number.POSITIVE_INFINITY)
  state.placements = { items: [...waiting(state.placements), ...entries], next: 0 }
  state.results = { items: [...waiting(state.results), ...results].sort(byKnownTime), next: 0 }
  return entries
}

/** A bet with the tallies that it will change. */
export function entryOf(state: FeatureState, bet: KnownBet): Entry {
  const instantMs = isSettled(bet.state) ? knownAtMs(bet) : Number.POSITIVE_INFINITY
  return { bet, tallies: ensureTallies(state, bet), knownAtMs: instantMs }
}

function assertSound({ id, placedAtMs, settledAtMs }: KnownBet, previousMs: number): void {
  invariant(placedAtMs >= previousMs, `bet ${id} was placed before what the features have seen already`)
  if (settledAtMs === null || settledAtMs >= placedAtMs) return
  throw new DomainError('settled_before_placed', `bet ${id} was settled at ${settledAtMs}, placed at ${placedAtMs}`)
}

/** The events of a queue that have not been applied. */
export function waiting({ items, next }: Queue): readonly Entry[] {
  return next === 0 ? items : items.slice(next)
}

/** Order in which results are taken in: known first, then placed first, then by id, so that every machine agrees. */
function byKnownTime(a: Entry, b: Entry): number {
  return a.knownAtMs - b.knownAtMs || a.bet.placedAtMs - b.bet.placedAtMs || (a.bet.id < b.bet.id ? -1 : 1)
}

/** Applies all events strictly before an instant. An instant before what has been applied changes nothing. */
export function applyBefore(state: FeatureState, instantMs: number): void {
  invariant(!Number.isNaN(instantMs), 'features are asked for at an instant that is no number')
  if (instantMs <= state.asOfMs) return
  const { placements, results } = state
  for (;;) {
    const placement = placements.items[placements.next]
    const result = results.items[results.next]
    const placedAt = placement?.bet.placedAtMs ?? Number.POSITIVE_INFINITY
    const knownAt = result?.knownAtMs ?? Number.POSITIVE_INFINITY
    // A bet settled at the instant of its placement is placed first.
    if (placement !== undefined && placedAt <= knownAt && placedAt < instantMs) {
      placements.next += 1
      applyPlacement(state, placement)
    } else if (result !== undefined && knownAt < placedAt && knownAt < instantMs) {
      results.next += 1
      applyResult(state, result)
    } else break
  }
  state.asOfMs = instantMs
}

function applyPlacement(state: FeatureState, { bet, tallies }: Entry): void {
  if (!areNamesSeen(tallies)) seeNames(state, bet)
  const staked = bet.stakeMinor ?? 0
  if (state.currency === null && staked > 0) state.currency = bet.currency
  const stakeMinor = isIn(state.currency, bet) ? staked : 0
  const day = dayOf(bet.placedAtMs)
  beginDayOf(state, day)
  for (let g = 0; g < tallies.length; g++) {
    const tally = tallies[g]
    if (tally !== undefined) addPlacement(tally, bet.placedAtMs, day, stakeMinor)
  }
}

/** Whether a bet so named has been placed: each name is a part of the key of one of these groups. */
function areNamesSeen(tallies: Tallies): boolean {
  return hasBets(tallies[GROUP_INDEX.sport_league_market]) && hasBets(tallies[GROUP_INDEX.book])
}

function hasBets(tally: Tally | undefined): boolean {
  return tally !== undefined && tally.totals[PLACED] !== 0
}

function seeNames({ vocabulary }: FeatureState, bet: KnownBet): void {
  for (const field of NAMED_FIELDS) {
    const name = bet[field]
    if (name !== null) seeName(vocabulary[field], name)
  }
}

function applyResult(state: FeatureState, { bet, tallies, knownAtMs: instantMs }: Entry): void {
  const outcome = outcomeOf(bet, instantMs, state.currency)
  const day = dayOf(instantMs)
  beginDayOf(state, day)
  for (let g = 0; g < tallies.length; g++) {
    const tally = tallies[g]
    if (tally === undefined) continue
    if (outcome.isPriced) addResidual(state.groups[g] as GroupState, tally, outcome.residual)
    addResult(tally, outcome, day)
  }
}

function addResidual({ spread }: GroupState, { totals }: Tally, residual: number): void {
  addToSpread(spread, totals[PRICED] as number, (totals[RESIDUAL] as number) / UNIT, residual)
}

/** How much groups differ is looked at once a day, before the day's first event. */
function beginDayOf(state: FeatureState, day: number): void {
  if (day === state.day) return
  state.day = day
  for (const group of state.groups) group.priorBets = priorBets(group.spread)
}
