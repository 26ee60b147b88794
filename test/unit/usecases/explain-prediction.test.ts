import { describe, expect, it } from 'vitest'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import { logit, sigmoid } from '../../../shared/kernel/numeric.ts'
import { encodeBlend } from '../../../shared/onnx/encode-blend.ts'
import { encodeEnsemble } from '../../../shared/onnx/encode-ensemble.ts'
import { encodeOnnx } from '../../../shared/onnx/graph.ts'
import { MARKET_LOG_ODDS_INDEX, WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import { MODEL_INPUT, MODEL_OUTPUT } from '../../../shared/recipe/model-ports.ts'
import { singleOutput } from '../../../shared/trees/ensemble.ts'
import type { BetQuestion } from '../../../shared/usecases/bet-prediction.ts'
import type { PredictionExplanation } from '../../../shared/usecases/explain-prediction.ts'
import { createExplanations } from '../../../shared/usecases/explain-prediction.ts'
import { predictBets } from '../../../shared/usecases/predict-bets.ts'
import { randomLedger } from '../../support/bets.ts'
import { MODELS_MADE_MS, marketBlend } from '../../support/models.ts'
import { blendOfAllKinds, fixedServing } from '../../support/serving.ts'
import { leafTree } from '../../support/trees.ts'

const question: BetQuestion = {
  ...{ sport: 'Basketball', league: 'NBA', market: 'Spread', book: 'DraftKings' },
  ...{ betType: 'straight', americanOdds: 150, isLive: false },
}
const EXPORT = { input: MODEL_INPUT, output: MODEL_OUTPUT, graphName: 'test' }
const ledger = randomLedger(3, 300)

/** An answer of a model and its explanation. */
async function explained(blend = marketBlend(), asked: Partial<BetQuestion> = {}, top?: number) {
  const model = await fixedServing({ ledger, load: onnxScorer, blend })
  const clock = () => MODELS_MADE_MS
  const { loaded, values, predictions } = await predictBets({ model, clock }, [{ ...question, ...asked }])
  const p = predictions[0]?.winProbability ?? Number.NaN
  const told = createExplanations(top)(loaded, values, p)
  if ('unavailable' in told) throw new Error(told.unavailable)
  return { p, told, values }
}

function sumOf({ baseLogOdds, contributions, others, calibrationLogOdds }: PredictionExplanation): number {
  return contributions.reduce((sum, { logOdds }) => sum + logOdds, baseLogOdds + others.logOdds + calibrationLogOdds)
}

describe('the explanation of a prediction', () => {
  it.each(['none', 'platt', 'temperature', 'beta', 'isotonic'] as const)(
    'adds up to its log-odds (%s)',
    async (kind) => {
      const calibrators = {
        none: { kind: 'none' },
        platt: { kind: 'platt', slope: 0.8, intercept: 0.1 },
        temperature: { kind: 'temperature', temperature: 1.3 },
        beta: { kind: 'beta', a: 1.1, b: 0.9, c: 0.05 },
        isotonic: { kind: 'isotonic', scores: [-3, 0, 3], probabilities: [0.1, 0.45, 0.9] },
      } as const
      for (const americanOdds of [150, -300, 900]) {
        const { p, told } = await explained(blendOfAllKinds(calibrators[kind]), { americanOdds })
        expect(sumOf(told)).toBeCloseTo(told.logOdds, 9)
        expect(told.logOdds).toBeCloseTo(logit(p), 5)
        const isCurve = kind === 'beta' || kind === 'isotonic'
        expect(told.calibrationLogOdds === 0).toBe(!isCurve)
        for (const one of told.contributions) expect(one.probabilityPoints === null).toBe(isCurve)
      }
    },
  )

  it('is the price alone where the model knows nothing else', async () => {
    const { told } = await explained(marketBlend({ slope: 0.9, intercept: 0.05 }))
    // 2.5 is 40 %: −ln 1.5 log-odds, as a 32-bit float.
    const own = 0.9 * Math.fround(-Math.log(1.5))
    expect(told.baseLogOdds).toBeCloseTo(0.05, 12)
    expect(told.contributions).toHaveLength(1)
    expect(told.contributions[0]).toMatchObject({ feature: 'market_log_odds' })
    expect(told.contributions[0]?.logOdds).toBeCloseTo(own, 12)
    const points = 100 * (sigmoid(0.05 + own) - sigmoid(0.05))
    expect(told.contributions[0]?.probabilityPoints).toBeCloseTo(points, 9)
    expect(told.others).toEqual({ features: WIN_PROBABILITY_INPUTS.length - 1, logOdds: expect.closeTo(0, 12) })
  })

  it('says in words what it says in numbers', async () => {
    const { told } = await explained(marketBlend())
    // The price taken at its word: 40 %, and 50 % without it.
    expect(told.contributions[0]?.sentence).toBe(
      'market log odds is -0.4055, which lowers the win probability from 50.00 % to 40.00 %. ' +
        'Log-odds of the implied probability: −ln(decimalOdds − 1).',
    )
  })

  it('lists the largest contributions first, at most as many as are wanted, and the others together', async () => {
    const { told } = await explained(blendOfAllKinds(), {}, 3)
    const sizes = told.contributions.map(({ logOdds }) => Math.abs(logOdds))
    expect(sizes).toHaveLength(3)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    expect(told.others.features).toBe(WIN_PROBABILITY_INPUTS.length - 3)
    const all = (await explained(blendOfAllKinds(), {}, 100)).told
    const rest = all.contributions.slice(3).reduce((sum, { logOdds }) => sum + logOdds, 0)
    expect(told.others.logOdds).toBeCloseTo(rest, 9)
  })

  it('tells a value that is not known as null', async () => {
    const { told } = await explained(blendOfAllKinds(), { sport: 'Curling' }, 100)
    const unknown = told.contributions.filter(({ value }) => value === null)
    expect(unknown.length).toBeGreaterThan(0)
    for (const { sentence } of unknown) expect(sentence).toContain('is not known, which')
    for (const { logOdds } of told.contributions) expect(logOdds).not.toBe(0)
  })

  const inputs = { names: WIN_PROBABILITY_INPUTS, definitions: [] } as never

  it('cannot be had of trees that do not tell what they learned from, nor of a strange graph', () => {
    const nFeatures = WIN_PROBABILITY_INPUTS.length
    const split = {
      ...leafTree(0),
      ...{ feature: Int32Array.of(MARKET_LOG_ODDS_INDEX, 0, 0), threshold: new Float32Array(3) },
      ...{ left: Int32Array.of(1, -1, -1), right: Int32Array.of(2, -1, -1), missingLeft: new Uint8Array(3) },
      ...{ value: Float32Array.of(0, -1, 1), cover: Float32Array.of(1, 1, 1), gain: new Float32Array(3) },
      splitBin: new Uint8Array(3),
    }
    const bare = encodeEnsemble(singleOutput([split], nFeatures), EXPORT)
    const explain = createExplanations()
    const row = new Float32Array(nFeatures)
    expect(explain({ onnx: bare, inputs }, row, 0.5)).toEqual({ unavailable: expect.stringContaining('how many bets') })
    const ports = { inputs: [{ name: MODEL_INPUT, width: nFeatures }], outputs: [{ name: MODEL_OUTPUT, width: 1 }] }
    const nodes = [{ op: 'Sigmoid', inputs: [MODEL_INPUT], output: MODEL_OUTPUT }]
    const strange = encodeOnnx({ name: 'g', ...ports, constants: [], nodes, metadata: {} })
    expect(explain({ onnx: strange, inputs }, row, 0.5)).toEqual({
      unavailable: expect.stringContaining('another form'),
    })
  })

  it('is not told where its parts do not add up to the answer that was served', () => {
    const onnx = encodeBlend(marketBlend(), EXPORT)
    const row = new Float32Array(WIN_PROBABILITY_INPUTS.length)
    const explain = createExplanations()
    expect(explain({ onnx, inputs }, row, 0.5)).toHaveProperty('contributions')
    expect(explain({ onnx, inputs }, row, 0.50002)).toEqual({ unavailable: expect.stringContaining('do not add up') })
  })
})
