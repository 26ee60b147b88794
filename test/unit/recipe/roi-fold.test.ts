import { describe, expect, it } from 'vitest'
import type { Blend } from '../../../shared/blend/blend.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { sliceRows, takeRows } from '../../../shared/recipe/dataset.ts'
import { MARKET_LOG_ODDS_INDEX } from '../../../shared/recipe/inputs.ts'
import { predictRoiFold, runRoiFold } from '../../../shared/recipe/roi-fold.ts'
import { impliedRoi } from '../../../shared/recipe/roi-head.ts'
import { columnOf } from '../../../shared/trees/matrix.ts'
import { drawnRows, QUICK_RECIPE } from '../../support/learning-rows.ts'
import { PLAIN_MARKET } from '../../support/models.ts'
import { withReturns } from '../../support/roi-heads.ts'

const N = 1200
/** Every fifth bet is a tie, which the win probability leaves out. */
const isTie = (r: number) => r % 5 === 4
const drawn = withReturns(drawnRows(N))
const rows = {
  ...drawn,
  labels: drawn.labels.map((label, r) => (isTie(r) ? Number.NaN : label)),
  returns: drawn.returns.map((perUnit, r) => (isTie(r) ? 0 : perUnit)),
}
const decided = takeRows(
  drawn,
  Int32Array.from({ length: N }, (_, r) => r).filter((r) => !isTie(r)),
)
/** The latter half of the decided bets, from bet 600 of the ledger on. */
const FOLD = { testBegin: 480, testEnd: 960 }
const run = (overrides: Partial<typeof rows> = {}, fold = FOLD) =>
  runRoiFold({ ...rows, ...overrides }, { decided, fold }, { recipe: QUICK_RECIPE })

describe('runRoiFold', () => {
  it('is scored on every bet of the win probability’s stretch of the ledger, ties too', () => {
    const { test } = run()
    expect(test.ledgerRows[0]).toBe(600)
    expect(test.ledgerRows.at(-1)).toBe(N - 1)
    expect(test.matrix.nRows).toBe(600)
    const middle = run({}, { testBegin: 480, testEnd: 720 })
    expect(Array.from(middle.test.ledgerRows)).toEqual(Array.from({ length: 300 }, (_, i) => 600 + i))
  })

  it('learns from the bets whose results were known before', () => {
    // A bet an hour, known after three: those of hours 597 to 599 come too late.
    expect(run().learned).toBe(597)
    expect(run({ knownAtMs: rows.knownAtMs.map((at, r) => (r < 100 ? Number.POSITIVE_INFINITY : at)) }).learned).toBe(
      497,
    )
  })

  it('is steered by no result of the stretch that it is scored on', () => {
    const turned = run({
      labels: rows.labels.map((label, r) => (r >= 600 ? 1 - label : label)),
      returns: rows.returns.map((perUnit, r) => (r >= 597 ? -perUnit / 2 : perUnit)),
    })
    expect(turned.fitted).toEqual(run().fitted)
  })

  it('refuses a stretch without a return', () => {
    const early = sliceRows(rows, 0, 500)
    expect(() => runRoiFold(early, { decided, fold: FOLD })).toThrow(expect.objectContaining({ code: 'no_rows' }))
  })
})

describe('predictRoiFold', () => {
  it('has the head beside constant, price and win probability, and says what the price says where there is no head', () => {
    const fold = run()
    expect(fold.fitted.head).toBeUndefined()
    const blend: Blend = PLAIN_MARKET
    const { head, constant, priceImplied, winProbability, returns, decimalOdds, days } = predictRoiFold(fold, blend)
    expect(head).toEqual(priceImplied)
    const { market } = fold.fitted
    expect(priceImplied).toEqual(impliedRoi({ kind: 'column', score: market }, fold.test.matrix))
    expect(new Set(constant)).toEqual(new Set([fold.fitted.constant]))
    // Of the price at its word nothing is expected, but for the 32 bits of its log-odds.
    for (const roi of winProbability) expect(Math.abs(roi)).toBeLessThan(1e-6)
    const [x = Number.NaN] = columnOf(fold.test.matrix, MARKET_LOG_ODDS_INDEX)
    expect(decimalOdds[0]).toBeCloseTo(1 / sigmoid(x), 5)
    expect(returns).toEqual(fold.test.returns)
    expect([days[0], days.at(-1)]).toEqual([25, 49])
  })
})
