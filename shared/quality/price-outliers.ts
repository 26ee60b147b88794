import { clamp } from '../kernel/numeric.ts'
import type { Anomaly, Severity } from './anomaly.ts'
import { type Baseline, FENCE_IQRS, type Spread } from './baseline.ts'
import { finding, type Search } from './finding.ts'
import { logOddsOfPrice } from './recorded-return.ts'
import type { LedgerSlice } from './slice.ts'
import { priceText } from './wording.ts'

/** Standard deviations from which a price is reported, and from which it is extreme. */
const UNUSUAL_Z = 3.5
const EXTREME_Z = 5

/** Log-odds beyond which a price is 1, or infinite, in floating point. */
const LEAST_LOG_ODDS = -700
const MOST_LOG_ODDS = 36

/** A range outside which prices are reported, in log-odds, and as people read it: made once, used for every finding. */
interface Range {
  low: number
  high: number
  expected: [number, number]
  text: string
}

interface Rules extends Spread {
  usual: Range
  fences: Range
  /** Decimal odds between which no rule can be broken: nearly all prices are, and need no logarithm. */
  sound: { from: number; to: number }
}

/**
 * Prices far from those of earlier bets of their kind, on the log-odds −ln(d − 1), straight and combined apart.
 *
 * |z| > 3.5 is medium, |z| ≥ 5 high; outside Q1 − 2.5·IQR … Q3 + 2.5·IQR is high.
 */
export function findPriceOutliers(slice: LedgerSlice, baseline: Baseline | undefined): Search {
  const search: Search = { found: [], unexamined: 0 }
  const straight = rulesOf(baseline?.price.straight)
  const combined = rulesOf(baseline?.price.combined)
  for (let row = 0; row < slice.nRows; row++) {
    const decimalOdds = slice.decimalOdds[row] as number
    if (Number.isNaN(decimalOdds)) continue
    const rules = slice.isCombined[row] === 1 ? combined : straight
    if (rules === undefined) {
      search.unexamined += 1
      continue
    }
    if (decimalOdds > rules.sound.from && decimalOdds < rules.sound.to) continue
    const verdict = judge(logOddsOfPrice(decimalOdds), rules)
    if (verdict !== undefined) search.found.push(priceFinding(slice, row, verdict))
  }
  return search
}

function rulesOf(history: Baseline['price']['straight']): Rules | undefined {
  if (history === undefined) return undefined
  const { mean, sd } = history
  const usual = rangeOf(mean - UNUSUAL_Z * sd, mean + UNUSUAL_Z * sd)
  const fences = rangeOf(history.fences[0], history.fences[1])
  const [from, to] = usual.expected
  const sound = { from: Math.max(from, fences.expected[0]), to: Math.min(to, fences.expected[1]) }
  return { mean, sd, usual, fences, sound }
}

function rangeOf(low: number, high: number): Range {
  // The longer price has the lower log-odds.
  const expected: [number, number] = [priceOf(high), priceOf(low)]
  return { low, high, expected, text: `${priceText(expected[0])} to ${priceText(expected[1])}` }
}

interface Verdict {
  severity: Severity
  range: Range
  reason: string
}

function judge(x: number, { mean, sd, usual, fences }: Rules): Verdict | undefined {
  const z = Math.abs(x - mean) / sd
  if (z >= EXTREME_Z) return { severity: 'high', range: usual, reason: deviations(z) }
  if (!(x >= fences.low && x <= fences.high)) {
    const reason = `more than ${FENCE_IQRS} interquartile ranges outside the middle half`
    return { severity: 'high', range: fences, reason }
  }
  return z > UNUSUAL_Z ? { severity: 'medium', range: usual, reason: deviations(z) } : undefined
}

function deviations(z: number): string {
  return `${z.toFixed(1)} standard deviations from the mean`
}

function priceFinding(slice: LedgerSlice, row: number, { severity, range, reason }: Verdict): Anomaly {
  const value = slice.decimalOdds[row] as number
  const kind = slice.isCombined[row] === 1 ? 'combined' : 'straight'
  const sentence = `Price ${priceText(value)} is ${reason} of earlier ${kind} bets; expected ${range.text}.`
  return finding(slice, row, { type: 'odds_outlier', severity, value, expected: range.expected, sentence })
}

function priceOf(logOdds: number): number {
  return 1 + Math.exp(-clamp(logOdds, LEAST_LOG_ODDS, MOST_LOG_ODDS))
}
