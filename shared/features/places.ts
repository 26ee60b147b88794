import { BET_TYPES } from '../bets/bet.ts'
import type { Placement } from './groups.ts'
import { PRICE_BAND_ENDS, priceBand } from './groups.ts'
import type { FeatureState, GroupState, NameMap, Place, PlaceCodes } from './state.ts'
import { EMPTY_TALLY, groupKeys, NO_KEY, nameCodes } from './state.ts'
import type { Tally } from './tally.ts'
import { createTally } from './tally.ts'
import { enterName, NAMED_FIELDS } from './vocabulary.ts'

/** The place of a bet that will change its tallies; those that are not there yet are made, and its names get their codes. */
export function ensurePlace(state: FeatureState, bet: Placement): Place {
  const byLeague = branch(state.tree, bet.sport)
  const byMarket = branch(byLeague, bet.league)
  const byBook = branch(byMarket, bet.market)
  let leaves = byBook.get(bet.book)
  if (leaves === undefined) {
    leaves = []
    byBook.set(bet.book, leaves)
  }
  const leaf = leafOf(bet)
  let place = leaves[leaf]
  if (place === undefined) {
    place = makePlace(state, bet)
    leaves[leaf] = place
  }
  return place
}

/** The place of a bet that nobody has placed yet, with empty tallies where nothing is known. Keeps nothing. */
export function findPlace(state: FeatureState, bet: Placement): Place {
  const known = state.tree.get(bet.sport)?.get(bet.league)?.get(bet.market)?.get(bet.book)?.[leafOf(bet)]
  if (known !== undefined) return known
  const keys = groupKeys(state.vocabulary, bet)
  const tallies = state.groups.map((group, g) => group.tallies.get(keys[g] as number) ?? EMPTY_TALLY)
  return placeOf(tallies, nameCodes(state.vocabulary, bet))
}

/** A place of no bet yet. */
export function placeOf(tallies: readonly Tally[], codes: PlaceCodes): Place {
  const isWhole = !tallies.includes(EMPTY_TALLY)
  const changed = isWhole ? tallies : tallies.filter((tally) => tally !== EMPTY_TALLY)
  return { tallies, changed, codes, isSeen: false }
}

function makePlace(state: FeatureState, bet: Placement): Place {
  for (const field of NAMED_FIELDS) {
    const name = bet[field]
    if (name !== null) enterName(state.vocabulary[field], name)
  }
  const keys = groupKeys(state.vocabulary, bet)
  const tallies = state.groups.map((group, g) => ensureTally(group, keys[g] as number))
  return placeOf(tallies, nameCodes(state.vocabulary, bet))
}

function ensureTally({ tallies, spread }: GroupState, key: number): Tally {
  if (key === NO_KEY) return EMPTY_TALLY
  let tally = tallies.get(key)
  if (tally === undefined) {
    tally = createTally(spread)
    tallies.set(key, tally)
  }
  return tally
}

const BANDS = PRICE_BAND_ENDS.length + 2

/** What is left of a bet's groups once its names are known, as one number. */
function leafOf({ betType, isLive, decimalOdds }: Placement): number {
  const band = decimalOdds === null ? BANDS - 1 : priceBand(decimalOdds)
  return (2 * BET_TYPES.indexOf(betType) + (isLive ? 1 : 0)) * BANDS + band
}

function branch<T>(map: NameMap<NameMap<T>>, name: string | null): NameMap<T> {
  let next = map.get(name)
  if (next === undefined) {
    next = new Map()
    map.set(name, next)
  }
  return next
}
