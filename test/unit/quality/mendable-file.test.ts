import { describe, expect, it } from 'vitest'
import { mendableFiles, takeQuarantineId } from '../../../shared/quality/mendable-file.ts'
import type { QuarantinedRow, QuarantineOrigin } from '../../../shared/quality/quarantine.ts'

function row(id: string, raw: string, origin: Partial<QuarantineOrigin> = {}): QuarantinedRow {
  const file = {
    kind: 'file',
    name: 'bets.csv',
    importId: 'import-1',
    format: 'Pikkit export',
    columns: ['id', 'a, "b"'],
  }
  return {
    ...{ id, raw, origin: { ...file, ...origin } as QuarantineOrigin, line: 2, position: 1, quarantinedAtMs: 0 },
    ...{ reason: 'missing_id', field: null, detail: '', status: 'waiting', resolvedAtMs: null, releasedAs: null },
  }
}

describe('mendableFiles', () => {
  it('puts each row, as it stood, behind its id under its header', () => {
    const rows = [row('1f', 'x,"a\nb"'), row('2e', 'broken "quote'), row('3d', '', { importId: 'import-2' } as never)]
    expect(mendableFiles(rows)).toEqual([
      {
        ...{ format: 'Pikkit export', rows: 3 },
        text: '\uFEFFquarantine_id,id,"a, ""b"""\n1f,x,"a\nb"\n2e,broken "quote\n3d,\n',
      },
    ])
  })

  it('makes one file for each layout, and none of rows without a header', () => {
    const rows = [
      row('1f', 'x'),
      row('2e', 'y', { columns: ['id'] } as never),
      row('3d', 'z', { format: 'Closeline ledger' } as never),
      row('4c', '{}', { kind: 'table', runId: 'run-1' } as never),
      row('5b', 'w', { columns: null } as never),
    ]
    expect(mendableFiles(rows).map(({ format, rows: n, text }) => [format, n, text.split('\n')[1]])).toEqual([
      ['Pikkit export', 1, '1f,x'],
      ['Pikkit export', 1, '2e,y'],
      ['Closeline ledger', 1, '3d,z'],
    ])
    expect(mendableFiles([])).toEqual([])
  })
})

describe('takeQuarantineId', () => {
  it.each([
    ['1f,x,"y"', '1f', 'x,"y"'],
    ['"1f",x', '1f', 'x'],
    [' 1f ,x', '1f', 'x'],
    ['1f', '1f', ''],
    ['1f,', '1f', ''],
    [',x', undefined, 'x'],
    ['"",x', undefined, 'x'],
    ['1f,a "b', '1f', 'a "b'],
    ['"1f,x', undefined, '"1f,x'],
    ['1f"x,y', undefined, '1f"x,y'],
    ['', undefined, ''],
  ])('parts %j', (text, id, raw) => {
    expect(takeQuarantineId(text)).toEqual({ id, raw })
  })
})
