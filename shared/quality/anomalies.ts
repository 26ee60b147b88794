import { round } from '../kernel/numeric.ts'
import type { Anomaly, Detection } from './anomaly.ts'
import type { Baseline } from './baseline.ts'
import { findClvOutliers } from './clv-outliers.ts'
import { finding } from './finding.ts'
import { findPriceOutliers } from './price-outliers.ts'
import { findReturnOutliers } from './return-outliers.ts'
import type { LedgerSlice } from './slice.ts'
import { findStakeOutliers } from './stake-outliers.ts'
import { instantText } from './wording.ts'

const DAY_MS = 86_400_000

/** Older bets belong to another market, and often are a date read wrongly. */
const OLD_DAYS = 5 * 365

/**
 * Everything odd about the bets of a partition that can be told from the bets and their history; what is odd between
 * partitions, an id that occurs twice, is for the step that merges them.
 *
 * @param baseline  of bets placed before this partition's month; without one only the fixed limits apply
 */
export function findAnomalies(slice: LedgerSlice, baseline: Baseline | undefined, nowMs: number): Detection {
  const prices = findPriceOutliers(slice, baseline)
  const clv = findClvOutliers(slice, baseline)
  const stakes = findStakeOutliers(slice, baseline)
  const returns = findReturnOutliers(slice, baseline)
  const searches = [prices.found, clv.found, stakes.found, returns.found]
  return {
    anomalies: [...searches, findMisdated(slice, nowMs), findIncomplete(slice)].flat(),
    examined: slice.nRows,
    unexamined: {
      odds_outlier: prices.unexamined,
      clv_outlier: clv.unexamined,
      amount_outlier: stakes.unexamined,
      roi_outlier: returns.unexamined,
    },
  }
}

/** Bets placed in the future are critical, more than five years ago medium. */
function findMisdated(slice: LedgerSlice, nowMs: number): Anomaly[] {
  const found: Anomaly[] = []
  for (let row = 0; row < slice.nRows; row++) {
    const placedAtMs = slice.placedAtMs[row] as number
    const ageDays = (nowMs - placedAtMs) / DAY_MS
    if (!(ageDays < 0 || ageDays > OLD_DAYS)) continue
    const reason = ageDays < 0 ? 'in the future' : 'more than five years ago'
    const [from, to] = [instantText(nowMs - OLD_DAYS * DAY_MS), instantText(nowMs)]
    found.push(
      finding(slice, row, {
        type: 'temporal_anomaly',
        severity: ageDays < 0 ? 'critical' : 'medium',
        value: round(ageDays, 4),
        expected: [0, OLD_DAYS],
        sentence: `Placed ${instantText(placedAtMs)}, ${reason}; expected ${from} to ${to}.`,
      }),
    )
  }
  return found
}

/** Bets without a sport or a price are high: nothing can be learned from them. */
function findIncomplete(slice: LedgerSlice): Anomaly[] {
  const found: Anomaly[] = []
  for (let row = 0; row < slice.nRows; row++) {
    const isPriceless = Number.isNaN(slice.decimalOdds[row])
    if (slice.sport !== null && !isPriceless) continue
    const what = slice.sport !== null ? 'The price is' : isPriceless ? 'Sport and price are' : 'The sport is'
    found.push(
      finding(slice, row, {
        type: 'missing_required',
        severity: 'high',
        value: null,
        expected: null,
        sentence: `${what} missing; expected on every bet.`,
      }),
    )
  }
  return found
}
