import { describe, expect, it } from 'vitest'
import { retryLines, rowInFull, rowsTable } from '../../../bin/quarantine-report.ts'
import type { QuarantinedRow } from '../../../shared/quality/quarantine.ts'
import { bet } from '../../support/bets.ts'

const SINCE_MS = Date.UTC(2025, 2, 1, 18, 5, 59)

function row(changes: Partial<QuarantinedRow> = {}): QuarantinedRow {
  return {
    ...{ id: 'ab'.repeat(32), line: 7, reason: 'unreadable_odds', field: 'odds', detail: 'odds: "x" is no price' },
    ...{ raw: 'a,x', position: 1, quarantinedAtMs: SINCE_MS, status: 'waiting', resolvedAtMs: null, releasedAs: null },
    origin: { kind: 'file', name: 'bets.csv', importId: 'import-1', format: 'Pikkit export', columns: ['id', 'odds'] },
    ...changes,
  }
}

const ofTable = row({
  ...{ id: 'cd'.repeat(32), line: null, field: null, reason: 'missing_id', raw: '{"id":null}' },
  origin: { kind: 'table', name: 'bets', runId: 'run-1' },
})

describe('rows in a table', () => {
  it('stand under their number by reason', () => {
    const byReason = [
      { reason: 'missing_id', rows: 1200 },
      { reason: 'unreadable_odds', rows: 1 },
    ]
    expect(rowsTable('waiting', { total: 1201, byReason }, [row(), ofTable]).split('\n')).toEqual([
      '1,201 rows waiting: 1,200 missing_id, 1 unreadable_odds',
      'id            where       reason           field  since',
      'abababababab  bets.csv:7  unreadable_odds  odds   2025-03-01 18:05  odds: "x" is no price',
      'cdcdcdcdcdcd  table bets  missing_id       -      2025-03-01 18:05  odds: "x" is no price',
      '2 of them shown; --reason and --limit choose others',
    ])
  })

  it('are none where there are none', () => {
    expect(rowsTable('discarded', { total: 0, byReason: [] }, [])).toBe('No row of the quarantine is discarded.')
  })
})

describe('a row in full', () => {
  it('shows its text under its header, and marks the cell to blame', () => {
    expect(rowInFull(row()).split('\n')).toEqual([
      'ab'.repeat(32),
      'bets.csv:7 (import import-1, Pikkit export), waiting since 2025-03-01 18:05',
      'unreadable_odds in odds: odds: "x" is no price',
      ...['Header', '  id,odds', 'Text', '  a,x', 'Cells', '     id    a', '  >  odds  x'],
    ])
  })

  it('shows no cells where the text has not those of the header, nor a header where none was kept', () => {
    expect(rowInFull(row({ raw: 'a,x,y' }))).not.toContain('Cells')
    const origin = { ...row().origin, columns: null } as QuarantinedRow['origin']
    expect(rowInFull(row({ origin }))).not.toContain('Header')
  })

  it('tells the table and the run of a record, and the bet that a row has become', () => {
    expect(rowInFull(ofTable).split('\n').slice(1)).toEqual([
      'table bets (pipeline run run-1), waiting since 2025-03-01 18:05',
      'missing_id: odds: "x" is no price',
      ...['Text', '  {"id":null}'],
    ])
    const resolvedAtMs = SINCE_MS + 86_400_000
    expect(rowInFull(row({ status: 'released', releasedAs: 'a', resolvedAtMs }))).toContain(
      'released into the ledger as bet a since 2025-03-02 18:05',
    )
  })
})

describe('what came of trying again', () => {
  it('says how many rows were released, refused and not tried, and why', () => {
    const result = {
      released: [{ bet: bet({ id: 'a' }), rows: [row(), row()], importId: 'import-1' }],
      refused: [{ row: row(), refusal: { reason: 'legs_missing', field: null, detail: 'one is missing' } as const }],
      untried: [ofTable, row({ origin: { ...row().origin, columns: null } as QuarantinedRow['origin'] })],
      ...{ rowsImported: 1, rowsUpdated: 0, rowsUnchanged: 1, demoBetsRemoved: 8000, ledger: [] },
    }
    expect(retryLines(result).split('\n')).toEqual([
      '2 rows released = 1 imported + 0 updated + 1 unchanged',
      '8,000 demo bets made way for your own',
      '1 row still refused',
      '  abababababab  bets.csv:7: legs_missing: one is missing',
      '2 rows not tried',
      '  cdcdcdcdcdcd  table bets: closeline pipeline --full reads its table again',
      '  abababababab  bets.csv:7: its header was not kept: import its file, or send it, again',
    ])
  })

  it('tells twenty refusals one by one, and the number of the rest', () => {
    const refused = Array.from({ length: 23 }, () => ({
      row: row(),
      refusal: { reason: 'legs_missing', field: null, detail: '' } as const,
    }))
    const counts = { rowsImported: 0, rowsUpdated: 0, rowsUnchanged: 0, demoBetsRemoved: 0, ledger: [] }
    const lines = retryLines({ released: [], refused, untried: [], ...counts }).split('\n')
    expect([lines.length, lines[1], lines.at(-1)]).toEqual([23, '23 rows still refused', '  … and 3 more'])
  })
})
