import { beforeAll, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { sha256Hex } from '../../../shared/kernel/digest.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { logit, sigmoid } from '../../../shared/kernel/numeric.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import type { LearningRows } from '../../../shared/recipe/dataset.ts'
import { learningRows } from '../../../shared/recipe/dataset.ts'
import { marketAlone } from '../../../shared/recipe/fit-blend.ts'
import type { Recipe } from '../../../shared/recipe/recipe.ts'
import { scoreRoi } from '../../../shared/recipe/roi-comparison.ts'
import { predictRoiFold, runRoiFold } from '../../../shared/recipe/roi-fold.ts'
import type { RoiDecision } from '../../../shared/registry/roi-gate.ts'
import { judgeRoi } from '../../../shared/registry/roi-gate.ts'
import type { LoadScorer } from '../../../shared/registry/scorer.ts'
import { simulateLedger } from '../../../shared/simulator/ledger.ts'
import type { JudgedRoi } from '../../../shared/usecases/learn-roi.ts'
import { judgeLearned, learnRoi } from '../../../shared/usecases/learn-roi.ts'
import { drawnRows, modelRows, QUICK_RECIPE, SIGNAL_INDEX } from '../../support/learning-rows.ts'
import { roiLoader, withReturns } from '../../support/roi-heads.ts'

const rowsOf = (bets: readonly Bet[]) => {
  const ledger = modelRows(bets)
  const decided = learningRows(ledger)
  return { ledger, decided, testBegin: Math.floor(decided.matrix.nRows * 0.8), testEnd: decided.matrix.nRows }
}

/** What a training run makes of a ledger, beside the recalibrated market. */
async function learn(
  { ledger, decided, ...fold }: ReturnType<typeof rowsOf>,
  { load, recipe }: { load?: LoadScorer; recipe?: Recipe } = { load: roiLoader },
): Promise<JudgedRoi> {
  const deps = { progress: silentProgress, ...(load && { loadRoiScorer: load }) }
  const file = { tried: decided.matrix, metadata: { ledger: 'test' } }
  const learned = await learnRoi(deps, ledger, { decided, fold, ...(recipe && { recipe }) }, file)
  return judgeLearned(learned, marketAlone(decided).blend)
}

/** What is decided of drawn bets, the latter fifth judging, beside the recalibrated market. */
function decide(rows: LearningRows): RoiDecision {
  const fold = { testBegin: 0.8 * rows.matrix.nRows, testEnd: rows.matrix.nRows }
  const learned = runRoiFold(rows, { decided: rows, fold }, { recipe: QUICK_RECIPE })
  const scores = scoreRoi(predictRoiFold(learned, marketAlone(rows).blend))
  return judgeRoi({ hasLearned: learned.fitted.head !== undefined, scores, parity: undefined })
}

const ledgerOf = (count: number, probabilityShift: number) =>
  simulateLedger({
    ...{ seed: 4, count, endsAtMs: Date.UTC(2026, 0, 1) },
    edges: probabilityShift === 0 ? [] : [{ where: { sport: 'Basketball' }, probabilityShift }],
  })

describe('learnRoi, where a segment wins twenty points more often than its price says', () => {
  const rows = rowsOf(ledgerOf(6000, 0.2))
  let found: JudgedRoi

  beforeAll(async () => {
    found = await learn(rows)
  })

  it('serves a head that beats the constant and the price-implied ROI', () => {
    const { roiHead } = found
    expect(roiHead.verdict).toBe('served')
    expect(roiHead.checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['beats_constant', true],
      ['beats_price_implied', true],
      ['not_behind_win_probability', true],
      ['agrees_with_its_trees', true],
    ])
    expect(roiHead.scores?.headMinus.constant.robust.high).toBeLessThan(0)
    expect(roiHead.scores?.headMinus.priceImplied.robust.high).toBeLessThan(0)
    expect(roiHead.learned).toBeGreaterThan(4000)
  })

  it('writes a file that says what its trees say, and keeps its hash', async () => {
    const { roiOnnx } = found.files
    if (roiOnnx === undefined) throw new Error('no file')
    expect(found.roiHead.onnx).toEqual({ sha256: await sha256Hex(roiOnnx), bytes: roiOnnx.length })
    expect(found.roiHead.parity?.largestDifference).toBeLessThan(1e-5)
    expect(found.roiHead.parity?.rows).toBe(rows.decided.matrix.nRows)
    expect(found.roiHead.parity?.thresholdRows).toBeGreaterThan(0)
    expect(found.base).toBeDefined()
  })

  it('scores on ties and cash-outs, too', () => {
    expect(found.roiHead.scores?.n).toBeGreaterThan(rows.testEnd - rows.testBegin)
  })
})

/** Answers as the file does, and a little more. */
const bent: LoadScorer = async (...given) => {
  const scorer = await roiLoader(...given)
  return { ...scorer, score: async (x, n) => (await scorer.score(x, n)).map((roi) => roi + 1e-4) }
}
const silent: LoadScorer = async () => ({ score: async () => new Float32Array(0), release: async () => {} })
const broken: LoadScorer = () => Promise.reject(new UpstreamError('onnxruntime', 'no such operator'))

describe('learnRoi', () => {
  const rows = rowsOf(ledgerOf(2000, 0.3))

  it.each([
    ['whose file says otherwise', { load: bent }, /differ by 1\.0e-4/],
    ['whose file gives nothing', { load: silent }, /differ by 1\.0e\+0/],
    ['whose file does not run', { load: broken }, /its file does not run: .*no such operator/],
    ['where nothing runs one', {}, /nothing here runs its file/],
  ])('serves no head %s', async (_, given, reason) => {
    const { roiHead, files, base } = await learn(rows, { ...given, recipe: QUICK_RECIPE })
    expect(roiHead).toMatchObject({ verdict: 'not_served', onnx: null })
    expect(roiHead.reason).toMatch(reason)
    expect([files, base]).toEqual([{}, undefined])
    expect(roiHead.scores).not.toBeNull()
  })

  it.each([
    ['of bets without a known return', { isFreeBet: true }, /no return of the bets to be scored on is known/],
    ['of bets that all came back', { stakeMinor: 1000, profitMinor: 0 }, /all \d+ bets returned 0 per unit/],
  ])('says why there is none %s, and stops nothing', async (_, overrides, reason) => {
    const { roiHead } = await learn(rowsOf(ledgerOf(1000, 0).map((bet) => ({ ...bet, ...overrides }))))
    expect(roiHead).toMatchObject({ verdict: 'not_served', scores: null, parity: null, onnx: null, learned: 0 })
    expect(roiHead.reason).toMatch(reason)
  })

  it('passes on what is no fault of the bets', async () => {
    const buggy: LoadScorer = () => Promise.reject(new TypeError('a bug'))
    await expect(learn(rows, { load: buggy, recipe: QUICK_RECIPE })).rejects.toThrow(TypeError)
  })
})

describe('a head on drawn bets', () => {
  /** Twelve points more than the price says for the half whose signal is high. */
  const withEdge = (seed: number) =>
    withReturns(
      drawnRows(12_000, {
        seed,
        winLogOdds: (x, signal) => logit(Math.min(0.97, sigmoid(x) + (signal > 0 ? 0.12 : 0))),
      }),
    )

  it.each([1, 3])('is served with twelve points over many bets, seed %i', (seed) => {
    expect(decide(withEdge(seed)).verdict).toBe('served')
  })

  it('is not served where the price is all there is, nor on random results, in nearly all of ten seeds', () => {
    const seeds = [1, 2, 3, 4, 5]
    const fair = seeds.map((seed) => decide(withReturns(drawnRows(2500, { seed }))))
    const random = seeds.map((seed) => decide(withReturns(drawnRows(2500, { seed, winLogOdds: () => 0 }))))
    const served = [...fair, ...random].filter(({ verdict }) => verdict === 'served')
    expect(served.length).toBeLessThanOrEqual(1)
  })

  it('is not served where what was learned is a permutation of the results', () => {
    const rows = withEdge(3)
    const rng = createRng(9)
    const order = Int32Array.from({ length: rows.labels.length }, (_, r) => r)
    for (let i = order.length - 1; i > 0; i--) {
      const j = rng.integer(i + 1)
      const [a = 0, b = 0] = [order[i], order[j]]
      order[i] = b
      order[j] = a
    }
    const signal = rows.matrix.columns[SIGNAL_INDEX] ?? new Float32Array()
    const columns = rows.matrix.columns.map((x, f) =>
      f === SIGNAL_INDEX ? Float32Array.from(order, (r) => signal[r] ?? 0) : x,
    )
    expect(decide({ ...rows, matrix: { ...rows.matrix, columns } }).verdict).toBe('not_served')
  })
})
