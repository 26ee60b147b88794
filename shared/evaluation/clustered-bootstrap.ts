import { DomainError } from '../kernel/errors.ts'
import type { Rng } from '../kernel/random.ts'
import { assertClusters, assertEnoughClusters } from './clustered.ts'
import { sortedQuantile } from './sorted-quantile.ts'

/** A statistic with its percentile interval. */
export interface BootstrapInterval {
  /** Of the rows as they are. */
  estimate: number
  low: number
  high: number
  clusters: number
  /** Replicates that the statistic was defined on; it may be less than was asked for. */
  replicates: number
}

/**
 * 95 % percentile interval of any statistic, whole clusters drawn with replacement, for what is no mean (AUC, ECE).
 *
 * @param statistic  of the rows whose numbers it is given, repeats included; NaN where it is not defined on them
 * @param clusters   cluster of each row
 * @param options    `rng`, the chance; `replicates`, 1,000 by default
 * @throws {DomainError} `cluster_not_finite`, `too_few_clusters` below two, `replicates_out_of_range`;
 *   `statistic_undefined` where it is NaN on the rows themselves or on more than half of the replicates
 * @see B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13
 */
export function clusteredBootstrap(
  statistic: (rows: Int32Array) => number,
  clusters: ArrayLike<number>,
  options: { rng: Rng; replicates?: number },
): BootstrapInterval {
  const asked = options.replicates ?? 1000
  if (!(Number.isInteger(asked) && asked >= 1)) {
    throw new DomainError('replicates_out_of_range', `${asked} replicates: must be a whole number of at least 1`)
  }
  assertClusters(clusters, clusters.length)
  const groups = rowsByCluster(clusters)
  assertEnoughClusters(groups.length, 2)
  const estimate = statistic(Int32Array.from({ length: clusters.length }, (_, r) => r))
  const drawn = Float64Array.from({ length: asked }, () => statistic(drawClusters(groups, options.rng)))
  const defined = drawn.filter((value) => !Number.isNaN(value)).sort()
  if (Number.isNaN(estimate) || defined.length * 2 < asked) {
    throw new DomainError(
      'statistic_undefined',
      `the statistic is ${estimate} on the rows and defined on ${defined.length} of ${asked} replicates`,
    )
  }
  return {
    estimate,
    low: sortedQuantile(defined, 0.025),
    high: sortedQuantile(defined, 0.975),
    clusters: groups.length,
    replicates: defined.length,
  }
}

function rowsByCluster(clusters: ArrayLike<number>): Int32Array[] {
  const groups = new Map<number, number[]>()
  for (let r = 0; r < clusters.length; r++) {
    const cluster = clusters[r] as number
    const rows = groups.get(cluster)
    if (rows === undefined) groups.set(cluster, [r])
    else rows.push(r)
  }
  return Array.from(groups.values(), (rows) => Int32Array.from(rows))
}

function drawClusters(groups: readonly Int32Array[], rng: Rng): Int32Array {
  const drawn = groups.map(() => groups[rng.integer(groups.length)] as Int32Array)
  const rows = new Int32Array(drawn.reduce((sum, group) => sum + group.length, 0))
  let filled = 0
  for (const group of drawn) {
    rows.set(group, filled)
    filled += group.length
  }
  return rows
}
