import { describe, expect, test } from 'vitest'
import { applyCalibrator } from '../../../shared/calibration/apply.ts'
import { fitBeta } from '../../../shared/calibration/beta.ts'
import type { CalibrationKind } from '../../../shared/calibration/calibrator.ts'
import { chooseCalibrator } from '../../../shared/calibration/choose.ts'
import { fitPlatt } from '../../../shared/calibration/platt.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

/** Rows whose true log-odds are `truth` of the score. */
function drawn(n: number, seed: number, truth: (score: number) => number) {
  const rng = createRng(seed)
  const scores = Float64Array.from({ length: n }, () => 1.5 * rng.normal())
  const labels = scores.map((score) => (rng.next() < sigmoid(truth(score)) ? 1 : 0))
  return { scores, labels, folds: Int32Array.from(scores, (_, r) => Math.floor((r * 5) / n)) }
}

const chosenFor = (n: number, seed: number, truth: (score: number) => number) => {
  const { scores, labels, folds } = drawn(n, seed, truth)
  return chooseCalibrator(scores, labels, { folds }).calibrator.kind
}

describe('chooseCalibrator', () => {
  test.each<[CalibrationKind, (score: number) => number]>([
    ['none', (score) => score],
    ['temperature', (score) => 0.5 * score],
    ['platt', (score) => 0.5 * score - 0.8],
    // Worth 0.003 nats: half of the standard error of a loss on 6,000 rows, three times that of the difference.
    ['platt', (score) => score - 0.2],
    ['isotonic', (score) => (Math.abs(score) < 1 ? 0 : 2.5 * Math.sign(score))],
  ])('chooses %s where it is what is needed', (kind, truth) => {
    expect(chosenFor(6000, 1, truth)).toBe(kind)
  })

  test('chooses beta where the two ends bend by different amounts', () => {
    // 3·ln p − 0.3·ln(1 − p) + 1, with p = sigmoid(score).
    const truth = (score: number) => -3 * Math.log1p(Math.exp(-score)) + 0.3 * Math.log1p(Math.exp(score)) + 1
    expect(chosenFor(6000, 2, truth)).toBe('beta')
  })

  test('is not talked into a step function by noise', () => {
    const kinds = Array.from({ length: 20 }, (_, seed) => chosenFor(400, seed, (score) => score))
    expect(kinds).not.toContain('isotonic')
    expect(kinds.filter((kind) => kind === 'none').length).toBeGreaterThanOrEqual(13)
  })

  test('scores each row by a calibrator fitted on the other folds, and returns one fitted on all', () => {
    const { scores, labels } = drawn(40, 3, (score) => score - 1)
    const folds = Int32Array.from(scores, (_, r) => (r < 25 ? 7 : 2))
    const { calibrator, trials } = chooseCalibrator(scores, labels, { folds, kinds: ['platt'] })
    const fitted = (begin: number, end: number) => fitPlatt(scores.slice(begin, end), labels.slice(begin, end))
    const losses = Array.from(scores, (score, r) => {
      const p = applyCalibrator(r < 25 ? fitted(25, 40) : fitted(0, 25), score)
      return -Math.log(labels[r] === 1 ? p : 1 - p)
    })
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / 40
    const error = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / 39 / 40)
    const [trial] = trials
    if (trial === undefined || !('logLoss' in trial)) throw new Error('not tried')
    expect(trial.logLoss).toBeCloseTo(mean, 12)
    expect(trial.error).toBeCloseTo(error, 12)
    expect([trial.excess, trial.excessError]).toEqual([0, 0])
    expect(calibrator).toEqual(fitPlatt(scores, labels))
  })

  test('tells of every kind asked for, simplest first, the best without excess', () => {
    const { scores, labels, folds } = drawn(2000, 4, (score) => 0.4 * score)
    const { trials } = chooseCalibrator(scores, labels, {
      folds,
      kinds: ['isotonic', 'beta', 'none', 'platt', 'temperature'],
    })
    expect(trials.map(({ kind }) => kind)).toEqual(['none', 'temperature', 'platt', 'beta', 'isotonic'])
    const excesses = trials.map((trial) => ('excess' in trial ? trial.excess : Number.NaN))
    expect(Math.min(...excesses)).toBe(0)
    expect(excesses[0]).toBeGreaterThan(0.01)
  })

  test('asks more of a method where rows of a day move together', () => {
    const { scores, labels, folds } = drawn(300, 5, (score) => 0.7 * score)
    const alone = chooseCalibrator(scores, labels, { folds })
    const doubled = (values: Float64Array) => Float64Array.from([...values, ...values])
    const twice = chooseCalibrator(doubled(scores), doubled(labels), {
      folds: Int32Array.from([...folds, ...folds]),
      clusters: Float64Array.from({ length: 600 }, (_, r) => r % 300),
      kinds: ['none'],
    })
    const errorOf = (choice: typeof alone) => {
      const trial = choice.trials[0]
      return trial !== undefined && 'error' in trial ? trial.error : Number.NaN
    }
    // Every row twice, each pair one cluster: the error is as large as that of the rows alone.
    expect(errorOf(twice)).toBeCloseTo(errorOf(alone), 10)
  })

  test('keeps isotonic probabilities off 0 and 1, as they were scored', () => {
    const scores = Float64Array.from({ length: 40 }, (_, r) => r)
    const labels = scores.map((score) => (score >= 20 ? 1 : 0))
    const folds = Int32Array.from(scores, (_, r) => r % 2)
    const { calibrator, trials } = chooseCalibrator(scores, labels, { folds, kinds: ['isotonic'] })
    expect(calibrator.kind === 'isotonic' && calibrator.probabilities).toEqual([1 / 42, 1 / 42, 41 / 42, 41 / 42])
    // Each half learns from 20 rows: 38 rows are right at 21/22, and 19 and 20 stand half-way between the other half's.
    const [trial] = trials
    expect(trial !== undefined && 'logLoss' in trial && trial.logLoss).toBeCloseTo(
      (38 * Math.log(22 / 21) + 2 * Math.log(2)) / 40,
      12,
    )
  })

  test('passes over a kind that cannot be fitted, and says why', () => {
    const scores = new Float64Array(20).fill(0.3)
    const labels = scores.map((_, r) => (r % 3 === 0 ? 1 : 0))
    const { calibrator, trials } = chooseCalibrator(scores, labels, { folds: Int32Array.from(scores, (_, r) => r % 2) })
    expect(['none', 'isotonic']).toContain(calibrator.kind)
    const refused = trials.filter((trial) => 'refusal' in trial)
    expect(refused.map(({ kind }) => kind)).toEqual(['temperature', 'platt', 'beta'])
    expect(refused.map(({ refusal: why }) => why).every((why) => why.length > 20)).toBe(true)
  })

  test('offers beta as it is fitted on all rows', () => {
    const { scores, labels, folds } = drawn(500, 6, (score) => score)
    expect(chooseCalibrator(scores, labels, { folds, kinds: ['beta'] }).calibrator).toEqual(fitBeta(scores, labels))
  })
})

describe('chooseCalibrator refuses', () => {
  const scores = [1, -1, 2, -2, 1, -1, 2, -2, 1, -1]
  const labels = [1, 0, 1, 0, 0, 1, 1, 0, 1, 0]
  const half = Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 1)

  test('three rows', () => {
    expect(() => chooseCalibrator([1, 2, 3], [0, 1, 1], { folds: Int32Array.of(0, 1, 2) })).toThrow(
      refusal('too_few_rows'),
    )
  })

  test('one fold', () => {
    expect(() => chooseCalibrator(scores, labels, { folds: new Int32Array(10) })).toThrow(refusal('too_few_folds'))
  })

  test('fold numbers of another length', () => {
    expect(() => chooseCalibrator(scores, labels, { folds: half.subarray(1) })).toThrow(refusal('length_mismatch'))
  })

  test('a fold that leaves one class to learn from', () => {
    const parted = [1, 0, 1, 0, 0, 1, 1, 1, 1, 1]
    expect(() => chooseCalibrator(scores, parted, { folds: half })).toThrow(refusal('one_class'))
  })

  test('no kind that can be fitted', () => {
    const level = scores.map(() => 1)
    expect(() => chooseCalibrator(level, labels, { folds: half, kinds: ['platt', 'beta'] })).toThrow(
      refusal('no_calibrator'),
    )
    expect(() => chooseCalibrator(scores, labels, { folds: half, kinds: [] })).toThrow(refusal('no_calibrator'))
  })

  test('labels that are missing, clusters that are', () => {
    expect(() => chooseCalibrator(scores, [...labels.slice(1), Number.NaN], { folds: half })).toThrow(
      refusal('label_not_binary'),
    )
    const clusters = scores.map(() => Number.NaN)
    expect(() => chooseCalibrator(scores, labels, { folds: half, clusters })).toThrow(refusal('cluster_not_finite'))
  })
})
