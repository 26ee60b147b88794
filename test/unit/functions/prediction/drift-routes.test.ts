import { beforeEach, describe, expect, it } from 'vitest'
import { driftReportBodySchema, noDriftReportsSchema } from '../../../../functions/prediction/drift-contract.ts'
import { driftRoutes } from '../../../../functions/prediction/drift-routes.ts'
import type { DriftReport } from '../../../../shared/usecases/drift-reports.ts'
import { createDriftReports, DRIFT_REPORTS_PREFIX } from '../../../../shared/usecases/drift-reports.ts'
import { breakableStore, STORE_SECRET } from '../../../support/breakable-store.ts'
import { driftReport } from '../../../support/drift-reports.ts'
import { problemOf } from '../../../support/http-answers.ts'
import { manualClock } from '../../../support/manual-clock.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'
import { memoryObjectStore } from '../../../support/memory-object-store.ts'
import { openAccess } from '../../../support/open-access.ts'
import type { CheckedApi } from './checked-api.ts'
import { checkedApi } from './checked-api.ts'

const NOW_MS = Date.UTC(2026, 2, 1, 12)
const PATHS = ['/api/v1/drift-report', '/api/drift']

describe.each(PATHS)('GET %s', (path) => {
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let api: CheckedApi

  beforeEach(() => {
    objects = breakableStore(memoryObjectStore())
    clock = manualClock(NOW_MS)
    const reports = createDriftReports({ objects, clock, logger: memoryLogger(), maxAgeMs: 60_000 })
    api = checkedApi(driftRoutes({ reports, clock }), { clock })
  })

  const put = (name: string, fields: Partial<DriftReport> = {}) =>
    objects.put(`${DRIFT_REPORTS_PREFIX}${name}`, JSON.stringify(driftReport(fields)))
  const get = (query = '') => api.request(`${path}${query}`)

  it('says that there are no reports, which is a state and no failure', async () => {
    const answer = await get()
    expect(answer.status).toBe(200)
    expect(noDriftReportsSchema.strict().parse(await answer.json())).toEqual({
      status: 'no_reports',
      message: 'no drift check has been made yet',
      configuration: { days_lookback: 30, min_samples: 100, reports: 0 },
      next_steps: ['wait for the daily check'],
    })
  })

  it('gives the report with its name and age, and all that stands in it', async () => {
    await put('drift_report_20260228_020000.json', { label: { drift_score: 0.1 } })
    const answer = await get()
    expect(answer.status).toBe(200)
    const body = driftReportBodySchema.parse(await answer.json())
    // From 02:00 on 28 February to 12:00 on 1 March: 34 hours.
    expect(body).toMatchObject({ report_file: 'drift_report_20260228_020000.json', report_age_hours: 34 })
    expect(body).toMatchObject({ ...driftReport(), label: { drift_score: 0.1 } })
    clock.advance(9 * 60_000)
    expect(((await (await get()).json()) as { report_age_hours: number }).report_age_hours).toBe(34.2)
  })

  it('has parameters that choose the report', async () => {
    await put('week.json', { timestamp: '2026-02-27T02:00:00.000Z', window_days: 7, current_samples: 150 })
    await put('month.json', { timestamp: '2026-02-28T02:00:00.000Z', window_days: 30, current_samples: 900 })
    const file = async (query: string) => ((await (await get(query)).json()) as { report_file?: string }).report_file
    expect(await file('')).toBe('month.json')
    expect(await file('?days_lookback=30')).toBe('month.json')
    expect(await file('?days_lookback=29')).toBe('week.json')
    expect(await file('?min_samples=151&days_lookback=29')).toBeUndefined()
    expect(await file('?min_samples=151&days_lookback=30')).toBe('month.json')
  })

  it('says what was looked for where reports are there and none is meant', async () => {
    await put('week.json')
    const body = noDriftReportsSchema.parse(await (await get('?min_samples=1000')).json())
    expect(body.message).toBe(
      'none of the latest 1 reports is over a window of at most 30 days with at least 1000 bets',
    )
    expect(body.configuration).toEqual({ days_lookback: 30, min_samples: 1000, reports: 1 })
  })

  it('is of age zero where the clock is behind the report', async () => {
    await put('a.json', { timestamp: '2026-03-01T13:00:00.000Z' })
    expect(await (await get()).json()).toMatchObject({ report_age_hours: 0 })
  })

  it.each([
    ['days_lookback', ['0', '366', '-7', '7.5', 'abc', '', '1e2', '7; DROP TABLE', '\u0000', '9'.repeat(400)]],
    ['min_samples', ['-1', '1000001', 'NaN', '%', ' 100', '../..']],
  ])('refuses a %s that cannot be', async (field, values) => {
    for (const value of values) {
      const answer = await get(`?${new URLSearchParams({ [field]: value })}`)
      expect([value, answer.status]).toEqual([value, 422])
      expect((await problemOf(answer)).errors[0]?.field).toBe(field)
    }
  })

  it('is 503 where the reports could never be read: that is not "none"', async () => {
    objects.fail()
    const answer = await get()
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(JSON.stringify(await problemOf(answer))).not.toContain(STORE_SECRET)
  })

  it('asks for the scope read', async () => {
    const reports = createDriftReports({ objects, clock, logger: memoryLogger(), maxAgeMs: 60_000 })
    const closed = checkedApi(driftRoutes({ reports, clock }), { clock, access: openAccess(['predict', 'admin']) })
    expect((await closed.request(path)).status).toBe(403)
  })
})

describe('GET /drift-dashboard', () => {
  const objects = breakableStore(memoryObjectStore())
  const clock = manualClock(NOW_MS)
  const reports = createDriftReports({ objects, clock, logger: memoryLogger(), maxAgeMs: 0 })
  const api = checkedApi(driftRoutes({ reports, clock }), { clock })

  it('is a page that says that nothing has been checked, and then one of the newest report', async () => {
    const before = await api.request('/drift-dashboard')
    expect([before.status, before.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
    expect(await before.text()).toContain('not checked yet')
    const hostile = '<script>alert(1)</script>'
    const details = { drift_score: 0.4, is_drifted: true, method: 'PSI', severity: 'high', effect: 0.31 }
    const report = driftReport({ window_days: 90, current_samples: 3, feature_details: { [hostile]: details } })
    await objects.put(`${DRIFT_REPORTS_PREFIX}a.json`, JSON.stringify(report))
    await reports.refresh()
    const page = await (await api.request('/drift-dashboard')).text()
    expect(page).toContain('31.0 %')
    expect(page).not.toContain(hostile)
    expect(page).not.toMatch(/<script|https?:\/\/|src=/)
  })

  it('lets a browser show it and do nothing else', async () => {
    const policy = (await api.request('/drift-dashboard')).headers.get('content-security-policy')
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/)
  })

  it('asks for the scope read', async () => {
    const closed = checkedApi(driftRoutes({ reports, clock }), { clock, access: openAccess(['predict', 'admin']) })
    expect((await closed.request('/drift-dashboard')).status).toBe(403)
  })
})
