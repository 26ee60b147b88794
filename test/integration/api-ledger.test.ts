import type { MockInstance } from 'vitest'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { rowInFull, rowsTable } from '../../bin/quarantine-report.ts'
import { betsBodySchema } from '../../functions/scoring/bets-contract.ts'
import { betsRoutes } from '../../functions/scoring/bets-routes.ts'
import { lastSyncRoutes } from '../../functions/scoring/last-sync-routes.ts'
import { opportunitiesBodySchema } from '../../functions/scoring/opportunities-contract.ts'
import { opportunitiesRoutes } from '../../functions/scoring/opportunities-routes.ts'
import { syncAnswerSchema } from '../../functions/scoring/sync-contract.ts'
import { syncRoutes } from '../../functions/scoring/sync-routes.ts'
import { supabaseChangeSource } from '../../shared/adapters/supabase-change-source.ts'
import { lazySupabaseClient } from '../../shared/adapters/supabase-client.ts'
import { supabaseLedger } from '../../shared/adapters/supabase-ledger.ts'
import { supabaseQuarantineStore } from '../../shared/adapters/supabase-quarantine-store.ts'
import { toLedgerRow } from '../../shared/bets/records/ledger-row.ts'
import { bet, randomLedger } from '../support/bets.ts'
import type { BreakableServer } from '../support/breakable-server.ts'
import { breakableServer } from '../support/breakable-server.ts'
import type { TestSupabase } from '../support/embedded-supabase.ts'
import { startTestSupabase, TEST_KEYS } from '../support/embedded-supabase.ts'
import { HOSTILE_TEXTS } from '../support/hostile-values.ts'
import { jsonRequest, problemOf } from '../support/http-answers.ts'
import { manualClock } from '../support/manual-clock.ts'
import { scoringApi } from '../support/scoring-routes.ts'
import { TRACKER_RECORD } from '../support/tracker-records.ts'

const NOW_MS = Date.UTC(2026, 2, 1, 12)
const OFFER = { sport: 'Basketball', market: 'Spread', book: 'DraftKings' }

let supabase: TestSupabase
let door: BreakableServer

beforeAll(async () => {
  supabase = await startTestSupabase()
  door = await breakableServer(supabase.url)
})

afterAll(async () => {
  await door[Symbol.asyncDispose]()
  await supabase[Symbol.asyncDispose]()
})

/** What a machine serves of the ledger: routes, adapters, a database behind HTTP. */
function product() {
  const clock = manualClock(NOW_MS)
  const open = supabaseLedger(lazySupabaseClient(door.url, async () => TEST_KEYS.secretKey))
  const routes = syncRoutes({ open, clock, newId: () => crypto.randomUUID(), isPipelineScheduled: true })
  routes.route('/', betsRoutes({ open })).route('/', opportunitiesRoutes({ open, clock }))
  routes.route('/', lastSyncRoutes({ open, clock }))
  return { ...scoringApi(routes, clock), clock }
}

/** A record of the tracker's table with the columns of its export. */
const tracked = (i: number, overrides: Record<string, unknown> = {}) => ({
  ...TRACKER_RECORD,
  id: `65a1b2c3d4e5f607${i.toString(16).padStart(8, '0')}`,
  updated_at: '2025-10-07T16:17:31.659123+00:00',
  ...overrides,
})

const many = (count: number, overrides: Record<string, unknown> = {}) =>
  Array.from({ length: count }, (_unused, i) => tracked(i, overrides))

describe('the ledger over HTTP', () => {
  let api: ReturnType<typeof product>
  let requests: MockInstance<typeof fetch>

  beforeEach(async () => {
    for (const table of ['quarantine', 'imports', 'bets', 'opportunities']) {
      expect((await supabase.client.from(table).delete().neq('id', '')).error).toBeNull()
    }
    api = product()
    requests = vi.spyOn(globalThis, 'fetch')
    onTestFinished(() => requests.mockRestore())
  })

  const post = (path: string, body: unknown) => api.app.request(path, jsonRequest(body))
  const sync = async (bets: unknown[]) => {
    const response = await post('/api/sync', { bets, source: 'test' })
    expect(response.status).toBe(200)
    return syncAnswerSchema.parse(await response.json())
  }
  const listed = async (query: Record<string, string>) => {
    const response = await api.app.request(`/api/bets?${new URLSearchParams(query)}`)
    expect(response.status).toBe(200)
    return betsBodySchema.parse(await response.json())
  }
  /** How many requests the database got. */
  const costOf = async (work: () => unknown) => {
    requests.mockClear()
    await work()
    return requests.mock.calls.length
  }

  it('takes 1,000 records in four requests, and in one when they come again', async () => {
    const records = many(1000)
    expect(JSON.stringify({ bets: records }).length).toBeLessThan(1_048_576)
    expect(await costOf(async () => expect((await sync(records)).summary.inserted).toBe(1000))).toBe(4)
    expect(await costOf(async () => expect((await sync(records)).summary.unchanged).toBe(1000))).toBe(1)
    const rows = many(1000, { updated_at: '2025-10-08T00:00:00Z' })
    expect(await costOf(async () => expect((await sync(rows)).summary.unchanged).toBe(1000))).toBe(2)
    const { count } = await supabase.client.from('imports').select('id', { count: 'exact', head: true })
    expect(count).toBe(1)
    const older = many(100, { league: 'WNBA' })
    expect(await costOf(async () => expect((await sync(older)).summary.outdated).toBe(100))).toBe(1)
  }, 60_000)

  it('takes a batch of good, bad and demo-replacing records in six', async () => {
    await supabase.client.from('bets').insert({ ...toLedgerRow(bet({ id: 'demo', origin: 'demo' })), import_id: null })
    const records = many(1000).map((record, i) => (i % 2 === 0 ? record : { ...record, american_odds: 7, odds: null }))
    let answer: Awaited<ReturnType<typeof sync>> | undefined
    expect(await costOf(async () => (answer = await sync(records)))).toBe(6)
    expect(answer?.summary).toMatchObject({ received: 1000, inserted: 500, quarantined: 500 })
    expect(answer?.demo_bets_removed).toBe(1)
    const { data } = await supabase.client.from('imports').select('*')
    expect(data).toMatchObject([
      { id: answer?.batch_id, file_name: 'test', format: 'API sync', rows_read: 1000, rows_quarantined: 500 },
    ])
  })

  it('puts what it cannot read where closeline quarantine shows it', async () => {
    await sync([tracked(1), { ...tracked(2), status: 'MAYBE' }])
    const quarantine = supabaseQuarantineStore(supabase.client)
    const rows = await quarantine.list({ status: 'waiting' }, 10)
    expect(rowsTable('waiting', await quarantine.count('waiting'), rows)).toMatch(
      /1 row waiting: 1 unknown_status.*test:2/s,
    )
    expect(rows[0] === undefined ? '' : rowInFull(rows[0])).toContain('"MAYBE"')
  })

  it('makes one ledger of batches that come at once, each bet inserted once', async () => {
    const versions = [1, 2, 3, 4].map((day) =>
      many(300, { league: `v${day}`, updated_at: `2025-10-0${day}T00:00:00Z` }),
    )
    const answers = await Promise.all(versions.map(sync))
    expect(answers.reduce((sum, { summary }) => sum + summary.inserted, 0)).toBe(300)
    for (const { summary } of answers) {
      const { received, ...counts } = summary
      expect(Object.values(counts).reduce((sum, n) => sum + n)).toBe(received)
    }
    expect((await listed({ league: 'v4', limit: '500' })).bets).toHaveLength(300)
  })

  it('leaves a change that the pipeline reads, and none where nothing changed', async () => {
    const source = supabaseChangeSource(supabase.client, { tellsDeletions: true })
    const changes = () => source.page({ after: null, sinceMs: null, sport: null }, null)
    await sync(many(3))
    const before = await changes()
    expect(before).toHaveLength(3)
    await sync(many(3, { updated_at: '2025-10-09T00:00:00Z' }))
    expect(await changes()).toEqual(before)
    await sync([tracked(1, { clv_percentage: 3, updated_at: '2025-10-10T00:00:00Z' })])
    expect((await changes()).at(-1)?.record).toMatchObject({ id: tracked(1).id, closing_line_value: 0.03 })
  })

  it('gives every name back and finds it under nothing but itself', async () => {
    const texts = HOSTILE_TEXTS.map(([, text]) => text).filter((text) => text.length <= 100)
    const answer = await sync(
      texts.map((text, i) => toLedgerRow(bet({ id: `h${i}`, sport: text, market: text, selection: text }))),
    )
    const kept = answer.results.filter(({ verdict }) => verdict === 'inserted').map(({ index }) => index)
    expect(kept.length).toBeGreaterThan(35)
    let found = 0
    for (const index of kept) {
      const name = texts[index] ?? ''
      const response = await api.app.request(`/api/bets?${new URLSearchParams({ sport: name, market: name })}`)
      if (response.status === 400 || name === '') continue
      const { bets } = betsBodySchema.parse(await response.json())
      expect(bets.map(({ id, selection }) => [id, selection])).toEqual([[`h${index}`, name]])
      found++
    }
    expect(found).toBeGreaterThan(30)
  })

  it('pages through a ledger without leaving out or repeating a bet', async () => {
    const ledger = randomLedger(3, 700)
    await sync(ledger.map((each) => toLedgerRow(each)))
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await listed({ limit: '97', cursor })
      seen.push(...page.bets.map(({ id }) => id))
      cursor = page.next_cursor
    }
    expect(seen).toHaveLength(700)
    expect(new Set(seen)).toEqual(new Set(ledger.map(({ id }) => id)))
  })

  it('asks the database once for a list, a capture and the newest change, and not again for some seconds', async () => {
    await sync(many(2))
    expect(await costOf(() => listed({ sport: 'Basketball' }))).toBe(1)
    expect(await costOf(() => post('/api/capture-opportunities', { opportunities: [OFFER] }))).toBe(1)
    expect(
      await costOf(async () =>
        opportunitiesBodySchema.parse(await (await api.app.request('/api/opportunities')).json()),
      ),
    ).toBe(1)
    expect(await costOf(() => api.app.request('/api/supabase/last-sync'))).toBe(1)
    expect(await costOf(() => api.app.request('/api/supabase/last-sync'))).toBe(0)
    api.clock.advance(5000)
    expect(await costOf(() => api.app.request('/api/supabase/last-sync'))).toBe(1)
  })

  it('asks to come back while the database is down, and works when it is there again', async () => {
    await door.stop()
    const beginMs = performance.now()
    const answers = [
      await post('/api/sync', { bets: [tracked(1)] }),
      await post('/api/capture-opportunities', { opportunities: [OFFER] }),
      ...(await Promise.all(
        ['/api/bets', '/api/opportunities', '/api/supabase/last-sync'].map((path) => api.app.request(path)),
      )),
    ]
    await door.start()
    expect(performance.now() - beginMs).toBeLessThan(3000)
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
      expect(JSON.stringify(await problemOf(answer))).not.toMatch(/127\.0\.0\.1|fetch|ECONN|supabase\b/i)
    }
    expect((await sync([tracked(1)])).summary.inserted).toBe(1)
    expect((await api.app.request('/api/supabase/last-sync')).status).toBe(200)
  })

  it.each(['bets_to_sync', 'imports', 'quarantine', 'sync_bets', 'imports?id='])(
    'tells nothing as done where the database goes at %s, and the same batch again does the rest',
    async (place) => {
      const records = [tracked(1), { ...tracked(2), status: 'MAYBE' }, tracked(3)]
      let isCut = false
      requests.mockRestore()
      const send = globalThis.fetch
      requests = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
        if (!isCut && String(input).includes(`/${place}`)) {
          isCut = true
          await door.stop()
        }
        return send(input, init)
      })
      const response = await post('/api/sync', { bets: records })
      expect([response.status, isCut]).toEqual([503, true])
      await door.start()
      const { summary } = await sync(records)
      expect(summary.inserted + summary.unchanged).toBe(2)
      expect(summary.quarantined).toBe(1)
      expect((await listed({})).bets).toHaveLength(2)
      expect((await supabaseQuarantineStore(supabase.client).count('waiting')).total).toBe(1)
    },
  )
})
