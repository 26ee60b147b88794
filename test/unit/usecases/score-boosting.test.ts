import { describe, expect, it } from 'vitest'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { learningRows, takeRows } from '../../../shared/recipe/dataset.ts'
import { WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import { fitMarket, marketScores } from '../../../shared/recipe/market.ts'
import { RECIPE } from '../../../shared/recipe/recipe.ts'
import { boostingRunner } from '../../../shared/usecases/score-boosting.ts'
import { randomLedger } from '../../support/bets.ts'
import { modelRows } from '../../support/learning-rows.ts'

const SETTINGS = { ...RECIPE.boosting, rounds: 40, minChildWeight: 5, lambdaL2: 1, learningRate: 0.1 }
const ROWS = learningRows(modelRows(randomLedger(3, 4200)))
const N = ROWS.labels.length
const LEARNED = Math.floor(N * 0.8)
const FOLD = { learn: range(0, LEARNED), test: range(LEARNED, N) }

function range(begin: number, end: number): Int32Array {
  return Int32Array.from({ length: end - begin }, (_, i) => begin + i)
}

/** The same rows, won where a live bet is in it, whatever the price says. */
function withEdge() {
  const live = ROWS.matrix.columns[WIN_PROBABILITY_INPUTS.indexOf('is_live')] ?? new Float32Array()
  const rng = createRng(8)
  return { ...ROWS, labels: ROWS.labels.map((_, r) => (rng.next() < (live[r] === 1 ? 0.85 : 0.3) ? 1 : 0)) }
}

/** Log loss of the recalibrated market by itself. */
function marketLoss(rows: typeof ROWS, { learn, test: judged } = FOLD): number {
  const test = takeRows(rows, judged)
  const scores = marketScores(fitMarket(takeRows(rows, learn)), test.matrix)
  return scores.reduce((sum, z, r) => sum - Math.log(sigmoid(test.labels[r] === 1 ? z : -z)), 0) / scores.length
}

describe('boostingRunner', () => {
  it('scores below the market where trees can learn what the price does not say', async () => {
    const rows = withEdge()
    const { logLoss } = await boostingRunner(rows)(SETTINGS, FOLD)
    expect(logLoss).toBeLessThan(marketLoss(rows) - 0.05)
  })

  it('scores as the market does where too few rows are known to judge trees by', async () => {
    const fold = { ...FOLD, learn: range(0, 600) }
    const { logLoss } = await boostingRunner(ROWS)(SETTINGS, fold)
    expect(logLoss).toBeCloseTo(marketLoss(ROWS, fold), 12)
  })

  it('looks at the fold’s rows alone', async () => {
    const fold = { learn: range(0, 2000), test: range(2200, 2400) }
    const inFold = (r: number) => r < 2000 || (r >= 2200 && r < 2400)
    const elsewhere = { ...ROWS, labels: ROWS.labels.map((label, r) => (inFold(r) ? label : 1 - label)) }
    expect(await boostingRunner(elsewhere)(SETTINGS, fold)).toEqual(await boostingRunner(ROWS)(SETTINGS, fold))
  })

  it('learns nothing from the labels that judge', async () => {
    const turned = { ...ROWS, labels: ROWS.labels.map((label, r) => (r < LEARNED ? label : 1 - label)) }
    const [own, other] = await Promise.all([ROWS, turned].map((rows) => boostingRunner(rows)(SETTINGS, FOLD)))
    // Every label turned and no probability changed: what ranked well ranks badly by as much.
    expect((own?.auc ?? 0) + (other?.auc ?? 0)).toBeCloseTo(1, 10)
  })

  it('refuses to learn from one class', async () => {
    const lost = { ...ROWS, labels: ROWS.labels.map(() => 0) }
    await expect(async () => boostingRunner(lost)(SETTINGS, FOLD)).rejects.toMatchObject({ name: 'DomainError' })
  })
})
