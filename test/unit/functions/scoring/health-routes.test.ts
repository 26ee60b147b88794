import { beforeEach, describe, expect, it } from 'vitest'
import { scoringHealthSchema } from '../../../../functions/scoring/health-contract.ts'
import type { DatabaseSight } from '../../../../functions/scoring/health-routes.ts'
import { scoringHealthRoutes } from '../../../../functions/scoring/health-routes.ts'
import { STYLE } from '../../../../functions/scoring/style.ts'
import type { AccessControl } from '../../../../shared/access/client.ts'
import { UpstreamError } from '../../../../shared/kernel/errors.ts'
import type { ServingRecord } from '../../../../shared/usecases/serving-record.ts'
import { createServingRecord } from '../../../../shared/usecases/serving-record.ts'
import { bet } from '../../../support/bets.ts'
import { breakableStore } from '../../../support/breakable-store.ts'
import { problemOf } from '../../../support/http-answers.ts'
import { manualClock } from '../../../support/manual-clock.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'
import { memoryObjectStore } from '../../../support/memory-object-store.ts'
import { MODELS_MADE_MS, materializeInto } from '../../../support/models.ts'
import { checkedApi } from '../prediction/checked-api.ts'

const NOBODY: AccessControl = { check: () => ({ refusal: 'missing' }) }

describe('the health of scoring', () => {
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let sight: DatabaseSight | undefined

  beforeEach(() => {
    objects = breakableStore(memoryObjectStore())
    clock = manualClock(MODELS_MADE_MS + 1500)
    sight = undefined
  })

  function apiOf(record: Pick<ServingRecord, 'current'>, isDatabaseConfigured = true) {
    const routes = scoringHealthRoutes({ record, isDatabaseConfigured, database: () => sight, clock, version: '9.9.9' })
    return checkedApi(routes, { clock, access: NOBODY, style: STYLE })
  }

  const recordOf = () => createServingRecord({ objects, clock, logger: memoryLogger(), maxAgeMs: 60_000 })
  const told = async (response: Response | Promise<Response>) =>
    scoringHealthSchema.strict().parse(await (await response).json())

  it('has the old fields, and ours, to anybody who asks', async () => {
    await materializeInto(objects, [bet()])
    const answer = await apiOf(recordOf()).request('/api/health')
    expect(answer.status).toBe(200)
    expect(await told(answer)).toEqual({
      ...{ status: 'healthy', timestamp: '2025-06-01T00:00:01.500Z', supabase_configured: true },
      ...{ record_loaded: true, record_as_of: '2025-06-01T00:00:00.000Z', served_from: 'current' },
      ...{ database: 'unknown', database_seen_at: null, version: '9.9.9' },
    })
  })

  it('is 503 where there is no record to score by', async () => {
    const answer = await apiOf(recordOf(), false).request('/api/health')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    const nothing = { record_loaded: false, record_as_of: null, served_from: null }
    expect(await told(answer)).toMatchObject({ status: 'degraded', supabase_configured: false, ...nothing })
  })

  it('tells the database as it was last seen', async () => {
    await materializeInto(objects, [bet()])
    const api = apiOf(recordOf())
    sight = { isReachable: false, atMs: MODELS_MADE_MS }
    const seen = { database_seen_at: '2025-06-01T00:00:00.000Z' }
    expect(await told(api.request('/api/health'))).toMatchObject({
      database: 'unreachable',
      ...seen,
      status: 'healthy',
    })
    sight = { isReachable: true, atMs: MODELS_MADE_MS }
    expect(await told(api.request('/api/health'))).toMatchObject({ database: 'reachable', ...seen })
  })

  it('stays healthy from memory while the store is away', async () => {
    await materializeInto(objects, [bet()])
    const api = apiOf(recordOf())
    await api.request('/api/health')
    objects.fail()
    clock.advance(60_000)
    await api.request('/api/health')
    await new Promise((resolve) => setImmediate(resolve))
    expect(await told(api.request('/api/health'))).toMatchObject({ status: 'healthy', served_from: 'memory' })
  })

  it('takes a failure of ours for none of the record', async () => {
    const broken = (thrown: Error) => apiOf({ current: () => Promise.reject(thrown) }).request('/api/health')
    expect((await broken(new UpstreamError('record', 'none'))).status).toBe(503)
    const answer = await broken(new TypeError('hunter2'))
    expect(answer.status).toBe(500)
    expect(await problemOf(answer)).toMatchObject({ success: false, detail: 'the failure has been logged' })
  })
})
