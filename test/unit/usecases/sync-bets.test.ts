import { beforeEach, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { toLedgerRow } from '../../../shared/bets/records/ledger-row.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import type { SyncResult } from '../../../shared/usecases/sync-bets.ts'
import { syncBets } from '../../../shared/usecases/sync-bets.ts'
import type { SyncStore } from '../../../shared/usecases/sync-store.ts'
import { bet, randomLedger, shuffled } from '../../support/bets.ts'
import type { MemoryBetStore } from '../../support/memory-ledger.ts'
import { memoryBetStore, memoryImportStore, memoryQuarantineStore } from '../../support/memory-ledger.ts'
import { memorySyncStore } from '../../support/memory-sync-store.ts'

const NOW_MS = Date.UTC(2026, 2, 1)
const at = (day: number) => new Date(Date.UTC(2026, 1, day)).toISOString()

const open = (id: string): Bet => bet({ id, state: 'open', profitMinor: null, settledAtMs: null })

/** A bet as a record that a client sends. */
const record = (of: Bet, updated_at?: string) => ({
  ...toLedgerRow(of),
  ...(updated_at === undefined ? {} : { updated_at }),
})

describe('a sync', () => {
  let bets: MemoryBetStore
  let ledger: SyncStore
  let imports: ReturnType<typeof memoryImportStore>
  let quarantine: ReturnType<typeof memoryQuarantineStore>

  beforeEach(() => begin())

  function begin(start: readonly Bet[] = []) {
    bets = memoryBetStore(start)
    ledger = memorySyncStore(bets)
    imports = memoryImportStore()
    quarantine = memoryQuarantineStore()
  }

  let batches = 0
  const sync = (records: unknown[], through: SyncStore = ledger): Promise<SyncResult> =>
    syncBets(
      { ledger: through, imports, quarantine, clock: () => NOW_MS, newId: () => `batch-${++batches}` },
      records,
      'extension',
    )
  const verdictsOf = async (...records: unknown[]) => (await sync(records)).records.map(({ verdict }) => verdict)
  const stateOf = async (id: string) => (await bets.all()).find((each) => each.id === id)?.state

  it('inserts what is new, updates what differs, leaves what is equal', async () => {
    expect(await verdictsOf(record(bet({ id: 'a' })), record(open('b')))).toEqual(['inserted', 'inserted'])
    expect(await verdictsOf(record(bet({ id: 'a' })), record(bet({ id: 'b' })), record(bet({ id: 'c' })))).toEqual([
      ...['unchanged', 'updated', 'inserted'],
    ])
    expect((await bets.all()).map(({ id, state }) => [id, state])).toEqual([
      ['a', 'won'],
      ['b', 'won'],
      ['c', 'won'],
    ])
  })

  it('changes nothing when the same records come again, in any order', async () => {
    const records = randomLedger(5, 200).map((each) => record(each, at(3)))
    await sync(records)
    const before = await bets.fingerprint()
    const again = await sync(shuffled(records, 1))
    expect(await bets.fingerprint()).toBe(before)
    expect(again.counts).toMatchObject({ unchanged: 200, inserted: 0, updated: 0 })
    expect(again.batchId).toBeNull()
    expect(imports.reports).toHaveLength(1)
  })

  it('tells an older version of a bet by its change time, whatever it says', async () => {
    await sync([record(bet({ id: 'a', league: 'NBA' }), at(5))])
    expect(await verdictsOf(record(bet({ id: 'a', league: 'WNBA' }), at(4)))).toEqual(['outdated'])
    expect(await verdictsOf(record(bet({ id: 'a', league: 'WNBA' }), at(5)))).toEqual(['updated'])
    expect(await verdictsOf(record(bet({ id: 'a', league: 'NCAA' }), at(6)))).toEqual(['updated'])
    expect(await verdictsOf(record(bet({ id: 'a', league: 'NBA' })))).toEqual(['updated'])
    expect(await verdictsOf(record(bet({ id: 'a', league: 'NCAA' }), at(5)))).toEqual(['outdated'])
  })

  it('remembers the newest change time of a bet whose content stays', async () => {
    await sync([record(bet({ id: 'a', league: 'NBA' }), at(1))])
    const seen = await sync([record(bet({ id: 'a', league: 'NBA' }), at(3))])
    expect([seen.records[0]?.verdict, seen.batchId]).toEqual(['unchanged', null])
    expect(await verdictsOf(record(bet({ id: 'a', league: 'WNBA' }), at(2)))).toEqual(['outdated'])
  })

  it('never opens a settled bet again, be its change time the newer', async () => {
    await sync([record(bet({ id: 'a' }), at(1))])
    expect(await verdictsOf(record(open('a')))).toEqual(['outdated'])
    expect(await verdictsOf(record(open('a'), at(9)))).toEqual(['outdated'])
    expect(await stateOf('a')).toBe('won')
  })

  it('lets one record of a bet speak for it: the settled one, then the later changed, then the last', async () => {
    expect(await verdictsOf(record(bet({ id: 'a' })), record(open('a')))).toEqual(['inserted', 'duplicate'])
    expect(await verdictsOf(record(open('b')), record(bet({ id: 'b' }), at(1)))).toEqual(['duplicate', 'inserted'])
    const [newer, older] = [record(bet({ id: 'c', league: 'WNBA' }), at(2)), record(bet({ id: 'c' }), at(1))]
    expect(await verdictsOf(newer, older)).toEqual(['inserted', 'duplicate'])
    const [first, last] = [record(bet({ id: 'e' }), at(1)), record(bet({ id: 'e', league: 'WNBA' }), at(1))]
    expect(await verdictsOf(first, last)).toEqual(['duplicate', 'inserted'])
    const plain = record(bet({ id: 'd' }))
    expect(await verdictsOf(plain, record(bet({ id: 'd', league: 'WNBA' })), plain)).toEqual([
      ...['duplicate', 'duplicate', 'inserted'],
    ])
    const leagues = (await bets.all()).map(({ id, league }) => [id, league])
    expect(leagues).toEqual([
      ['a', 'NBA'],
      ['b', 'NBA'],
      ['c', 'WNBA'],
      ['d', 'NBA'],
      ['e', 'WNBA'],
    ])
  })

  it('keeps what is no bet in quarantine, once, and brings in the others', async () => {
    const bad = { id: 'bad', status: 'SETTLED_WIN', time_placed: 'yesterday', american_odds: -110 }
    const { batchId, records, counts } = await sync([record(bet({ id: 'a' })), bad, 'text', record(bet({ id: 'b' }))])
    expect(records).toMatchObject([
      { index: 0, id: 'a', verdict: 'inserted', problem: null },
      { index: 1, id: 'bad', verdict: 'quarantined', problem: { reason: 'unreadable_time', field: 'time_placed' } },
      { index: 2, id: null, verdict: 'quarantined', problem: { reason: 'unreadable_record', field: null } },
      { index: 3, id: 'b', verdict: 'inserted', problem: null },
    ])
    expect(counts).toEqual({ inserted: 2, updated: 0, unchanged: 0, outdated: 0, duplicate: 0, quarantined: 2 })
    const origin = { kind: 'file', name: 'extension', importId: batchId, format: 'API sync', columns: null }
    expect(await quarantine.list({}, 10)).toMatchObject([
      { origin, line: 2, status: 'waiting', raw: JSON.stringify(bad) },
      { origin, line: 3, status: 'waiting', raw: '"text"' },
    ])
    await sync([bad])
    expect((await quarantine.count('waiting')).total).toBe(2)
  })

  it('keeps a record that is nested too deep to be written', async () => {
    const deep: unknown = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)
    expect(await verdictsOf(deep, { ...record(bet({ id: 'a' })), deep })).toEqual(['quarantined', 'inserted'])
    expect(await quarantine.list({}, 10)).toMatchObject([{ raw: 'a record nested too deep to be written' }])
  })

  it('notes the batch among the imports with counts that add up, and with each bet', async () => {
    begin([bet({ id: 'same' }), open('settles')])
    const records = [record(bet({ id: 'same' })), record(bet({ id: 'settles' })), record(bet({ id: 'new' })), {}]
    const { batchId } = await sync([...records, record(bet({ id: 'new' }))])
    expect(imports.reports).toEqual([
      {
        ...{ id: batchId, fileName: 'extension', fileSha256: null, format: 'API sync', columns: null },
        ...{ startedAtMs: NOW_MS, finishedAtMs: NOW_MS },
        ...{ rowsRead: 5, rowsImported: 1, rowsUpdated: 1, rowsUnchanged: 2, rowsQuarantined: 1 },
      },
    ])
    expect([bets.importOf('new'), bets.importOf('settles'), bets.importOf('same')]).toEqual([batchId, batchId, null])
  })

  it("makes the simulator's bets give way to a bettor's own, even to one of the same id", async () => {
    begin([bet({ id: 'a', origin: 'demo' }), bet({ id: 'b', origin: 'demo' })])
    expect((await sync([{}])).demoBetsRemoved).toBe(0)
    const { demoBetsRemoved, records } = await sync([record(bet({ id: 'a' }))])
    expect([demoBetsRemoved, records[0]?.verdict]).toEqual([2, 'inserted'])
    expect((await bets.all()).map(({ id, origin }) => [id, origin])).toEqual([['a', 'import']])
    expect(imports.reports.at(-1)).toMatchObject({ rowsImported: 1, rowsUpdated: 0 })
  })

  describe('beside another writer', () => {
    /** A ledger in which somebody else saves bets just before each of the first writes. */
    function disturbed(...others: Bet[]): SyncStore & { calls: string[] } {
      const calls: string[] = []
      return {
        calls,
        read: (ids) => {
          calls.push('read')
          return ledger.read(ids)
        },
        write: async (batch) => {
          calls.push('write')
          const other = others.shift()
          if (other !== undefined) await bets.save([other], { importId: 'other' })
          return ledger.write(batch)
        },
        removeDemo: () => ledger.removeDemo(),
      }
    }

    it('decides anew about the bets that changed meanwhile, and only about them', async () => {
      const through = disturbed(bet({ id: 'a' }))
      const { records } = await sync([record(open('a')), record(open('b'))], through)
      expect(records.map(({ verdict }) => verdict)).toEqual(['outdated', 'inserted'])
      expect(through.calls).toEqual(['read', 'write', 'read'])
      expect(await stateOf('a')).toBe('won')
    })

    it('writes over a change that it outdates', async () => {
      const through = disturbed(open('a'))
      const { records } = await sync([record(bet({ id: 'a' }))], through)
      expect(records[0]?.verdict).toBe('updated')
      expect(through.calls).toEqual(['read', 'write', 'read', 'write'])
      expect(await stateOf('a')).toBe('won')
    })

    it('gives up where its bets keep changing, having said nothing is done', async () => {
      const changes = ['A', 'B', 'C'].map((league) => bet({ id: 'a', league }))
      const failure = sync([record(bet({ id: 'a', league: 'NBA' }))], disturbed(...changes))
      await expect(failure).rejects.toBeInstanceOf(UpstreamError)
      expect(imports.reports.at(-1)?.finishedAtMs).toBeNull()
    })

    it('ends in one state, whichever of two batches at once comes first', async () => {
      const first = randomLedger(8, 300)
      const second = first.map((each) => ({ ...each, league: 'second' }))
      const results = await Promise.all([
        sync(first.map((each) => record(each, at(1)))),
        sync(second.map((each) => record(each, at(2)))),
        sync(first.map((each) => record(each, at(1)))),
      ])
      for (const { counts } of results) {
        expect(Object.values(counts).reduce((sum, n) => sum + n)).toBe(300)
        expect(counts.quarantined + counts.duplicate).toBe(0)
      }
      expect(results.reduce((sum, { counts }) => sum + counts.inserted, 0)).toBe(300)
      expect(new Set((await bets.all()).map(({ league }) => league))).toEqual(new Set(['second']))
    })
  })
})
