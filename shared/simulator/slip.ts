import type { Bet } from '../bets/bet.ts'
import { logit, sigmoid } from '../kernel/numeric.ts'
import type { Rng } from '../kernel/random.ts'
import { BOOKS, type Book, quotedDecimalOdds, wholePointDecimalOdds } from './books.ts'
import { HOUR_MS, MINUTE_MS, type Session } from './calendar.ts'
import { between, pickWeighted } from './choice.ts'
import type { League } from './leagues.ts'
import { MARKETS, type Market } from './markets.ts'
import { drawSelection } from './selections.ts'
import { drawStakeMinor } from './stakes.ts'
import { biasedProbability, PARLAY_LEG_SHIFT, possibleProbability } from './truth.ts'

/** A bet as it is handed in: all but its result. */
export interface Slip
  extends Pick<Bet, 'sport' | 'league' | 'market' | 'book' | 'betType' | 'isLive' | 'placedAtMs' | 'selection'> {
  decimalOdds: number
  stakeMinor: number
  /** When the result is known, unless it is cashed out before. */
  settlesAtMs: number
  /** Win probability before edges, ties aside: margin taken out, favourite–longshot bias and parlay legs in. */
  probability: number
  /** Probability of a tie with the line; 0 where it cannot. */
  tieProbability: number
  /** What decides the closing price; undefined where there is none to compare with (live, futures, parlays). */
  closing: { margin: number; stepPoints: number } | undefined
}

/** One selection at a price. */
interface Leg {
  league: League
  market: Market
  text: string
  tieProbability: number
  decimalOdds: number
  margin: number
  settlesAtMs: number
}

interface LegContext {
  session: Session
  placedAtMs: number
  book: Book
  isLive: boolean
  isParlay: boolean
}

const PARLAY_SHARE = 0.15
const LIVE_SHARE = { straight: 0.08, parlay: 0.02 }
/** How often a bet is on the league that the sitting is about. */
const MAIN_LEAGUE_SHARE = 0.75
/** What play in running adds to the spread of prices, in log-odds. */
const LIVE_PRICE_SPREAD = 0.4

const LEG_COUNTS = [
  { legs: 2, weight: 40 },
  { legs: 3, weight: 34 },
  { legs: 4, weight: 17 },
  { legs: 5, weight: 9 },
]

/** Draws what the bettor hands in at an instant of a sitting. */
export function drawSlip(rng: Rng, session: Session, placedAtMs: number): Slip {
  const isParlay = rng.next() < PARLAY_SHARE
  const isLive = rng.next() < (isParlay ? LIVE_SHARE.parlay : LIVE_SHARE.straight)
  const context: LegContext = { session, placedAtMs, book: pickWeighted(rng, BOOKS), isLive, isParlay }
  return isParlay ? drawParlay(rng, context) : drawStraight(rng, context)
}

function drawStraight(rng: Rng, context: LegContext): Slip {
  const { placedAtMs, isLive, book } = context
  const { league, market, text, tieProbability, decimalOdds, margin, settlesAtMs } = drawLeg(rng, context)
  const hasClosing = !isLive && market.kind !== 'future'
  return {
    ...{ sport: league.sport, league: league.name, market: market.name, book: book.name, betType: 'straight' },
    ...{ isLive, placedAtMs, selection: text, decimalOdds, settlesAtMs, tieProbability },
    stakeMinor: drawStakeMinor(rng, 'straight', decimalOdds),
    probability: legProbability(decimalOdds, margin),
    closing: hasClosing ? { margin, stepPoints: book.stepPoints } : undefined,
  }
}

/** Legs win independently of one another: the price is the product of theirs, and so is the probability. */
function drawParlay(rng: Rng, context: LegContext): Slip {
  const { placedAtMs, isLive, book } = context
  const legs = Array.from({ length: pickWeighted(rng, LEG_COUNTS).legs }, () => drawLeg(rng, context))
  const decimalOdds = wholePointDecimalOdds(legs.reduce((product, leg) => product * leg.decimalOdds, 1))
  return {
    ...commonSportAndLeague(legs.map((leg) => leg.league)),
    ...{ market: 'Parlay', book: book.name, betType: 'parlay', isLive, placedAtMs, decimalOdds },
    selection: legs.map((leg) => `${leg.market.name}: ${leg.text}`).join('; '),
    stakeMinor: drawStakeMinor(rng, 'parlay', decimalOdds),
    settlesAtMs: Math.max(...legs.map((leg) => leg.settlesAtMs)) + Math.floor(between(rng, 0, 20) * HOUR_MS),
    probability: possibleProbability(
      legs.reduce((product, leg) => product * (legProbability(leg.decimalOdds, leg.margin) + PARLAY_LEG_SHIFT), 1),
    ),
    tieProbability: 0,
    closing: undefined,
  }
}

/** The sport and league that all legs share; a parlay over several sports has sport `Parlay` and no league. */
function commonSportAndLeague(leagues: readonly League[]): Pick<Slip, 'sport' | 'league'> {
  const [sport = 'Parlay', ...otherSports] = new Set(leagues.map((league) => league.sport))
  const [name = null, ...otherNames] = new Set(leagues.map((league) => league.name))
  return { sport: otherSports.length === 0 ? sport : 'Parlay', league: otherNames.length === 0 ? name : null }
}

function drawLeg(rng: Rng, context: LegContext): Leg {
  const { session, book, isLive, isParlay } = context
  const league = rng.next() < MAIN_LEAGUE_SHARE ? session.main : pickWeighted(rng, session.onOffer).league
  const choices = MARKETS[league.sport].filter(({ kind }) => kind !== 'future' || !(isLive || isParlay))
  const market = pickWeighted(rng, choices)
  return {
    ...{ league, market, ...drawSelection(rng, league, market, !isParlay) },
    decimalOdds: quotedDecimalOdds(drawImplied(rng, market, isLive), book.stepPoints),
    margin: market.margin * book.marginFactor,
    settlesAtMs: drawSettlement(rng, context, league, market),
  }
}

function drawImplied(rng: Rng, market: Market, isLive: boolean): number {
  const isStandard = rng.next() < market.standardShare
  const spread = market.priceSpread + (isLive ? LIVE_PRICE_SPREAD : 0)
  const drawn = sigmoid(logit(market.typicalImplied) + spread * rng.normal())
  return isStandard && !isLive ? 110 / 210 : drawn
}

/** Live bets settle within the event, others after a wait of up to ten hours and the event; futures take weeks. */
function drawSettlement(rng: Rng, { placedAtMs, isLive }: LegContext, league: League, market: Market): number {
  const eventHours = between(rng, ...league.hours)
  const wait = rng.next()
  if (market.kind === 'future') return placedAtMs + Math.floor((20 + 130 * wait) * 24 * HOUR_MS)
  const hours = isLive ? eventHours * (0.1 + 0.8 * wait) : eventHours + 10 * wait ** 3
  return placedAtMs + Math.floor(hours * HOUR_MS) + 10 * MINUTE_MS
}

/** The margin taken out in proportion, 1 / (d·(1 + margin)), and the favourite–longshot bias put in. */
function legProbability(decimalOdds: number, margin: number): number {
  return biasedProbability(1 / (decimalOdds * (1 + margin)))
}
