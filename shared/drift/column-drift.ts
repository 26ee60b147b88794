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

/** How far a column's known values have moved, and how likely that is by chance. */
export type ValueDrift =
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

/** How much more or less often a column's value is missing. */
export interface MissingDrift {
  /** Shares of all rows, in [0, 1]. */
  reference: number
  current: number
  pValue: number
}

export interface ColumnDrift {
  /** Rows of each sample, missing values included. */
  rows: { reference: number; current: number }
  /** Undefined where too few values are known in either sample. */
  values: ValueDrift | undefined
  missing: MissingDrift
}

/**
 * Compares a column's values in two samples that share no row.
 *
 * Numerical: Kolmogorov–Smirnov, with Wasserstein's distance and the index over the reference's tenths beside it.
 * Categorical: chi-square over categories with the rare ones pooled, with the Jensen–Shannon distance and the index. The
 * share of missing values is a test of its own, since a column that goes missing has no values to compare.
 *
 * @throws {DomainError} `no_rows` where a sample has no rows at all, and those of the tests
 */
export function compareColumn(samples: ColumnSamples): ColumnDrift {
  const known = { reference: knownRows(samples, 'reference'), current: knownRows(samples, 'current') }
  const missing = missingDrift(known, samples.missing)
  const rows = {
    reference: known.reference + samples.missing.reference,
    current: known.current + samples.missing.current,
  }
  if (Math.min(known.reference, known.current) < LEAST_VALUES) return { rows, values: undefined, missing }
  return { rows, values: samples.kind === 'numerical' ? numerical(samples) : categorical(samples), missing }
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

function numerical({ reference, current }: ColumnSamples & { kind: 'numerical' }): ValueDrift {
  const edges = quantileEdges(reference, BINS)
  const counts = { reference: countBins(edges, reference), current: countBins(edges, current) }
  const wasserstein = wassersteinDistance(reference, current)
  const before = meanAndDeviation(reference)
  return {
    kind: 'numerical',
    test: kolmogorovSmirnovTest(reference, current),
    ...{ wasserstein, wassersteinInDeviations: before.deviation > 0 ? wasserstein / before.deviation : Number.NaN },
    ...indexOf(counts),
    meanShift: meanAndDeviation(current).mean - before.mean,
    histogram: { edges, ...counts },
  }
}

function categorical({ reference, current }: ColumnSamples & { kind: 'categorical' }): ValueDrift {
  const histogram = poolRare(reference, current)
  return {
    kind: 'categorical',
    test: chiSquareTest(histogram),
    jensenShannon: jensenShannonDistance(histogram),
    ...indexOf(histogram),
    histogram,
  }
}

function indexOf(counts: CategoryCounts): { psi: number; psiPValue: number } {
  const psi = populationStabilityIndex(counts)
  const bins = counts.reference.filter((r, k) => r + (counts.current[k] as number) > 0).length
  return { psi, psiPValue: psiPValue(psi, { ...totals(counts), bins }) }
}

function missingDrift(known: { reference: number; current: number }, missing: typeof known): MissingDrift {
  const counts = { reference: [known.reference, missing.reference], current: [known.current, missing.current] }
  const { n, m } = totals(counts)
  return {
    reference: missing.reference / n,
    current: missing.current / m,
    pValue: chiSquareTest(counts).pValue,
  }
}

function knownRows(samples: ColumnSamples, of: 'reference' | 'current'): number {
  if (samples.kind === 'numerical') return samples[of].length
  return [...samples[of].values()].reduce((sum, count) => sum + count, 0)
}
