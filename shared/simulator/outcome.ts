import type { Bet } from '../bets/bet.ts'
import { InvariantError } from '../kernel/errors.ts'
import { clamp, round } from '../kernel/numeric.ts'
import type { Rng } from '../kernel/random.ts'
import { quotedDecimalOdds } from './books.ts'
import type { Slip } from './slip.ts'
import { possibleProbability } from './truth.ts'

/**
 * All chance in a bet's result, drawn before anything is decided: an edge then changes the bets it is planted in and
 * no others. Uniform in [0, 1) unless said.
 */
export interface Fate {
  void: number
  tie: number
  win: number
  cashOut: number
  /** How far towards the result a bet is when it is cashed out. */
  progress: number
  /** What nobody knows at placement, as a standard normal deviate; some of it reaches the closing price. */
  news: number
  /** Noise of the closing price, as a standard normal deviate. */
  closingNoise: number
  closingReported: number
  priceReported: number
}

/** What became of a bet. */
export type Outcome = Pick<Bet, 'state' | 'profitMinor' | 'settledAtMs' | 'closingLineValue' | 'decimalOdds'>

type FinalState = 'won' | 'lost' | 'push' | 'void' | 'cashed_out'

const VOID_SHARE = 0.006
const CASH_OUT_SHARE = { straight: 0.005, parlay: 0.03 }
/** What a book keeps of a fair cash-out. */
const CASH_OUT_MARGIN = 0.06
const MISSING_PRICE_SHARE = 0.015
/** Share of the bets with a closing price whose closing price is reported. */
const CLOSING_REPORTED_SHARE = 0.34

/** Standard deviations at q = ½, in probability, shrinking as 4·q·(1 − q); and the share that closing prices learn. */
const NEWS = 0.025
const CLOSING_NOISE = 0.01
const CLOSING_LEARNS = 0.6

export function drawFate(rng: Rng): Fate {
  return {
    ...{ void: rng.next(), tie: rng.next(), win: rng.next(), cashOut: rng.next(), progress: rng.next() },
    ...{ news: rng.normal(), closingNoise: rng.normal(), closingReported: rng.next(), priceReported: rng.next() },
  }
}

/**
 * Settles a slip as its fate has it; a bet whose result comes after `endsAtMs` is open.
 *
 * It wins with probability p + edge + news, ties aside.
 *
 * @param edge  shift of the win probability, in (−1, 1)
 */
export function settleSlip(slip: Slip, fate: Fate, edge: number, endsAtMs: number): Outcome {
  const surprise = NEWS * fate.news * 4 * slip.probability * (1 - slip.probability)
  const probability = possibleProbability(slip.probability + edge + surprise)
  const state = finalState(slip, fate, probability)
  const settledAtMs = state === 'cashed_out' ? cashedOutAtMs(slip, fate) : slip.settlesAtMs
  const decimalOdds = fate.priceReported < MISSING_PRICE_SHARE ? null : slip.decimalOdds
  if (settledAtMs > endsAtMs) {
    return { state: 'open', profitMinor: null, settledAtMs: null, closingLineValue: null, decimalOdds }
  }
  return {
    ...{ state, settledAtMs, decimalOdds },
    profitMinor: profitOf(slip, fate, state, probability),
    closingLineValue: decimalOdds === null ? null : closingLineValueOf(slip, fate, edge + surprise),
  }
}

function finalState(slip: Slip, fate: Fate, probability: number): FinalState {
  if (fate.void < VOID_SHARE) return 'void'
  if (fate.cashOut < (slip.betType === 'parlay' ? CASH_OUT_SHARE.parlay : CASH_OUT_SHARE.straight)) return 'cashed_out'
  if (fate.tie < slip.tieProbability) return 'push'
  return fate.win < probability ? 'won' : 'lost'
}

function profitOf(slip: Slip, fate: Fate, state: FinalState, probability: number): number {
  const fullWinMinor = Math.round(slip.stakeMinor * (slip.decimalOdds - 1))
  switch (state) {
    case 'won':
      return fullWinMinor
    case 'lost':
      return -slip.stakeMinor
    case 'push':
    case 'void':
      return 0
    case 'cashed_out':
      return clamp(cashOutMinor(slip, fate, probability), 1 - slip.stakeMinor, fullWinMinor - 1)
    default:
      throw new InvariantError(`unknown final state ${String(state satisfies never)}`)
  }
}

/** The stake's fair worth on the way from p to the result, less the book's share: a fair game but for that share. */
function cashOutMinor(slip: Slip, fate: Fate, probability: number): number {
  const result = fate.win < probability ? 1 : 0
  const standing = probability + (result - probability) * fate.progress
  return Math.round(slip.stakeMinor * (slip.decimalOdds * standing * (1 - CASH_OUT_MARGIN) - 1))
}

function cashedOutAtMs({ placedAtMs, settlesAtMs }: Slip, fate: Fate): number {
  return placedAtMs + Math.floor((settlesAtMs - placedAtMs) * (0.2 + 0.75 * fate.progress))
}

/** Price taken / closing price − 1, to a hundredth of a per cent; the closing price has heard part of what is true. */
function closingLineValueOf(slip: Slip, fate: Fate, hidden: number): number | null {
  if (slip.closing === undefined || fate.closingReported >= CLOSING_REPORTED_SHARE) return null
  const { margin, stepPoints } = slip.closing
  const implied = 1 / slip.decimalOdds
  const noise = CLOSING_NOISE * fate.closingNoise * 4 * implied * (1 - implied)
  const closingImplied = implied + (CLOSING_LEARNS * hidden + noise) * (1 + margin)
  return round(slip.decimalOdds / quotedDecimalOdds(closingImplied, stepPoints) - 1, 4)
}
