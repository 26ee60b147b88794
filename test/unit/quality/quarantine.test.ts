import { describe, expect, it } from 'vitest'
import type { QuarantineOrigin, RefusedRow } from '../../../shared/quality/quarantine.ts'
import { keyRefusals } from '../../../shared/quality/quarantine.ts'

const origin: QuarantineOrigin = {
  ...{ kind: 'file', name: 'bets.csv', importId: 'import-1' },
  ...{ format: 'Pikkit export', columns: ['id', 'odds'] },
}
const row: RefusedRow = { line: 2, reason: 'missing_id', field: 'id', detail: 'id is blank', raw: ',2.0' }

const keys = (from: QuarantineOrigin, ...rows: RefusedRow[]) => keyRefusals(from, rows).map(({ key }) => key)

describe('a refused row', () => {
  it('is the same wherever it stands, whatever the file is called and whatever is wrong with it', () => {
    const later = { ...origin, name: 'later.csv', importId: 'import-2' }
    expect(keys(later, { ...row, line: 9, reason: 'unreadable_odds', field: 'odds' })).toEqual(keys(origin, row))
  })

  it('is another where the text, the header, the layout or its number among equals differs', () => {
    const others = [
      ...keys(origin, row, row, { ...row, raw: ',2.1' }),
      ...keys({ ...origin, columns: ['odds', 'id'] }, row),
      ...keys({ ...origin, columns: ['id,odds'] }, row),
      ...keys({ ...origin, format: 'Closeline ledger' }, row),
      ...keys({ kind: 'table', name: 'bets', runId: 'run-1' }, row),
      ...keys({ kind: 'table', name: 'slips', runId: 'run-1' }, row),
    ]
    expect(new Set(others).size).toBe(8)
  })
})
