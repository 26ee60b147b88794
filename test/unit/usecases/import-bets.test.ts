import { beforeEach, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import type { Rejection } from '../../../shared/bets/formats/format.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import type { ReadFile } from '../../../shared/usecases/import-bets.ts'
import { importBets } from '../../../shared/usecases/import-bets.ts'
import type { BetStore } from '../../../shared/usecases/ledger-ports.ts'
import { bet } from '../../support/bets.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryBetStore, memoryImportStore } from '../../support/memory-ledger.ts'

const rejection: Rejection = { line: 9, reason: 'missing_id', field: 'id', detail: 'id is blank', raw: ',x' }

/** A file whose every row is one of these bets or rejections. */
function fileOf(bets: readonly Bet[], rejections: Rejection[] = []): ReadFile {
  const parsed = { bets: bets.map((parsedBet, i) => ({ bet: parsedBet, lines: [i + 2] })), rejections }
  return { fileName: 'bets.csv', format: 'Closeline ledger', rowsRead: bets.length + rejections.length, parsed }
}

const COUNTS = ['rowsRead', 'rowsImported', 'rowsUpdated', 'rowsUnchanged', 'rowsQuarantined'] as const

describe('importBets', () => {
  let bets: BetStore
  let saved: string[]
  let imports: ReturnType<typeof memoryImportStore>

  function begin(start: readonly Bet[] = []): void {
    const store = memoryBetStore(start)
    saved = []
    bets = {
      ...store,
      save: (some, onSaved) => {
        for (const { id } of some) saved.push(id)
        return store.save(some, onSaved)
      },
    }
    imports = memoryImportStore()
  }

  beforeEach(() => begin())

  async function run(file: ReadFile) {
    const deps = { bets, imports, clock: manualClock(1000), progress: silentProgress, newId: () => 'import-1' }
    const result = await importBets(deps, file, await bets.all())
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
    for (const [first, second] of [
      [open, settled],
      [settled, open],
    ] as const) {
      begin()
      await run(fileOf([first]))
      const { counts } = await run(fileOf([second]))
      expect(await bets.all()).toEqual([settled])
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
    expect(await imports.countQuarantined()).toBe(1)
  })

  it('updates an open bet that has settled', async () => {
    begin([bet({ id: 'a', state: 'open', profitMinor: null, settledAtMs: null }), bet({ id: 'b' })])
    const settled = bet({ id: 'a', state: 'lost', profitMinor: -1000 })
    const { counts, ledger } = await run(fileOf([settled, bet({ id: 'b' })]))
    expect(counts).toEqual([2, 0, 1, 1, 0])
    expect(saved).toEqual(['a'])
    expect(ledger).toContainEqual(settled)
  })

  it.each(Object.keys(bet()).filter((key) => key !== 'id'))('notices a change of %s', async (key) => {
    begin([bet()])
    expect((await run(fileOf([{ ...bet(), [key]: 'another' }]))).counts).toEqual([1, 0, 1, 0, 0])
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
    expect(report).toMatchObject({ id: 'import-1', fileName: 'bets.csv', startedAtMs: 1000, rowsQuarantined: 2 })
    expect(imports.reports).toEqual([report])
    expect(await imports.countQuarantined()).toBe(2)
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
