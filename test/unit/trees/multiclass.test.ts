import { describe, expect, test } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import { ensembleScores } from '../../../shared/trees/ensemble.ts'
import type { ScoredRows } from '../../../shared/trees/labelled-rows.ts'
import { trainMulticlassTrees } from '../../../shared/trees/multiclass.ts'
import { BOOSTING } from '../../support/trees.ts'

const PARAMS = { ...BOOSTING, rounds: 20, nClasses: 3 }

/** The class is the larger of two columns, or 2 where neither is above 0; one label in ten is chance. */
function rowsOf(seed: number, nRows: number): ScoredRows {
  const rng = createRng(seed)
  const columns = [0, 1].map(() => Float32Array.from({ length: nRows }, () => rng.normal()))
  const labels = Float64Array.from({ length: nRows }, (_, r) => {
    const [a = 0, b = 0] = columns.map((column) => column[r])
    return rng.next() < 0.1 ? rng.integer(3) : Math.max(a, b) < 0 ? 2 : a > b ? 0 : 1
  })
  return { matrix: { nRows, columns }, labels, initialScores: [0, 1, 2].map(() => new Float64Array(nRows)) }
}

describe('trainMulticlassTrees', () => {
  test('tells classes apart on rows that it never saw', () => {
    const { ensemble } = trainMulticlassTrees(rowsOf(1, 1500), PARAMS)
    const unseen = rowsOf(2, 1500)
    const scores = ensembleScores(ensemble, unseen.matrix)
    const right = unseen.labels.filter((label, r) => {
      const own = scores.map((score) => score[r] ?? Number.NaN)
      return own.indexOf(Math.max(...own)) === label
    })
    expect(ensemble).toMatchObject({ nOutputs: 3, nFeatures: 2, link: 'softmax' })
    // A tenth of the labels are chance, a third of which hit: 93 % is the most.
    expect(right.length / 1500).toBeGreaterThan(0.88)
  })

  test('keeps the rounds up to the least validation loss, three trees each', () => {
    const model = trainMulticlassTrees(rowsOf(3, 200), { ...PARAMS, rounds: 100 }, { validation: rowsOf(4, 200) })
    const best = model.validationLoss.indexOf(Math.min(...model.validationLoss))
    expect(model.ensemble.trees).toHaveLength(3 * (best + 1))
    expect(model.validationLoss).toHaveLength(best + 1 + PARAMS.earlyStoppingRounds)
  })

  test.each([
    ['a class too many', { ...rowsOf(1, 20), labels: new Float64Array(20).fill(3) }, 'label_not_class'],
    ['half a class', { ...rowsOf(1, 20), labels: new Float64Array(20).fill(0.5) }, 'label_not_class'],
    ['one class alone', { ...rowsOf(1, 20), labels: new Float64Array(20).fill(1) }, 'one_class'],
    [
      'initial scores of two classes',
      { ...rowsOf(1, 20), initialScores: rowsOf(1, 20).initialScores.slice(1) },
      'initial_score_not_finite',
    ],
  ])('refuses %s', (_, rows, code) => {
    expect(() => trainMulticlassTrees(rows, PARAMS)).toThrow(expect.objectContaining({ name: 'DomainError', code }))
  })

  test('refuses fewer than two classes', () => {
    expect(() => trainMulticlassTrees(rowsOf(1, 20), { ...PARAMS, nClasses: 1 })).toThrow(
      expect.objectContaining({ code: 'classes_out_of_range' }),
    )
  })
})
