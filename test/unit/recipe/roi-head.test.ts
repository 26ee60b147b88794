import { describe, expect, it } from 'vitest'
import type { Member } from '../../../shared/blend/blend.ts'
import { logit } from '../../../shared/kernel/numeric.ts'
import { MARKET_LOG_ODDS_INDEX, SPORT_INDEX, WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import { encodeRoi } from '../../../shared/recipe/roi-graph.ts'
import type { RoiHead } from '../../../shared/recipe/roi-head.ts'
import { impliedRoi, predictRoi, roiHead } from '../../../shared/recipe/roi-head.ts'
import type { FeatureMatrix } from '../../../shared/trees/matrix.ts'
import type { Tree } from '../../../shared/trees/tree.ts'
import { runOnnx } from '../../support/onnx-session.ts'
import { leafTree } from '../../support/trees.ts'

const nFeatures = WIN_PROBABILITY_INPUTS.length

/** The price taken at its word, and half a unit of log-odds above it in sport 7. */
const price = (intercept = 0): Member => ({
  kind: 'column',
  score: { column: MARKET_LOG_ODDS_INDEX, slope: 1, intercept },
})
const BY_SPORT: Member = {
  kind: 'segments',
  column: SPORT_INDEX,
  cases: [{ code: 7, member: price(0.5) }],
  fallback: price(),
}

/** A tree that tells bets in play, `is_live`, from others. */
const LIVE: Tree = {
  ...leafTree(0),
  feature: Int32Array.of(1, 0, 0),
  threshold: Float32Array.of(0.5, 0, 0),
  left: Int32Array.of(1, -1, -1),
  right: Int32Array.of(2, -1, -1),
  missingLeft: Uint8Array.of(1, 0, 0),
  splitBin: new Uint8Array(3),
  value: Float32Array.of(0, 0.25, -0.5),
  gain: new Float32Array(3),
  cover: new Float32Array(3),
}

const headOf = (base: Member, trees: readonly Tree[], weight = 0.5): RoiHead =>
  roiHead(trees, { nFeatures, base, weight })

/** Rows of a price, whether they are in play, and a sport. */
function rowsOf(...rows: [decimalOdds: number, isLive: number, sport?: number][]): FeatureMatrix {
  const columns = WIN_PROBABILITY_INPUTS.map(() => new Float32Array(rows.length).fill(Number.NaN))
  for (const [r, [odds, isLive, sport]] of rows.entries()) {
    ;(columns[MARKET_LOG_ODDS_INDEX] as Float32Array)[r] = logit(1 / odds)
    ;(columns[1] as Float32Array)[r] = isLive
    ;(columns[SPORT_INDEX] as Float32Array)[r] = sport ?? 1
  }
  return { nRows: rows.length, columns }
}

describe('an ROI head', () => {
  it('adds its trees at their weight to what the price implies', () => {
    const roi = predictRoi(headOf(price(), [LIVE]), rowsOf([2, 0], [5, 0], [2, 1], [2, Number.NaN]))
    // The price at its word implies 0; not in play 0.25, in play −0.5, missing as not in play; half of each.
    expect(roi[0]).toBeCloseTo(0.125, 6)
    expect(roi[1]).toBeCloseTo(0.125, 6)
    expect(roi[2]).toBeCloseTo(-0.25, 6)
    expect(roi[3]).toBeCloseTo(0.125, 6)
  })

  it('starts from the base’s probability: d · q − 1', () => {
    // Even money, log-odds of 0.5: q = 0.6224593, 2q − 1 = 0.2449187; evens elsewhere.
    const roi = impliedRoi(BY_SPORT, rowsOf([2, 0, 7], [2, 0, 8]))
    expect(roi[0]).toBeCloseTo(0.2449187, 6)
    expect(roi[1]).toBeCloseTo(0, 6)
    expect(predictRoi(headOf(BY_SPORT, [LIVE]), rowsOf([2, 0, 7]))[0]).toBeCloseTo(0.3699187, 6)
  })

  it('expects no less than the stake lost and no more than a win', () => {
    const generous = headOf(price(), [leafTree(30)], 1)
    const gloomy = headOf(price(), [leafTree(-3)], 1)
    const rows = rowsOf([1.1, 0], [2, 0], [11, 0])
    for (const [r, most] of [0.1, 1, 10].entries()) expect(predictRoi(generous, rows)[r]).toBeCloseTo(most, 5)
    expect(Array.from(predictRoi(gloomy, rows))).toEqual([-1, -1, -1])
  })

  it('expects nothing of a bet without a price', () => {
    expect(predictRoi(headOf(price(), [LIVE]), rowsOf([Number.NaN, 0]))[0]).toBeNaN()
  })
})

describe('the file of an ROI head', () => {
  const PRICES = [1.01, 1.02, 1.1, 1.5, 1.909, 2, 3.3, 11, 51, 101, Number.NaN]
  const rows = rowsOf(
    ...PRICES.flatMap((odds): [number, number, number][] => [
      [odds, 0, 7],
      [odds, 1, 7],
      [odds, Number.NaN, 3],
      [odds, 0.5, Number.NaN],
    ]),
  )
  const options = { input: 'features', output: 'expected_return', graphName: 'test' }

  it.each([
    ['a price alone', headOf(price(0.1), [LIVE])],
    ['shifts by sport', headOf(BY_SPORT, [LIVE, LIVE, leafTree(0.013)], 0.75)],
    ['a head at its upper bound', headOf(price(), [leafTree(200)], 1)],
    ['a head at its lower bound', headOf(price(), [leafTree(-200)], 1)],
  ])('says what our own arithmetic says, missing prices included, of %s', async (_, head) => {
    const said = await runOnnx(encodeRoi(head, options), rows)
    const own = predictRoi(head, rows)
    expect(own.filter((roi) => Number.isNaN(roi))).toHaveLength(4)
    for (const [r, roi] of own.entries()) {
      if (Number.isNaN(roi)) expect(said[r]).toBeNaN()
      else expect(Math.abs((said[r] ?? Number.NaN) - roi)).toBeLessThan(1e-5)
    }
  })

  it('is refused where a leaf is no number', () => {
    expect(() => encodeRoi(headOf(price(), [leafTree(Number.NaN)]), options)).toThrow(
      expect.objectContaining({ code: 'model_not_finite' }),
    )
  })
})
