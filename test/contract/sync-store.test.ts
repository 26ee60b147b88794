import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { supabaseBetStore } from '../../shared/adapters/supabase-bet-store.ts'
import { lazySupabaseClient, supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import { supabaseSyncStore } from '../../shared/adapters/supabase-sync-store.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import type { BetStore } from '../../shared/usecases/ledger-ports.ts'
import type { BetChange, SyncStore } from '../../shared/usecases/sync-store.ts'
import { bet, randomLedger } from '../support/bets.ts'
import { breakableServer } from '../support/breakable-server.ts'
import type { TestSupabase } from '../support/embedded-supabase.ts'
import { startTestSupabase, TEST_KEYS } from '../support/embedded-supabase.ts'
import { memoryBetStore } from '../support/memory-ledger.ts'
import { memorySyncStore } from '../support/memory-sync-store.ts'

let supabase: TestSupabase

beforeAll(async () => {
  supabase = await startTestSupabase()
})

afterAll(() => supabase[Symbol.asyncDispose]())

interface Stores {
  bets: BetStore
  ledger: SyncStore
}

const MAKERS: [name: string, make: () => Promise<Stores>][] = [
  [
    'in memory',
    async () => {
      const bets = memoryBetStore([], Date.now)
      return { bets, ledger: memorySyncStore(bets) }
    },
  ],
  [
    'in Supabase',
    async () => {
      const { client } = supabase
      const { error } = await client.from('bets').delete().neq('id', '')
      expect(error).toBeNull()
      return { bets: supabaseBetStore(client), ledger: supabaseSyncStore(client) }
    },
  ],
]

const T1 = 1_700_000_000_000_001
const T2 = T1 + 1

const fresh = (id: string, changedAtUs: number | null = null): BetChange => ({
  bet: bet({ id }),
  changedAtUs,
  version: null,
})

const AWKWARD = [
  'null',
  ' x ',
  'a,b',
  '(a)',
  'a"b',
  "a'b",
  'a\\b',
  '%',
  '*',
  '{a}',
  '[]',
  "'; drop table bets; --",
  '日本',
]

describe.each(MAKERS)('a ledger for writers that are not alone, %s', (_, make) => {
  let bets: BetStore
  let ledger: SyncStore

  beforeEach(async () => {
    ;({ bets, ledger } = await make())
  })

  const write = (changes: BetChange[]) => ledger.write({ changes, seen: [], importId: 'batch' })

  async function stored(id: string) {
    const [found, ...others] = (await ledger.read([id])).bets
    expect(others).toEqual([])
    if (found === undefined) throw new Error(`there is no bet ${id}`)
    return found
  }

  it('is empty at first', async () => {
    expect(await ledger.read(['a'])).toEqual({ bets: [], hasDemo: false })
    expect(await ledger.read([])).toEqual({ bets: [], hasDemo: false })
    expect(await ledger.write({ changes: [], seen: [], importId: '' })).toEqual([])
  })

  it('gives back every field of what it is given, with the change time to the microsecond', async () => {
    const ledgerOf = randomLedger(7, 300)
    const written = await write(
      ledgerOf.map((each, i) => ({ bet: each, changedAtUs: i % 3 === 0 ? null : T1 + i, version: null })),
    )
    expect(written.sort()).toEqual(ledgerOf.map(({ id }) => id).sort())
    const read = (await ledger.read(ledgerOf.map(({ id }) => id))).bets
    expect(read.map((each) => each.bet).sort(byPlacement)).toEqual([...ledgerOf].sort(byPlacement))
    expect(await bets.all()).toEqual([...ledgerOf].sort(byPlacement))
    const timeOf = new Map(read.map((each) => [each.bet.id, each.changedAtUs]))
    expect(ledgerOf.map(({ id }) => timeOf.get(id))).toEqual(ledgerOf.map((_bet, i) => (i % 3 === 0 ? null : T1 + i)))
  })

  it('finds ids and keeps names of any characters', async () => {
    await write(AWKWARD.map((id) => ({ bet: bet({ id, sport: id, selection: id }), changedAtUs: null, version: null })))
    for (const id of AWKWARD) expect((await stored(id)).bet).toEqual(bet({ id, sport: id, selection: id }))
    expect((await ledger.read([...AWKWARD, 'absent'])).bets).toHaveLength(AWKWARD.length)
  })

  it('replaces a bet that is as its writer read it, and leaves one that is not', async () => {
    await write([fresh('a'), fresh('b')])
    const [a, b] = [await stored('a'), await stored('b')]
    const lost = (id: string, version: string): BetChange => ({
      bet: bet({ id, state: 'lost', profitMinor: -1000 }),
      changedAtUs: null,
      version,
    })
    expect(await write([lost('a', a.version)])).toEqual(['a'])
    const push: BetChange = {
      bet: bet({ id: 'a', state: 'push', profitMinor: 0 }),
      changedAtUs: null,
      version: a.version,
    }
    expect(await write([push, lost('b', b.version)])).toEqual(['b'])
    expect([(await stored('a')).bet.state, (await stored('b')).bet.state]).toEqual(['lost', 'lost'])
  })

  it('leaves a bet that somebody else inserted first, or removed', async () => {
    await write([fresh('a')])
    expect(await write([{ ...fresh('a'), bet: bet({ id: 'a', state: 'lost' }) }])).toEqual([])
    expect(await write([{ ...fresh('gone'), version: (await stored('a')).version }])).toEqual([])
    expect((await ledger.read(['gone'])).bets).toEqual([])
    expect((await stored('a')).bet.state).toBe('won')
  })

  it('notes a newer change time of a bet without changing it, and holds it against writers that have not read it', async () => {
    await write([fresh('a', T1)])
    const before = await stored('a')
    const fingerprint = await bets.fingerprint()
    const sighting = { id: 'a', changedAtUs: T2, version: before.version }
    expect(await ledger.write({ changes: [], seen: [sighting], importId: '' })).toEqual(['a'])
    expect((await stored('a')).changedAtUs).toBe(T2)
    expect(await bets.fingerprint()).toBe(fingerprint)
    expect(await write([{ ...fresh('a', T1), version: before.version }])).toEqual([])
    expect(await ledger.write({ changes: [], seen: [{ ...sighting, changedAtUs: T2 + 1 }], importId: '' })).toEqual([])
  })

  it('never takes a change time back, whatever a writer sends', async () => {
    await write([fresh('a', T2)])
    const { version } = await stored('a')
    expect(await write([{ bet: bet({ id: 'a', state: 'lost' }), changedAtUs: T1, version }])).toEqual(['a'])
    expect((await stored('a')).changedAtUs).toBe(T2)
  })

  it('tells a change by another writer from what was read', async () => {
    await write([fresh('a')])
    const { version } = await stored('a')
    await bets.save([bet({ id: 'a', league: 'WNBA' })], { importId: null })
    expect(await write([{ ...fresh('a'), version }])).toEqual([])
    expect((await stored('a')).bet.league).toBe('WNBA')
  })

  it('notes when it heard of a result', async () => {
    const beginMs = Date.now()
    await write([{ ...fresh('a'), bet: bet({ id: 'a', state: 'open', profitMinor: null, settledAtMs: null }) }])
    const { version } = await stored('a')
    await write([{ ...fresh('a'), version }])
    expect((await stored('a')).bet.resultKnownAtMs).toBeGreaterThanOrEqual(beginMs)
  })

  it('tells of the bets of the simulator and removes them with their change times', async () => {
    await write([{ ...fresh('demo', T2), bet: bet({ id: 'demo', origin: 'demo' }) }, fresh('own')])
    expect((await ledger.read(['own'])).hasDemo).toBe(true)
    expect(await ledger.removeDemo()).toBe(1)
    expect((await ledger.read(['own'])).hasDemo).toBe(false)
    await write([fresh('demo')])
    expect((await stored('demo')).changedAtUs).toBeNull()
  })

  it('lets one of two writers at once have each bet', async () => {
    const ids = Array.from({ length: 50 }, (_unused, i) => `bet-${i}`)
    const batch = (league: string) => write(ids.map((id) => ({ ...fresh(id), bet: bet({ id, league }) })))
    const written = await Promise.all([batch('A'), batch('B'), batch('C')])
    expect(written.flat().sort()).toEqual([...ids].sort())
    const leagues = new Map((await bets.all()).map(({ id, league }) => [id, league]))
    for (const [i, league] of ['A', 'B', 'C'].entries()) {
      for (const id of written[i] ?? []) expect(leagues.get(id)).toBe(league)
    }
  })
})

describe('the ledger in Supabase', () => {
  it('keeps with a bet the batch that brought it', async () => {
    const ledger = supabaseSyncStore(supabase.client)
    await supabase.client.from('bets').delete().neq('id', '')
    await ledger.write({ changes: [fresh('a')], seen: [], importId: 'batch-1' })
    const [{ version } = { version: '' }] = (await ledger.read(['a'])).bets
    await ledger.write({
      changes: [{ ...fresh('a'), bet: bet({ id: 'a', state: 'lost' }), version }],
      seen: [],
      importId: 'batch-2',
    })
    const { data } = await supabase.client.from('bets').select('import_id')
    expect(data).toEqual([{ import_id: 'batch-2' }])
  })

  it('writes nothing of a batch of which the database refuses a bet', async () => {
    const ledger = supabaseSyncStore(supabase.client)
    const broken = { ...fresh('broken'), bet: bet({ id: 'broken', decimalOdds: 1 }) }
    await expect(ledger.write({ changes: [fresh('sound'), broken], seen: [], importId: 'x' })).rejects.toMatchObject({
      name: 'UpstreamError',
      vendor: 'Supabase',
    })
    expect((await ledger.read(['sound', 'broken'])).bets).toEqual([])
  })

  it.each(['bets_to_sync', 'sync_bets', 'list_bets', 'capture_opportunities', 'list_opportunities'])(
    'lets nobody but the service call %s',
    async (name) => {
      const stranger = supabaseServiceClient(supabase.url, TEST_KEYS.publishableKey)
      const given = {
        bets_to_sync: { ids: [] },
        sync_bets: { changes: [], seen: [], brought_by: '' },
        capture_opportunities: { offers: [], seen_at: '2026-01-01', remove_before: '2026-01-01', remove_at_most: 1 },
      }
      const answer = await stranger.rpc(name, given[name as keyof typeof given] ?? { filter: { page_rows: 1 } })
      expect(answer.error?.code).toBe('42501')
    },
  )

  it('shows strangers no change time and no opportunity', async () => {
    await supabaseSyncStore(supabase.client).write({ changes: [fresh('told', T1)], seen: [], importId: 'x' })
    const stranger = supabaseServiceClient(supabase.url, TEST_KEYS.publishableKey)
    for (const table of ['bet_versions', 'opportunities']) {
      expect((await stranger.from(table).select('*')).data ?? []).toEqual([])
    }
  })

  it('gives up on a server that does not answer', async () => {
    await using door = await breakableServer(supabase.url)
    await door.hang()
    const client = supabaseServiceClient(door.url, TEST_KEYS.secretKey, { timeoutMs: 200 })
    const beginMs = performance.now()
    const failure = supabaseSyncStore(client).read(['a'])
    await expect(failure).rejects.toMatchObject({ name: 'UpstreamError', vendor: 'Supabase', retryable: true })
    expect(performance.now() - beginMs).toBeLessThan(3000)
  })

  it('asks for a key when it is first used, and makes another client where the key is another', async () => {
    const keys = [TEST_KEYS.publishableKey, TEST_KEYS.secretKey, TEST_KEYS.secretKey]
    let asked = 0
    const open = lazySupabaseClient(supabase.url, async () => keys[asked++] ?? '')
    expect(asked).toBe(0)
    await expect(supabaseSyncStore(await open()).read([])).rejects.toMatchObject({ name: 'UpstreamError' })
    const client = await open()
    expect(await supabaseSyncStore(client).read([])).toMatchObject({ bets: [] })
    expect(await open()).toBe(client)
  })
})
