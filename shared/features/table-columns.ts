import { invariant } from '../kernel/errors.ts'
import { DAY_WINDOWS, dayWindowSum } from './day-marks.ts'
import type { FeatureBlock } from './definition.ts'
import { marketFormBlock, roiOfLast, wilson, winRateOfLast } from './families/market-form.ts'
import { recordBlock } from './families/record.ts'
import type { GroupName } from './groups.ts'
import type { TableRow } from './tables.ts'
import {
  DECIDED,
  LAST_KNOWN_AT,
  LAST_PLACED_AT,
  MONEY_BETS,
  MONEY_PROFIT,
  MONEY_STAKE,
  PLACED,
  PRICED,
  RETURN,
  RETURNED,
  SETTLED,
  UNIT,
  WINS,
} from './totals.ts'
import type { View } from './view.ts'
import { tallyIn } from './view.ts'

const DAY_MS = 86_400_000
const MONTH = DAY_WINDOWS.indexOf(30)

/** Minor units of money in a whole one, in every currency, as everywhere in the ledger. */
const MINOR_UNITS = 100

/** Decided bets from which a sample is adequate. */
const ADEQUATE_BETS = 20

const RECORD_FEATURES = ['win_rate', 'roi', 'residual']

const FORM_FEATURES = [
  ...['win_rate_last_10', 'roi_last_10', 'win_rate_last_20', 'roi_last_20', 'win_rate_momentum', 'roi_momentum'],
  ...['roi_deviation', 'win_rate_low', 'win_rate_width', 'streak'],
]

/** Columns of a table row, made from a view of its group; the view's bet is placed at the instant of the row. */
export type ColumnsOf = (view: View) => TableRow

/** The columns that every group of bets has. @param currency  that of the ledger's money */
export function recordColumns(group: GroupName, currency: string | null): ColumnsOf {
  const features = featureColumns(recordBlock(group), group, RECORD_FEATURES)
  return (view) => {
    const { numbers } = tallyIn(view, group)
    const lastKnownAtMs = numbers[LAST_KNOWN_AT] as number
    const hasMoney = numbers[MONEY_BETS] !== 0
    return {
      ...features(view),
      total_bets: numbers[SETTLED] as number,
      total_amount: hasMoney ? (numbers[MONEY_STAKE] as number) / MINOR_UNITS : null,
      total_profit: hasMoney ? (numbers[MONEY_PROFIT] as number) / MINOR_UNITS : null,
      placed_bets: numbers[PLACED] as number,
      decided_bets: numbers[DECIDED] as number,
      wins: numbers[WINS] as number,
      priced_bets: numbers[PRICED] as number,
      returned_bets: numbers[RETURNED] as number,
      money_bets: numbers[MONEY_BETS] as number,
      currency: hasMoney ? currency : null,
      last_known_at: Number.isNaN(lastKnownAtMs) ? null : instantOf(lastKnownAtMs),
      updated_at: instantOf(view.bet.placedAtMs),
    }
  }
}

/** Wins per decided bet among the last 10 settled ones. */
export function recentWinRate(group: GroupName): ColumnsOf {
  return (view) => ({ recent_win_rate: known(winRateOfLast(tallyIn(view, group), 10)) })
}

/** How a group has run lately against its own past, and how well its win rate is known. */
export function formColumns(group: GroupName): ColumnsOf {
  const features = featureColumns(marketFormBlock(group), group, FORM_FEATURES)
  return (view) => {
    const tally = tallyIn(view, group)
    const form = features(view)
    const width = form.win_rate_width
    const decided = tally.numbers[DECIDED] as number
    return {
      ...form,
      win_rate_last_50: known(winRateOfLast(tally, 50)),
      roi_last_50: known(roiOfLast(tally, 50)),
      ...dayColumns(view, group),
      win_rate_high: known(wilson(tally.numbers[WINS] as number, decided).high),
      days_since_last_bet: (view.bet.placedAtMs - (tally.numbers[LAST_PLACED_AT] as number)) / DAY_MS,
      popularity: known(placedInMonth(view, group) / placedInMonth(view, 'ledger')),
      sample_adequacy: Math.min(1, Math.sqrt(decided / ADEQUATE_BETS)),
      reliability: typeof width === 'number' ? 1 / (1 + width) : null,
    }
  }
}

/** Bets placed, results and returns within the windows over days. */
function dayColumns(view: View, group: GroupName): TableRow {
  const { numbers } = tallyIn(view, group)
  const columns = DAY_WINDOWS.flatMap((days, w) => {
    const sum = (total: number) => dayWindowSum(numbers, w, total)
    return [
      [`placed_${days}d`, sum(PLACED)],
      [`decided_${days}d`, sum(DECIDED)],
      [`win_rate_${days}d`, known(sum(WINS) / sum(DECIDED))],
      [`roi_${days}d`, known(sum(RETURN) / UNIT / sum(RETURNED))],
    ]
  })
  return Object.fromEntries(columns)
}

function placedInMonth(view: View, group: GroupName): number {
  return dayWindowSum(tallyIn(view, group).numbers, MONTH, PLACED)
}

/** Features of a block as columns: the same arithmetic, named without the group. */
function featureColumns(block: FeatureBlock, group: GroupName, columns: readonly string[]): ColumnsOf {
  const names = block.features.map(({ name }) => name)
  const positions = columns.map((column) => names.indexOf(`${group}_${column}`))
  invariant(!positions.includes(-1), `${group} has not all of the features ${columns.join(', ')}`)
  const values = new Float64Array(names.length)
  return (view) => {
    block.compute(view, [block.group], values, 0)
    return Object.fromEntries(columns.map((column, i) => [column, known(values[positions[i] as number] as number)]))
  }
}

/** An instant in ISO 8601. @throws {InvariantError} where there is none */
export function instantOf(instantMs: number): string {
  invariant(Number.isFinite(instantMs), `${instantMs} is no instant`)
  return new Date(instantMs).toISOString()
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
