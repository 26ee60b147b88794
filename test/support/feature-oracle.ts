import type { Bet } from '../../shared/bets/bet.ts'
import { BET_TYPES } from '../../shared/bets/bet.ts'
import { netReturnPerUnit } from '../../shared/bets/settlement.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { randomLedger } from './bets.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Names the set of each grouping that a bet stands in; null where it stands in none. */
type Keys = Readonly<Record<Group, string | null>>

interface Placed {
  bet: Bet
  keys: Keys
}

/** Results as the features count them: residuals in whole 2⁻²⁴ as documented, returns as they are. */
interface Result extends Placed {
  knownAt: number
  day: number
  /** Undefined unless won or lost at a known price. */
  residual: number | undefined
  /** Net return per unit staked, cut at 100; undefined where nothing tells. */
  net: number | undefined
}

/** What is known of the ledger strictly before an instant: placements, and results in the order in which they came. */
interface Past {
  placed: readonly Placed[]
  results: readonly Result[]
}

/** Expected features of a bet by name; NaN where missing. */
type Expected = Readonly<Record<string, number>>

const GROUPS = [
  ...(['ledger', 'sport', 'market', 'live', 'sport_market', 'sport_league', 'sport_league_market'] as const),
  ...(['book', 'book_live', 'bet_type', 'price_band'] as const),
]
type Group = (typeof GROUPS)[number]

/**
 * Every feature of a bet at the moment of its placement, worked out anew from the whole ledger: the bets that count are
 * filtered, and each feature is the formula of its description over them. Slow, and meant to be read.
 *
 * @returns the expected features of any bet of the ledger
 */
export function featureOracle(ledger: readonly Bet[]): (bet: Bet) => Expected {
  const bets = [...ledger].sort(byPlacement)
  const placed = bets.map((bet) => ({ bet, keys: keysOf(bet) }))
  const results = placed
    .filter(({ bet }) => bet.state !== 'open')
    .map(resultOf)
    .sort((a, b) => a.knownAt - b.knownAt || byPlacement(a.bet, b.bet))
  const weights = new Map<string, number>()
  return (bet) => {
    const asked = { bet, keys: keysOf(bet) }
    const past: Past = {
      placed: placed.filter((earlier) => earlier.bet.placedAtMs < bet.placedAtMs),
      results: results.filter((earlier) => earlier.knownAt < bet.placedAtMs),
    }
    const day = latestDay(past)
    const weightOf = (group: Group) => {
      const known = weights.get(`${group} ${day}`) ?? priorWeight(group, past, day)
      weights.set(`${group} ${day}`, known)
      return known
    }
    return {
      ...ofBet(bets, past.placed, bet),
      ...ofActivity(past, asked),
      ...Object.assign({}, ...GROUPS.map((group) => ofRecord(group, past, asked, weightOf))),
      ...ofMarketForm('sport_market', past, asked),
      ...ofMarketForm('sport_league_market', past, asked),
    }
  }
}

/** Told late before settled before assumed. */
export function knownAt(bet: Bet): number {
  const settledAt = bet.settledAtMs ?? bet.placedAtMs
  if (bet.resultKnownAtMs !== null) return Math.max(bet.resultKnownAtMs, settledAt)
  if (bet.settledAtMs !== null) return settledAt
  const isSlow = ['American Football', 'Golf', 'Cricket', 'Motorsport'].includes(bet.sport ?? '')
  const hours = bet.isLive ? 6 : bet.betType === 'straight' ? (isSlow ? 96 : 24) : isSlow ? 120 : 48
  return settledAt + hours * HOUR_MS
}

function byPlacement(a: Bet, b: Bet): number {
  return a.placedAtMs - b.placedAtMs || (a.id < b.id ? -1 : 1)
}

function resultOf({ bet, keys }: Placed): Result {
  const isPriced = (bet.state === 'won' || bet.state === 'lost') && bet.decimalOdds !== null
  const residual = isPriced ? (bet.state === 'won' ? 1 : 0) - 1 / (bet.decimalOdds ?? Number.NaN) : undefined
  const net = netReturnPerUnit(bet)
  return {
    ...{ bet, keys },
    knownAt: knownAt(bet),
    day: dayOf(knownAt(bet)),
    residual: residual === undefined ? undefined : Math.round(residual * 2 ** 24) / 2 ** 24,
    net: net === undefined ? undefined : Math.min(100, Math.max(-1, net)),
  }
}

/** @param ledger  in order of placement */
function ofBet(ledger: readonly Bet[], placed: readonly Placed[], asked: Bet): Expected {
  const implied = 1 / (asked.decimalOdds ?? Number.NaN)
  const instant = new Date(asked.placedAtMs)
  const codeOf = (field: 'sport' | 'league' | 'market' | 'book') => {
    if (asked[field] === null) return Number.NaN
    if (!placed.some(({ bet }) => bet[field] === asked[field])) return 0
    const met = ledger.flatMap((bet) => bet[field] ?? [])
    return [...new Set(met)].indexOf(asked[field]) + 1
  }
  return {
    market_log_odds: -Math.log((asked.decimalOdds ?? Number.NaN) - 1),
    implied_probability: implied,
    is_live: asked.isLive ? 1 : 0,
    is_combined: asked.betType === 'straight' ? 0 : 1,
    bet_type: BET_TYPES.indexOf(asked.betType) + 1,
    ...{ sport: codeOf('sport'), league: codeOf('league'), market: codeOf('market'), book: codeOf('book') },
    day_of_week: (instant.getUTCDay() + 6) % 7,
    hour_of_day: instant.getUTCHours(),
  }
}

function ofActivity({ placed, results }: Past, asked: Placed): Expected {
  const t = asked.bet.placedAtMs
  const within = (group: Group, days: number) =>
    inSet(group, placed, asked).filter(({ bet }) => dayOf(bet.placedAtMs) > dayOf(t) - days)
  const currency = placed.find(({ bet }) => (bet.stakeMinor ?? 0) > 0 && bet.currency !== null)?.bet.currency
  const turnover = (group: Group) =>
    sumOf(within(group, 30).map(({ bet }) => (bet.currency === currency ? (bet.stakeMinor ?? 0) : 0)))
  const share = (group: 'market' | 'book', whole: (group: Group) => number) =>
    asked.keys[group] === null ? Number.NaN : whole(group) / whole('ledger')
  const count = (group: Group) => within(group, 30).length
  const onMarket = inSet('sport_market', placed, asked)
  const hours = inSet('sport_market', results, asked).flatMap(({ bet }) =>
    bet.settledAtMs === null ? [] : [Math.round((bet.settledAtMs - bet.placedAtMs) / MINUTE_MS) / 60],
  )
  return {
    ledger_placed_7d: within('ledger', 7).length,
    ledger_placed_30d: within('ledger', 30).length,
    sport_market_placed_30d: within('sport_market', 30).length,
    book_placed_30d: within('book', 30).length,
    market_share_30d: share('market', count),
    book_share_30d: share('book', count),
    market_turnover_share_30d: share('market', turnover),
    book_turnover_share_30d: share('book', turnover),
    ledger_hours_since_last_bet: (t - (placed.at(-1)?.bet.placedAtMs ?? Number.NaN)) / HOUR_MS,
    ledger_days_since_first_bet: (t - (placed[0]?.bet.placedAtMs ?? Number.NaN)) / DAY_MS,
    sport_market_days_since_last_bet: (t - (onMarket.at(-1)?.bet.placedAtMs ?? Number.NaN)) / DAY_MS,
    sport_market_settlement_hours: meanOf(hours),
  }
}

function ofRecord(group: Group, past: Past, asked: Placed, weightOf: (group: Group) => number): Expected {
  const ledgerResiduals = residualsOf(past.results)
  const ledgerMean = sumOf(ledgerResiduals) / (ledgerResiduals.length + 50)
  const results = inSet(group, past.results, asked)
  const residuals = residualsOf(results)
  const [n, today] = [residuals.length, dayOf(asked.bet.placedAtMs)]
  const k = group === 'ledger' ? 0 : weightOf(group)
  const mixed = (sample: readonly Result[], prior: number, weightOf: (result: Result, newer: number) => number) => {
    const priced = sample.filter(({ residual }) => residual !== undefined)
    const weights = priced.map((result, i) => weightOf(result, priced.length - 1 - i))
    const sum = sumOf(priced.map(({ residual }, i) => (residual ?? 0) * (weights[i] ?? 0)))
    return priced.length === 0 ? Number.NaN : sum / (sumOf(weights) + prior)
  }
  const features: Record<string, number> = {
    count: n,
    residual: n === 0 ? Number.NaN : group === 'ledger' ? ledgerMean : (sumOf(residuals) + k * ledgerMean) / (n + k),
    win_rate: winRateOf(results),
    roi: roiOf(results),
    form: mixed(results, 20, (_, newer) => 0.98 ** newer),
    form_30d: mixed(results, 20, ({ day }) => 2 ** (-(today - day) / 30)),
  }
  for (const length of [10, 20, 50]) features[`residual_last_${length}`] = mixed(results.slice(-length), 10, () => 1)
  for (const days of [7, 30, 90]) {
    const latest = results.filter(({ day }) => day > today - days)
    features[`residual_${days}d`] = mixed(latest, 10, () => 1)
  }
  return prefixed(group, features)
}

function ofMarketForm(group: Group, past: Past, asked: Placed): Expected {
  const results = inSet(group, past.results, asked)
  const returns = results.flatMap(({ net }) => net ?? [])
  const decided = results.filter(({ bet }) => bet.state === 'won' || bet.state === 'lost')
  const [low, high] = wilson(decided.filter(({ bet }) => bet.state === 'won').length, decided.length)
  const [ten, twenty] = [results.slice(-10), results.slice(-20)]
  const squares = sumOf(returns.map((net) => (net - meanOf(returns)) ** 2))
  return prefixed(group, {
    win_rate_last_10: winRateOf(ten),
    roi_last_10: roiOf(ten),
    win_rate_last_20: winRateOf(twenty),
    roi_last_20: roiOf(twenty),
    win_rate_momentum: winRateOf(ten) - winRateOf(results),
    roi_momentum: roiOf(ten) - roiOf(results),
    roi_deviation: returns.length < 2 ? Number.NaN : Math.sqrt(squares / (returns.length - 1)),
    win_rate_low: low,
    win_rate_width: high - low,
    streak: streakOf(decided.map(({ bet }) => bet.state)),
  })
}

/**
 * Weight of the prior, k = σ²/τ², by the method of moments of a one-way layout, over what was known when the day of the
 * latest event began.
 */
function priorWeight(group: Group, { results }: Past, latest: number): number {
  const earlier = results.filter((result) => result.day < latest && result.residual !== undefined)
  const sets = new Map<string, number[]>()
  for (const { keys, residual } of earlier) {
    const key = keys[group]
    if (key !== null) sets.set(key, [...(sets.get(key) ?? []), residual ?? Number.NaN])
  }
  const all = [...sets.values()].flat()
  const [N, K] = [all.length, sets.size]
  if (K < 2 || N <= K) return 1000
  const between = sumOf([...sets.values()].map((set) => set.length * (meanOf(set) - meanOf(all)) ** 2)) / (K - 1)
  const within = sumOf([...sets.values()].flatMap((set) => set.map((r) => (r - meanOf(set)) ** 2))) / (N - K)
  const perSet = (N - sumOf([...sets.values()].map((set) => set.length ** 2)) / N) / (K - 1)
  const variance = (between - within) / perSet
  // Equal residuals leave a rounding error, and real ones never so little.
  return variance > 1e-12 ? Math.min(1000, Math.max(20, within / variance)) : 1000
}

function latestDay({ placed, results }: Past): number {
  return Math.max(...placed.map(({ bet }) => dayOf(bet.placedAtMs)), ...results.map(({ day }) => day))
}

/** Those of the same set of a grouping as the asked bet. */
function inSet<T extends Placed>(group: Group, items: readonly T[], { keys }: Placed): T[] {
  return items.filter((item) => keys[group] !== null && item.keys[group] === keys[group])
}

function keysOf(bet: Bet): Keys {
  const odds = bet.decimalOdds
  const band =
    odds === null ? null : [0.1, 0.2, 0.3, 0.4, 0.48, 0.52, 0.56, 0.65].filter((end) => 1 / odds >= end).length
  const { sport, league, market, book, betType, isLive: live } = bet
  const keyOf = (...parts: unknown[]) => (parts.includes(null) ? null : JSON.stringify(parts))
  return {
    ...{ ledger: keyOf(), sport: keyOf(sport), market: keyOf(market), live: keyOf(live) },
    ...{ sport_market: keyOf(sport, market), sport_league: keyOf(sport, league) },
    ...{ sport_league_market: keyOf(sport, league, market), book: keyOf(book), book_live: keyOf(book, live) },
    ...{ bet_type: keyOf(betType), price_band: keyOf(band) },
  }
}

/** Ends of the Wilson score interval at 95 %. */
function wilson(wins: number, n: number): [number, number] {
  const [p, z] = [wins / n, 1.959963984540054]
  const root = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2))
  return [(p + z ** 2 / (2 * n) - root) / (1 + z ** 2 / n), (p + z ** 2 / (2 * n) + root) / (1 + z ** 2 / n)]
}

/** Length of the run of equal results at the end, negative for losses. */
function streakOf(states: readonly string[]): number {
  const last = states.at(-1)
  const length = states.length - 1 - states.findLastIndex((state) => state !== last)
  return last === undefined ? 0 : last === 'won' ? length : -length
}

function winRateOf(results: readonly Result[]): number {
  const states = results.map(({ bet }) => bet.state)
  const wins = states.filter((state) => state === 'won').length
  return wins / (wins + states.filter((state) => state === 'lost').length)
}

function roiOf(results: readonly Result[]): number {
  return meanOf(results.flatMap(({ net }) => net ?? []))
}

function residualsOf(results: readonly Result[]): number[] {
  return results.flatMap(({ residual }) => residual ?? [])
}

function prefixed(group: Group, features: Expected): Expected {
  return Object.fromEntries(Object.entries(features).map(([name, value]) => [`${group}_${name}`, value]))
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function dayOf(instantMs: number): number {
  return Math.floor(instantMs / DAY_MS)
}

const AWKWARD_NAMES = ['a|b', 'a', 'b|', '"', '\\"', '🏀', '\ud83c', '\udfc0', '__proto__', 'null', ' ', 'constructor']

/**
 * A random ledger made worse, equal for equal seeds: names that join to the same text, half characters, odd milliseconds,
 * days of silence, prices of a million, other currencies, free bets, and bets without money.
 */
export function awkwardLedger(seed: number, size: number): Bet[] {
  const rng = createRng(seed ^ 0x0a3d)
  const rename = (name: string | null) =>
    name === null || rng.next() < 0.5 ? name : (AWKWARD_NAMES[rng.integer(AWKWARD_NAMES.length)] ?? name)
  const stretch = rng.next() < 0.5 ? 1 : 1 + rng.integer(40)
  return randomLedger(seed, size).map((drawn): Bet => {
    const placedAtMs = drawn.placedAtMs + (stretch - 1) * (drawn.placedAtMs % (8 * DAY_MS))
    const late = rng.next() < 0.2 ? rng.integer(HOUR_MS) : 0
    const shift = placedAtMs - drawn.placedAtMs + late
    const money = rng.next()
    return {
      ...drawn,
      ...{ sport: rename(drawn.sport), league: rename(drawn.league), market: rename(drawn.market) },
      placedAtMs: placedAtMs + late,
      settledAtMs:
        drawn.settledAtMs === null ? null : drawn.settledAtMs + shift + (late > 0 ? rng.integer(HOUR_MS) : 0),
      resultKnownAtMs: drawn.resultKnownAtMs === null ? null : drawn.resultKnownAtMs + shift,
      decimalOdds: rng.next() < 0.03 ? 1e6 * (1 + rng.next()) : drawn.decimalOdds,
      ...(money < 0.1 ? { stakeMinor: null, profitMinor: null, currency: null } : {}),
      ...(money > 0.9 ? { isFreeBet: true, stakeMinor: 0 } : {}),
      ...(money > 0.85 ? { currency: money > 0.95 ? 'GBP' : null } : {}),
      ...(money > 0.7 && money < 0.8 ? { currency: 'EUR', returnPerUnit: 3 * rng.next() - 1, profitMinor: null } : {}),
    }
  })
}
