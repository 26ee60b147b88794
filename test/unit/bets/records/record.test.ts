import { describe, expect, it } from 'vitest'
import { toLedgerRow } from '../../../../shared/bets/records/ledger-row.ts'
import type { ParsedRecord, RecordProblem } from '../../../../shared/bets/records/record.ts'
import { parseBetRecord } from '../../../../shared/bets/records/record.ts'
import { bet } from '../../../support/bets.ts'
import { TRACKER_RECORD } from '../../../support/tracker-records.ts'

const problemIn = (parsed: ParsedRecord): RecordProblem | undefined => (parsed.ok ? undefined : parsed.problem)

describe('parseBetRecord', () => {
  it('tells a row of our table from a record of the tracker by its fields', () => {
    expect(parseBetRecord(toLedgerRow(bet()))).toEqual({ ok: true, bet: bet() })
    expect(parseBetRecord(TRACKER_RECORD)).toMatchObject({ ok: true, bet: { id: TRACKER_RECORD.id, state: 'won' } })
  })

  it('goes by the time of placement where a record has words of both layouts', () => {
    expect(parseBetRecord({ ...toLedgerRow(bet()), status: 'SETTLED_LOSS' })).toEqual({ ok: true, bet: bet() })
    expect(parseBetRecord({ ...TRACKER_RECORD, state: 'Michigan' })).toMatchObject({ ok: true, bet: { state: 'won' } })
  })

  it('tells the layout of a record without a time of placement', () => {
    const { placed_at: _, ...row } = toLedgerRow(bet())
    expect(problemIn(parseBetRecord(row))).toMatchObject({ reason: 'missing_time', field: 'placed_at' })
    const { time_placed: __, ...record } = TRACKER_RECORD
    expect(problemIn(parseBetRecord(record))).toMatchObject({ reason: 'missing_time', field: 'time_placed' })
  })

  it.each(['null', '[]', '"bet"', '7', '{}', '{"id":"a"}', '[{"status":"PLACED"}]', '{"__proto__":{"state":"won"}}'])(
    'refuses %s as no record of a bet',
    (json) => {
      expect(problemIn(parseBetRecord(JSON.parse(json)))).toMatchObject({ reason: 'unreadable_record', field: null })
    },
  )

  it('reads no field from a prototype that the JSON brings along', () => {
    const hostile = JSON.parse(
      '{"__proto__":{"status":"SETTLED_WIN"},"constructor":1,"time_placed":"2024-01-01T00:00:00Z"}',
    )
    expect(problemIn(parseBetRecord({ ...TRACKER_RECORD, ...hostile, status: undefined }))?.reason).toBe(
      'unknown_status',
    )
    expect(problemIn(parseBetRecord(Object.assign(Object.create(null), { status: 'PLACED' })))?.reason).toBe(
      'missing_id',
    )
  })
})
