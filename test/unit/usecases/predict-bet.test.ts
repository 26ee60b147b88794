import { describe, expect, it } from 'vitest'
import { DomainError, InvariantError, UpstreamError } from '../../../shared/kernel/errors.ts'
import { isCode, MARKET_LOG_ODDS_INDEX, WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import type { BetQuestion } from '../../../shared/usecases/bet-prediction.ts'
import { predictBet } from '../../../shared/usecases/predict-bet.ts'
import type { ServingModel } from '../../../shared/usecases/serving-model.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { modelRows } from '../../support/learning-rows.ts'
import { fixedScorer, MODELS_MADE_MS, modelVersion } from '../../support/models.ts'
import { fixedServing } from '../../support/serving.ts'

const question: BetQuestion = {
  ...{ sport: 'Basketball', league: 'NBA', market: 'Player Points', book: 'DraftKings' },
  ...{ betType: 'straight', americanOdds: 100, isLive: false },
}

const { manifest } = await modelVersion()

/** A model in service that answers p, with `bets` settled bets of the question's sport and market behind it. */
async function serving(p: number, bets = 0, lookedAtMs = MODELS_MADE_MS) {
  const ledger = Array.from({ length: bets }, (_, i) => bet({ id: `bet-${i}`, state: i % 2 === 0 ? 'won' : 'lost' }))
  const load = fixedScorer(p)
  const model = await fixedServing({ ledger, load, lookedAtMs })
  return { model, clock: () => MODELS_MADE_MS, asked: load.asked, ledger }
}

describe('predictBet', () => {
  it.each([
    { p: 0.55, americanOdds: 100, expectedReturn: 0.1, kelly: 0.1, stakeShare: 0.025 },
    { p: 0.6, americanOdds: 150, expectedReturn: 0.5, kelly: 1 / 3, stakeShare: 0.05 },
    { p: 0.5, americanOdds: -110, expectedReturn: 0.5 * (1 + 10 / 11) - 1, kelly: 0, stakeShare: 0 },
    { p: 0.2, americanOdds: 500, expectedReturn: 0.2, kelly: 0.04, stakeShare: 0.01 },
  ])('makes expected return, Kelly and stake of p = $p at $americanOdds', async ({ p, americanOdds, ...figures }) => {
    const answer = await predictBet(await serving(p), { ...question, americanOdds })
    // A model answers in 32-bit floats.
    expect(answer.winProbability).toBeCloseTo(p, 6)
    expect(answer.expectedReturn).toBeCloseTo(figures.expectedReturn, 5)
    expect(answer.kelly).toBeCloseTo(figures.kelly, 5)
    expect(answer.stakeShare).toBeCloseTo(figures.stakeShare, 5)
  })

  it('keeps return and Kelly exact functions of the probability that it tells', async () => {
    const { winProbability: p, expectedReturn, kelly } = await predictBet(await serving(0.53), question)
    expect(expectedReturn).toBe(p * 2 - 1)
    expect(kelly).toBe((p * 2 - 1) / 1)
  })

  it('has no confidence and no bounds without history', async () => {
    const answer = await predictBet(await serving(0.6), question)
    expect(answer).toMatchObject({ historyBets: 0, confidence: 0, grade: 'D' })
    expect(answer.probabilityInterval.low).toBe(0)
    expect(answer.probabilityInterval.high).toBe(1)
  })

  it('counts the history of the sport and market, whatever league, book or price', async () => {
    const other = { league: 'WNBA', book: 'FanDuel', americanOdds: -500, isLive: true, betType: 'parlay' } as const
    const deps = await serving(0.5, 200)
    expect((await predictBet(deps, { ...question, ...other })).historyBets).toBe(200)
    expect((await predictBet(deps, { ...question, market: 'Moneyline' })).historyBets).toBe(0)
    expect((await predictBet(deps, { ...question, sport: 'Tennis' })).historyBets).toBe(0)
  })

  it('puts p inside an interval that history narrows', async () => {
    const width = async (bets: number) => {
      const { winProbability: p, probabilityInterval: of } = await predictBet(await serving(0.55, bets), question)
      expect(of.low).toBeLessThan(p)
      expect(of.high).toBeGreaterThan(p)
      return of.high - of.low
    }
    expect(await width(400)).toBeLessThan((await width(100)) * 0.51)
  })

  it('tells model, data and instant', async () => {
    const answer = await predictBet(await serving(0.5), question)
    expect(answer).toMatchObject({ modelVersion: manifest.version, origin: 'own', predictedAtMs: MODELS_MADE_MS })
  })

  it('asks the model about the features that training would have computed', async () => {
    const deps = await serving(0.5, 20)
    await predictBet(deps, question)
    const asked = { ...bet({ id: 'asked', state: 'open', settledAtMs: null }), placedAtMs: MODELS_MADE_MS }
    const { columns } = modelRows([...deps.ledger, asked])
    expect(deps.asked).toEqual([Float32Array.from(columns, (column) => column[20] ?? 99)])
    expect(deps.asked[0]?.[MARKET_LOG_ODDS_INDEX]).toBeCloseTo(0, 12)
  })

  it('counts no history, and says which features are stale, once their time to live has passed', async () => {
    const day = 24 * 3_600_000
    const fresh = await predictBet(await serving(0.5, 200, MODELS_MADE_MS - day), question)
    expect(fresh).toMatchObject({ historyBets: 200, staleFeatures: [], featuresAsOfMs: MODELS_MADE_MS - day })
    const deps = await serving(0.5, 200, MODELS_MADE_MS - day - 1)
    const stale = await predictBet(deps, question)
    expect(stale).toMatchObject({ historyBets: 0, confidence: 0, featuresAsOfMs: MODELS_MADE_MS - day - 1 })
    expect(stale.staleFeatures).toEqual(WIN_PROBABILITY_INPUTS.slice(3).filter((_, f) => !isCode(f + 3)))
    const [vector] = deps.asked
    WIN_PROBABILITY_INPUTS.forEach((name, f) => {
      if (name.endsWith('_residual')) expect(vector?.[f]).toBeNaN()
      if (name.endsWith('_count')) expect(vector?.[f]).toBe(0)
    })
  })

  it('answers for the moment after the last bet known where the clock is behind', async () => {
    const deps = await serving(0.5, 4)
    const early = await predictBet({ model: deps.model, clock: () => LEDGER_START_MS - 60_000 }, question)
    expect(early).toMatchObject({ historyBets: 0, predictedAtMs: LEDGER_START_MS - 60_000 })
  })

  it('looks after the model in the background at every call', async () => {
    const deps = await serving(0.5)
    await predictBet(deps, question)
    await predictBet(deps, question)
    expect(deps.model.looks).toBe(2)
  })

  it.each([-10_000, -100, 100, 10_000])('takes American odds of %i', async (americanOdds) => {
    expect((await predictBet(await serving(0.5), { ...question, americanOdds })).winProbability).toBe(0.5)
  })

  it.each([0, 99, -99, 10_001, -10_001, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses American odds of %s',
    async (americanOdds) => {
      const deps = await serving(0.5)
      const refusal = predictBet(deps, { ...question, americanOdds })
      await expect(refusal).rejects.toBeInstanceOf(DomainError)
      await expect(refusal).rejects.toMatchObject({ code: 'odds_out_of_range', field: 'odds' })
      expect(deps.asked).toEqual([])
    },
  )

  it.each([0, 1, -0.1, 1.5, Number.NaN])('is a bug of ours where a model answers %s', async (p) => {
    await expect(predictBet(await serving(p), question)).rejects.toBeInstanceOf(InvariantError)
  })

  it('is unavailable while no model serves, and says why', async () => {
    const { model, clock } = await serving(0.5)
    const without: ServingModel = { ...model, current: () => undefined, problem: () => 'no model has been trained yet' }
    const failure = predictBet({ model: without, clock }, question)
    await expect(failure).rejects.toBeInstanceOf(UpstreamError)
    await expect(failure).rejects.toThrow('no model has been trained yet')
  })
})
