import { round } from '../kernel/numeric.ts'
import type { Severity } from './anomaly.ts'
import type { Baseline } from './baseline.ts'
import { finding, type Search } from './finding.ts'
import type { LedgerSlice } from './slice.ts'
import { moneyText } from './wording.ts'

/** Minor units of money in a major one. */
const MINOR_PER_MAJOR = 100

/** The smallest stake that can be, and the largest that is usual in any ledger, in minor units. */
const LEAST_STAKE_MINOR = 1
const LARGE_STAKE_MINOR = 10_000 * MINOR_PER_MAJOR

const UNUSUAL_Z = 4

interface Verdict {
  severity: Severity
  /** In minor units. */
  low: number
  high: number
  reason: string
}

/**
 * Stakes that cannot be or hardly are: nothing or less is critical unless the bet is free, more than 10,000 high,
 * |z| > 4 of ln(stake) medium, above the 99th percentile of history low.
 */
export function findStakeOutliers(slice: LedgerSlice, baseline: Baseline | undefined): Search {
  const search: Search = { found: [], unexamined: 0 }
  for (let row = 0; row < slice.nRows; row++) {
    const stakeMinor = slice.stakeMinor[row] as number
    if (Number.isNaN(stakeMinor) || (stakeMinor <= 0 && slice.isFreeBet[row] === 1)) continue
    if (baseline?.stake === undefined) search.unexamined += 1
    const verdict = judge(stakeMinor, baseline?.stake)
    if (verdict === undefined) continue
    const { severity, low, high, reason } = verdict
    const [value, least, most] = [stakeMinor, low, high].map((minor) => round(minor / MINOR_PER_MAJOR, 2)) as [
      number,
      number,
      number,
    ]
    search.found.push(
      finding(slice, row, {
        type: 'amount_outlier',
        severity,
        value,
        expected: [least, most],
        sentence: `Stake ${moneyText(value)} is ${reason}; expected ${moneyText(least)} to ${moneyText(most)}.`,
      }),
    )
  }
  return search
}

function judge(stakeMinor: number, history: Baseline['stake']): Verdict | undefined {
  const anyStake = { low: LEAST_STAKE_MINOR, high: LARGE_STAKE_MINOR }
  if (stakeMinor <= 0) return { severity: 'critical', ...anyStake, reason: 'no stake' }
  if (stakeMinor > LARGE_STAKE_MINOR) return { severity: 'high', ...anyStake, reason: 'larger than stakes usually are' }
  if (history === undefined) return undefined
  const { mean, sd, p99 } = history
  const x = Math.log(stakeMinor)
  const z = Math.abs(x - mean) / sd
  if (z > UNUSUAL_Z) {
    const reason = `${z.toFixed(1)} standard deviations from the mean of earlier stakes, in logarithms`
    const [low, high] = [Math.exp(mean - UNUSUAL_Z * sd), Math.exp(mean + UNUSUAL_Z * sd)]
    return { severity: 'medium', low, high, reason }
  }
  if (!(x > p99)) return undefined
  return { severity: 'low', low: LEAST_STAKE_MINOR, high: Math.exp(p99), reason: 'above 99 % of earlier stakes' }
}
