import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsvText } from '../../shared/adapters/csv-rows.ts'
import type { BetFormat } from '../../shared/bets/formats/format.ts'
import { juiceReel } from '../../shared/bets/formats/juice-reel.ts'
import { pikkit } from '../../shared/bets/formats/pikkit.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import { importBets } from '../../shared/usecases/import-bets.ts'
import { retryQuarantine } from '../../shared/usecases/retry-quarantine.ts'
import { juiceReelRecords, pikkitRecord } from '../support/export-rows.ts'
import { manualClock } from '../support/manual-clock.ts'
import { memoryBetStore, memoryImportStore, memoryQuarantineStore, TOLD_AT_MS } from '../support/memory-ledger.ts'
import { columnsOf, HEADERS } from '../support/source-rows.ts'

/** A ledger that imports texts of records as files. */
function emptyLedger() {
  let ids = 0
  let nowMs = TOLD_AT_MS
  // Each saved bet at a time of its own: one that is saved without need is told from one that is not.
  const bets = memoryBetStore([], () => ++nowMs)
  const stores = { bets, imports: memoryImportStore(), quarantine: memoryQuarantineStore() }
  const deps = { ...stores, clock: manualClock(0), progress: silentProgress, newId: () => `import-${++ids}` }

  async function take(format: BetFormat, header: string, records: readonly string[]) {
    const columns = columnsOf(header)
    const { rows, rejections } = readCsvText(records.join('\n'), columns)
    const parsed = format.parse(rows)
    const all = { bets: parsed.bets, rejections: [...rejections, ...parsed.rejections] }
    const file = { fileName: 'bets.csv', fileSha256: 'ab'.repeat(32), format: format.name, columns, mends: new Map() }
    const rowsRead = rows.length + rejections.length
    return (await importBets(deps, { ...file, rowsRead, parsed: all }, await stores.bets.all())).report
  }

  const waiting = async () => (await stores.quarantine.list({ status: 'waiting' }, 1000)).map(({ raw }) => raw).sort()

  async function retry() {
    const rows = await stores.quarantine.list({ status: 'waiting' }, 1000)
    await retryQuarantine({ ...stores, readRecords: readCsvText }, { rows }, await stores.bets.all())
  }

  return { take, retry, waiting, all: stores.bets.all }
}

/** Records of a Pikkit export: sound ones, ones of the same bet, bad ones. */
const pikkitRecords = fc.array(
  fc.record({
    bet_id: fc.constantFrom('a', 'b', 'c', 'd', ''),
    status: fc.constantFrom('PLACED', 'SETTLED_WIN', 'SETTLED_PUSH', 'LUCKY'),
    odds: fc.constantFrom('1.5', '2.1', 'evens'),
    bet_info: fc.constantFrom('Over', 'Under, incl. overtime', 'a "b"', '\u2400'),
  }),
  { maxLength: 12 },
)

/** Bets of one to three legs in the layout of Juice Reel, each an array of records. */
const juiceReelBets = fc
  .array(fc.array(fc.constantFrom('Over', 'Under', 'Draw'), { minLength: 1, maxLength: 3 }), { maxLength: 5 })
  .map((bets) =>
    bets.map((legs, b) =>
      juiceReelRecords(
        { juice_bet_id: `jr-${b}` },
        legs.map((leg) => ({ leg_description: leg })),
      ),
    ),
  )

/** Takes items apart into as many parts as wanted, keeping their order within each. */
function apart<T>(items: readonly T[], partOf: readonly number[]): T[][] {
  const parts = Map.groupBy(items, (_, i) => partOf[i % partOf.length] ?? 0)
  return [...parts.values()]
}

const partition = fc.array(fc.nat(3), { minLength: 1, maxLength: 7 })

describe('importing', () => {
  it('twice is importing once, whatever the rows are', async () => {
    await fc.assert(
      fc.asyncProperty(pikkitRecords, async (cells) => {
        const records = cells.map((each) => pikkitRecord(each))
        const ledger = emptyLedger()
        await ledger.take(pikkit, HEADERS.pikkit15, records)
        const [bets, waiting] = [await ledger.all(), await ledger.waiting()]
        const again = await ledger.take(pikkit, HEADERS.pikkit15, records)
        expect([await ledger.all(), await ledger.waiting()]).toEqual([bets, waiting])
        expect([again.rowsImported, again.rowsUpdated, again.rowsQuarantined]).toEqual([0, 0, waiting.length])
        expect(again.rowsUnchanged).toBe(records.length - waiting.length)
      }),
    )
  })

  it('twice is importing once, whatever was open in the ledger before, and leaves when a result was told as it was', async () => {
    let told = 0
    await fc.assert(
      fc.asyncProperty(pikkitRecords, pikkitRecords, async (before, after) => {
        const open = before.map((each) => pikkitRecord({ ...each, status: 'PLACED' }))
        const records = after.map((each) => pikkitRecord(each))
        const ledger = emptyLedger()
        for (const each of [open, records]) await ledger.take(pikkit, HEADERS.pikkit15, each)
        const bets = await ledger.all()
        const { rowsImported, rowsUpdated } = await ledger.take(pikkit, HEADERS.pikkit15, records)
        expect([rowsImported, rowsUpdated]).toEqual([0, 0])
        expect(await ledger.all()).toEqual(bets)
        told += bets.filter(({ resultKnownAtMs }) => resultKnownAtMs !== null).length
      }),
    )
    expect(told).toBeGreaterThan(5)
  })

  it('a file in parts, in any order, is importing it whole', async () => {
    await fc.assert(
      fc.asyncProperty(pikkitRecords, juiceReelBets, partition, async (cells, legs, partOf) => {
        const ofDifferentBets = cells.map((each, i) =>
          pikkitRecord({ ...each, bet_id: each.bet_id && `${each.bet_id}${i}` }),
        )
        const [whole, parted] = [emptyLedger(), emptyLedger()]
        await whole.take(pikkit, HEADERS.pikkit15, ofDifferentBets)
        await whole.take(juiceReel, HEADERS.juiceReel, legs.flat())
        for (const part of apart(legs, partOf).reverse()) await parted.take(juiceReel, HEADERS.juiceReel, part.flat())
        for (const part of apart(ofDifferentBets, partOf).reverse()) await parted.take(pikkit, HEADERS.pikkit15, part)
        expect(await parted.all()).toEqual(await whole.all())
        expect(new Set(await parted.waiting())).toEqual(new Set(await whole.waiting()))
      }),
    )
  })

  it('the legs of bets in different files loses none: tried again, they find each other', async () => {
    await fc.assert(
      fc.asyncProperty(juiceReelBets, fc.array(fc.nat(20), { maxLength: 4 }), async (legs, cuts) => {
        const records = legs.flat()
        const [whole, parted] = [emptyLedger(), emptyLedger()]
        await whole.take(juiceReel, HEADERS.juiceReel, records)
        const ends = [...cuts.map((cut) => cut % (records.length + 1)), records.length].sort((a, b) => a - b)
        for (const [i, end] of ends.entries()) {
          await parted.take(juiceReel, HEADERS.juiceReel, records.slice(ends[i - 1] ?? 0, end))
        }
        await parted.retry()
        expect(await parted.waiting()).toEqual([])
        expect(await parted.all()).toEqual(await whole.all())
      }),
    )
  })
})
