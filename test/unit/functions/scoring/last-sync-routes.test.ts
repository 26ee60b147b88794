import { describe, expect, it } from 'vitest'
import { lastSyncBodySchema } from '../../../../functions/scoring/last-sync-contract.ts'
import { lastSyncRoutes } from '../../../../functions/scoring/last-sync-routes.ts'
import type { Bet } from '../../../../shared/bets/bet.ts'
import { bet } from '../../../support/bets.ts'
import { problemOf } from '../../../support/http-answers.ts'
import { memoryBetQueries } from '../../../support/memory-bet-queries.ts'
import { memoryBetStore } from '../../../support/memory-ledger.ts'
import { openNothing, scoringApi } from '../../../support/scoring-routes.ts'

const CHANGED_MS = Date.UTC(2026, 2, 1, 18, 5)

const openOf = (bets: Bet[]) => async () => ({ bets: memoryBetQueries(memoryBetStore(bets), CHANGED_MS) })

const ask = (open: Parameters<typeof lastSyncRoutes>[0]['open'], scopes?: ['sync']) =>
  scoringApi(lastSyncRoutes({ open, clock: () => 0 }), () => 0, scopes).app.request('/api/supabase/last-sync')

describe('GET /api/supabase/last-sync', () => {
  it('tells the newest change', async () => {
    const response = await ask(openOf([bet()]))
    expect(response.status).toBe(200)
    const body: unknown = await response.json()
    expect(body).toEqual({ success: true, last_sync: '2026-03-01T18:05:00.000Z' })
    expect(lastSyncBodySchema.safeParse(body).success).toBe(true)
  })

  it('finds nothing where the ledger has no bet', async () => {
    const response = await ask(openOf([]))
    expect(response.status).toBe(404)
    expect(await problemOf(response)).toMatchObject({ success: false, detail: expect.stringContaining('no bet') })
  })

  it('asks to come back where the ledger cannot be reached, and wants the scope read', async () => {
    const response = await ask(openNothing)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await ask(openOf([bet()]), ['sync'])).status).toBe(403)
  })
})
