import type { Affected, Problem } from '../../shared/quality/affected.ts'
import type { Anomaly, AnomalyType } from '../../shared/quality/anomaly.ts'
import type { QualityCheck } from '../../shared/quality/gate.ts'
import { DEFAULT_THRESHOLDS, THRESHOLD_MEANINGS, type ThresholdName } from '../../shared/quality/thresholds.ts'

/** A whole number, its digits in threes. */
export function count(n: number): string {
  return n.toLocaleString('en-US')
}

/** A share in per cent, to four significant digits, so that what just fails does not read like its threshold. */
export function share(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(4))} %`
}

/** A share in a list, where a glance is enough: to the per cent, the tenth below ten. */
export function roughShare(fraction: number): string {
  const percent = 100 * fraction
  if (percent > 0 && percent < 0.1) return '< 0.1 %'
  return `${percent < 9.95 ? Number(percent.toFixed(1)) : Math.round(percent)} %`
}

/** A check's figure in its unit. */
export function figure(name: ThresholdName, value: number | null): string {
  if (value === null) return 'not measurable'
  const { unit } = THRESHOLD_MEANINGS[name]
  if (unit === 'share') return share(value)
  return unit === 'days' ? `${Number(value.toFixed(1))} days` : count(value)
}

/** What a check asks for: `at least 1,000`, `35 % to 65 %`. */
export function requirement({ name, low, high }: QualityCheck): string {
  if (low !== null && high !== null) return `${figure(name, low)} to ${figure(name, high)}`
  return low !== null ? `at least ${figure(name, low)}` : `at most ${figure(name, high)}`
}

/** The default of a check whose threshold the deployment set. */
export function defaultRequirement(name: ThresholdName): string {
  const threshold = DEFAULT_THRESHOLDS[name]
  return typeof threshold === 'number'
    ? figure(name, threshold)
    : threshold.map((end) => figure(name, end)).join(' to ')
}

const TYPE_TITLES: Readonly<Record<AnomalyType, string>> = {
  odds_outlier: 'Unusual price',
  clv_outlier: 'Unusual closing line value',
  amount_outlier: 'Unusual stake',
  roi_outlier: 'Return against the rule',
  duplicate: 'Id on several rows',
  temporal_anomaly: 'Impossible or old date',
  missing_required: 'Sport or price missing',
}

/** An anomaly type as a heading. */
export function typeTitle(type: AnomalyType): string {
  return TYPE_TITLES[type]
}

/** A problem in words: `price missing`, `unusual price, high`. */
export function problemText(problem: Problem): string {
  return 'missing' in problem
    ? `${problem.missing} missing`
    : `${TYPE_TITLES[problem.type].toLowerCase()}, ${problem.severity}`
}

/** How much of the ledger a problem takes: `1,260 bets (5.448 %)`. */
export function extent({ bets, share: part }: Pick<Affected, 'bets' | 'share'>): string {
  return `${count(bets)} ${bets === 1 ? 'bet' : 'bets'} (${share(part)})`
}

const UNITS: Readonly<Record<AnomalyType, string>> = {
  odds_outlier: '',
  clv_outlier: ' %',
  amount_outlier: '',
  roi_outlier: ' %',
  duplicate: ' rows',
  temporal_anomaly: ' days old',
  missing_required: '',
}

/** The value of a finding, in its unit; empty where it has none. */
export function findingValue({ type, value }: Anomaly): string {
  return value === null ? '' : `${decimal(value)}${UNITS[type]}`
}

/** The range that a finding is outside of. */
export function findingRange({ type, expected }: Anomaly): string {
  if (expected === null) return ''
  const [low, high] = expected.map(decimal)
  return `${low === high ? low : `${low} to ${high}`}${UNITS[type]}`
}

function decimal(x: number): string {
  const digits = Math.abs(x) < 1.1 ? 4 : 2
  return Math.abs(x) < 1e9 ? x.toLocaleString('en-US', { maximumFractionDigits: digits }) : x.toExponential(2)
}
