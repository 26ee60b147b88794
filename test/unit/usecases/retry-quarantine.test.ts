import { beforeEach, describe, expect, it } from 'vitest'
import { readCsvText } from '../../../shared/adapters/csv-rows.ts'
import type { Bet } from '../../../shared/bets/bet.ts'
import type { FileOrigin } from '../../../shared/quality/quarantine.ts'
import type { QuarantineStore } from '../../../shared/usecases/ledger-ports.ts'
import type { RetryRequest } from '../../../shared/usecases/retry-quarantine.ts'
import { retryQuarantine } from '../../../shared/usecases/retry-quarantine.ts'
import { bet } from '../../support/bets.ts'
import { juiceReelRecords, pikkitRecord } from '../../support/export-rows.ts'
import type { MemoryBetStore } from '../../support/memory-ledger.ts'
import { memoryBetStore, memoryQuarantineStore } from '../../support/memory-ledger.ts'
import { columnsOf, HEADERS } from '../../support/source-rows.ts'

const PIKKIT: FileOrigin = {
  ...{ kind: 'file', name: 'transactions.csv', importId: 'import-1' },
  ...{ format: 'Pikkit export', columns: columnsOf(HEADERS.pikkit15) },
}
const JUICE_REEL: FileOrigin = {
  ...{ kind: 'file', name: 'juiceReelBets.csv', importId: 'import-1' },
  ...{ format: 'Juice Reel export', columns: columnsOf(HEADERS.juiceReel) },
}

describe('retryQuarantine', () => {
  let bets: MemoryBetStore
  let quarantine: QuarantineStore

  beforeEach(() => {
    bets = memoryBetStore()
    quarantine = memoryQuarantineStore()
  })

  /** Quarantines rows as an older version refused them. */
  async function quarantined(origin: FileOrigin, ...texts: string[]): Promise<void> {
    const reason = { reason: 'unknown_status', field: 'status', detail: 'status: not known' } as const
    await quarantine.add(
      origin,
      texts.map((raw, i) => ({ ...reason, line: i + 2, raw })),
    )
  }

  const rowsNow = () => quarantine.list({}, 100)
  const states = async () => (await rowsNow()).map(({ status, releasedAs }) => releasedAs ?? status)

  async function retry(request: Partial<RetryRequest> = {}) {
    const rows = request.rows ?? (await quarantine.list({ status: 'waiting' }, 100))
    return retryQuarantine({ bets, quarantine, readRecords: readCsvText }, { ...request, rows }, await bets.all())
  }

  it('takes in rows that make sense now and releases them, with the import that they came with', async () => {
    await quarantined(PIKKIT, pikkitRecord({ bet_id: 'a' }))
    await quarantined({ ...PIKKIT, importId: 'import-2' }, pikkitRecord({ bet_id: 'b', bet_info: 'two\r\nlines' }))
    const { released, refused, rowsImported } = await retry()
    expect(released.map(({ bet: { id }, rows }) => [id, rows.map(({ line }) => line)])).toEqual([
      ['a', [2]],
      ['b', [2]],
    ])
    expect([refused, rowsImported]).toEqual([[], 2])
    expect((await bets.all()).map(({ id, selection }) => [id, selection])).toEqual([
      ['a', 'Jo Doe Over 24.5 Points'],
      ['b', 'two\r\nlines'],
    ])
    expect(['a', 'b'].map(bets.importOf)).toEqual(['import-1', 'import-2'])
    expect(await states()).toEqual(['a', 'b'])
  })

  it('says why the others are still refused, and notes it', async () => {
    await quarantined(PIKKIT, pikkitRecord({ odds: '1.0' }), 'a,b', 'x,"y')
    const { released, refused } = await retry()
    expect(released).toEqual([])
    const reasons = ['odds_out_of_range', 'wrong_number_of_cells', 'malformed_quotes']
    const told = refused.map(({ row, refusal }) => [row.line, refusal.reason])
    expect(told.toSorted()).toEqual(reasons.map((reason, i) => [i + 2, reason]))
    expect((await rowsNow()).map(({ status, reason }) => [status, reason])).toEqual(reasons.map((r) => ['waiting', r]))
    expect((await rowsNow())[0]).toMatchObject({ field: 'odds', detail: expect.stringContaining('"1.0"') })
  })

  it('reads each row by its own header', async () => {
    const [status, odds, ...others] = ['status', 'odds', ...columnsOf(HEADERS.pikkit15)].filter(
      (column, i, all) => all.indexOf(column) === i,
    )
    const header = [odds, '', status, ...others].join(',')
    await quarantined({ ...PIKKIT, columns: columnsOf(header) }, pikkitRecord({ bet_id: 'a', odds: '3.5' }, header))
    await quarantined(
      { ...PIKKIT, columns: columnsOf(HEADERS.pikkit17) },
      pikkitRecord({ bet_id: 'b' }, HEADERS.pikkit17),
    )
    await retry()
    const ledger = new Map((await bets.all()).map((one) => [one.id, one]))
    expect(ledger.get('a')?.decimalOdds).toBe(3.5)
    expect(ledger.get('b')?.placedAtMs).toBe(Date.UTC(2025, 11, 27, 22, 55, 44, 120))
  })

  it('refuses what shows NUL, and a header that no layout has any more', async () => {
    await quarantined(PIKKIT, pikkitRecord({ bet_info: 'a\u2400b' }))
    await quarantined({ ...PIKKIT, columns: ['bet_id', 'outcome'] }, 'a,won')
    const { refused } = await retry()
    expect(refused.map(({ refusal }) => refusal.reason).toSorted()).toEqual(['unknown_layout', 'unreadable_text'])
  })

  it('leaves rows of tables, and rows without a header, untried', async () => {
    await quarantine.add({ kind: 'table', name: 'bets', runId: 'run-1' }, [
      { line: null, reason: 'missing_id', field: 'id', detail: 'id is blank', raw: '{}' },
    ])
    await quarantined({ ...PIKKIT, columns: null }, pikkitRecord())
    const { untried, refused, released } = await retry()
    expect(untried.map(({ origin }) => origin.kind)).toEqual(['table', 'file'])
    expect([refused, released, await states()]).toEqual([[], [], ['waiting', 'waiting']])
  })

  it('releases a row that was cut off between the ledger and the quarantine', async () => {
    await quarantined(PIKKIT, pikkitRecord({ bet_id: 'a' }))
    const cut = { ...quarantine, resolve: () => Promise.reject(new Error('cut')) }
    const rows = await quarantine.list({}, 10)
    const deps = { bets, quarantine: cut, readRecords: readCsvText }
    await expect(retryQuarantine(deps, { rows }, [])).rejects.toThrow('cut')
    const [saved] = await bets.all()
    expect(await states()).toEqual(['waiting'])
    expect(await retry()).toMatchObject({ rowsImported: 0, rowsUnchanged: 1 })
    expect(await bets.all()).toEqual([saved])
    expect(await states()).toEqual(['a'])
  })

  it('tries only the rows asked for, discarded ones too, and no released one', async () => {
    await quarantined(PIKKIT, pikkitRecord({ bet_id: 'a' }), pikkitRecord({ bet_id: 'b' }))
    const [, second] = await rowsNow()
    await quarantine.resolve([{ id: second?.id ?? '', outcome: 'discarded' }])
    await retry({ rows: (await rowsNow()).slice(1) })
    expect(await states()).toEqual(['waiting', 'b'])
    await expect(retry({ rows: (await rowsNow()).slice(1) })).rejects.toMatchObject({ code: 'already_released' })
  })

  it('lets demo bets make way where a row is the first of a bettor’s own', async () => {
    bets = memoryBetStore([bet({ id: 'demo-1', origin: 'demo' })])
    await quarantined(PIKKIT, 'a,b')
    expect(await retry()).toMatchObject({ demoBetsRemoved: 0 })
    await quarantined(PIKKIT, pikkitRecord({ bet_id: 'a' }))
    const { demoBetsRemoved, ledger } = await retry()
    expect(demoBetsRemoved).toBe(1)
    expect(ledger.map(({ id }) => id)).toEqual(['a'])
    expect(await bets.all()).toEqual(ledger)
  })

  describe('beside what the ledger has', () => {
    /** The bet that a Pikkit record makes. */
    async function betOf(text: string): Promise<Bet> {
      const other = memoryBetStore()
      const store = memoryQuarantineStore()
      await store.add(PIKKIT, [{ line: 2, reason: 'missing_id', field: null, detail: '', raw: text }])
      const deps = { bets: other, quarantine: store, readRecords: readCsvText }
      await retryQuarantine(deps, { rows: await store.list({}, 1) }, [])
      return (await other.all())[0] as Bet
    }
    const open = pikkitRecord({ bet_id: 'a', status: 'PLACED' })
    const won = pikkitRecord({ bet_id: 'a' })
    const lost = pikkitRecord({ bet_id: 'a', status: 'SETTLED_LOSS', profit: '-25.0' })

    it('settles an open bet', async () => {
      bets = memoryBetStore([await betOf(open)])
      await quarantined(PIKKIT, won)
      expect(await retry()).toMatchObject({ rowsUpdated: 1 })
      expect((await bets.all())[0]?.state).toBe('won')
    })

    it('releases a row that is older than the result, or says the same, and changes nothing', async () => {
      bets = memoryBetStore([await betOf(won)])
      await quarantined(PIKKIT, open, won)
      expect(await retry()).toMatchObject({ rowsUnchanged: 2 })
      expect(await bets.all()).toEqual([await betOf(won)])
      expect(await states()).toEqual(['a', 'a'])
    })

    it.each([
      ['settled', lost, won],
      ['open', pikkitRecord({ bet_id: 'a', status: 'PLACED', bet_info: 'other' }), open],
    ])('does not overwrite a bet %s otherwise, and says so', async (_, text, known) => {
      bets = memoryBetStore([await betOf(known)])
      await quarantined(PIKKIT, text)
      const { refused, released } = await retry()
      expect([refused.map(({ refusal }) => refusal.reason), released]).toEqual([['contradicts_ledger'], []])
      expect(await bets.all()).toEqual([await betOf(known)])
      expect(await rowsNow()).toMatchObject([{ status: 'waiting', reason: 'contradicts_ledger' }])
    })

    it('takes a person’s word against the ledger', async () => {
      bets = memoryBetStore([await betOf(won)])
      await quarantined(PIKKIT, 'a,lost')
      expect(await retry({ mendedText: lost })).toMatchObject({ rowsUpdated: 1, refused: [] })
      expect((await bets.all())[0]?.state).toBe('lost')
    })
  })

  describe('with a person’s text', () => {
    it('releases the row, and keeps its own text', async () => {
      await quarantined(PIKKIT, 'a,b')
      await retry({ mendedText: pikkitRecord({ bet_id: 'mended' }) })
      expect(await rowsNow()).toMatchObject([{ raw: 'a,b', status: 'released', releasedAs: 'mended' }])
    })

    it.each([
      ['', 'malformed_quotes'],
      [`${pikkitRecord()}\n${pikkitRecord()}`, 'malformed_quotes'],
      ['a,b', 'wrong_number_of_cells'],
      [pikkitRecord({ status: 'LUCKY' }), 'unknown_status'],
    ])('says what the text %j lacks, and leaves the row as it was', async (mendedText, reason) => {
      await quarantined(PIKKIT, pikkitRecord())
      const before = await rowsNow()
      const { refused, released } = await retry({ mendedText })
      expect([refused.map(({ refusal }) => refusal.reason), released]).toEqual([[reason], []])
      expect(await rowsNow()).toEqual(before)
    })

    it.each([0, 2])('mends one row, not %i', async (count) => {
      await quarantined(PIKKIT, 'a,b', 'c,d')
      const rows = (await rowsNow()).slice(0, count)
      await expect(retry({ rows, mendedText: pikkitRecord() })).rejects.toMatchObject({ code: 'one_row_at_a_time' })
    })
  })

  describe('of legs', () => {
    const [legA = '', legB = '', legC = ''] = juiceReelRecords({ juice_bet_id: 'jr-9' }, [
      { leg_description: 'first' },
      { leg_description: 'second' },
      { leg_description: 'third' },
    ])

    it('brings the other legs of a bet along, in the order of the file', async () => {
      await quarantined(JUICE_REEL, legA, legB, legC, ...juiceReelRecords({ juice_bet_id: 'jr-other' }))
      const { released } = await retry({ rows: (await rowsNow()).slice(1, 2) })
      expect(released.map(({ rows }) => rows.map(({ line }) => line))).toEqual([[2, 3, 4]])
      expect((await bets.all()).map(({ id, selection }) => [id, selection])).toEqual([
        ['jr-9', 'first | second | third'],
      ])
      expect(await states()).toEqual(['jr-9', 'jr-9', 'jr-9', 'waiting'])
    })

    it('mends one leg among the others', async () => {
      await quarantined(JUICE_REEL, legA, 'torn', legC)
      await retry({ rows: (await rowsNow()).slice(1, 2), mendedText: legB })
      expect((await bets.all())[0]?.selection).toBe('first | second | third')
      expect(await states()).toEqual(['jr-9', 'jr-9', 'jr-9'])
    })

    it('finds the legs of a bet that several exports brought', async () => {
      await quarantined(JUICE_REEL, legA, legB)
      await quarantined({ ...JUICE_REEL, importId: 'import-2' }, legC)
      expect(await retry()).toMatchObject({ refused: [], rowsImported: 3 })
      expect(bets.importOf('jr-9')).toBe('import-2')
    })

    it('is not kept from a whole bet by legs of an older export', async () => {
      const older = juiceReelRecords({ juice_bet_id: 'jr-9', bet_result: 'Pending' }, [{}, {}, {}]).slice(0, 2)
      await quarantined(JUICE_REEL, ...older)
      await quarantined({ ...JUICE_REEL, importId: 'import-2' }, legA, legB, legC)
      const { released, refused } = await retry()
      expect(released.map(({ rows }) => rows.length)).toEqual([3])
      expect(refused.map(({ row, refusal }) => [row.line, refusal.reason])).toEqual([
        [2, 'legs_missing'],
        [3, 'legs_missing'],
      ])
    })

    it('names the lines of the file where legs are missing', async () => {
      await quarantined(JUICE_REEL, legA, legB)
      const { refused } = await retry()
      expect(refused[1]?.refusal.detail).toMatch(/^of the same bet as line 2: /)
    })
  })
})
