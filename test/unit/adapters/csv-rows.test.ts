import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CsvBatch, readCsvRows, readCsvText } from '../../../shared/adapters/csv-rows.ts'
import type { DomainError } from '../../../shared/kernel/errors.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closeline-csv-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function written(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'bets.csv')
  await writeFile(path, content)
  return path
}

/** All of a file's rows and rejections, small chunks by default so that records straddle them. */
async function readAll(content: string | Uint8Array, chunkBytes = 7) {
  const file = await readCsvRows(await written(content), chunkBytes)
  const all: CsvBatch = { records: 0, rows: [], rejections: [], bytesRead: 0 }
  for await (const batch of file.batches()) {
    expect(batch.rows.length + batch.rejections.length).toBe(batch.records)
    all.records += batch.records
    all.rows.push(...batch.rows)
    all.rejections.push(...batch.rejections)
    all.bytesRead = batch.bytesRead
  }
  expect(all.bytesRead).toBe(file.sizeBytes)
  return { ...all, columns: file.columns, encoding: file.encoding }
}

const cellsOf = ({ rows }: { rows: CsvBatch['rows'] }) => rows.map((row) => Object.values(row.cells))
const linesOf = (records: readonly { line: number }[]) => records.map(({ line }) => line)

describe('readCsvRows', () => {
  it('reads cells by column name, with the line and the text of each record', async () => {
    const { columns, rows } = await readAll('id, book \n1,FanDuel\n2,BetMGM\n')
    expect(columns).toEqual(['id', 'book'])
    expect(rows).toEqual([
      { line: 2, cells: { id: '1', book: 'FanDuel' }, raw: '1,FanDuel' },
      { line: 3, cells: { id: '2', book: 'BetMGM' }, raw: '2,BetMGM' },
    ])
  })

  it.each([1, 2, 3, 1 << 20])('reads the same in chunks of %d bytes', async (chunkBytes) => {
    const text = '\uFEFFid,info\r\n1,"a, ""b""\r\nç"\r\n\r\n2,€\r\n'
    const read = await readAll(text, chunkBytes)
    expect(cellsOf(read)).toEqual([
      ['1', 'a, "b"\r\nç'],
      ['2', '€'],
    ])
    expect(linesOf(read.rows)).toEqual([2, 5])
    expect(read.columns).toEqual(['id', 'info'])
    expect(read.encoding).toBe('utf-8')
  })

  it('can be read again from the start', async () => {
    const file = await readCsvRows(await written('id\n1\n2\n'))
    for (let pass = 0; pass < 2; pass++) {
      const lines: number[] = []
      for await (const { rows } of file.batches()) lines.push(...linesOf(rows))
      expect(lines).toEqual([2, 3])
    }
  })

  it.each([
    ['UTF-8 with its mark', Buffer.from('\uFEFFid,b\n1,é\n')],
    ['UTF-16', Buffer.from('\uFEFFid,b\n1,é\n', 'utf16le')],
    ['windows-1252 behind a UTF-8 mark', Buffer.concat([Buffer.from('\uFEFFid,b\n1,'), Buffer.of(0xe9)])],
  ])('tells every byte of a file in %s', async (_, bytes) => {
    const told: Uint8Array[] = []
    const file = await readCsvRows(await written(bytes), 3)
    for await (const batch of file.batches((some) => told.push(some))) expect(batch.bytesRead).toBeGreaterThan(0)
    expect(Buffer.concat(told)).toEqual(bytes)
  })

  it('counts a last line without a line end', async () => {
    expect(cellsOf(await readAll('id,b\n1,x'))).toEqual([['1', 'x']])
  })

  it('takes blank lines for no records, before the header too', async () => {
    const read = await readAll('\n  \nid,b\n\n1,x\n   \n\r\n')
    expect(linesOf(read.rows)).toEqual([5])
    expect(read.records).toBe(1)
  })

  it('takes a row of empty cells for a record', async () => {
    expect(cellsOf(await readAll('id,b\n,\n'))).toEqual([['', '']])
  })

  it('reads a header alone as no records', async () => {
    expect(await readAll('id,b\n')).toMatchObject({ records: 0, columns: ['id', 'b'] })
    expect(await readAll('id,b')).toMatchObject({ records: 0, columns: ['id', 'b'] })
  })

  it('leaves out cells under no name', async () => {
    expect((await readAll('id,,\n1,x,y\n')).rows[0]?.cells).toEqual({ id: '1' })
  })
})

describe('encodings', () => {
  it('reads windows-1252 where the bytes are not valid UTF-8, and says so', async () => {
    const bytes = Buffer.concat([
      Buffer.from('id,b\n1,Atl'),
      Buffer.of(0xe9),
      Buffer.from('tico '),
      Buffer.of(0x80, 0x92),
    ])
    const read = await readAll(bytes)
    expect(read.encoding).toBe('windows-1252')
    expect(cellsOf(read)).toEqual([['1', 'Atlético €’']])
  })

  it('does not let a UTF-8 mark into the first column of a windows-1252 file', async () => {
    const bytes = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from('id\nAtl'), Buffer.of(0xe9)])
    const read = await readAll(bytes, 1)
    expect(read).toMatchObject({ encoding: 'windows-1252', columns: ['id'] })
  })

  it('reads the UTF-8 of a file as such beside bytes that are none', async () => {
    const read = await readAll(
      Buffer.concat([Buffer.from('id,b\n1,Atlético\n2,Atl'), Buffer.of(0xe9), Buffer.from('tico')]),
      3,
    )
    expect(cellsOf(read)).toEqual([
      ['1', 'Atlético'],
      ['2', 'Atlético'],
    ])
  })

  it('reads UTF-16 with its mark', async () => {
    const read = await readAll(Buffer.from('\uFEFFid,b\n1,é\n', 'utf16le'))
    expect(read.encoding).toBe('utf-16le')
    expect(cellsOf(read)).toEqual([['1', 'é']])
  })

  it('rejects a record with NUL bytes, and keeps them out of its text', async () => {
    const read = await readAll('id,b\n1,x\n2,\0\0\n\0\0\0\n3,z\n')
    expect(linesOf(read.rows)).toEqual([2, 5])
    expect(read.rejections).toMatchObject([
      { line: 3, reason: 'unreadable_text', raw: '2,\u2400\u2400' },
      { line: 4, reason: 'unreadable_text' },
    ])
  })
})

describe('records that do not fit the header', () => {
  it('rejects too few and too many cells with their text, and shifts nothing', async () => {
    const read = await readAll('id,info,league\n1,Over 24.5, incl. overtime,NBA\n2,x\n3,"a, b",NBA\n4,"a",b,NBA\n')
    expect(cellsOf(read)).toEqual([['3', 'a, b', 'NBA']])
    expect(read.rejections).toEqual([
      {
        line: 2,
        reason: 'wrong_number_of_cells',
        field: null,
        detail: '4 cells, and the header has 3',
        raw: '1,Over 24.5, incl. overtime,NBA',
      },
      { line: 3, reason: 'wrong_number_of_cells', field: null, detail: '2 cells, and the header has 3', raw: '2,x' },
      {
        line: 5,
        reason: 'wrong_number_of_cells',
        field: null,
        detail: '4 cells, and the header has 3',
        raw: '4,"a",b,NBA',
      },
    ])
  })

  it('loses one line to a quote that is never closed', async () => {
    const read = await readAll('id,b\n1,x\n2,"y\n3,z\n4,w\n')
    expect(linesOf(read.rows)).toEqual([2, 4, 5])
    expect(read.rejections).toMatchObject([{ line: 3, reason: 'malformed_quotes', raw: '2,"y' }])
  })

  it('loses one line to a stray quote before soundly quoted lines', async () => {
    const read = await readAll('id,b,c\n1,"x,1\n2,"y, y",2\n3,"z",3\n')
    expect(linesOf(read.rows)).toEqual([3, 4])
    expect(linesOf(read.rejections)).toEqual([2])
  })

  it('does not join lines into a record of the wrong width', async () => {
    const read = await readAll('id,b\n1,"x\n2,y\n3,z"\n4,w\n')
    expect(cellsOf(read)).toEqual([
      ['1', 'x\n2,y\n3,z'],
      ['4', 'w'],
    ])
    const wrong = await readAll('id,b\n1,"x\n2,y\n3,z",q\n4,w\n')
    expect(linesOf(wrong.rows)).toEqual([3, 5])
    expect(linesOf(wrong.rejections)).toEqual([2, 4])
  })

  it('rejects quotes inside an unquoted cell and text after a closing quote', async () => {
    const read = await readAll('id,b\n1,6" tall\n2,"x" y\n3,z\n')
    expect(linesOf(read.rows)).toEqual([4])
    expect(read.rejections.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'malformed_quotes'],
      [3, 'malformed_quotes'],
    ])
  })

  it('accounts for a thousand lines after an open quote', async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `${i},x`)
    const read = await readAll(`id,b\n0,"open\n${lines.join('\n')}\n`, 1 << 10)
    expect(linesOf(read.rejections)).toEqual([2])
    expect(linesOf(read.rows)).toEqual(lines.map((_, i) => i + 3))
  })

  it('puts every line of arbitrary text in one record, whatever its quotes', async () => {
    const piece = fc.constantFrom('"', '""', ',', '\n', '\r\n', 'a', ' ', '\0', 'é')
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
        const body = pieces.join('')
        const { rows, rejections } = await readAll(`id,b\n${body}`, 5)
        const covered = [...rows, ...rejections].flatMap(({ line, raw }) => raw.split('\n').map((_, i) => line + i))
        const lines = body.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [i + 2]))
        expect(new Set(covered).size).toBe(covered.length)
        expect(lines.filter((line) => !covered.includes(line))).toEqual([])
        for (const row of rows) expect(Object.keys(row.cells)).toEqual(['id', 'b'])
      }),
    )
  })

  it('reads back any cells that were written with quotes', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é'), maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { maxLength: 8 }), async (table) => {
        const body = table.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
        expect(cellsOf(await readAll(['id,b', ...body].join('\r\n'), 64))).toEqual(table)
      }),
    )
  })
})

describe('readCsvText', () => {
  it.each([
    ['1,x'],
    ['1,"a, ""b""\r\nc"'],
    ['1,6" tall'],
    ['1,"open'],
    ['1,x,y'],
    ['1,\u2400'],
    ['1,x\n2,"y'],
    ['\n1,x\n\n'],
    [''],
  ])('reads %j as a file has it', async (text) => {
    const fromOne = <T extends { line: number }>(records: readonly T[]) =>
      records.map((record) => ({ ...record, line: record.line - 1 }))
    const { rows, rejections } = await readAll(`id,b\n${text}`)
    expect(readCsvText(text, ['id', 'b'])).toMatchObject({ rows: fromOne(rows), rejections: fromOne(rejections) })
  })
})

describe('files that cannot be read', () => {
  it.each([
    ['', 'empty_file'],
    ['\uFEFF', 'empty_file'],
    ['\n\n', 'empty_file'],
    ['id,book, id\n1,x,y\n', 'duplicate_column'],
    ['"id,book\n1,x\n', 'malformed_header'],
    ['x'.repeat(1_000_001), 'line_too_long'],
  ])('refuses the file %j as %s', async (content, code) => {
    await expect(readAll(content, 1 << 16)).rejects.toMatchObject({ name: 'DomainError', code })
  })

  it('says in one sentence that a file is missing', async () => {
    const path = join(folder, 'missing.csv')
    const error = await readCsvRows(path).catch((thrown: DomainError) => thrown)
    expect(error).toMatchObject({ code: 'file_not_readable', message: `cannot read ${path}: there is no such file` })
  })

  it('refuses a directory', async () => {
    await expect(readCsvRows(folder)).rejects.toMatchObject({
      code: 'file_not_readable',
      message: `cannot read ${folder}: it is a directory`,
    })
  })
})
