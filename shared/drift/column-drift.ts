import type { CategoryCounts, ChiSquareTest } from './contingency.ts'
import { chiSquareTest, totals } from './contingency.ts'
import { jensenShannonDistance } from './jensen-shannon.ts'
import type { KolmogorovSmirnovTest } from './kolmogorov-smirnov.ts'
import { kolmogorovSmirnovTest } from './kolmogorov-smirnov.ts'
import { meanAndDeviation } from './moments.ts'
import type { PooledCategories } from './pool-rare.ts'
import { poolRare } from './pool-rare.ts'
import { populationStabilityIndex, psiPValue } from './psi.ts'
import { countBins, quantileEdges } from './quantile-bins.ts'
import { wassersteinDistance } from './wasserstein.ts'
import { overdispersion, type WindowVariance, windowedPValue, windowVariance } from './window-variance.ts'

/** Bins of a numerical column's histogram and its index. */
const BINS = 10

/** Fewer known values in either sample say nothing of a column. */
export const LEAST_VALUES = 30

/** One column in both samples. */
export type ColumnSamples =
  | {
      kind: 'numerical'
      /** Ascending, finite; missing values are only counted. */
      reference: Float64Array
      current: Float64Array
      missing: { reference: number; current: number }
    }
  | {
      kind: 'categorical'
      reference: ReadonlyMap<string, number>
      current: ReadonlyMap<string, number>
      missing: { reference: number; current: number }
    }

/** A column in one window of the past, from which it is learned how much windows differ. */
export type ColumnWindow =
  | {
      kind: 'numerical'
      /** Known values in any order. */
      values: Float64Array
      missing: number
    }
  | { kind: 'categorical'; counts: ReadonlyMap<string, number>; missing: number }

/** What a comparison is calibrated by. */
export interface Calibration {
  /**
   * Whether only a rise of the missing share is a change: values that stand on a history are missing where it begins, so
   * that their share falls by construction.
   */
  onlyMoreMissing?: boolean
  /** Windows of the past; none where rows are independent. */
  windows: readonly ColumnWindow[]
  /** Whether the reference is a single window itself, and not the mean of many. */
  single: boolean
  /** Days of the past, and how few of them the current window stands on: Σ n_d²/n², in (0, 1]; none where rows are independent. */
  days?: readonly ColumnWindow[]
  concentration?: number
}

const INDEPENDENT: Calibration = { windows: [], single: false }

/** How likely a change is by chance, windows differing as they always have. */
export interface Chance {
  /** In [0, 1]; what verdicts are made of. */
  pValue: number
  /** φ ≥ 1: how many times larger χ² is for the wandering of windows alone; 1 where no windows told. */
  overdispersion: number
}

/** How far a column's known values have moved, and how likely that is by chance. */
export type ValueDrift = Chance &
  (
    | {
        kind: 'numerical'
        test: KolmogorovSmirnovTest
        /** In the column's unit, and as a multiple of the reference's standard deviation; NaN where that is 0. */
        wasserstein: number
        wassersteinInDeviations: number
        psi: number
        psiPValue: number
        meanShift: number
        /** Inner edges of the reference's tenths, and rows by bin. */
        histogram: { edges: Float64Array } & CategoryCounts
      }
    | {
        kind: 'categorical'
        test: ChiSquareTest
        jensenShannon: number
        psi: number
        psiPValue: number
        histogram: PooledCategories
      }
  )

/** How much more or less often a column's value is missing. */
export interface MissingDrift extends Chance {
  /** Shares of all rows that the column applies to, in [0, 1]; NaN where it applies to none. */
  reference: number
  current: number
}

export interface ColumnDrift {
  /** Rows of each sample that the column applies to, missing values included. */
  rows: { reference: number; current: number }
  /** Undefined where too few values are known in either sample. */
  values: ValueDrift | undefined
  missing: MissingDrift
}

/**
 * Compares a column's values in two samples that share no row.
 *
 * Numerical: chi-square over the reference's tenths and Kolmogorov–Smirnov, the larger of both p-values counting, with
 * Wasserstein's distance and the index over the tenths beside them. Categorical: chi-square over categories with the rare
 * ones pooled, with the Jensen–Shannon distance and the index. The share of missing values is a test of its own, since a
 * column that goes missing has no values to compare.
 *
 * Where windows of the past are given, chi-square is held against what they do ({@link windowedPValue}).
 *
 * @throws {DomainError} those of the tests
 */
export function compareColumn(samples: ColumnSamples, calibration: Calibration = INDEPENDENT): ColumnDrift {
  const known = { reference: knownRows(samples, 'reference'), current: knownRows(samples, 'current') }
  const missing = missingDrift(known, samples.missing, calibration)
  const rows = {
    reference: known.reference + samples.missing.reference,
    current: known.current + samples.missing.current,
  }
  if (Math.min(known.reference, known.current) < LEAST_VALUES) return { rows, values: undefined, missing }
  const values = samples.kind === 'numerical' ? numerical(samples, calibration) : categorical(samples, calibration)
  return { rows, values, missing }
}

/**
 * Size of a change as the share of rows that would have to change for the samples to be alike, in [0, 1]: the total
 * variation distance ½·Σ|q − p| of categories, the Kolmogorov–Smirnov distance of numbers.
 */
export function effectOf(values: ValueDrift): number {
  return values.kind === 'numerical' ? values.test.statistic : totalVariation(values.histogram)
}

/** ½·Σ|q − p| of two samples over categories, in [0, 1]. */
export function totalVariation(counts: CategoryCounts): number {
  const { n, m } = totals(counts)
  return counts.reference.reduce((sum, r, k) => sum + Math.abs(r / n - (counts.current[k] as number) / m), 0) / 2
}

function numerical(
  { reference, current }: ColumnSamples & { kind: 'numerical' },
  calibration: Calibration,
): ValueDrift {
  const edges = quantileEdges(reference, BINS)
  const counts = { reference: countBins(edges, reference), current: countBins(edges, current) }
  const wasserstein = wassersteinDistance(reference, current)
  const before = meanAndDeviation(reference)
  const test = kolmogorovSmirnovTest(reference, current)
  const { pValue, overdispersion } = chanceOf(counts, calibration, (window) =>
    window.kind === 'numerical' ? countBins(edges, window.values) : [],
  )
  return {
    kind: 'numerical',
    // Ties make Kolmogorov and Smirnov silent, few rows a bin chi-square loud: neither speaks alone.
    ...{ test, pValue: Math.max(pValue, test.pValue), overdispersion },
    ...{ wasserstein, wassersteinInDeviations: before.deviation > 0 ? wasserstein / before.deviation : Number.NaN },
    ...indexOf(counts),
    meanShift: meanAndDeviation(current).mean - before.mean,
    histogram: { edges, ...counts },
  }
}

function categorical(
  { reference, current }: ColumnSamples & { kind: 'categorical' },
  calibration: Calibration,
): ValueDrift {
  const histogram = poolRare(reference, current)
  return {
    kind: 'categorical',
    test: chiSquareTest(histogram),
    ...chanceOf(histogram, calibration, (window) =>
      window.kind === 'categorical' ? countsByName(histogram.names, window.counts) : [],
    ),
    jensenShannon: jensenShannonDistance(histogram),
    ...indexOf(histogram),
    histogram,
  }
}

/** Rows of a window by pooled category; a name that is not among them is rare. */
function countsByName(names: readonly (string | undefined)[], counts: ReadonlyMap<string, number>): number[] {
  const own = names.map((name) => (name === undefined ? 0 : (counts.get(name) ?? 0)))
  const rest = names.indexOf(undefined)
  if (rest === -1) return own
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  own[rest] = all - own.reduce((sum, count) => sum + count, 0)
  return own
}

function chanceOf(
  counts: CategoryCounts,
  calibration: Calibration,
  countsOf: (window: ColumnWindow) => number[],
): Chance {
  const { n, m } = totals(counts)
  const size = (n * m) / (n + m)
  const { windows, single, days = [], concentration = 0 } = calibration
  const variance = larger(
    windowVariance(windows.map(countsOf)),
    // Bets of a day are alike: a window that stands on one large day is worth little more than that day.
    scaled(windowVariance(days.map(countsOf)), concentration),
  )
  return {
    pValue: windowedPValue(chiSquareTest(counts), { size, variance, single }),
    overdispersion: overdispersion(variance, size, single),
  }
}

function scaled(variance: WindowVariance | undefined, by: number): WindowVariance | undefined {
  return variance && { ...variance, variance: variance.variance * by }
}

function larger(a: WindowVariance | undefined, b: WindowVariance | undefined): WindowVariance | undefined {
  return a === undefined || (b !== undefined && b.variance > a.variance) ? b : a
}

function indexOf(counts: CategoryCounts): { psi: number; psiPValue: number } {
  const psi = populationStabilityIndex(counts)
  const bins = counts.reference.filter((r, k) => r + (counts.current[k] as number) > 0).length
  return { psi, psiPValue: psiPValue(psi, { ...totals(counts), bins }) }
}

function missingDrift(
  known: { reference: number; current: number },
  missing: typeof known,
  calibration: Calibration,
): MissingDrift {
  const reference = missing.reference / (known.reference + missing.reference)
  const current = missing.current / (known.current + missing.current)
  const cannotTell = Number.isNaN(reference) || Number.isNaN(current)
  if (cannotTell || (calibration.onlyMoreMissing && current <= reference)) {
    return { reference, current, pValue: 1, overdispersion: 1 }
  }
  const counts = { reference: [known.reference, missing.reference], current: [known.current, missing.current] }
  const chance = chanceOf(counts, calibration, (window) => [knownOf(window), window.missing])
  return { reference, current, ...chance }
}

function knownOf(window: ColumnWindow): number {
  if (window.kind === 'numerical') return window.values.length
  return [...window.counts.values()].reduce((sum, count) => sum + count, 0)
}

function knownRows(samples: ColumnSamples, of: 'reference' | 'current'): number {
  if (samples.kind === 'numerical') return samples[of].length
  return [...samples[of].values()].reduce((sum, count) => sum + count, 0)
}
