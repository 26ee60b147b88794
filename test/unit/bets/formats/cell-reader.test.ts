import { describe, expect, it } from 'vitest'
import { parseRowByRow, readCells, rejectionOf } from '../../../../shared/bets/formats/cell-reader.ts'
import { betId, flag } from '../../../../shared/bets/formats/fields.ts'
import { sourceRow } from '../../../support/source-rows.ts'

describe('readCells', () => {
  it('gives null for a column that is absent and for a cell that is blank', () => {
    const cells = readCells(sourceRow({ is_live: '  ' }))
    expect(cells.read('is_live', flag)).toBeNull()
    expect(cells.read('is_win', flag)).toBeNull()
    expect(cells.problem()).toBeUndefined()
  })

  it('trims before it parses', () => {
    expect(readCells(sourceRow({ is_live: ' true\r' })).read('is_live', flag)).toBe(true)
  })

  it('remembers the first problem, with the value that made it', () => {
    const cells = readCells(sourceRow({ is_live: 'perhaps', is_win: 'no' }))
    expect(cells.read('is_live', flag)).toBeNull()
    expect(cells.read('is_win', flag)).toBeNull()
    expect(cells.problem()).toEqual({
      reason: 'unreadable_flag',
      field: 'is_live',
      detail: 'is_live: "perhaps" is neither true nor false',
    })
  })

  it('refuses a blank cell that is required', () => {
    const cells = readCells(sourceRow({ id: '' }))
    expect(cells.require('id', betId, 'missing_id')).toBeNull()
    expect(cells.problem()).toEqual({ reason: 'missing_id', field: 'id', detail: 'id is blank' })
  })
})

it('carries line and raw text into a rejection', () => {
  const row = sourceRow({ id: 'a', status: 'b' }, 17)
  expect(rejectionOf(row, { reason: 'unknown_status', field: 'status', detail: 'd' })).toEqual({
    line: 17,
    reason: 'unknown_status',
    field: 'status',
    detail: 'd',
    raw: 'a,b',
  })
})

it('parses no rows into nothing', () => {
  expect(parseRowByRow([], () => ({ reason: 'missing_id', field: null, detail: '' }))).toEqual({
    bets: [],
    rejections: [],
  })
})
