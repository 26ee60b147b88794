import { DomainError } from '../kernel/errors.ts'

/**
 * Walks through the values of two ascending samples, each value once.
 *
 * @param step  told the value and F(value) − G(value), the difference of the empirical distributions from it on
 */
export function mergeSteps(
  reference: Float64Array,
  current: Float64Array,
  step: (value: number, difference: number) => void,
): void {
  const [n, m] = [reference.length, current.length]
  for (let i = 0, j = 0; i < n || j < m; ) {
    const value = Math.min(reference[i] ?? Number.POSITIVE_INFINITY, current[j] ?? Number.POSITIVE_INFINITY)
    while (i < n && reference[i] === value) i++
    while (j < m && current[j] === value) j++
    step(value, i / n - j / m)
  }
}

/** @throws {DomainError} `no_rows`, `value_not_finite`, `not_sorted` */
export function assertSamples(...samples: readonly Float64Array[]): void {
  for (const sample of samples) {
    if (sample.length === 0) throw new DomainError('no_rows', 'a sample without values has no distribution')
    for (let i = 0; i < sample.length; i++) {
      const value = sample[i] as number
      if (!Number.isFinite(value)) throw new DomainError('value_not_finite', `value ${value} of row ${i}`)
      if (i > 0 && value < (sample[i - 1] as number)) {
        throw new DomainError('not_sorted', `value ${value} of row ${i} is below the one before it`)
      }
    }
  }
}
