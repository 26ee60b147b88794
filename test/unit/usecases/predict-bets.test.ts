import { beforeAll, describe, expect, it } from 'vitest'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import { BET_TYPES } from '../../../shared/bets/bet.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import type { BetQuestion } from '../../../shared/usecases/bet-prediction.ts'
import { coalescing } from '../../../shared/usecases/coalescing-scorer.ts'
import { predictBets } from '../../../shared/usecases/predict-bets.ts'
import { randomLedger } from '../../support/bets.ts'
import { fixedScorer, MODELS_MADE_MS } from '../../support/models.ts'
import type { FixedServing } from '../../support/serving.ts'
import { blendOfAllKinds, fixedServing } from '../../support/serving.ts'

const clock = () => MODELS_MADE_MS
const ledger = randomLedger(3, 300)

function questions(seed: number, n: number): BetQuestion[] {
  const rng = createRng(seed)
  const pick = <T>(values: readonly T[]): T => values[rng.integer(values.length)] as T
  return Array.from({ length: n }, () => ({
    sport: pick(['Basketball', 'Tennis', 'Golf', 'a|b', 'Curling']),
    league: pick(['NBA', 'ATP', 'PGA', 'none']),
    market: pick(['Moneyline', 'Spread', 'Total', 'カバディ']),
    book: pick(['DraftKings', 'FanDuel', 'bet365']),
    betType: pick(BET_TYPES),
    americanOdds: rng.next() < 0.5 ? 100 + rng.integer(900) : -100 - rng.integer(900),
    isLive: rng.next() < 0.5,
  }))
}

describe('predictBets', () => {
  let model: FixedServing

  beforeAll(async () => {
    model = await fixedServing({ ledger, load: coalescing(onnxScorer, setImmediate), blend: blendOfAllKinds() })
  })

  it.each([1, 2, 3])('gives each of many bets, to the bit, what it gets alone (%i)', async (seed) => {
    const asked = questions(seed, 60)
    const together = await predictBets({ model, clock }, asked)
    expect(new Set(together.predictions.map(({ winProbability }) => winProbability)).size).toBeGreaterThan(20)
    for (const [i, question] of asked.entries()) {
      const { predictions, values } = await predictBets({ model, clock }, [question])
      expect(predictions[0]).toEqual(together.predictions[i])
      const width = WIN_PROBABILITY_INPUTS.length
      expect(values).toEqual(together.values.slice(i * width, (i + 1) * width))
    }
  })

  it('gives bets that are asked about at one time, to the bit, what they get one after the other', async () => {
    const asked = questions(4, 40)
    const atOnce = await Promise.all(asked.map((question) => predictBets({ model, clock }, [question])))
    for (const [i, question] of asked.entries()) {
      const { predictions } = await predictBets({ model, clock }, [question])
      expect(atOnce[i]?.predictions).toEqual(predictions)
    }
  })

  it('goes by the ROI head where one is served, and stakes by what it expects', async () => {
    const roiScorer = {
      score: async (_: Float32Array, n: number) => new Float32Array(n).fill(0.25),
      release: async () => {},
    }
    const served = { ...model, current: () => ({ ...model.loaded, roiScorer }) }
    const asked = { ...(questions(9, 1)[0] as BetQuestion), americanOdds: 150 }
    const { predictions } = await predictBets({ model: served, clock }, [asked])
    const alone = await predictBets({ model, clock }, [asked])
    expect(predictions[0]).toMatchObject({ expectedReturn: 0.25, returnFrom: 'roi_head' })
    expect(predictions[0]?.kelly).toBeCloseTo(0.25 / 1.5, 12)
    expect(predictions[0]?.winProbability).toBe(alone.predictions[0]?.winProbability)
    expect(alone.predictions[0]).toMatchObject({ returnFrom: 'probability' })
  })

  it('refuses an ROI head that expects what no bet returns', async () => {
    const roiScorer = {
      score: async (_: Float32Array, n: number) => new Float32Array(n).fill(-1.5),
      release: async () => {},
    }
    const served = { ...model, current: () => ({ ...model.loaded, roiScorer }) }
    await expect(predictBets({ model: served, clock }, questions(9, 1))).rejects.toThrow('an ROI head answered -1.5')
  })

  it('runs the model once for all', async () => {
    const load = fixedScorer(0.5)
    const counted = await fixedServing({ ledger, load })
    await predictBets({ model: counted, clock }, questions(5, 100))
    expect(load.asked.map(({ length }) => length)).toEqual([100 * WIN_PROBABILITY_INPUTS.length])
    expect(counted.looks).toBe(1)
  })

  it('tells whether what it answers with is known to be the newest', async () => {
    const serving = await fixedServing({ load: fixedScorer(0.5) })
    const source = async () =>
      (await predictBets({ model: serving, clock }, questions(6, 1))).predictions[0]?.servedFrom
    expect(await source()).toBe('current')
    serving.confirmed = MODELS_MADE_MS - 5 * 60_000 - 1
    expect(await source()).toBe('memory')
    serving.confirmed = MODELS_MADE_MS - 5 * 60_000
    expect(await source()).toBe('current')
    serving.trouble = 'the store is down'
    expect(await source()).toBe('memory')
  })

  it('is unavailable while no model serves, and says why', async () => {
    const serving = { ...model, current: () => undefined, problem: () => 'no model has been trained yet' }
    const failure = predictBets({ model: serving, clock }, questions(7, 1))
    await expect(failure).rejects.toBeInstanceOf(UpstreamError)
    await expect(failure).rejects.toThrow('no model has been trained yet')
  })

  it.each([0, 50, 10_001, Number.NaN])('refuses all where one has the price %s', async (americanOdds) => {
    const asked = [...questions(8, 2), { ...questions(9, 1)[0], americanOdds } as BetQuestion]
    await expect(predictBets({ model, clock }, asked)).rejects.toMatchObject({ code: 'odds_out_of_range' })
  })
})
