import * as z from 'zod'
import { chiSquareTest } from '../../shared/drift/contingency.ts'
import { jensenShannonDistance } from '../../shared/drift/jensen-shannon.ts'
import { kolmogorovSmirnovTest } from '../../shared/drift/kolmogorov-smirnov.ts'
import { populationStabilityIndex } from '../../shared/drift/psi.ts'
import { countBins, quantileEdges } from '../../shared/drift/quantile-bins.ts'
import { wassersteinDistance } from '../../shared/drift/wasserstein.ts'
import { benjaminiHochberg } from '../../shared/evaluation/multiple-testing.ts'
import type { FileCheck, Tolerance } from './golden-report.ts'
import { compare, readStrictly } from './golden-report.ts'

const numbers = z.array(z.number())
const counts = z.record(z.string(), z.number())

const schema = z.strictObject({
  source: z.string(),
  numerical: z.array(
    z.strictObject({
      reference: numbers,
      current: numbers,
      ks: z.strictObject({ statistic: z.number(), pvalue_asymptotic: z.number() }),
      wasserstein: z.number(),
      psi_10_quantile_bins: z.number(),
    }),
  ),
  categorical: z.array(
    z.strictObject({
      reference: counts,
      current: counts,
      chi2: z.strictObject({ statistic: z.number(), pvalue: z.number(), dof: z.number() }),
      jensen_shannon_distance_base2: z.number(),
      psi: z.number(),
    }),
  ),
  benjamini_hochberg: z.strictObject({ pvalues: numbers, adjusted: numbers }),
})

const TOLERANCE: Tolerance = { size: 1e-9 }

/** drift.json: tests and distances of two samples, and the correction for many tests. */
export const checkDrift: FileCheck = (json) => {
  const { data, unknown } = readStrictly(schema, json)
  const numerical = data.numerical.map(ofNumbers)
  const categorical = data.categorical.map(ofCategories)
  const each = <T>(name: string, cases: readonly T[], ours: (of: T) => number, theirs: (of: T) => number) =>
    compare(name, cases.map(ours), cases.map(theirs), TOLERANCE)
  return {
    unknown,
    comparisons: [
      each(
        'Kolmogorov-Smirnov statistic',
        numerical,
        (c) => c.ks.statistic,
        (c) => c.theirs.ks.statistic,
      ),
      each(
        'its p-value',
        numerical,
        (c) => c.ks.pValue,
        (c) => c.theirs.ks.pvalue_asymptotic,
      ),
      each(
        'Wasserstein distance',
        numerical,
        (c) => c.wasserstein,
        (c) => c.theirs.wasserstein,
      ),
      each(
        'PSI over tenths',
        numerical,
        (c) => c.psi,
        (c) => c.theirs.psi_10_quantile_bins,
      ),
      each(
        'chi-square statistic',
        categorical,
        (c) => c.chi.statistic,
        (c) => c.theirs.chi2.statistic,
      ),
      each(
        'its p-value over categories',
        categorical,
        (c) => c.chi.pValue,
        (c) => c.theirs.chi2.pvalue,
      ),
      each(
        'degrees of freedom',
        categorical,
        (c) => c.chi.degrees,
        (c) => c.theirs.chi2.dof,
      ),
      each(
        'Jensen-Shannon distance',
        categorical,
        (c) => c.distance,
        (c) => c.theirs.jensen_shannon_distance_base2,
      ),
      each(
        'PSI over categories',
        categorical,
        (c) => c.psi,
        (c) => c.theirs.psi,
      ),
      compare(
        'Benjamini-Hochberg adjusted p-values',
        benjaminiHochberg(data.benjamini_hochberg.pvalues),
        data.benjamini_hochberg.adjusted,
        TOLERANCE,
      ),
    ],
  }
}

function ofNumbers(theirs: z.infer<typeof schema>['numerical'][number]) {
  const reference = Float64Array.from(theirs.reference).sort()
  const current = Float64Array.from(theirs.current).sort()
  const edges = quantileEdges(reference, 10)
  return {
    theirs,
    ks: kolmogorovSmirnovTest(reference, current),
    wasserstein: wassersteinDistance(reference, current),
    psi: populationStabilityIndex({ reference: countBins(edges, reference), current: countBins(edges, current) }),
  }
}

function ofCategories(theirs: z.infer<typeof schema>['categorical'][number]) {
  const names = [...new Set([...Object.keys(theirs.reference), ...Object.keys(theirs.current)])]
  const table = {
    reference: names.map((name) => theirs.reference[name] ?? 0),
    current: names.map((name) => theirs.current[name] ?? 0),
  }
  return {
    theirs,
    chi: chiSquareTest(table),
    distance: jensenShannonDistance(table),
    psi: populationStabilityIndex(table),
  }
}
