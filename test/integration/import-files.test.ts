import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { readBetFile } from '../../bin/bet-file.ts'
import { quarantineCommand } from '../../bin/commands/quarantine.ts'
import type { Workspace } from '../../bin/workspace/workspace.ts'
import { openWorkspace } from '../../bin/workspace/workspace.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import { importBets } from '../../shared/usecases/import-bets.ts'
import { juiceReelRecords, pikkitRecord } from '../support/export-rows.ts'
import { HEADERS } from '../support/source-rows.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let workspace: Workspace
let files = 0

beforeAll(async () => {
  folder = await temporaryFolder()
  workspace = await openWorkspace({ dataDir: join(folder.path, 'data'), progress: silentProgress, whenHeld: 'refuse' })
})

afterAll(async () => {
  await workspace.close()
  await folder[Symbol.asyncDispose]()
})

async function written(content: string | Uint8Array, extension = 'csv'): Promise<string> {
  const path = join(folder.path, `bets-${++files}.${extension}`)
  await writeFile(path, content)
  return path
}

/** Imports a file into what the workspace has. */
async function imported(path: string) {
  const file = await readBetFile(path, silentProgress)
  const { report, ledger } = await importBets(workspace, file, await workspace.bets.all())
  const { rowsRead, rowsImported, rowsUpdated, rowsUnchanged, rowsQuarantined } = report
  const rows = await workspace.quarantine.list({ importId: report.id }, 1000)
  return {
    report,
    counts: [rowsRead, rowsImported, rowsUpdated, rowsUnchanged, rowsQuarantined],
    refused: rows.map(({ line, reason }) => `${line} ${reason}`),
    ledger: new Map(ledger.map((bet) => [bet.id, bet])),
    rows,
  }
}

/** Imports a file twice: every row is accounted for, and the second time nothing is new. */
async function importedTwice(path: string) {
  const first = await imported(path)
  const [read = 0, ...parts] = first.counts
  expect(parts.reduce((sum, n) => sum + n)).toBe(read)
  expect(first.refused).toHaveLength(parts.at(-1) ?? -1)
  const second = await imported(path)
  expect(second.counts).toEqual([read, 0, 0, read - first.refused.length, first.refused.length])
  expect([second.refused, second.ledger]).toEqual([[], first.ledger])
  expect(second.report.fileSha256).toBe(first.report.fileSha256)
  expect((await workspace.imports.find(first.report.id))[0]).toEqual(first.report)
  return first
}

const lines = (...texts: string[]) => `${texts.join('\n')}\n`

describe('a Pikkit export', () => {
  const LIFE: [id: string, cells: Record<string, string>, state: Bet['state']][] = [
    ['won', {}, 'won'],
    ['lost', { status: 'SETTLED_LOSS', profit: '-25.0' }, 'lost'],
    ['push', { status: 'SETTLED_PUSH', profit: '0.0' }, 'push'],
    ['void', { status: 'SETTLED_VOID', profit: '0.0', closing_line: '', ev: '' }, 'void'],
    ['cashed', { status: 'SETTLED_CASHOUT', profit: '4.37' }, 'cashed_out'],
    ['open', { status: 'PLACED', profit: '', time_settled: '', time_settled_iso: '' }, 'open'],
    ['free', { status: 'SETTLED_LOSS', profit: '0.0' }, 'lost'],
    ['parlay', { type: 'parlay', odds: '6.43', bet_info: 'Over 2 | Jokić "MVP", yes', leagues: 'NBA | NFL' }, 'won'],
    ['live', { tags: 'Live, Boost', sportsbook: 'FanDuel' }, 'won'],
  ]

  it.each([
    ['15 columns', HEADERS.pikkit15],
    ['17 columns', HEADERS.pikkit17],
    ['17 columns, the times side by side', HEADERS.pikkit17Interleaved],
  ])('of %s comes in whole', async (name, header) => {
    const idOf = (id: string) => `${name} ${id}`
    const records = LIFE.map(([id, cells]) => pikkitRecord({ bet_id: idOf(id), ...cells }, header))
    const { counts, ledger, report } = await importedTwice(await written(lines(header, ...records)))
    expect(counts).toEqual([9, 9, 0, 0, 0])
    expect(report).toMatchObject({ format: 'Pikkit export', columns: header.split(',') })
    expect(LIFE.map(([id]) => ledger.get(idOf(id))?.state)).toEqual(LIFE.map(([, , state]) => state))
    expect(ledger.get(idOf('parlay'))).toMatchObject({ selection: 'Over 2 | Jokić "MVP", yes', market: 'Parlay' })
    expect(ledger.get(idOf('won'))?.placedAtMs).toBe(
      Date.UTC(2025, 11, 27, 22, 55, 44, header === HEADERS.pikkit15 ? 0 : 120),
    )
  })

  it('in which an open bet has settled since updates it, and no other', async () => {
    const open = pikkitRecord({ bet_id: 'settles', status: 'PLACED', profit: '', time_settled: '' })
    const other = pikkitRecord({ bet_id: 'stays' })
    await importedTwice(await written(lines(HEADERS.pikkit15, open, other)))
    const settled = pikkitRecord({ bet_id: 'settles' })
    const { counts, ledger } = await imported(await written(lines(HEADERS.pikkit15, settled, other)))
    expect(counts).toEqual([2, 0, 1, 1, 0])
    expect(ledger.get('settles')?.state).toBe('won')
  })
})

describe('a Juice Reel export', () => {
  it('comes in whole, the legs of a bet apart in the file', async () => {
    const legs = [{ leg_description: 'Lakers -3' }, { leg_description: 'Over 8.5' }, { leg_description: 'Sinner' }]
    const [a = '', b = '', c = ''] = juiceReelRecords({ juice_bet_id: 'jr-parlay', odds_american: '+596' }, legs)
    const free = { if_freeplay_then_amount_actually_at_risk: '20', risk_amount: '0', bet_result: 'Loss' }
    const others = [
      ...juiceReelRecords({ juice_bet_id: 'jr-free', ...free, amount_won_or_lost: '0' }),
      ...juiceReelRecords({ juice_bet_id: 'jr-open', bet_result: 'Pending', date_settled: '' }),
      ...juiceReelRecords({ juice_bet_id: 'jr-cancelled', bet_result: 'Cancelled', amount_won_or_lost: '0' }),
    ]
    const { counts, ledger } = await importedTwice(await written(lines(HEADERS.juiceReel, a, b, ...others, c)))
    expect(counts).toEqual([6, 6, 0, 0, 0])
    expect(ledger.get('jr-parlay')).toMatchObject({ selection: 'Lakers -3 | Over 8.5 | Sinner', betType: 'parlay' })
    expect(ledger.get('jr-free')).toMatchObject({ isFreeBet: true, stakeMinor: 0 })
    expect(ledger.get('jr-cancelled')).toMatchObject({ state: 'void' })
  })

  it('loses a bet with a torn or absent leg as a whole, and no other', async () => {
    const [a = '', b = ''] = juiceReelRecords({ juice_bet_id: 'jr-torn' }, [{}, {}])
    const [c = ''] = juiceReelRecords({ juice_bet_id: 'jr-absent' }, [{}, {}])
    const whole = juiceReelRecords({ juice_bet_id: 'jr-whole' })
    const path = await written(lines(HEADERS.juiceReel, a, b.slice(0, 60), c, ...whole))
    const { counts, refused } = await importedTwice(path)
    expect(counts).toEqual([4, 1, 0, 0, 3])
    expect(refused).toEqual(['2 legs_missing', '3 wrong_number_of_cells', '4 legs_missing'])
  })
})

describe('a file that went wrong on its way', () => {
  const header = HEADERS.pikkit15
  const record = (id: string, cells: Record<string, string> = {}) => pikkitRecord({ bet_id: id, ...cells })
  const bytesOf = (...parts: (string | number)[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))))
  const unquoted = record('uc2', { bet_info: 'Over 24.5@incl. overtime' }).replace('@', ', ')
  const LONG = 'x'.repeat(200_000)

  interface Case {
    name: string
    bytes: string | Uint8Array
    nImported: number
    refused?: string[]
    /** What some of its bets are in the ledger. */
    bets?: Record<string, Partial<Bet>>
  }

  const CASES: Case[] = [
    {
      name: 'unquoted commas',
      bytes: lines(header, record('uc1'), unquoted, record('uc3')),
      nImported: 2,
      refused: ['3 wrong_number_of_cells'],
    },
    {
      name: 'UTF-8 with a stray windows-1252 byte',
      bytes: bytesOf(
        lines(header, record('me1', { bet_info: 'Atlético 🏀' })),
        ...['me2 ', 0x96, ' ', record('ž'), '\n', record('me3')],
      ),
      nImported: 3,
      bets: { me1: { selection: 'Atlético 🏀' }, 'me2 – ž': {}, me3: {} },
    },
    {
      name: 'UTF-16 with its mark',
      bytes: Buffer.from(`\uFEFF${lines(header, record('u16', { bet_info: 'Jokić' }), 'u16b,short')}`, 'utf16le'),
      nImported: 1,
      refused: ['3 wrong_number_of_cells'],
      bets: { u16: { selection: 'Jokić' } },
    },
    { name: 'a UTF-8 mark', bytes: `\uFEFF${lines(header, record('bom1'))}`, nImported: 1, bets: { bom1: {} } },
    {
      name: 'CRLF, also inside a cell',
      bytes: lines(header, record('cr1', { bet_info: 'a\nb' }), record('cr2', { odds: '1' })).replaceAll('\n', '\r\n'),
      nImported: 1,
      refused: ['4 odds_out_of_range'],
      bets: { cr1: { selection: 'a\r\nb' } },
    },
    {
      name: 'a cell of 200,000 characters',
      bytes: lines(header, record('long1', { bet_info: LONG }), record('long2')),
      nImported: 1,
      refused: ['2 text_too_long'],
      bets: { long2: {} },
    },
    {
      name: 'NUL bytes',
      bytes: lines(header, record('nul1', { bet_info: 'a\0b' }), '\0\0\0', record('nul2')),
      nImported: 1,
      refused: ['2 unreadable_text', '3 unreadable_text'],
      bets: { nul2: {} },
    },
    {
      name: 'one id with different content',
      bytes: lines(
        header,
        record('dup', { odds: '1.5' }),
        record('dup', { odds: '2.5' }),
        record('dup', { odds: 'x' }),
      ),
      nImported: 2,
      refused: ['4 unreadable_odds'],
      bets: { dup: { decimalOdds: 2.5 } },
    },
    {
      name: 'blank lines',
      bytes: `\n\n${header}\n\n${record('bl1')}\n   \n\r\n${record('bl2')}\n\n`,
      nImported: 2,
      bets: { bl1: {}, bl2: {} },
    },
    {
      name: 'a comma at the end of the header',
      bytes: lines(`${header},`, `${record('tc1')},`, record('tc2'), `${record('tc3')},extra`),
      nImported: 2,
      refused: ['3 wrong_number_of_cells'],
      bets: { tc1: {}, tc3: {} },
    },
    {
      name: 'stray quotes and a quote left open',
      bytes: lines(header, record('q1'), 'q2,6" tall', 'q3,"open', record('q4')),
      nImported: 2,
      refused: ['3 malformed_quotes', '4 malformed_quotes'],
      bets: { q1: {}, q4: {} },
    },
    {
      name: 'no line end after the last record',
      bytes: `${header}\n${record('end')}`,
      nImported: 1,
      bets: { end: {} },
    },
    {
      name: 'the same bad line twice',
      bytes: lines(header, 'twice', 'twice'),
      nImported: 0,
      refused: ['2 wrong_number_of_cells', '3 wrong_number_of_cells'],
    },
  ]

  it.each(CASES)(
    'with $name is accounted for to the last row',
    async ({ bytes, nImported, refused = [], bets = {} }) => {
      const result = await importedTwice(await written(bytes))
      expect(result.counts).toEqual([nImported + refused.length, nImported, 0, 0, refused.length])
      expect(result.refused).toEqual(refused)
      for (const [id, content] of Object.entries(bets)) expect(result.ledger.get(id)).toMatchObject(content)
    },
  )

  it('has the whole text of what was refused kept', async () => {
    const text = record('kept', { bet_info: LONG, tags: 'a "b"\n\tc' })
    const { rows } = await imported(await written(lines(header, text)))
    expect(rows.map(({ raw }) => raw === text)).toEqual([true])
  })
})

describe('a Parquet file', () => {
  it('with NUL in a cell loses that row and no other', async () => {
    const path = join(folder.path, 'nul.parquet')
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run(`copy (
      select id, 'SETTLED_WIN' as status, odds as american_odds, timestamptz '2025-03-01 18:05:00Z' as time_placed, sport,
        'a, "b"' as book
      from (values ('pq1', 150, 'Tennis'), ('pq2', -110, 'Ten' || chr(0) || 'nis'), ('pq3', 50, 'Golf')) t (id, odds, sport)
    ) to '${path}' (format parquet)`)
    connection.closeSync()
    const { counts, refused, rows, ledger } = await importedTwice(path)
    expect(counts).toEqual([3, 1, 0, 0, 2])
    expect(refused).toEqual(['2 unreadable_text', '3 odds_out_of_range'])
    expect(rows.map(({ field, raw }) => [field, raw])).toEqual([
      ['sport', 'pq2,SETTLED_WIN,-110,2025-03-01T18:05:00.000Z,Ten\u2400nis,"a, ""b"""'],
      ['american_odds', 'pq3,SETTLED_WIN,50,2025-03-01T18:05:00.000Z,Golf,"a, ""b"""'],
    ])
    expect(ledger.get('pq1')).toMatchObject({ decimalOdds: 2.5, placedAtMs: Date.UTC(2025, 2, 1, 18, 5) })
  })
})

describe('closeline quarantine', () => {
  const data = () => ['--data', join(folder.path, 'data')]
  const PIKKIT = HEADERS.pikkit15

  /** Runs a command in this process, beside the workspace that is open. */
  async function run(...args: string[]) {
    const printed = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      vi.spyOn(process[stream], 'write').mockImplementation((text) => {
        printed[stream] += String(text)
        return true
      })
    }
    await quarantineCommand().parseAsync([...args, ...data()], { from: 'user' })
    const code = process.exitCode ?? 0
    process.exitCode = undefined
    vi.restoreAllMocks()
    return { code, ...printed }
  }

  async function json(...args: string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await run(...args, '--json')
    expect([code, stderr.includes('closeline:')]).toEqual([0, false])
    return JSON.parse(stdout) as Record<string, unknown>
  }

  const waiting = () => workspace.quarantine.list({ status: 'waiting' }, 1000)
  const idOfLine = async (line: number) => (await waiting()).find((row) => row.line === line)?.id ?? ''

  beforeAll(async () => {
    const { lockFile } = workspace.directory
    // A process takes no lock of its own for another's: as if this one were the parent's, the commands join in.
    const lock = JSON.parse(await readFile(lockFile, 'utf8')) as object
    await writeFile(lockFile, JSON.stringify({ ...lock, pid: process.ppid }))
  })

  beforeEach(async () => {
    const before = await waiting()
    await workspace.quarantine.resolve(before.map(({ id }) => ({ id, outcome: 'discarded' })))
  })

  /** Quarantines a row with an unreadable price on line 2 and a torn one on line 3; gives the file's name. */
  async function quarantined(tag: string): Promise<string> {
    const bad = pikkitRecord({ bet_id: `${tag}-price`, odds: 'evens' })
    const path = await written(lines(PIKKIT, bad, `${tag}-torn,x`))
    await imported(path)
    return basename(path)
  }

  it('lists the rows that wait, and those of other states and reasons', async () => {
    const name = await quarantined('list')
    const id = await idOfLine(2)
    const { stdout } = await run()
    const [heading, , first, second] = stdout.split('\n')
    expect(heading).toBe('2 rows waiting: 1 unreadable_odds, 1 wrong_number_of_cells')
    expect(first).toMatch(
      new RegExp(`^${id.slice(0, 12)} +${name}:2 +unreadable_odds +odds +2.+"evens" is not a price`),
    )
    expect(second).toContain(`${name}:3`)
    expect(await json('--reason', 'wrong_number_of_cells')).toMatchObject({ total: 2, rows: [{ line: 3 }] })
    expect(await json('list', '--limit', '1')).toMatchObject({ total: 2, rows: [{ line: 2, status: 'waiting' }] })
    expect((await run('--status', 'released')).stdout).toMatch(/^(No row|\d+ rows?) .*released/)
  })

  it('shows a row in full, its offending cell marked', async () => {
    await quarantined('show')
    const id = await idOfLine(2)
    const { stdout } = await run('show', id.slice(0, 12).toUpperCase())
    expect(stdout).toContain(`\n  ${PIKKIT}\n`)
    expect(stdout).toContain('\n  show-price,Caesars - Michigan,straight,SETTLED_WIN,evens,2.0,')
    expect(stdout.match(/^ {2}> .*$/gm)).toEqual([expect.stringMatching(/^ {2}> {2}odds +evens$/)])
    expect(await json('show', id)).toMatchObject({
      id,
      reason: 'unreadable_odds',
      origin: { columns: PIKKIT.split(',') },
    })
  })

  it('tries rows again, and takes a person’s text', async () => {
    await quarantined('retry')
    const [price, torn] = [await idOfLine(2), await idOfLine(3)]
    expect(await json('retry')).toMatchObject({ released: [], refused: [{ id: price }, { id: torn }], rowsImported: 0 })
    const { stdout } = await run('retry', torn, '--raw', pikkitRecord({ bet_id: 'retry-torn' }))
    expect(stdout).toMatch(/^1 row released = 1 imported \+ 0 updated \+ 0 unchanged\n/)
    expect((await workspace.bets.all()).map(({ id }) => id)).toContain('retry-torn')
    expect((await waiting()).map(({ id }) => id)).toEqual([price])
  })

  it('discards rows, and takes them up again where they are named', async () => {
    await quarantined('discard')
    const id = await idOfLine(2)
    expect(await json('discard', id, id.slice(0, 20))).toEqual({ discarded: 1 })
    expect((await waiting()).map(({ line }) => line)).toEqual([3])
    await run('retry', id, '--raw', pikkitRecord({ bet_id: 'discard-price' }))
    const discarding = await run('discard', id)
    expect([discarding.code, discarding.stderr]).toEqual([2, expect.stringContaining('has become bet discard-price')])
  })

  it('exports rows by layout; the files, mended, release them', async () => {
    await quarantined('export')
    const [leg = '', ...others] = juiceReelRecords({ juice_bet_id: 'jr-export' }, [{}, {}])
    await imported(await written(lines(HEADERS.juiceReel, leg.replace('Win', 'Lucky'), ...others)))
    const path = join(folder.path, 'mend.csv')
    const { files: exported } = await json('export', path)
    expect(exported).toMatchObject([
      { path: join(folder.path, 'mend-1.csv'), format: 'Pikkit export', rows: 2 },
      { path: join(folder.path, 'mend-2.csv'), format: 'Juice Reel export', rows: 2 },
    ])
    expect(await run('export', path)).toMatchObject({ code: 2, stderr: expect.stringContaining('such a file already') })

    const mend = async (file: string, from: string, to: string) => {
      const mended = join(folder.path, file)
      await writeFile(mended, (await readFile(mended, 'utf8')).replace(from, to))
      return mended
    }
    const first = await imported(await mend('mend-1.csv', 'evens', '2.0'))
    expect(first.counts).toEqual([2, 1, 0, 0, 1])
    expect(first.refused).toEqual([])
    expect((await waiting()).map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'wrong_number_of_cells'],
      [2, 'legs_disagree'],
      [3, 'legs_disagree'],
    ])
    const second = await json('retry', '--file', await mend('mend-2.csv', 'Lucky', 'Win'))
    expect(second).toMatchObject({ rowsRead: 2, rowsImported: 2, rowsReleased: 2 })
    expect((await waiting()).map(({ raw }) => raw)).toEqual(['export-torn,x'])
    const released = await workspace.quarantine.list({ status: 'released', reason: 'legs_disagree' }, 10)
    expect(released.map(({ releasedAs }) => releasedAs)).toEqual(['jr-export', 'jr-export'])
  })

  it('says in one line what it cannot do', async () => {
    const plain = await written(lines(PIKKIT, pikkitRecord({ bet_id: 'plain' })))
    const moved = await written(lines(`${PIKKIT},quarantine_id`, `${pikkitRecord({ bet_id: 'moved' })},1f`))
    const refusals: [args: string[], sentence: RegExp][] = [
      [['show', 'ffffffffffffffff'], /^closeline: no row in quarantine has an id like f+\n$/],
      [['retry', '--raw', 'x'], /^closeline: a text mends one row, and 0 were named\n$/],
      [['retry', '--file', plain], /no row bears a quarantine_id/],
      [['retry', '--file', moved], /keep quarantine_id the first column/],
      [['retry', 'ff', '--file', plain], /name rows or give a file/],
      [['export', join(folder.path, 'absent', 'mend.csv')], /^closeline: cannot write .*mend\.csv: ENOENT/],
    ]
    await quarantined('cannot')
    for (const [args, sentence] of refusals) {
      const { code, stdout, stderr } = await run(...args)
      expect([args, code, stdout]).toEqual([args, 2, ''])
      expect(stderr.replace(/^Reading .*\n/, '')).toMatch(sentence)
    }
  })
})
