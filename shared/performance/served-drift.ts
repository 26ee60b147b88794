import type { ColumnSamples } from '../drift/column-drift.ts'
import { compareColumn } from '../drift/column-drift.ts'
import { judgeDrift } from '../drift/judge-drift.ts'
import type { ServedDrift, VersionDecay } from './decay-report.ts'
import type { ServedPrediction } from './served-prediction.ts'

const DAY_MS = 86_400_000

/** The last so many days are held against those before. */
export const CURRENT_DAYS = 7

/** Stale features named in a report. */
const NAMED_FEATURES = 10

/** What is looked at of a prediction where no result is asked for. */
export type ServedNumber = Pick<ServedPrediction, 'winProbability' | 'functionVersion' | 'staleFeatures'> & {
  atMs: number
}

/** Whether the probabilities of one version have moved: over time, and from one version of the function to another. */
export function servedDriftOf(served: readonly ServedNumber[], nowMs: number): VersionDecay['servedDrift'] {
  const isCurrent = ({ atMs }: ServedNumber) => atMs > nowMs - CURRENT_DAYS * DAY_MS
  const newest = newestFunction(served)
  return {
    overTime: compare(
      served.filter((one) => !isCurrent(one)),
      served.filter(isCurrent),
    ),
    // Both of the same days: what moved over time would else be laid to the function.
    betweenFunctions: newest === undefined ? null : compareFunctions(served, newest),
  }
}

function compareFunctions(served: readonly ServedNumber[], newest: string): ServedDrift {
  const current = served.filter(({ functionVersion }) => functionVersion === newest)
  const fromMs = current.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY)
  const others = served.filter(({ functionVersion, atMs }) => functionVersion !== newest && atMs >= fromMs)
  return compare(others, current)
}

/** The function version that was first seen last, where there are several. */
function newestFunction(served: readonly ServedNumber[]): string | undefined {
  const first = new Map<string, number>()
  for (const { functionVersion, atMs } of served) {
    if (functionVersion === null) continue
    first.set(functionVersion, Math.min(first.get(functionVersion) ?? Number.POSITIVE_INFINITY, atMs))
  }
  if (first.size < 2) return undefined
  return [...first].reduce((latest, one) => (one[1] > latest[1] ? one : latest))[0]
}

function compare(reference: readonly ServedNumber[], current: readonly ServedNumber[]): ServedDrift {
  const rows = { reference: reference.length, current: current.length }
  const none = { status: 'insufficient_data' as const, severity: 'none' as const, effect: null, pValue: null, rows }
  if (reference.length === 0 || current.length === 0) return none
  const sorted = (some: readonly ServedNumber[]) =>
    Float64Array.from(some, ({ winProbability }) => winProbability).sort()
  const samples: ColumnSamples = {
    kind: 'numerical',
    reference: sorted(reference),
    current: sorted(current),
    missing: { reference: 0, current: 0 },
  }
  const [verdict] = judgeDrift([compareColumn(samples)])
  if (verdict === undefined || verdict.status === 'insufficient_data') return none
  return {
    status: verdict.status,
    severity: verdict.severity,
    effect: verdict.effect,
    pValue: verdict.adjustedPValue,
    rows,
  }
}

/** How many predictions stood on features older than they may be, and on which. */
export function staleOf(served: readonly ServedNumber[]): VersionDecay['stale'] {
  const counts = new Map<string, number>()
  for (const { staleFeatures } of served) {
    for (const name of staleFeatures) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const predictions = served.filter(({ staleFeatures }) => staleFeatures.length > 0).length
  const features = Array.from(counts, ([name, count]) => ({ name, predictions: count }))
  features.sort((a, b) => b.predictions - a.predictions || a.name.localeCompare(b.name))
  return {
    predictions,
    share: served.length === 0 ? null : predictions / served.length,
    features: features.slice(0, NAMED_FEATURES),
  }
}
