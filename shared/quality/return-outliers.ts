import { round } from '../kernel/numeric.ts'
import type { Anomaly } from './anomaly.ts'
import type { Baseline, Spread } from './baseline.ts'
import { finding, type Search } from './finding.ts'
import { logPayout, payoutResidual, payoutUnit, recordedReturn, ruledReturn, stateOf } from './recorded-return.ts'
import type { LedgerSlice } from './slice.ts'
import { percentText, priceText } from './wording.ts'

const UNUSUAL_Z = 4

/** The range of returns per unit staked that a rule leaves alone, and what it compared. */
interface Verdict {
  low: number
  high: number
  reason: string
}

/**
 * Recorded results that do not fit the bet's result and price: |z| > 4 is medium.
 *
 * A return by itself says nothing odd: a long shot that wins returns much, by rule. So the share of the full payout by
 * which the record departs from the settlement rule is tested, against how far earlier records departed; its standard
 * deviation is held above what rounding makes of whole American points and whole cents, and a difference of one cent is
 * never reported. Where a winner's price is missing the rule has no answer, and ln(1 + return) is tested against earlier
 * winners. Open, free and cashed-out bets have no rule; cash-outs pay what the book likes.
 */
export function findReturnOutliers(slice: LedgerSlice, baseline: Baseline | undefined): Search {
  const search: Search = { found: [], unexamined: 0 }
  for (let row = 0; row < slice.nRows; row++) {
    const residual = payoutResidual(slice, row)
    const hasRule = !Number.isNaN(residual)
    const x = hasRule ? residual : unpricedPayout(slice, row)
    if (Number.isNaN(x)) continue
    const kind = slice.isCombined[row] === 1 ? 'combined' : 'straight'
    const history = baseline?.[hasRule ? 'payoutResidual' : 'logPayout'][kind]
    if (history === undefined) search.unexamined += 1
    // Written so that an infinite deviation is reported.
    else if (!(Math.abs(x - history.mean) <= UNUSUAL_Z * history.sd) && !(hasRule && isOneCentOff(slice, row))) {
      const verdict = hasRule ? byRule(slice, row, history) : byEarlierWinners(history)
      search.found.push(returnFinding(slice, row, verdict))
    }
  }
  return search
}

function unpricedPayout(slice: LedgerSlice, row: number): number {
  return Number.isNaN(slice.decimalOdds[row]) ? logPayout(slice, row) : Number.NaN
}

/** Books round payouts to the cent, up or down: on a stake of a few cents that is a large share. */
function isOneCentOff(slice: LedgerSlice, row: number): boolean {
  const offPerUnit = Math.abs(recordedReturn(slice, row) - ruledReturn(slice, row))
  return offPerUnit * (slice.stakeMinor[row] as number) <= 1
}

function byRule(slice: LedgerSlice, row: number, { mean, sd }: Spread): Verdict {
  const ruled = ruledReturn(slice, row)
  const unit = payoutUnit(slice, row)
  const decimalOdds = slice.decimalOdds[row] as number
  const price = Number.isNaN(decimalOdds) ? 'without a price' : `at ${priceText(decimalOdds)}`
  return {
    low: ruled + unit * (mean - UNUSUAL_Z * sd),
    high: ruled + unit * (mean + UNUSUAL_Z * sd),
    reason: `a ${stateOf(slice, row).replace('_', ' ')} bet ${price} returns ${percentText(ruled)} by rule`,
  }
}

function byEarlierWinners({ mean, sd }: Spread): Verdict {
  const [low, high] = [Math.expm1(mean - UNUSUAL_Z * sd), Math.expm1(mean + UNUSUAL_Z * sd)]
  return { low, high, reason: 'earlier winners of its kind returned otherwise, and its price is missing' }
}

function returnFinding(slice: LedgerSlice, row: number, verdict: Verdict): Anomaly {
  const recorded = recordedReturn(slice, row)
  // Nobody loses more than the stake.
  const low = Math.max(-1, verdict.low)
  const { high, reason } = verdict
  return finding(slice, row, {
    type: 'roi_outlier',
    severity: 'medium',
    value: round(100 * recorded, 4),
    expected: [round(100 * low, 4), round(100 * high, 4)],
    sentence:
      `Recorded return ${percentText(recorded)}, yet ${reason}; ` +
      `expected ${percentText(low)} to ${percentText(high)}.`,
  })
}
