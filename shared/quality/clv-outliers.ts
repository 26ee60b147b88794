import { round } from '../kernel/numeric.ts'
import type { Anomaly, Severity } from './anomaly.ts'
import type { Baseline, Spread } from './baseline.ts'
import { finding, type Search } from './finding.ts'
import type { LedgerSlice } from './slice.ts'
import { percentText } from './wording.ts'

/** Closing line values beyond these are unusual, and extreme, in any ledger. */
const UNUSUAL_CLV = 0.2
const EXTREME_CLV = 0.3

const UNUSUAL_Z = 3

/** Closing line values that few bettors ever see: |CLV| > 20 % is medium, > 30 % high; |z| > 3 is medium. */
export function findClvOutliers(slice: LedgerSlice, baseline: Baseline | undefined): Search {
  const search: Search = { found: [], unexamined: 0 }
  const history = baseline?.clv
  for (let row = 0; row < slice.nRows; row++) {
    const clv = slice.closingLineValue[row] as number
    if (Number.isNaN(clv)) continue
    if (history === undefined) search.unexamined += 1
    const verdict = judge(clv, history)
    if (verdict !== undefined) search.found.push(clvFinding(slice, row, verdict))
  }
  return search
}

interface Verdict {
  severity: Severity
  low: number
  high: number
  reason: string
}

function judge(clv: number, history: Spread | undefined): Verdict | undefined {
  if (Math.abs(clv) > UNUSUAL_CLV) {
    const severity = Math.abs(clv) > EXTREME_CLV ? 'high' : 'medium'
    return { severity, low: -UNUSUAL_CLV, high: UNUSUAL_CLV, reason: 'further from zero than prices usually move' }
  }
  if (history === undefined) return undefined
  const z = Math.abs(clv - history.mean) / history.sd
  if (!(z > UNUSUAL_Z)) return undefined
  const reach = UNUSUAL_Z * history.sd
  const reason = `${z.toFixed(1)} standard deviations from the mean of earlier bets`
  return { severity: 'medium', low: history.mean - reach, high: history.mean + reach, reason }
}

function clvFinding(slice: LedgerSlice, row: number, { severity, low, high, reason }: Verdict): Anomaly {
  const clv = slice.closingLineValue[row] as number
  return finding(slice, row, {
    type: 'clv_outlier',
    severity,
    value: round(100 * clv, 4),
    expected: [round(100 * low, 4), round(100 * high, 4)],
    sentence: `Closing line value ${percentText(clv)} is ${reason}; expected ${percentText(low)} to ${percentText(high)}.`,
  })
}
