import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { supabaseBetStore } from '../../shared/adapters/supabase-bet-store.ts'
import { supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import { supabaseImportStore } from '../../shared/adapters/supabase-import-store.ts'
import { supabaseQuarantineStore } from '../../shared/adapters/supabase-quarantine-store.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { BET_STATES, BET_TYPES, byPlacement } from '../../shared/bets/bet.ts'
import type { Rejection } from '../../shared/bets/formats/format.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { FileOrigin, QuarantinedRow, TableOrigin } from '../../shared/quality/quarantine.ts'
import type { BetStore, ImportReport, ImportStore, QuarantineStore } from '../../shared/usecases/ledger-ports.ts'
import { bet, LEDGER_START_MS, randomLedger, shuffled } from '../support/bets.ts'
import type { TestSupabase } from '../support/embedded-supabase.ts'
import { startTestSupabase } from '../support/embedded-supabase.ts'
import { memoryBetTable } from '../support/memory-bet-table.ts'
import { memoryBetStore, memoryImportStore, memoryQuarantineStore } from '../support/memory-ledger.ts'

let supabase: TestSupabase

beforeAll(async () => {
  supabase = await startTestSupabase()
})

afterAll(() => supabase[Symbol.asyncDispose]())

async function emptyTables(): Promise<void> {
  for (const table of ['quarantine', 'imports', 'bets']) {
    const { error } = await supabase.client.from(table).delete().neq('id', '')
    expect(error).toBeNull()
  }
}

interface Stores {
  bets: BetStore
  imports: ImportStore
  quarantine: QuarantineStore
}

const MAKERS: [name: string, make: () => Promise<Stores>][] = [
  [
    'in memory',
    async () => ({
      bets: memoryBetStore([], Date.now),
      ...{ imports: memoryImportStore(), quarantine: memoryQuarantineStore() },
    }),
  ],
  [
    'in Supabase',
    async () => {
      await emptyTables()
      const { client } = supabase
      return {
        bets: supabaseBetStore(client),
        imports: supabaseImportStore(client),
        quarantine: supabaseQuarantineStore(client),
      }
    },
  ],
]

const EXTREMES: Bet[] = [
  bet({
    id: 'every-null',
    ...{ sport: null, league: null, market: null, book: null, selection: null, decimalOdds: null, stakeMinor: null },
    ...{ profitMinor: null, currency: null, returnPerUnit: null, closingLineValue: null, settledAtMs: null },
  }),
  bet({ id: 'thirds', decimalOdds: 1 + 100 / 110, returnPerUnit: 1 / 3, closingLineValue: -1 / 7 }),
  bet({ id: 'shortest', decimalOdds: 1 + Number.EPSILON, returnPerUnit: -1, closingLineValue: 5e-324 }),
  bet({ id: 'longest', decimalOdds: 1e9, stakeMinor: Number.MAX_SAFE_INTEGER, profitMinor: -Number.MAX_SAFE_INTEGER }),
  bet({ id: 'zeroes', stakeMinor: 0, profitMinor: 0, returnPerUnit: 0, closingLineValue: 0 }),
  bet({ id: 'emoji', selection: '🏀 Jokić 👨‍👩‍👧 Ü', sport: 'Ḷ', league: '日本', market: '\u{10ffff}' }),
  bet({
    id: 'quotes',
    selection: `"double", 'single', \\back\\, \`tick\`, $1, %, ; drop table bets; --`,
    book: "O'Neil",
  }),
  bet({ id: 'blanks', selection: ' leading, tab\tand\r\nnewlines \u0001 ', market: 'null', league: 'true' }),
  bet({ id: 'long', selection: 'x'.repeat(4000), market: 'm'.repeat(200) }),
  bet({
    id: 'last-millisecond',
    placedAtMs: Date.UTC(2025, 2, 9, 6, 59, 59, 999),
    settledAtMs: Date.UTC(2025, 2, 9, 7),
  }),
  bet({ id: 'same-instant', settledAtMs: bet().placedAtMs }),
  bet({ id: 'old', placedAtMs: -1, settledAtMs: 0 }),
  bet({ id: 'told', resultKnownAtMs: Date.UTC(2025, 2, 9, 6, 59, 59, 999) }),
  bet({ id: 'told-at-once', resultKnownAtMs: bet().placedAtMs, settledAtMs: null }),
  ...BET_STATES.map((state) => bet({ id: `state-${state}`, state })),
  ...BET_TYPES.map((betType) => bet({ id: `type-${betType}`, betType, isLive: true, isFreeBet: true })),
]

const AWKWARD_IDS = [
  'a,b',
  'a.b',
  'a"b',
  "a'b",
  '(a)',
  'a%20b',
  'a+b',
  'a&b=c',
  'a b',
  'é',
  '🎲',
  'null',
  '*',
  '~z',
  '\\',
]

const report: ImportReport = {
  ...{ id: 'import-1', fileName: 'bets.csv', fileSha256: 'ab'.repeat(32), format: 'Closeline ledger' },
  ...{ columns: ['id', '', 'status, "x"'], startedAtMs: 1_700_000_000_000, finishedAtMs: null },
  ...{ rowsRead: 10, rowsImported: 4, rowsUpdated: 2, rowsUnchanged: 1, rowsQuarantined: 3 },
}

const fileOrigin: FileOrigin = {
  ...{ kind: 'file', name: 'bets.csv', importId: 'import-1' },
  ...{ format: 'Closeline ledger', columns: report.columns },
}
const tableOrigin: TableOrigin = { kind: 'table', name: 'bets', runId: 'run-1' }

const rejection: Rejection = {
  line: 7,
  reason: 'missing_time',
  field: 'time_placed',
  detail: 'time_placed is blank',
  raw: 'a,,b',
}

/** What a store adds to a row. */
const keptFields = {
  id: expect.stringMatching(/^[0-9a-f]{64}$/),
  position: expect.any(Number),
  quarantinedAtMs: expect.any(Number),
}

describe.each(MAKERS)('a ledger %s', (_, make) => {
  let bets: BetStore
  let imports: ImportStore
  let quarantine: QuarantineStore

  beforeEach(async () => {
    ;({ bets, imports, quarantine } = await make())
  })

  it('is empty at first', async () => {
    expect(await bets.all()).toEqual([])
    expect(await imports.list(10)).toEqual([])
    expect(await quarantine.count('waiting')).toEqual({ total: 0, byReason: [] })
  })

  it('gives every field of a bet back exactly', async () => {
    await bets.save(EXTREMES, { importId: null })
    expect(await bets.all()).toEqual([...EXTREMES].sort(byPlacement))
  })

  it('gives the bets in order of placement, ties by id, whatever the order of saving', async () => {
    const ledger = randomLedger(3, 60)
    await bets.save(shuffled(ledger, 4), { importId: null })
    expect((await bets.all()).map(({ id }) => id)).toEqual([...ledger].sort(byPlacement).map(({ id }) => id))
  })

  it('replaces a bet of the same id', async () => {
    await bets.save([bet({ id: 'moves', state: 'open', profitMinor: null, settledAtMs: null }), bet({ id: 'stays' })], {
      importId: null,
    })
    await bets.save([bet({ id: 'moves', state: 'lost', profitMinor: -1000 })], { importId: null })
    expect(await bets.all()).toEqual([
      { ...bet({ id: 'moves', state: 'lost', profitMinor: -1000 }), resultKnownAtMs: expect.any(Number) },
      bet({ id: 'stays' }),
    ])
  })

  describe('that is told results', () => {
    const DAY_MS = 86_400_000
    const TOLD_MS = LEDGER_START_MS + DAY_MS
    const open = bet({ id: 'a', state: 'open', profitMinor: null, settledAtMs: null })

    /** Saves the bets one after the other; gives what is known then. */
    async function knownAfter(...records: Bet[]): Promise<number | null> {
      for (const record of records) await bets.save([record], { importId: null })
      const [stored, ...others] = await bets.all()
      if (stored === undefined || others.length > 0) throw new Error('these are not records of one bet')
      return stored.resultKnownAtMs
    }

    it('notes when it heard of a result, whatever the writer says of it', async () => {
      for (const state of BET_STATES.filter((each) => each !== 'open')) {
        for (const resultKnownAtMs of [null, TOLD_MS]) {
          const beginMs = Date.now()
          const id = `${state}-${resultKnownAtMs}`
          await bets.save([{ ...open, id }], { importId: null })
          await bets.save([bet({ id, state, resultKnownAtMs })], { importId: null })
          const knownMs = (await bets.all()).find((each) => each.id === id)?.resultKnownAtMs
          expect(knownMs).toBeGreaterThanOrEqual(beginMs)
          expect(knownMs).toBeLessThanOrEqual(Date.now())
        }
      }
    })

    it('notes nothing of a bet that comes with its result, and keeps what a restored one brings', async () => {
      expect(await knownAfter(bet({ id: 'a' }))).toBeNull()
      await bets.save([bet({ id: 'b', resultKnownAtMs: TOLD_MS })], { importId: null })
      expect((await bets.all()).map(({ resultKnownAtMs }) => resultKnownAtMs)).toEqual([null, TOLD_MS])
    })

    it('keeps the time while the result stays, whatever else changes and whatever the writer says of it', async () => {
      const won = bet({ id: 'a', resultKnownAtMs: TOLD_MS })
      expect(await knownAfter(won, { ...won, resultKnownAtMs: null, profitMinor: 1, league: 'WNBA' })).toBe(TOLD_MS)
      expect(await knownAfter({ ...won, resultKnownAtMs: TOLD_MS + 1 })).toBe(TOLD_MS)
    })

    it('notes nothing afterwards of a bet that came with its result', async () => {
      expect(await knownAfter(bet({ id: 'a' }), bet({ id: 'a', league: 'WNBA', resultKnownAtMs: TOLD_MS }))).toBeNull()
    })

    it('notes a result that takes the place of another when it comes', async () => {
      const won = await knownAfter(open, bet({ id: 'a', state: 'won' }))
      await setTimeout(2)
      expect(await knownAfter(bet({ id: 'a', state: 'lost' }))).toBeGreaterThan(won ?? Number.NaN)
    })

    it('forgets the time of a result that is taken back, and notes the next one', async () => {
      const won = bet({ id: 'a', resultKnownAtMs: TOLD_MS })
      expect(await knownAfter(won, { ...open, resultKnownAtMs: TOLD_MS })).toBeNull()
      expect(await knownAfter({ ...open, league: 'WNBA', resultKnownAtMs: TOLD_MS })).toBeNull()
      expect(await knownAfter(won)).toBeGreaterThan(TOLD_MS)
    })

    it('knows no result before the bet was placed, where the clock of its source is ahead or its placement moves', async () => {
      const aheadMs = Date.now() + DAY_MS
      const placed = { placedAtMs: aheadMs, settledAtMs: null }
      expect(await knownAfter({ ...open, ...placed }, bet({ id: 'a', ...placed }))).toBe(aheadMs)
      const moved = { placedAtMs: aheadMs + DAY_MS, settledAtMs: null }
      expect(await knownAfter(bet({ id: 'a', ...moved }))).toBe(aheadMs + DAY_MS)
    })
  })

  it('holds 2,500 bets and gives them all, telling how many are saved', async () => {
    const ledger = randomLedger(1, 2500)
    const told: number[] = []
    await bets.save(ledger, { importId: null, onSaved: (done) => told.push(done) })
    expect(await bets.all()).toEqual([...ledger].sort(byPlacement))
    expect(told.at(-1)).toBe(2500)
    expect(told).toEqual([...told].sort((a, b) => a - b))
  })

  it('finds its way past ids of any characters', async () => {
    for (const id of AWKWARD_IDS) {
      await bets.save([bet({ id })], { importId: null })
      expect((await bets.all()).map((saved) => saved.id)).toContain(id)
    }
    expect(await bets.all()).toHaveLength(AWKWARD_IDS.length)
  })

  it('saves nothing where there is nothing', async () => {
    await bets.save([], { importId: null })
    expect(await bets.all()).toEqual([])
  })

  it('removes the demo bets and no others, and says how many', async () => {
    await bets.save(
      [bet({ id: 'own' }), bet({ id: 'demo-1', origin: 'demo' }), bet({ id: 'demo-2', origin: 'demo' })],
      { importId: null },
    )
    expect(await bets.removeDemo()).toBe(2)
    expect(await bets.all()).toEqual([bet({ id: 'own' })])
    expect(await bets.removeDemo()).toBe(0)
  })

  it('has another fingerprint after every addition, change and removal, and the same while nothing happens', async () => {
    const seen = [await bets.fingerprint()]
    await bets.save([bet({ id: 'a' }), bet({ id: 'b', origin: 'demo' })], { importId: null })
    seen.push(await bets.fingerprint())
    expect(await bets.fingerprint()).toBe(seen[1])
    await bets.save([bet({ id: 'a', state: 'lost' })], { importId: null })
    seen.push(await bets.fingerprint())
    await bets.removeDemo()
    seen.push(await bets.fingerprint())
    expect(new Set(seen).size).toBe(4)
  })

  it('lists imports newest first, as they were, unfinished ones too', async () => {
    const second = { ...report, id: 'import-2', startedAtMs: report.startedAtMs + 1, columns: null, fileSha256: null }
    await imports.begin(report)
    await imports.begin(second)
    await imports.finish('import-1', report.startedAtMs + 500)
    expect(await imports.list(10)).toEqual([second, { ...report, finishedAtMs: report.startedAtMs + 500 }])
    expect(await imports.list(1)).toEqual([second])
  })

  it('finds imports by id, by file name and by the beginning of a hash', async () => {
    const odd = { ...report, id: 'import-2', fileName: 'a,b (1) "x".csv', fileSha256: 'abab12'.padEnd(64, '0') }
    await imports.begin(report)
    await imports.begin({ ...odd, startedAtMs: report.startedAtMs + 1 })
    const ids = async (key: string) => (await imports.find(key)).map(({ id }) => id)
    expect(await ids('import-1')).toEqual(['import-1'])
    expect(await ids(odd.fileName)).toEqual(['import-2'])
    expect(await ids('ababab')).toEqual(['import-1'])
    expect(await ids('abab12')).toEqual(['import-2'])
    for (const key of ['abab', '', '%', 'bets', 'import']) expect(await ids(key)).toEqual([])
    await imports.begin({ ...report, id: 'import-3', startedAtMs: report.startedAtMs + 2 })
    expect(await ids('bets.csv')).toEqual(['import-3', 'import-1'])
  })

  describe('with a quarantine', () => {
    beforeEach(() => imports.begin(report))

    const listed = async () => (await quarantine.list({}, 1000)).map(({ line }) => line)

    it('gives a refused row back with its origin, of a file and of a table', async () => {
      const record = { ...rejection, line: null, raw: '{"id":"b"}' }
      await quarantine.add(fileOrigin, [rejection])
      await quarantine.add(tableOrigin, [record])
      const state = { status: 'waiting', resolvedAtMs: null, releasedAs: null }
      const rows = await quarantine.list({}, 10)
      expect(rows).toEqual([
        { ...rejection, origin: fileOrigin, ...state, ...keptFields },
        { ...record, origin: tableOrigin, ...state, ...keptFields },
      ])
      expect(new Set(rows.map(({ id }) => id)).size).toBe(2)
    })

    it('counts rows by status and reason, most frequent first', async () => {
      const quotes = { ...rejection, reason: 'malformed_quotes', field: null } as const
      const rows = [rejection, { ...quotes, raw: 'x' }, { ...quotes, raw: 'y' }]
      await quarantine.add(fileOrigin, rows)
      expect(await quarantine.count('waiting')).toEqual({
        total: 3,
        byReason: [
          { reason: 'malformed_quotes', rows: 2 },
          { reason: 'missing_time', rows: 1 },
        ],
      })
      expect(await quarantine.count('discarded')).toEqual({ total: 0, byReason: [] })
    })

    it('keeps a row that every export repeats once, wherever it stands, and equal rows of one file apart', async () => {
      await quarantine.add(fileOrigin, [rejection])
      await imports.begin({ ...report, id: 'import-2' })
      const later = { ...fileOrigin, importId: 'import-2', name: 'later.csv' }
      await quarantine.add(later, [{ ...rejection, line: 900, reason: 'unreadable_time' }])
      expect(await quarantine.list({}, 10)).toMatchObject([{ line: 7, reason: 'missing_time', origin: fileOrigin }])
      await quarantine.add(later, [rejection, { ...rejection, line: 8 }])
      expect(await listed()).toEqual([7, 8])
    })

    it('keeps equal texts under different headers and of different tables apart', async () => {
      await imports.begin({ ...report, id: 'import-2', columns: ['status', '', 'id'] })
      await quarantine.add(fileOrigin, [rejection])
      await quarantine.add({ ...fileOrigin, importId: 'import-2', columns: ['status', '', 'id'] }, [rejection])
      await quarantine.add(tableOrigin, [{ ...rejection, line: null }])
      await quarantine.add({ ...tableOrigin, name: 'slips' }, [{ ...rejection, line: null }])
      await quarantine.add({ ...tableOrigin, runId: 'run-2' }, [{ ...rejection, line: null }])
      expect(await quarantine.list({}, 10)).toHaveLength(4)
    })

    it('pages through more rows than one request holds, in order of arrival', async () => {
      const many = Array.from({ length: 1100 }, (_, i) => ({ ...rejection, line: i, raw: `row ${(i * 7919) % 1100}` }))
      await quarantine.add(fileOrigin, many)
      const seen: (number | null)[] = []
      for (let after = 0; ; ) {
        const page = await quarantine.list({ after }, 1000)
        seen.push(...page.map(({ line }) => line))
        const last = page.at(-1)
        if (last === undefined) break
        after = last.position
      }
      expect(seen).toEqual(many.map(({ line }) => line))
    })

    it('takes rows with NUL and of 200,000 characters', async () => {
      const long = 'é'.repeat(200_000)
      await quarantine.add(fileOrigin, [{ ...rejection, raw: 'a\u0000b', detail: 'holds \u0000' }])
      await quarantine.add(
        fileOrigin,
        Array.from({ length: 7 }, (_, i) => ({ ...rejection, raw: `${i},${long}` })),
      )
      const [first, ...others] = await quarantine.list({}, 1000)
      expect(first).toMatchObject({ raw: 'a\u2400b', detail: 'holds \u2400' })
      expect(others.map(({ raw }) => raw)).toEqual(Array.from({ length: 7 }, (_, i) => `${i},${long}`))
    })

    it('finds rows by every condition and by all at once', async () => {
      await imports.begin({ ...report, id: 'import-2' })
      await quarantine.add(fileOrigin, [rejection, { ...rejection, line: 8, reason: 'missing_id', raw: 'x' }])
      await quarantine.add({ ...fileOrigin, importId: 'import-2' }, [{ ...rejection, line: 9, raw: 'y' }])
      await quarantine.add(tableOrigin, [{ ...rejection, line: null }])
      const all = await quarantine.list({}, 10)
      const ids = all.map(({ id }) => id)
      const lines = async (filter: Parameters<QuarantineStore['list']>[0]) =>
        (await quarantine.list(filter, 10)).map(({ line }) => line)
      expect(await lines({ reason: 'missing_id' })).toEqual([8])
      expect(await lines({ importId: 'import-1' })).toEqual([7, 8])
      expect(await lines({ runId: 'run-1' })).toEqual([null])
      expect(await lines({ kind: 'file' })).toEqual([7, 8, 9])
      expect(await lines({ ids: [ids[2] ?? '', ids[0] ?? '', 'absent'] })).toEqual([7, 9])
      expect(await lines({ ids: [] })).toEqual([])
      for (const row of all) expect(await lines({ idPrefix: row.id.slice(0, 12) })).toEqual([row.line])
      expect(await lines({ idPrefix: 'zz' })).toEqual([])
      expect(await lines({ kind: 'file', reason: 'missing_time', importId: 'import-2' })).toEqual([9])
      expect(await lines({ status: 'discarded' })).toEqual([])
    })

    it('notes what became of rows, and what came in again stays so', async () => {
      const rows = [1, 2, 3, 4].map((line) => ({ ...rejection, line, raw: `row ${line}` }))
      await quarantine.add(fileOrigin, rows)
      const [a = '', b = '', c = ''] = (await quarantine.list({}, 10)).map(({ id }) => id)
      const refusal = { reason: 'legs_missing', field: null, detail: 'one is missing' } as const
      const resolved = await quarantine.resolve([
        { id: a, outcome: 'released', releasedAs: 'bet-1' },
        { id: b, outcome: 'discarded' },
        { id: c, outcome: 'refused', refusal },
        { id: 'absent', outcome: 'discarded' },
      ])
      expect(resolved).toBe(3)
      await quarantine.add(fileOrigin, rows)
      const resolvedAtMs = expect.any(Number)
      expect(await quarantine.list({}, 10)).toMatchObject([
        { line: 1, status: 'released', releasedAs: 'bet-1', resolvedAtMs, reason: 'missing_time' },
        { line: 2, status: 'discarded', releasedAs: null, resolvedAtMs },
        { line: 3, status: 'waiting', resolvedAtMs: null, ...refusal },
        { line: 4, status: 'waiting', resolvedAtMs: null, reason: 'missing_time' },
      ])
      expect((await quarantine.count('waiting')).total).toBe(2)
    })

    it('leaves a released row as it is, and lets a discarded one be released', async () => {
      await quarantine.add(fileOrigin, [rejection])
      const [{ id } = { id: '' }] = await quarantine.list({}, 1)
      await quarantine.resolve([{ id, outcome: 'discarded' }])
      expect(await quarantine.resolve([{ id, outcome: 'released', releasedAs: 'bet-1' }])).toBe(1)
      expect(await quarantine.resolve([{ id, outcome: 'discarded' }])).toBe(0)
      expect(await quarantine.list({}, 1)).toMatchObject([{ status: 'released', releasedAs: 'bet-1' }])
    })

    it('resolves more rows than one request holds, and nothing where there is nothing', async () => {
      const many = Array.from({ length: 1100 }, (_, i) => ({ ...rejection, line: i, raw: `row ${i}` }))
      await quarantine.add(fileOrigin, many)
      const rows: QuarantinedRow[] = []
      for (const after of [0, 1000])
        rows.push(...(await quarantine.list({ after: rows.at(after - 1)?.position ?? 0 }, 1000)))
      expect(await quarantine.resolve(rows.map(({ id }) => ({ id, outcome: 'discarded' })))).toBe(1100)
      expect((await quarantine.count('discarded')).total).toBe(1100)
      expect(await quarantine.resolve([])).toBe(0)
    })
  })
})

describe('the ledger in Supabase', () => {
  beforeEach(emptyTables)

  it('keeps with a bet the import that brought it as it stands', async () => {
    const store = supabaseBetStore(supabase.client)
    await store.save([bet({ id: 'a' }), bet({ id: 'b' })], { importId: 'import-1' })
    await store.save([bet({ id: 'b', state: 'lost' })], { importId: 'import-2' })
    await store.save([bet({ id: 'c' })], { importId: null })
    const { data } = await supabase.client.from('bets').select('id,import_id').order('id')
    expect(data?.map(({ import_id }) => import_id)).toEqual(['import-1', 'import-2', null])
  })

  it('refuses an import whose rows do not add up, and a row of no import', async () => {
    const begun = supabaseImportStore(supabase.client).begin({ ...report, rowsRead: 11 })
    await expect(begun).rejects.toMatchObject({ name: 'UpstreamError', vendor: 'Supabase' })
    const added = supabaseQuarantineStore(supabase.client).add(fileOrigin, [rejection])
    await expect(added).rejects.toMatchObject({ name: 'UpstreamError', vendor: 'Supabase' })
  })

  it('takes a row that another version wrote for an upstream error', async () => {
    await supabaseImportStore(supabase.client).begin(report)
    await supabase.client
      .from('imports')
      .update({ columns: [{ name: 'id' }] })
      .eq('id', 'import-1')
    const listing = supabaseImportStore(supabase.client).list(1)
    await expect(listing).rejects.toMatchObject({ name: 'UpstreamError', retryable: false })
  })

  it('is an UpstreamError that may pass where nothing answers', async () => {
    const nowhere = supabaseBetStore(supabaseServiceClient('http://127.0.0.1:9', 'sb_secret_test'))
    const failure = nowhere.save([bet()], { importId: null })
    await expect(failure).rejects.toBeInstanceOf(UpstreamError)
    await expect(failure).rejects.toMatchObject({ retryable: true })
  })
})

describe('a table of bets in memory', () => {
  it('tells its readers of a change what it keeps of it', async () => {
    const { bets, source } = memoryBetTable([bet({ id: 'a', state: 'open' }), bet({ id: 'b' })], LEDGER_START_MS * 1000)
    await bets.save([bet({ id: 'a' })], { importId: null })
    const page = await source.page({ after: null, sinceMs: null, sport: null }, null)
    expect(page.map(({ id, record }) => [id, record.result_known_at])).toEqual([
      ['b', null],
      ['a', '2025-03-01T00:00:00.000Z'],
    ])
    expect((await bets.all()).map(({ resultKnownAtMs }) => resultKnownAtMs)).toEqual([LEDGER_START_MS, null])
  })
})
