import { beforeEach, describe, expect, it } from 'vitest'
import { syncAnswerSchema } from '../../../../functions/scoring/sync-contract.ts'
import type { SyncStores } from '../../../../functions/scoring/sync-routes.ts'
import { syncRoutes } from '../../../../functions/scoring/sync-routes.ts'
import { bet } from '../../../support/bets.ts'
import { HOSTILE_BODIES, HOSTILE_VALUES } from '../../../support/hostile-values.ts'
import { exampleRequests, jsonRequest, openApiOf, problemOf } from '../../../support/http-answers.ts'
import type { MemoryBetStore } from '../../../support/memory-ledger.ts'
import { memoryBetStore, memoryImportStore, memoryQuarantineStore } from '../../../support/memory-ledger.ts'
import { memorySyncStore } from '../../../support/memory-sync-store.ts'
import { openNothing, scoringApi } from '../../../support/scoring-routes.ts'
import { TRACKER_RECORD } from '../../../support/tracker-records.ts'

const PATH = '/api/sync'
const NOW_MS = Date.UTC(2026, 2, 1)

describe('POST /api/sync', () => {
  let bets: MemoryBetStore
  let stores: SyncStores

  beforeEach(() => {
    bets = memoryBetStore()
    stores = { ledger: memorySyncStore(bets), imports: memoryImportStore(), quarantine: memoryQuarantineStore() }
  })

  let ids = 0
  const apiOf = (
    overrides: Partial<Parameters<typeof syncRoutes>[0]> = {},
    scopes?: Parameters<typeof scoringApi>[2],
  ) => {
    const clock = () => NOW_MS
    const deps = { open: async () => stores, clock, newId: () => `batch-${++ids}`, isPipelineScheduled: true }
    return scoringApi(syncRoutes({ ...deps, ...overrides }), clock, scopes)
  }
  const post = (body: unknown, api = apiOf()) => api.app.request(PATH, jsonRequest(body))
  const synced = async (body: unknown, api = apiOf()) => {
    const response = await post(body, api)
    expect(response.status).toBe(200)
    return syncAnswerSchema.parse(await response.json())
  }

  const bad = { ...TRACKER_RECORD, id: 'bad', american_odds: 50, odds: null }

  it('tells what became of each record, and of all', async () => {
    const answer = await synced({ bets: [TRACKER_RECORD, bad], source: 'extension' })
    expect(answer).toMatchObject({
      success: true,
      batch_id: `batch-${ids}`,
      results: [
        { index: 0, id: TRACKER_RECORD.id, verdict: 'inserted' },
        { index: 1, id: 'bad', verdict: 'quarantined', error: { code: 'odds_out_of_range', field: 'american_odds' } },
      ],
      summary: { received: 2, inserted: 1, updated: 0, unchanged: 0, outdated: 0, duplicate: 0, quarantined: 1 },
      ...{ demo_bets_removed: 0, pipeline: 'scheduled' },
    })
    expect(answer.results[0]).not.toHaveProperty('error')
    expect(await stores.imports.list(1)).toMatchObject([{ fileName: 'extension' }])
  })

  it('says that the pipeline comes only where it comes and something changed', async () => {
    const api = apiOf({ isPipelineScheduled: false })
    expect((await synced({ bets: [TRACKER_RECORD] }, api)).pipeline).toBe('not_scheduled')
    expect((await synced({ bets: [TRACKER_RECORD] }, apiOf())).pipeline).toBe('not_needed')
    expect((await synced({ bets: [bad] }, apiOf())).pipeline).toBe('not_needed')
    bets = memoryBetStore([bet({ origin: 'demo' })])
    stores = { ...stores, ledger: memorySyncStore(bets) }
    expect(await synced({ bets: [TRACKER_RECORD] })).toMatchObject({ demo_bets_removed: 1, pipeline: 'scheduled' })
  })

  it('counts the verdicts on the line of the request, without a record of it', async () => {
    const api = apiOf()
    await synced({ bets: [TRACKER_RECORD, bad] }, api)
    const [line] = api.logger.of('request')
    expect(line?.fields).toMatchObject({ status: 200, batchId: `batch-${ids}`, inserted: 1, quarantined: 1 })
    expect(JSON.stringify(api.logger.lines)).not.toContain('Lakers')
  })

  it.each([
    ['no list', {}, 'bets'],
    ['an empty list', { bets: [] }, 'bets'],
    ['a text for a list', { bets: 'all' }, 'bets'],
    ['too many', { bets: Array.from({ length: 1001 }, () => TRACKER_RECORD) }, 'bets'],
    ['an unknown field', { bets: [TRACKER_RECORD], dryRun: true }, 'dryRun'],
    ['a source that is no text', { bets: [TRACKER_RECORD], source: 7 }, 'source'],
    ['a source of control characters', { bets: [TRACKER_RECORD], source: 'a\r\nx: 1' }, 'source'],
    ['a source too long', { bets: [TRACKER_RECORD], source: 'x'.repeat(101) }, 'source'],
  ])('refuses %s and stores nothing', async (_, body, field) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    const problem = await problemOf(response)
    expect(problem).toMatchObject({ success: false, errors: [{ field }] })
    expect(await bets.all()).toEqual([])
    expect(await stores.imports.list(9)).toEqual([])
  })

  it('judges hostile records one by one, and polluted ones too', async () => {
    const records = [
      ...HOSTILE_VALUES.map(([, value]) => value),
      ...HOSTILE_VALUES.map(([, value]) => ({ ...TRACKER_RECORD, id: value })),
      ...HOSTILE_VALUES.map(([, value], i) => ({ ...TRACKER_RECORD, id: `sport-${i}`, sport: value })),
    ]
    const text = JSON.stringify({ bets: [...records, TRACKER_RECORD] })
    const polluted = text.replace('{"id"', '{"__proto__":{"verdict":"inserted"},"constructor":{"prototype":{}},"id"')
    const answer = await synced(polluted)
    expect(answer.results).toHaveLength(records.length + 1)
    expect(answer.results.at(-1)?.verdict).toBe('inserted')
    const { received, ...counts } = answer.summary
    expect(Object.values(counts).reduce((sum, n) => sum + n)).toBe(received)
    expect(({} as Record<string, unknown>).verdict).toBeUndefined()
  })

  it.each(HOSTILE_BODIES)('refuses a body of %s', async (_, body) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    await problemOf(response)
    expect(await bets.all()).toEqual([])
  })

  it('wants JSON, and a key with the scope sync', async () => {
    const asText = await apiOf().app.request(PATH, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'text/plain' },
    })
    expect(asText.status).toBe(415)
    await problemOf(asText)
    const response = await post({ bets: [TRACKER_RECORD] }, apiOf({}, ['read', 'predict', 'admin']))
    expect(response.status).toBe(403)
    await problemOf(response)
    expect(await bets.all()).toEqual([])
  })

  it('asks to come back where the ledger cannot be reached, telling nothing of it', async () => {
    const response = await post({ bets: [TRACKER_RECORD] }, apiOf({ open: openNothing }))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(JSON.stringify(await problemOf(response))).not.toMatch(/hunter2|10\.0\.0\.7|Supabase/i)
  })

  it('answers its own documented example', async () => {
    const api = apiOf()
    const [example] = exampleRequests(await openApiOf(api.app))
    expect(example?.name).toBe('POST /api/sync')
    const response = await api.app.request(example?.target ?? '', example?.init)
    expect(response.status).toBe(200)
    expect(syncAnswerSchema.parse(await response.json()).summary).toMatchObject({ received: 1, inserted: 1 })
  })
})
