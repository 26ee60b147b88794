import { describe, expect, it } from 'vitest'
import { hyparquetAlertTable } from '../../../shared/adapters/hyparquet-alert-table.ts'
import type { AlertRow } from '../../../shared/usecases/alert-ports.ts'
import { ALERTS_AT_MS } from '../../support/alert-deps.ts'
import { parquetRowsOf } from '../../support/parquet-rows.ts'

const ROW: AlertRow = {
  ...{ messageId: '00000001-0', atMs: ALERTS_AT_MS, createdMs: ALERTS_AT_MS + 1, settledMs: ALERTS_AT_MS + 2 },
  ...{ rule: 'drift', key: 'drift:a', kind: 'raised', severity: 'warning', title: 'Köln 🏀', text: 'one\ntwo' },
  ...{ channel: 'sns', outcome: 'lost', attempts: 6, cause: 'down' },
}

describe('the table of alerts', () => {
  it('is Parquet that DuckDB reads back as it was', async () => {
    const long = { ...ROW, title: 'x'.repeat(5000), cause: null, text: '' }
    const { rows, types } = await parquetRowsOf(hyparquetAlertTable().encode([ROW, long]))
    expect(types).toMatchObject({ message_id: 'VARCHAR', attempts: 'INTEGER', cause: 'VARCHAR' })
    expect(types.at).toMatch(/^TIMESTAMP/)
    expect(rows).toEqual([
      {
        ...{ message_id: '00000001-0', at: new Date(ALERTS_AT_MS), created_at: new Date(ALERTS_AT_MS + 1) },
        ...{
          settled_at: new Date(ALERTS_AT_MS + 2),
          rule: 'drift',
          key: 'drift:a',
          kind: 'raised',
          severity: 'warning',
        },
        ...{ title: 'Köln 🏀', text: 'one\ntwo', channel: 'sns', outcome: 'lost', attempts: 6, cause: 'down' },
      },
      expect.objectContaining({ title: 'x'.repeat(5000), text: '', cause: null }),
    ])
  })

  it('may be empty', async () => {
    expect((await parquetRowsOf(hyparquetAlertTable().encode([]))).rows).toEqual([])
  })
})
