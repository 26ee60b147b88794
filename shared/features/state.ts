import { BET_TYPES } from '../bets/bet.ts'
import type { GroupName, Placement } from './groups.ts'
import { GROUP_INDEX, GROUP_NAMES, priceBand } from './groups.ts'
import type { KnownBet } from './known-bet.ts'
import type { KnownBy } from './settlement-lag.ts'
import type { Spread } from './shrinkage.ts'
import { createSpread, MOST_PRIOR_BETS } from './shrinkage.ts'
import type { Tally } from './tally.ts'
import { createTally } from './tally.ts'
import type { NamedField, Vocabulary, VocabularyNames } from './vocabulary.ts'
import { CODE_LIMIT, createVocabulary } from './vocabulary.ts'

/** Where a bet belongs: found once for all bets that are alike in what groups and names are made of. */
export interface Place {
  /** By group, in the order of {@link GROUP_NAMES}; {@link EMPTY_TALLY} where a bet belongs to none. */
  tallies: readonly Tally[]
  /** The same without {@link EMPTY_TALLY}: what a bet changes. */
  changed: readonly Tally[]
  /** Codes of the names; {@link NO_KEY} where the source does not name the field, or no bet has borne the name. */
  codes: PlaceCodes
  /** Whether a bet has been placed here, so that all its names have been seen. */
  isSeen: boolean
}

export type PlaceCodes = Readonly<Record<NamedField, number>>

/** What is known of a group without bets; of it nothing is ever changed but the cache of where its windows start. */
export const EMPTY_TALLY: Tally = createTally()

/** Places by sport, league, market and book, then by bet type, live or not, and price band. */
export type PlaceTree = NameMap<NameMap<NameMap<NameMap<(Place | undefined)[]>>>>
export type NameMap<T> = Map<string | null, T>

/** Bets whose placement, or result, is to come, in the order in which they happen; those before `next` are done with. */
export interface Queue {
  bets: readonly KnownBet[]
  places: readonly Place[]
  /** When it happens; one number more than bets, Infinity, so that the end needs no question of its own. */
  atMs: Float64Array
  next: number
}

export function emptyQueue(): Queue {
  return { bets: [], places: [], atMs: Float64Array.of(Number.POSITIVE_INFINITY), next: 0 }
}

/** The tallies of one group by key, and how much they differ. */
export interface GroupState {
  tallies: Map<number, Tally>
  spread: Spread
  /** Empirical-Bayes weight of the ledger's mean, in bets, as it stood when the day of the latest event began. */
  priorBets: number
}

/**
 * Everything known of the past at one moment: what the pass over a ledger leaves, what a snapshot stores and what serving
 * asks.
 */
export interface FeatureState {
  /** All events strictly before this instant have been applied, none at or after it. −Infinity at the beginning. */
  asOfMs: number
  /** UTC day of the latest event applied; −Infinity before the first. */
  day: number
  vocabulary: Vocabulary
  /** Currency of the first stake; money in another is not added to it. */
  currency: string | null
  /** In the order of {@link GROUP_NAMES}. */
  groups: readonly GroupState[]
  /** Places of the bets met so far, so that the next bet on a market finds its own with a few looks; no part of the meaning. */
  tree: PlaceTree
  /** Bets entered whose placement lies at or after `asOfMs`. */
  placements: Queue
  /** Bets entered whose result is known at or after `asOfMs`. */
  results: Queue
  /** Settled bets entered so far, by how it is known when their result was known. */
  resultsKnownBy: Record<KnownBy, number>
}

/** The state before any bet. @param names  of the last pass, so that names keep their codes */
export function createFeatureState(names?: VocabularyNames): FeatureState {
  return {
    asOfMs: Number.NEGATIVE_INFINITY,
    day: Number.NEGATIVE_INFINITY,
    vocabulary: createVocabulary(names),
    currency: null,
    groups: GROUP_NAMES.map(() => ({ tallies: new Map(), spread: createSpread(), priorBets: MOST_PRIOR_BETS })),
    tree: new Map(),
    placements: emptyQueue(),
    results: emptyQueue(),
    resultsKnownBy: { told: 0, settled: 0, assumed: 0 },
  }
}

/** The group named, of a state. */
export function groupOf(state: FeatureState, name: GroupName): GroupState {
  return state.groups[GROUP_INDEX[name]] as GroupState
}

/** Stands for the key of a bet in a group to which it does not belong. */
export const NO_KEY = -1

const { ledger, sport, market, live, sport_market, sport_league, sport_league_market } = GROUP_INDEX
const { book, book_live, bet_type, price_band } = GROUP_INDEX

/**
 * Key of a bet in every group, in the order of {@link GROUP_NAMES}.
 *
 * {@link NO_KEY} where its source does not name a field of the group, or names what no bet has been named so far.
 */
export function groupKeys(vocabulary: Vocabulary, bet: Placement): number[] {
  const { sport: s, league: l, market: m, book: b } = nameCodes(vocabulary, bet)
  const isLive = bet.isLive ? 1 : 0
  const keys = new Array<number>(GROUP_NAMES.length)
  keys[ledger] = 0
  keys[sport] = s
  keys[market] = m
  keys[live] = isLive
  keys[sport_market] = joined(s, m)
  keys[sport_league] = joined(s, l)
  keys[sport_league_market] = joined(joined(s, l), m)
  keys[book] = b
  keys[book_live] = b === NO_KEY ? NO_KEY : 2 * b + isLive
  keys[bet_type] = BET_TYPES.indexOf(bet.betType)
  keys[price_band] = bet.decimalOdds === null ? NO_KEY : priceBand(bet.decimalOdds)
  return keys
}

/** Codes of a bet's names; {@link NO_KEY} where its source does not name the field, or no bet has borne the name. */
export function nameCodes(vocabulary: Vocabulary, bet: Placement): PlaceCodes {
  return {
    sport: codeIn(vocabulary.sport.codes, bet.sport),
    league: codeIn(vocabulary.league.codes, bet.league),
    market: codeIn(vocabulary.market.codes, bet.market),
    book: codeIn(vocabulary.book.codes, bet.book),
  }
}

function codeIn(codes: ReadonlyMap<string, number>, name: string | null): number {
  return name === null ? NO_KEY : (codes.get(name) ?? NO_KEY)
}

/** Exact below 2⁵³ for three codes. */
function joined(key: number, code: number): number {
  return key === NO_KEY || code === NO_KEY ? NO_KEY : key * CODE_LIMIT + code
}
