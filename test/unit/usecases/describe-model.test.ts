import { describe, expect, it } from 'vitest'
import type { Blend, Member } from '../../../shared/blend/blend.ts'
import { learningRows } from '../../../shared/recipe/dataset.ts'
import {
  MARKET_INDEX,
  MARKET_LOG_ODDS_INDEX,
  SPORT_INDEX,
  WIN_PROBABILITY_INPUTS,
} from '../../../shared/recipe/inputs.ts'
import { scoreboardOf } from '../../../shared/recipe/scoreboard.ts'
import { singleOutput } from '../../../shared/trees/ensemble.ts'
import {
  codesOf,
  contributionsOf,
  hasOtherCodes,
  instantOf,
  membersOf,
  storedScoreboard,
} from '../../../shared/usecases/describe-model.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { drawnRows, modelRows } from '../../support/learning-rows.ts'
import { modelVersion, PLAIN_MARKET } from '../../support/models.ts'
import { leafTree } from '../../support/trees.ts'

const DAY_MS = 86_400_000
const price = (slope: number): Member => ({
  kind: 'column',
  score: { column: MARKET_LOG_ODDS_INDEX, slope, intercept: 0 },
})
const segments = (column: number, ...codes: number[]): Member => ({
  ...{ kind: 'segments', column, fallback: price(1) },
  cases: codes.map((code) => ({ code, member: price(code) })),
})
const blendOf = (...members: [number, Member][]): Blend => ({
  ...PLAIN_MARKET,
  members: members.map(([weight, member], k) => ({ name: `m${k}`, weight, member })),
})
const forest = (n: number): Member => ({
  kind: 'forest',
  trees: singleOutput(
    Array.from({ length: n }, () => leafTree(0.1)),
    WIN_PROBABILITY_INPUTS.length,
  ),
})

/** Tennis, then golf, then tennis, twice each; codes are given in that order from the second bet of a name. */
const sports = ['Tennis', 'Golf', 'Tennis', 'Golf', 'Tennis', 'Golf', null]
const ledger = modelRows(
  sports.map((sport, r) =>
    bet({
      ...{ id: `b${r}`, sport, market: r < 4 ? 'Moneyline' : 'Total', state: r % 3 === 0 ? 'lost' : 'won' },
      ...{ placedAtMs: LEDGER_START_MS + r * DAY_MS, settledAtMs: LEDGER_START_MS + r * DAY_MS + 1 },
    }),
  ),
)
const rows = learningRows(ledger)
const codeOf = (field: number, r: number) => rows.matrix.columns[field]?.[r] ?? Number.NaN
const [tennis, golf] = [codeOf(SPORT_INDEX, 2), codeOf(SPORT_INDEX, 3)]

describe('membersOf', () => {
  it('counts the trees of every member, those of segments together', () => {
    const nested: Member = {
      ...{ kind: 'segments', column: SPORT_INDEX, fallback: forest(1) },
      cases: [
        { code: 1, member: forest(3) },
        { code: 2, member: price(1) },
      ],
    }
    expect(membersOf(blendOf([0.5, price(1)], [0.25, forest(7)], [0, nested]))).toEqual([
      { name: 'm0', weight: 0.5, trees: 0 },
      { name: 'm1', weight: 0.25, trees: 7 },
      { name: 'm2', weight: 0, trees: 4 },
    ])
  })
})

describe('codesOf', () => {
  it('names the codes that are asked for, and no others', () => {
    expect(codesOf(blendOf([1, segments(SPORT_INDEX, golf)]), rows, ledger.bets)).toEqual({
      sport: { Golf: golf },
      market: {},
    })
    const nested: Member = {
      ...{ kind: 'segments', column: SPORT_INDEX, fallback: segments(MARKET_INDEX, codeOf(MARKET_INDEX, 2)) },
      cases: [{ code: tennis, member: price(1) }],
    }
    expect(codesOf(blendOf([1, nested]), rows, ledger.bets)).toEqual({
      sport: { Tennis: tennis },
      market: { Moneyline: codeOf(MARKET_INDEX, 2) },
    })
  })

  it('is empty where no code is asked for', () => {
    expect(codesOf(PLAIN_MARKET, rows, ledger.bets)).toEqual({ sport: {}, market: {} })
  })
})

describe('hasOtherCodes', () => {
  const asked = async (sport: Record<string, number>, market: Record<string, number> = {}) =>
    hasOtherCodes((await modelVersion(PLAIN_MARKET, { codes: { sport, market } })).manifest, ledger)

  it('holds where a name has another code, and not where it has the same or is not there', async () => {
    expect(await asked({ Tennis: tennis, Golf: golf }, { Moneyline: codeOf(MARKET_INDEX, 2) })).toBe(false)
    expect(await asked({ Tennis: golf })).toBe(true)
    expect(await asked({}, { Moneyline: 77 })).toBe(true)
    expect(await asked({ Curling: 1 })).toBe(false)
    expect(await asked({})).toBe(false)
  })
})

describe('contributionsOf', () => {
  const drawn = drawnRows(3000)

  it('is the mean absolute contribution over the latest 2,000 rows, the largest first, none of zero', () => {
    const blend = blendOf(
      [0.5, price(2)],
      [
        1,
        {
          kind: 'linear',
          score: { columns: [5, 3], means: [0, 0], scales: [1, 1], coefficients: [10, 0], intercept: 3 },
        },
      ],
    )
    const late = (f: number, scale: number) =>
      (drawn.matrix.columns[f] ?? new Float32Array()).slice(1000).reduce((sum, x) => sum + Math.abs(scale * x), 0) /
      2000
    expect(contributionsOf(blend, drawn, WIN_PROBABILITY_INPUTS)).toEqual([
      { feature: WIN_PROBABILITY_INPUTS[5], meanAbsolute: expect.closeTo(late(5, 10), 10) },
      { feature: 'market_log_odds', meanAbsolute: expect.closeTo(late(MARKET_LOG_ODDS_INDEX, 1), 10) },
    ])
  })
})

describe('storedScoreboard', () => {
  it('keeps the span of the test rows, and an undefined AUC as null', () => {
    const won = drawnRows(72)
    const test = { ...won, labels: new Float64Array(72).fill(1) }
    const half = new Float64Array(72).fill(0.5)
    const scores = scoreboardOf({ test, model: half, implied: half, recalibratedImplied: half, baseRate: half })
    const stored = storedScoreboard(scores, test)
    expect(stored).toMatchObject({ testFrom: '1970-01-01T00:00:00.000Z', testTo: '1970-01-03T23:00:00.000Z' })
    expect(stored.model.auc).toBeNull()
    expect(stored.model.logLoss).toBeCloseTo(Math.LN2, 12)
    expect(stored.modelMinusImplied).toMatchObject({ mean: 0, clusters: 3 })
    expect(instantOf(test, 1)).toBe('1970-01-01T01:00:00.000Z')
  })
})
