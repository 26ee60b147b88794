import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { supabaseBetStore } from '../../shared/adapters/supabase-bet-store.ts'
import { supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import { supabaseImportStore } from '../../shared/adapters/supabase-import-store.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { BET_STATES, BET_TYPES, byPlacement } from '../../shared/bets/bet.ts'
import type { Rejection } from '../../shared/bets/formats/format.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { BetStore, ImportReport, ImportStore } from '../../shared/usecases/ledger-ports.ts'
import { bet, randomLedger, shuffled } from '../support/bets.ts'
import type { TestSupabase } from '../support/embedded-supabase.ts'
import { startTestSupabase } from '../support/embedded-supabase.ts'
import { memoryBetStore, memoryImportStore } from '../support/memory-ledger.ts'

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
}

const MAKERS: [name: string, make: () => Promise<Stores>][] = [
  ['in memory', async () => ({ bets: memoryBetStore(), imports: memoryImportStore() })],
  [
    'in Supabase',
    async () => {
      await emptyTables()
      return { bets: supabaseBetStore(supabase.client), imports: supabaseImportStore(supabase.client) }
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
  bet({ id: 'longest', decimalOdds: 1e15, stakeMinor: Number.MAX_SAFE_INTEGER, profitMinor: -Number.MAX_SAFE_INTEGER }),
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
  ...{ id: 'import-1', fileName: 'bets.csv', format: 'Closeline ledger', startedAtMs: 1_700_000_000_000 },
  ...{ finishedAtMs: 1_700_000_000_500, rowsRead: 10, rowsImported: 4, rowsUpdated: 2, rowsUnchanged: 1 },
  rowsQuarantined: 3,
}

const rejection: Rejection = {
  line: 7,
  reason: 'missing_time',
  field: 'time_placed',
  detail: 'time_placed is blank',
  raw: 'a,,b',
}

describe.each(MAKERS)('a ledger %s', (_, make) => {
  let bets: BetStore
  let imports: ImportStore

  beforeEach(async () => {
    ;({ bets, imports } = await make())
  })

  it('is empty at first', async () => {
    expect(await bets.all()).toEqual([])
    expect(await imports.countQuarantined()).toBe(0)
  })

  it('gives every field of a bet back exactly', async () => {
    await bets.save(EXTREMES)
    expect(await bets.all()).toEqual([...EXTREMES].sort(byPlacement))
  })

  it('gives the bets in order of placement, ties by id, whatever the order of saving', async () => {
    const ledger = randomLedger(3, 60)
    await bets.save(shuffled(ledger, 4))
    expect((await bets.all()).map(({ id }) => id)).toEqual([...ledger].sort(byPlacement).map(({ id }) => id))
  })

  it('replaces a bet of the same id', async () => {
    await bets.save([bet({ id: 'moves', state: 'open', profitMinor: null, settledAtMs: null }), bet({ id: 'stays' })])
    await bets.save([bet({ id: 'moves', state: 'lost', profitMinor: -1000 })])
    expect(await bets.all()).toEqual([bet({ id: 'moves', state: 'lost', profitMinor: -1000 }), bet({ id: 'stays' })])
  })

  it('holds 2,500 bets and gives them all, telling how many are saved', async () => {
    const ledger = randomLedger(1, 2500)
    const told: number[] = []
    await bets.save(ledger, (done) => told.push(done))
    expect(await bets.all()).toEqual([...ledger].sort(byPlacement))
    expect(told.at(-1)).toBe(2500)
    expect(told).toEqual([...told].sort((a, b) => a - b))
  })

  it('finds its way past ids of any characters', async () => {
    for (const id of AWKWARD_IDS) {
      await bets.save([bet({ id })])
      expect((await bets.all()).map((saved) => saved.id)).toContain(id)
    }
    expect(await bets.all()).toHaveLength(AWKWARD_IDS.length)
  })

  it('saves nothing where there is nothing', async () => {
    await bets.save([])
    expect(await bets.all()).toEqual([])
  })

  it('removes the demo bets and no others, and says how many', async () => {
    await bets.save([bet({ id: 'own' }), bet({ id: 'demo-1', origin: 'demo' }), bet({ id: 'demo-2', origin: 'demo' })])
    expect(await bets.removeDemo()).toBe(2)
    expect(await bets.all()).toEqual([bet({ id: 'own' })])
    expect(await bets.removeDemo()).toBe(0)
  })

  it('has another fingerprint after every addition, change and removal, and the same while nothing happens', async () => {
    const seen = [await bets.fingerprint()]
    await bets.save([bet({ id: 'a' }), bet({ id: 'b', origin: 'demo' })])
    seen.push(await bets.fingerprint())
    expect(await bets.fingerprint()).toBe(seen[1])
    await bets.save([bet({ id: 'a', state: 'lost' })])
    seen.push(await bets.fingerprint())
    await bets.removeDemo()
    seen.push(await bets.fingerprint())
    expect(new Set(seen).size).toBe(4)
  })

  it('counts the rows in quarantine', async () => {
    await imports.record(report, [rejection, { ...rejection, line: 8, field: null, reason: 'malformed_quotes' }])
    expect(await imports.countQuarantined()).toBe(2)
  })

  it('records an import that refused nothing', async () => {
    await imports.record({ ...report, rowsQuarantined: 0, rowsRead: 7 }, [])
    expect(await imports.countQuarantined()).toBe(0)
  })

  it('keeps a row that every export repeats once, wherever it stands, and equal rows of one file apart', async () => {
    await imports.record(report, [rejection])
    await imports.record({ ...report, id: 'import-2', fileName: 'later.csv' }, [{ ...rejection, line: 900 }])
    expect(await imports.countQuarantined()).toBe(1)
    await imports.record({ ...report, id: 'import-3' }, [rejection, { ...rejection, line: 8 }])
    expect(await imports.countQuarantined()).toBe(2)
  })

  it('takes rows with NUL, of 200,000 characters, and more of them than one request holds', async () => {
    const long = { ...rejection, raw: 'é'.repeat(200_000) }
    const many = Array.from({ length: 1100 }, (_, i) => ({ ...rejection, line: 100 + i }))
    await imports.record(report, [{ ...rejection, raw: 'a\u0000b', detail: 'holds \u0000' }, long, ...many])
    expect(await imports.countQuarantined()).toBe(1102)
  })
})

describe('the ledger in Supabase', () => {
  beforeEach(emptyTables)

  it('keeps an import and its rejections as they were', async () => {
    await supabaseImportStore(supabase.client).record(report, [{ ...rejection, raw: 'a\u0000b' }])
    const { data: stored } = await supabase.client.from('imports').select()
    expect(stored).toEqual([
      {
        ...{ id: 'import-1', file_name: 'bets.csv', format: 'Closeline ledger' },
        started_at: expect.stringContaining('2023-11-14'),
        finished_at: expect.stringContaining('22:13:20.5'),
        ...{ rows_read: 10, rows_imported: 4, rows_updated: 2, rows_unchanged: 1, rows_quarantined: 3 },
      },
    ])
    const { data: kept } = await supabase.client.from('quarantine').select()
    expect(kept).toMatchObject([
      {
        ...rejection,
        import_id: 'import-1',
        file_name: 'bets.csv',
        raw: 'a\u2400b',
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
  })

  it('refuses an import whose rows do not add up', async () => {
    const record = supabaseImportStore(supabase.client).record({ ...report, rowsRead: 11 }, [])
    await expect(record).rejects.toMatchObject({ name: 'UpstreamError', vendor: 'Supabase' })
  })

  it('is an UpstreamError that may pass where nothing answers', async () => {
    const nowhere = supabaseBetStore(supabaseServiceClient('http://127.0.0.1:9', 'sb_secret_test'))
    const failure = nowhere.save([bet()])
    await expect(failure).rejects.toBeInstanceOf(UpstreamError)
    await expect(failure).rejects.toMatchObject({ retryable: true })
  })
})
