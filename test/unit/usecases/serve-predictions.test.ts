import { beforeEach, describe, expect, it } from 'vitest'
import type { HighGradeBet } from '../../../shared/config/events.ts'
import { encodeEvent } from '../../../shared/config/events.ts'
import type { LoggedPrediction } from '../../../shared/performance/served-prediction.ts'
import { WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import type { AskedBet, ServeDeps } from '../../../shared/usecases/serve-predictions.ts'
import { servePredictions } from '../../../shared/usecases/serve-predictions.ts'
import { bet } from '../../support/bets.ts'
import { memoryMetrics } from '../../support/memory-metrics.ts'
import { fixedScorer, MODELS_MADE_MS } from '../../support/models.ts'
import { fixedServing } from '../../support/serving.ts'

const asked: AskedBet = {
  ...{ sport: 'Basketball', league: 'NBA', market: 'Player Points', book: 'DraftKings' },
  ...{ betType: 'straight', americanOdds: 110, isLive: false, clvPct: null },
}

describe('servePredictions', () => {
  let metrics: ReturnType<typeof memoryMetrics>
  let logged: LoggedPrediction[]
  let told: { key: string; bet: HighGradeBet }[]
  let deps: ServeDeps

  async function serve(p: number, history = 0): Promise<void> {
    const ledger = Array.from({ length: history }, (_, i) => bet({ id: `bet-${i}`, market: 'Player Points' }))
    const named = bet({ id: 'named', sport: 'Fußball', market: 'Spread', state: 'open', settledAtMs: null })
    let now = 0
    deps = {
      model: await fixedServing({ ledger: [...ledger, named], load: fixedScorer(p) }),
      clock: () => MODELS_MADE_MS,
      stopwatch: () => (now += 0.25),
      log: { append: (entries) => void logged.push(...entries) },
      highGrade: { tell: (key, make) => void told.push({ key, bet: make() }) },
      metrics,
    }
  }

  beforeEach(() => {
    metrics = memoryMetrics()
    logged = []
    told = []
  })

  const ask = (...bets: Partial<AskedBet>[]) =>
    servePredictions(deps, { requestId: 'r-1', keyId: 'k-1', bets: bets.map((one) => ({ ...asked, ...one })) })

  it('notes each answer with what the model was asked', async () => {
    await serve(0.5, 3)
    const { predictions, values } = await ask({}, { isLive: true, clvPct: 2.5 })
    expect(logged).toHaveLength(2)
    expect(logged.map(({ requestId, keyId, index, clvPct }) => [requestId, keyId, index, clvPct])).toEqual([
      ['r-1', 'k-1', 0, null],
      ['r-1', 'k-1', 1, 2.5],
    ])
    const width = WIN_PROBABILITY_INPUTS.length
    expect(logged[1]).toMatchObject({ decimalOdds: 2.1, isLive: true, latencyMs: 0.25, winProbability: 0.5 })
    expect(logged[1]?.featureNames).toEqual(WIN_PROBABILITY_INPUTS)
    expect(logged[1]?.featureValues).toEqual(values.slice(width, 2 * width))
    expect(logged[1]?.atMs).toBe(predictions[1]?.predictedAtMs)
  })

  it('is not moved by a closing-line value', async () => {
    await serve(0.5)
    const [without, ...others] = await Promise.all([null, -99, 0, 1e9].map((clvPct) => ask({ clvPct })))
    for (const other of others) {
      expect(other.predictions).toEqual(without?.predictions)
      expect(other.values).toEqual(without?.values)
    }
  })

  it('counts answers by sport, market and grade, those alike together', async () => {
    await serve(0.5, 3)
    await ask({}, {}, { americanOdds: -200 })
    const counts = metrics.of('predictions_total').map(({ value, dimensions }) => [value, dimensions])
    expect(counts).toEqual([
      [2, { sport: 'Basketball', market: 'Player Points', grade: 'D' }],
      [1, { sport: 'Basketball', market: 'Player Points', grade: 'F' }],
    ])
    expect(metrics.of('prediction_latency')).toMatchObject([{ value: 0.25, unit: 'Milliseconds', dimensions: {} }])
  })

  it('counts under a name only where the ledger has it and a metric may bear it', async () => {
    await serve(0.5, 3)
    await ask({ sport: 'Curling' }, { sport: 'Fußball' }, { market: 'x'.repeat(200) }, { sport: '__proto__' })
    const dimensions = metrics.of('predictions_total').map((record) => record.dimensions)
    expect(dimensions).toEqual([
      { sport: 'other', market: 'Player Points', grade: 'D' },
      { sport: 'Basketball', market: 'other', grade: 'D' },
    ])
    expect(metrics.of('predictions_total').map(({ value }) => value)).toEqual([3, 1])
  })

  it('tells of bets graded A or B, as an event that can be sent', async () => {
    await serve(0.6, 600)
    await ask({}, { americanOdds: -1000 })
    expect(told).toHaveLength(1)
    const expected = {
      ...{ type: 'HighGradeBet', grade: 'A', requestId: 'r-1', sport: 'Basketball', americanOdds: 110, origin: 'own' },
      decimalOdds: 2.1,
      expectedRoiPct: expect.closeTo(26, 4),
      recommendedStakePct: 5,
    }
    expect(JSON.parse(encodeEvent(told[0]?.bet as HighGradeBet))).toMatchObject({ type: 'HighGradeBet', grade: 'A' })
    expect(told[0]?.bet).toMatchObject(expected)
    expect(metrics.of('high_grade_bets_total')).toMatchObject([{ value: 1, dimensions: { grade: 'A' } }])
  })

  it('keeps apart bets that differ in anything that is asked', async () => {
    await serve(0.6, 600)
    const others: Partial<AskedBet>[] = [
      {},
      { league: 'WNBA' },
      { book: 'FanDuel' },
      { betType: 'parlay' },
      { americanOdds: 111 },
      { isLive: true },
      { league: 'NBA","Player', book: 'DraftKings' },
    ]
    await ask(...others, { clvPct: 3 })
    expect(told).toHaveLength(8)
    expect(new Set(told.map(({ key }) => key)).size).toBe(7)
  })

  it('notes, counts and tells nothing where there is no answer', async () => {
    await serve(Number.NaN)
    await expect(ask({})).rejects.toThrow('answered NaN')
    expect([logged, told, metrics.records]).toEqual([[], [], []])
  })
})
