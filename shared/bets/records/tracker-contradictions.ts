import type { BetState } from '../bet.ts'
import type { RejectionReason } from '../formats/format.ts'
import { isSettled } from '../settlement.ts'
import type { RecordProblem } from './bet-record.ts'
import { settledBeforePlaced } from './record-problem.ts'
import type { TrackerRecord } from './tracker-schema.ts'

/** Sources round stakes and results to the cent, each for itself: exchange fills have stakes such as 16.9965. */
const CENT = 1
/** For what binary floating point adds to a difference of exactly a tolerance. */
const HAIR = 1e-6

/**
 * The first thing in a tracker's record that contradicts another.
 *
 * Only what cannot be is refused: a boosted win pays more than its price and an exchange's less, a cash-out pays
 * anything, a free bet's loss costs nothing, and a round robin may win some of its parlays and be lost as a whole.
 */
export function contradictionIn(record: TrackerRecord): RecordProblem | undefined {
  return (
    pricesDisagree(record) ??
    flagsContradictStatus(record) ??
    profitContradictsStatus(record) ??
    roiContradictsProfit(record) ??
    (record.status === 'open' ? undefined : settledBeforePlaced(record.time_settled, record.time_placed))
  )
}

/**
 * The decimal price and the American one must be the same price but for rounding: within a point of American odds, which
 * the tracker cuts rather than rounds, or within half a hundredth of decimal odds.
 */
function pricesDisagree({ odds, american_odds: fromAmerican }: TrackerRecord): RecordProblem | undefined {
  if (odds === null || fromAmerican === null) return undefined
  const isSame =
    Math.abs(odds - fromAmerican) <= 0.005 + HAIR ||
    Math.abs(americanPoints(odds) - americanPoints(fromAmerican)) <= 1 + HAIR
  if (isSame) return undefined
  return problem(
    'odds_disagree',
    'american_odds',
    `odds is ${odds}, and american_odds is ${fromAmerican} in decimal odds`,
  )
}

/** Points of American odds above even money, the hole between −100 and +100 closed: −110 is −10, +110 is 10. */
function americanPoints(decimalOdds: number): number {
  return decimalOdds >= 2 ? 100 * (decimalOdds - 2) : 100 - 100 / (decimalOdds - 1)
}

/** States that `is_win` may call won or not, as the source likes. */
const WON_OR_NOT: readonly BetState[] = ['half_won', 'cashed_out']

function flagsContradictStatus(record: TrackerRecord): RecordProblem | undefined {
  const { status, is_settled: flaggedSettled, is_win: flaggedWon } = record
  if (flaggedSettled !== null && flaggedSettled !== isSettled(status)) {
    return problem(
      'status_contradicts_result',
      'is_settled',
      `is_settled is ${flaggedSettled}, and the status says ${status}`,
    )
  }
  if (flaggedWon === null || flaggedWon === (status === 'won') || WON_OR_NOT.includes(status)) return undefined
  return problem('status_contradicts_result', 'is_win', `is_win is ${flaggedWon}, and the status says ${status}`)
}

/** Least and greatest result of a state in minor units; of a stake no more can be lost than all of it. */
const PROFIT_OF_STATE: Readonly<Record<BetState, readonly [least: number, greatest: number]>> = {
  won: [0, Number.POSITIVE_INFINITY],
  half_won: [0, Number.POSITIVE_INFINITY],
  push: [-CENT, CENT],
  void: [-CENT, CENT],
  half_lost: [Number.NEGATIVE_INFINITY, 0],
  lost: [Number.NEGATIVE_INFINITY, 0],
  cashed_out: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  open: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
}

function profitContradictsStatus(record: TrackerRecord): RecordProblem | undefined {
  const { status, amount, profit } = record
  if (profit === null) return undefined
  const stated = `profit is ${profit.major} of a stake of ${amount?.major ?? 'unknown size'}`
  if (amount !== null && profit.minor < -amount.minor - CENT) return problem('loss_exceeds_stake', 'profit', stated)
  const [least, greatest] = PROFIT_OF_STATE[status]
  if (profit.minor >= least && profit.minor <= greatest && !isLostInPart(record)) return undefined
  return problem('profit_contradicts_status', 'profit', `${stated}, and the status says ${status}`)
}

/** Whether a loss cost neither its whole stake nor, as a free bet does, nothing. */
function isLostInPart({ status, bet_type, amount, profit }: TrackerRecord): boolean {
  if (status !== 'lost' || amount === null || profit === null || profit.minor === 0) return false
  return !bet_type.startsWith('round_robin') && profit.minor > CENT - amount.minor
}

/** Return on investment must be profit / amount, in per cent, within one point; a profit of 0 is a profit. */
function roiContradictsProfit({ roi, amount, profit }: TrackerRecord): RecordProblem | undefined {
  if (roi === null || profit === null || amount === null || amount.major === 0) return undefined
  const expectedPct = (100 * profit.major) / amount.major
  if (Math.abs(roi - expectedPct) <= 1 + HAIR) return undefined
  const detail = `roi is ${roi}, and profit ${profit.major} of ${amount.major} is ${expectedPct.toFixed(2)} per cent`
  return problem('roi_contradicts_profit', 'roi', detail)
}

function problem(reason: RejectionReason, field: string, detail: string): RecordProblem {
  return { reason, field, detail }
}
