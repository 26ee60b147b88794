import { BET_TYPES } from '../bets/bet.ts'
import type { Placement } from './groups.ts'
import { PRICE_BAND_ENDS, priceBand } from './groups.ts'
import type { FeatureState, GroupState, NameMap, Tallies } from './state.ts'
import { groupKeys, NO_KEY } from './state.ts'
import { createTally } from './tally.ts'
import { enterName, NAMED_FIELDS } from './vocabulary.ts'

/** The tallies that a bet will change; those that are not there yet are made, and its names get their codes. */
export function ensureTallies(state: FeatureState, bet: Placement): Tallies {
  const byLeague = branch(state.tree, bet.sport)
  const byMarket = branch(byLeague, bet.league)
  const byBook = branch(byMarket, bet.market)
  let leaves = byBook.get(bet.book)
  if (leaves === undefined) {
    leaves = []
    byBook.set(bet.book, leaves)
  }
  const leaf = leafOf(bet)
  let tallies = leaves[leaf]
  if (tallies === undefined) {
    tallies = makeTallies(state, bet)
    leaves[leaf] = tallies
  }
  return tallies
}

/** The tallies of a bet that nobody has placed yet; undefined also where nothing is known. Makes nothing. */
export function findTallies(state: FeatureState, bet: Placement): Tallies {
  const known = state.tree.get(bet.sport)?.get(bet.league)?.get(bet.market)?.get(bet.book)?.[leafOf(bet)]
  if (known !== undefined) return known
  const keys = groupKeys(state.vocabulary, bet)
  return state.groups.map(({ tallies }, g) => tallies.get(keys[g] as number))
}

function makeTallies(state: FeatureState, bet: Placement): Tallies {
  for (const field of NAMED_FIELDS) {
    const name = bet[field]
    if (name !== null) enterName(state.vocabulary[field], name)
  }
  const keys = groupKeys(state.vocabulary, bet)
  return state.groups.map((group, g) => {
    const key = keys[g] as number
    return key === NO_KEY ? undefined : ensureTally(group, key)
  })
}

function ensureTally({ tallies }: GroupState, key: number) {
  let tally = tallies.get(key)
  if (tally === undefined) {
    tally = createTally()
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
