import type { LossDifference } from '../evaluation/comparison.ts'

/**
 * `proven`: it passed every check. `not_proven`: it may be good, and nothing shows it. `baseline`: the recalibrated
 * market, which needs no proof.
 */
export const VERDICTS = ['proven', 'not_proven', 'baseline'] as const
export type Verdict = (typeof VERDICTS)[number]

/** ONNX and our own arithmetic must differ by less than this. */
export const PARITY_TOLERANCE = 1e-5

/** Fewer data rows do not show that they agree. */
export const LEAST_PARITY_ROWS = 1000

/** A single prediction may take so long, milliseconds. */
export const LATENCY_BUDGET_MS = 5

/** An estimate with its 95 % interval. */
interface Interval {
  low: number
  high: number
}

/** All that the decision rests on, on rows that neither the model nor what it is held against has learned from. */
export interface GateEvidence {
  parity: { rows: number; thresholdRows: number; largestDifference: number }
  latencyMs: number
  /** Log loss of the model less that of each rival; a sentence where they could not be held against each other. */
  rivals: readonly { name: string; difference: LossDifference | string }[]
  /** Slope and intercept of the outcome on the model's log-odds; undefined where the rows cannot tell them. */
  calibration: { slope: Interval; intercept: Interval } | undefined
}

/** One thing that was asked of a model. */
export interface GateCheck {
  name: string
  passed: boolean
  /** The figure, and what it should be. */
  detail: string
}

export interface GateDecision {
  verdict: Exclude<Verdict, 'baseline'>
  checks: GateCheck[]
  /** One sentence. */
  reason: string
}

/**
 * Whether a model may serve: it agrees with its own trees, is quick enough, is calibrated (slope 1 and intercept 0 lie in
 * their intervals), and its log loss is below that of every rival by more than chance, the whole 95 % interval below
 * zero. A rival that cannot be compared is not beaten.
 */
export function judge(evidence: GateEvidence): GateDecision {
  const checks = [parityCheck(evidence), latencyCheck(evidence), calibrationCheck(evidence), ...rivalChecks(evidence)]
  const failed = checks.filter(({ passed }) => !passed)
  if (failed.length === 0) {
    return { verdict: 'proven', checks, reason: checks.map(({ detail }) => detail).join('; ') }
  }
  return { verdict: 'not_proven', checks, reason: failed.map(({ detail }) => detail).join('; ') }
}

function parityCheck({ parity: { rows, thresholdRows, largestDifference } }: GateEvidence): GateCheck {
  return {
    name: 'agrees_with_its_trees',
    passed: rows >= LEAST_PARITY_ROWS && largestDifference < PARITY_TOLERANCE,
    detail:
      `ONNX and trees differ by ${largestDifference.toExponential(1)} at the most over ${rows} bets and ` +
      `${thresholdRows} rows around splits (below ${PARITY_TOLERANCE} over ${LEAST_PARITY_ROWS} or more)`,
  }
}

function latencyCheck({ latencyMs }: GateEvidence): GateCheck {
  return {
    name: 'quick_enough',
    passed: latencyMs <= LATENCY_BUDGET_MS,
    detail: `a prediction takes ${latencyMs.toFixed(2)} ms (${LATENCY_BUDGET_MS} ms at the most)`,
  }
}

function calibrationCheck({ calibration }: GateEvidence): GateCheck {
  const name = 'calibrated'
  if (calibration === undefined) return { name, passed: false, detail: 'its calibration cannot be told on these bets' }
  const { slope, intercept } = calibration
  return {
    name,
    passed: includes(slope, 1) && includes(intercept, 0),
    detail:
      `calibration slope ${interval(slope, 2)} (to include 1) and ` +
      `intercept ${interval(intercept, 2)} (to include 0)`,
  }
}

function rivalChecks({ rivals }: GateEvidence): GateCheck[] {
  return rivals.map(({ name, difference }) => {
    const check = `beats_${name}`
    const rival = name.replaceAll('_', ' ')
    if (typeof difference === 'string') return { name: check, passed: false, detail: `${rival}: ${difference}` }
    const passed = difference.high < 0
    const { mean, clusters } = difference
    const range = `95 % ${interval(difference, 5)} over ${clusters} days of bets`
    const lead = `log loss less that of the ${rival} ${mean.toFixed(5)}, ${range}`
    return { name: check, passed, detail: passed ? lead : `${lead}: not proven to be below zero` }
  })
}

function includes({ low, high }: Interval, value: number): boolean {
  return low <= value && value <= high
}

function interval({ low, high }: Interval, digits: number): string {
  return `${low.toFixed(digits)} to ${high.toFixed(digits)}`
}
