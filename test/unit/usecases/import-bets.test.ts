import { beforeEach, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import type { Rejection } from '../../../shared/bets/formats/format.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import type { ReadFile } from '../../../shared/usecases/import-bets.ts'
import { importBets } from '../../../shared/usecases/import-bets.ts'
import type { BetStore, QuarantineStore } from '../../../shared/usecases/ledger-ports.ts'
import { bet } from '../../support/bets.ts'
import { manualClock } from '../../support/manual-clock.ts'
import type { MemoryBetStore } from '../../support/memory-ledger.ts'
import { memoryBetStore, memoryImportStore, memoryQuarantineStore, TOLD_AT_MS } from '../../support/memory-ledger.ts'

const rejection: Rejection = { line: 9, reason: 'missing_id', field: 'id', detail: 'id is blank', raw: ',x' }

/** A file whose every row is one of these bets or rejections. */
function fileOf(bets: readonly Bet[], rejections: Rejection[] = []): ReadFile {
  const parsed = { bets: bets.map((parsedBet, i) => ({ bet: parsedBet, lines: [i + 2] })), rejections }
  const columns = ['id', 'status']
  const rowsRead = bets.length + rejections.length
  const file = { fileName: 'bets.csv', fileSha256: 'ab'.repeat(32), format: 'Closeline ledger', columns }
  return { ...file, rowsRead, parsed, mends: new Map() }
}

const COUNTS = ['rowsRead', 'rowsImported', 'rowsUpdated', 'rowsUnchanged', 'rowsQuarantined'] as const

describe('importBets', () => {
  let bets: MemoryBetStore
  let saved: string[]
  let imports: ReturnType<typeof memoryImportStore>
  let quarantine: QuarantineStore
  let ids: number

  function begin(start: readonly Bet[] = []): void {
    const store = memoryBetStore(start)
    saved = []
    bets = {
      ...store,
      save: (some, context) => {
        for (const { id } of some) saved.push(id)
        return store.save(some, context)
      },
    }
    imports = memoryImportStore()
    quarantine = memoryQuarantineStore()
    ids = 0
  }

  beforeEach(() => begin())

  function deps() {
    const newId = () => `import-${++ids}`
    return { bets, imports, quarantine, clock: manualClock(1000), progress: silentProgress, newId }
  }

  const waiting = async () => (await quarantine.count('waiting')).total

  async function run(file: ReadFile) {
    const result = await importBets(deps(), file, await bets.all())
    return { ...result, counts: COUNTS.map((name) => result.report[name]) }
  }

  it('takes new bets in', async () => {
    const { counts, ledger } = await run(fileOf([bet({ id: 'a' }), bet({ id: 'b' })]))
    expect(counts).toEqual([2, 2, 0, 0, 0])
    expect(ledger.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(await bets.all()).toEqual(ledger)
  })

  it('never takes a result back, in whatever order two exports come', async () => {
    const open = bet({ id: 'a', state: 'open', profitMinor: null, settledAtMs: null })
    const settled = bet({ id: 'a' })
    for (const [first, second, resultKnownAtMs] of [
      [open, settled, TOLD_AT_MS],
      [settled, open, null],
    ] as const) {
      begin()
      await run(fileOf([first]))
      const { counts } = await run(fileOf([second]))
      expect(await bets.all()).toEqual([{ ...settled, resultKnownAtMs }])
      expect(counts).toEqual(second === open ? [1, 0, 0, 1, 0] : [1, 0, 1, 0, 0])
    }
  })

  it('keeps the result where one file has a bet settled and then open', async () => {
    const open = bet({ id: 'a', state: 'open', profitMinor: null, settledAtMs: null })
    const { counts } = await run(fileOf([bet({ id: 'a' }), open]))
    expect(await bets.all()).toEqual([bet({ id: 'a' })])
    expect(counts).toEqual([2, 2, 0, 0, 0])
  })

  it('changes nothing when the same file comes again', async () => {
    const file = fileOf([bet({ id: 'a' }), bet({ id: 'b', settledAtMs: null })], [rejection])
    await run(file)
    saved = []
    expect((await run(file)).counts).toEqual([3, 0, 0, 2, 1])
    expect(saved).toEqual([])
    expect(await waiting()).toBe(1)
  })

  it('updates an open bet that has settled', async () => {
    begin([bet({ id: 'a', state: 'open', profitMinor: null, settledAtMs: null }), bet({ id: 'b' })])
    const settled = bet({ id: 'a', state: 'lost', profitMinor: -1000 })
    const { counts, ledger } = await run(fileOf([settled, bet({ id: 'b' })]))
    expect(counts).toEqual([2, 0, 1, 1, 0])
    expect(saved).toEqual(['a'])
    expect(ledger).toContainEqual(settled)
  })

  const told = (key: string) => key !== 'id' && key !== 'resultKnownAtMs'
  it.each(Object.keys(bet()).filter(told))('notices a change of %s', async (key) => {
    begin([bet()])
    expect((await run(fileOf([{ ...bet(), [key]: 'another' }]))).counts).toEqual([1, 0, 1, 0, 0])
  })

  describe('of a bet whose result came late', () => {
    const late = bet({ id: 'a', resultKnownAtMs: TOLD_AT_MS - 1 })

    it('changes nothing where the file says what the ledger has, though no file tells when it came', async () => {
      begin([late])
      for (const record of [bet({ id: 'a' }), { ...late, resultKnownAtMs: TOLD_AT_MS }]) {
        expect((await run(fileOf([record]))).counts).toEqual([1, 0, 0, 1, 0])
      }
      expect(saved).toEqual([])
      expect(await bets.all()).toEqual([late])
    })

    it('changes nothing when the file that settled it comes again', async () => {
      begin([bet({ id: 'a', state: 'open', profitMinor: null, settledAtMs: null })])
      const file = fileOf([bet({ id: 'a' })])
      expect((await run(file)).counts).toEqual([1, 0, 1, 0, 0])
      const after = await bets.all()
      expect(after).toEqual([{ ...late, resultKnownAtMs: TOLD_AT_MS }])
      expect((await run(file)).counts).toEqual([1, 0, 0, 1, 0])
      expect(await bets.all()).toEqual(after)
    })

    it('keeps the time of its result where the file says something else of it', async () => {
      begin([late])
      expect((await run(fileOf([bet({ id: 'a', league: 'WNBA' })]))).counts).toEqual([1, 0, 1, 0, 0])
      expect(await bets.all()).toEqual([{ ...late, league: 'WNBA' }])
    })
  })

  it('counts the last record of an id in a file, and accounts for every row', async () => {
    const last = bet({ id: 'a', state: 'lost' })
    const { counts, ledger } = await run(fileOf([bet({ id: 'a', state: 'open' }), bet({ id: 'b' }), last]))
    expect(counts[0]).toBe(3)
    expect(counts.slice(1).reduce((sum, n) => sum + n)).toBe(3)
    expect(ledger).toEqual([last, bet({ id: 'b' })])
    expect(await bets.all()).toEqual(ledger)
  })

  it('changes nothing when a file with several records of an id comes again', async () => {
    const file = fileOf([bet({ id: 'a', state: 'open' }), bet({ id: 'a', state: 'won' })])
    await run(file)
    saved = []
    expect((await run(file)).counts).toEqual([2, 0, 0, 2, 0])
    expect(saved).toEqual([])
  })

  it('counts every row of a bet of several rows', async () => {
    const file: ReadFile = {
      ...fileOf([]),
      rowsRead: 3,
      parsed: { bets: [{ bet: bet(), lines: [2, 3, 7] }], rejections: [] },
    }
    expect((await run(file)).counts).toEqual([3, 3, 0, 0, 0])
    expect((await run(file)).counts).toEqual([3, 0, 0, 3, 0])
  })

  it('records the import and what it refused', async () => {
    const { report } = await run(fileOf([bet()], [rejection, { ...rejection, line: 10 }]))
    expect(report).toEqual({
      ...{ id: 'import-1', fileName: 'bets.csv', fileSha256: 'ab'.repeat(32), format: 'Closeline ledger' },
      ...{ columns: ['id', 'status'], startedAtMs: 1000, finishedAtMs: 1000 },
      ...{ rowsRead: 3, rowsImported: 1, rowsUpdated: 0, rowsUnchanged: 0, rowsQuarantined: 2 },
    })
    expect(imports.reports).toEqual([report])
    const origin = { kind: 'file', name: 'bets.csv', importId: 'import-1', format: 'Closeline ledger' }
    expect(await quarantine.list({}, 10)).toMatchObject([
      { ...rejection, origin: { ...origin, columns: ['id', 'status'] } },
      { ...rejection, line: 10 },
    ])
  })

  it('keeps with each bet the import that brought it as it stands', async () => {
    await run(fileOf([bet({ id: 'a' }), bet({ id: 'b', state: 'open' })]))
    await run(fileOf([bet({ id: 'a' }), bet({ id: 'b' }), bet({ id: 'c' })]))
    expect(['a', 'b', 'c'].map(bets.importOf)).toEqual(['import-1', 'import-2', 'import-2'])
  })

  describe('cut off', () => {
    const file = fileOf([bet({ id: 'a' }), bet({ id: 'b' })], [rejection])
    const cut = () => Promise.reject(new Error('cut'))
    const steps: [name: string, broken: () => Partial<ReturnType<typeof deps>>, left: Record<string, number>][] = [
      ['before it is told', () => ({ imports: { ...imports, begin: cut } }), { imports: 0, waiting: 0, bets: 0 }],
      [
        'before its rows are kept',
        () => ({ quarantine: { ...quarantine, add: cut } }),
        { imports: 1, waiting: 0, bets: 0 },
      ],
      ['before its bets are saved', () => ({ bets: { ...bets, save: cut } }), { imports: 1, waiting: 1, bets: 0 }],
      ['among its bets', () => ({ bets: { ...bets, save: saveOneAndCut } }), { imports: 1, waiting: 1, bets: 1 }],
      ['before it is done', () => ({ imports: { ...imports, finish: cut } }), { imports: 1, waiting: 1, bets: 2 }],
    ]

    const saveOneAndCut: BetStore['save'] = async (some, context) => {
      await bets.save(some.slice(0, 1), context)
      await cut()
    }

    it.each(steps)('%s, it leaves nothing untold, and a second import does the rest', async (_, broken, left) => {
      await expect(importBets({ ...deps(), ...broken() }, file, [])).rejects.toThrow('cut')
      const unfinished = imports.reports.filter(({ finishedAtMs }) => finishedAtMs === null)
      expect({ imports: unfinished.length, waiting: await waiting(), bets: saved.length }).toEqual(left)

      const nSaved = left.bets ?? 0
      expect((await run(file)).counts).toEqual([3, 2 - nSaved, 0, nSaved, 1])
      expect(await bets.all()).toEqual([bet({ id: 'a' }), bet({ id: 'b' })])
      expect(await waiting()).toBe(1)
      const known = imports.reports.map(({ id }) => id)
      expect(['a', 'b'].filter((id) => !known.includes(bets.importOf(id) ?? ''))).toEqual([])
    })
  })

  describe('of a file of mended rows', () => {
    /** Quarantines two rows; gives their ids. */
    async function quarantined(): Promise<[string, string]> {
      await run(fileOf([], [rejection, { ...rejection, line: 10, raw: ',y' }]))
      const [a, b] = await quarantine.list({}, 10)
      return [a?.id ?? '', b?.id ?? '']
    }

    const statuses = async () => (await quarantine.list({}, 10)).map(({ status, releasedAs }) => [status, releasedAs])

    it('releases the rows that have become bets, the rows of one bet together', async () => {
      const [a, b] = await quarantined()
      const file = fileOf([bet({ id: 'x' })])
      file.parsed.bets = [{ bet: bet({ id: 'x' }), lines: [2, 3] }]
      const { rowsReleased, counts } = await run({
        ...file,
        rowsRead: 2,
        mends: new Map([
          [2, a],
          [3, b],
        ]),
      })
      expect(rowsReleased).toBe(2)
      expect(counts).toEqual([2, 2, 0, 0, 0])
      expect(await statuses()).toEqual([
        ['released', 'x'],
        ['released', 'x'],
      ])
    })

    it('releases a row whose bet the ledger has already', async () => {
      const [a] = await quarantined()
      await run(fileOf([bet({ id: 'x' })]))
      expect(await run({ ...fileOf([bet({ id: 'x' })]), mends: new Map([[2, a]]) })).toMatchObject({ rowsReleased: 1 })
    })

    it('keeps a row that is refused again once, as it was', async () => {
      const [a] = await quarantined()
      const before = await quarantine.list({}, 10)
      const again = { ...rejection, line: 2, raw: ',z', reason: 'missing_time' } as const
      const { counts } = await run({ ...fileOf([], [again]), mends: new Map([[2, a]]) })
      expect(counts).toEqual([1, 0, 0, 0, 1])
      expect(await quarantine.list({}, 10)).toEqual(before)
    })

    it('leaves a discarded row discarded where it is refused again', async () => {
      const [a] = await quarantined()
      await quarantine.resolve([{ id: a, outcome: 'discarded' }])
      await run({ ...fileOf([], [{ ...rejection, line: 2, raw: ',z' }]), mends: new Map([[2, a]]) })
      expect(await statuses()).toEqual([
        ['discarded', null],
        ['waiting', null],
      ])
    })

    it('keeps what is refused beside a row of the same id that became a bet', async () => {
      const [a] = await quarantined()
      const file = fileOf([bet({ id: 'x' })], [{ ...rejection, line: 3, raw: ',z' }])
      await run({
        ...file,
        mends: new Map([
          [2, a],
          [3, a],
        ]),
      })
      expect(await statuses()).toEqual([
        ['released', 'x'],
        ['waiting', null],
        ['waiting', null],
      ])
    })

    it('keeps rows that bear an unknown id, or that of a released row, as any others', async () => {
      const [a] = await quarantined()
      await quarantine.resolve([{ id: a, outcome: 'released', releasedAs: 'x' }])
      const refused = [
        { ...rejection, line: 2, raw: 'p' },
        { ...rejection, line: 3, raw: 'q' },
      ]
      const { rowsReleased } = await run({
        ...fileOf([], refused),
        mends: new Map([
          [2, a],
          [3, 'unknown'],
        ]),
      })
      expect(rowsReleased).toBe(0)
      expect(await waiting()).toBe(3)
    })
  })

  it('lets demo bets make way for a bettor’s own', async () => {
    begin([bet({ id: 'demo-1', origin: 'demo' }), bet({ id: 'demo-2', origin: 'demo' })])
    const { demoBetsRemoved, ledger } = await run(fileOf([bet({ id: 'a' })]))
    expect(demoBetsRemoved).toBe(2)
    expect(ledger).toEqual([bet({ id: 'a' })])
    expect(await bets.all()).toEqual(ledger)
  })

  it('keeps the demo bets where a file brings no bet', async () => {
    const demo = bet({ id: 'demo-1', origin: 'demo' })
    begin([demo])
    const { demoBetsRemoved, ledger } = await run(fileOf([], [rejection]))
    expect(demoBetsRemoved).toBe(0)
    expect(ledger).toEqual([demo])
  })

  it.each([1, 3])('is a bug of ours, and touches nothing, where a file of 2 rows claims %i', async (rowsRead) => {
    begin([bet({ id: 'demo-1', origin: 'demo' })])
    const importing = run({ ...fileOf([bet({ id: 'a' })], [rejection]), rowsRead })
    await expect(importing).rejects.toBeInstanceOf(InvariantError)
    await expect(importing).rejects.toThrow(
      `${rowsRead} rows read, but 1 imported, 0 updated, 0 unchanged and 1 quarantined`,
    )
    expect(imports.reports).toEqual([])
    expect((await bets.all()).map(({ id }) => id)).toEqual(['demo-1'])
  })
})
