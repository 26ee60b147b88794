import { describe, expect, test } from 'vitest'
import { memberScores } from '../../../shared/blend/predict.ts'
import { fitBase } from '../../../shared/recipe/base-member.ts'
import type { LearningRows } from '../../../shared/recipe/dataset.ts'
import { MARKET_INDEX, SPORT_INDEX } from '../../../shared/recipe/inputs.ts'
import { fitMarket, marketScores } from '../../../shared/recipe/market.ts'
import { fitRecord, recordMember } from '../../../shared/recipe/record-member.ts'
import { drawnRows } from '../../support/learning-rows.ts'

const N = 4000

/** Rows of sports 1 to 4 in turn, whose results are shifted by sport and, in the first, by market 1 and 2. */
function shifted(shifts: readonly number[], ofMarkets: readonly [number, number] = [0, 0], seed = 1): LearningRows {
  const sportOf = (r: number) => 1 + (r % 4)
  const marketOf = (r: number) => 1 + (Math.floor(r / 4) % 2)
  let r = -1
  const rows = drawnRows(N, {
    seed,
    sportOf,
    winLogOdds: (x) => {
      r++
      return x + (shifts[r % 4] ?? 0) + (r % 4 === 0 ? (ofMarkets[marketOf(r) - 1] ?? 0) : 0)
    },
  })
  const columns = rows.matrix.columns.map((column, f) =>
    f === MARKET_INDEX ? column.map((_, i) => marketOf(i)) : column,
  )
  return { ...rows, matrix: { nRows: N, columns } }
}

const recordOf = (rows: LearningRows) => fitRecord(rows, fitMarket(rows))

/** Log-odds that the base adds to the market, by code of sport and market. */
function addedFor(rows: LearningRows, sport: number, market: number): number {
  const { member } = fitBase(rows)
  const one = {
    nRows: 1,
    columns: rows.matrix.columns.map((column, f) =>
      Float32Array.of(f === SPORT_INDEX ? sport : f === MARKET_INDEX ? market : (column[0] ?? 0)),
    ),
  }
  return (memberScores(member, one)[0] ?? Number.NaN) - (marketScores(fitMarket(rows), one)[0] ?? Number.NaN)
}

describe('fitBase', () => {
  test('shifts the market by what the record of a sport shows, in part', () => {
    const rows = shifted([0.5, -0.5, 0, 0])
    expect(fitBase(rows).name).toBe('record')
    expect(addedFor(rows, 1, 1)).toBeGreaterThan(0.25)
    expect(addedFor(rows, 1, 1)).toBeLessThan(0.65)
    expect(addedFor(rows, 2, 1)).toBeLessThan(-0.25)
    expect(Math.abs(addedFor(rows, 3, 1))).toBeLessThan(0.2)
  })

  test('and by that of a market within it', () => {
    const rows = shifted([0, 0, 0, 0], [0.8, -0.8])
    expect(addedFor(rows, 1, 1) - addedFor(rows, 1, 2)).toBeGreaterThan(0.6)
    expect(Math.abs(addedFor(rows, 2, 1) - addedFor(rows, 2, 2))).toBeLessThan(0.3)
  })

  test('says of a sport or market that it does not know what the sport or the market as a whole says', () => {
    const rows = shifted([0.5, -0.5, 0, 0])
    expect(Math.abs(addedFor(rows, 99, 1))).toBeLessThan(0.2)
    expect(addedFor(rows, 99, 1)).toBe(addedFor(rows, Number.NaN, 1))
    expect(addedFor(rows, 1, 99)).toBeGreaterThan(0.25)
  })

  test('is the market itself where sports do not differ, in most draws', () => {
    const named = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => fitBase(shifted([0, 0, 0, 0], [0, 0], seed)).name)
    expect(named.filter((name) => name === 'market').length).toBeGreaterThanOrEqual(6)
  })

  test('takes a shift of all sports alike for one of the market', () => {
    expect(fitBase(shifted([0.5, 0.5, 0.5, 0.5])).name).toBe('market')
  })

  test('gives sports without a name or with few bets no shift of their own', () => {
    const rows = shifted([0.5, -0.5, 0, 0])
    const column = rows.matrix.columns[SPORT_INDEX] ?? new Float32Array()
    const unknown = column.map((code, r) => (code === 1 ? 0 : code === 2 ? Number.NaN : r < 300 ? 7 : code))
    const columns = rows.matrix.columns.map((own, f) => (f === SPORT_INDEX ? unknown : own))
    const record = recordOf({ ...rows, matrix: { nRows: N, columns } })
    expect([...(record?.sports.keys() ?? [])].some((code) => !(code > 0))).toBe(false)
  })

  test('asks the sport and then the market', () => {
    const record = recordOf(shifted([0.5, -0.5, 0, 0], [0.3, -0.3]))
    if (record === undefined) throw new Error('no record')
    expect([...record.sports.keys()].toSorted()).toEqual([1, 2, 3, 4])
    const member = recordMember(record)
    if (member.kind !== 'segments') throw new Error('no segments')
    expect(member.column).toBe(SPORT_INDEX)
    expect(member.cases.map(({ member: own }) => own.kind === 'segments' && own.column)).toEqual(
      new Array(4).fill(MARKET_INDEX),
    )
  })

  test('is the same for the same rows', () => {
    const rows = shifted([0.5, -0.5, 0, 0])
    expect(fitBase(rows)).toEqual(fitBase(rows))
  })
})
