import { beforeEach, describe, expect, it } from 'vitest'
import type { DriftReport, DriftReports } from '../../../shared/usecases/drift-reports.ts'
import { createDriftReports, DRIFT_REPORTS_PREFIX, REPORTS_LOOKED_AT } from '../../../shared/usecases/drift-reports.ts'
import { breakableStore } from '../../support/breakable-store.ts'
import { driftReport } from '../../support/drift-reports.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'

const NOW_MS = Date.UTC(2026, 2, 1, 12)
const ANY = { daysLookback: 365, minSamples: 0 }

describe('drift reports', () => {
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let logger: ReturnType<typeof memoryLogger>
  let reports: DriftReports

  beforeEach(() => {
    objects = breakableStore(memoryObjectStore())
    clock = manualClock(NOW_MS)
    logger = memoryLogger()
    reports = createDriftReports({ objects, clock, logger, maxAgeMs: 60_000 })
  })

  const put = (name: string, fields: Partial<DriftReport> = {}) =>
    objects.put(`${DRIFT_REPORTS_PREFIX}${name}.json`, JSON.stringify(driftReport(fields)))
  const newest = async (filter = ANY) => (await reports.newest(filter)).found?.file

  it('are none where no check has been made', async () => {
    expect(await reports.newest(ANY)).toEqual({ found: undefined, reports: 0 })
  })

  it('give the newest by its own time, whatever it is called, with all that stands in it', async () => {
    await put('b', { timestamp: '2026-02-27T02:00:00.000Z' })
    await put('a', { timestamp: '2026-02-28T02:00:00.000Z', verdict: 'insufficient_data' })
    const { found, reports: total } = await reports.newest(ANY)
    expect([found?.file, found?.report.verdict, total]).toEqual(['a.json', 'insufficient_data', 2])
  })

  it.each([
    ['a window that is long enough', { daysLookback: 7, minSamples: 0 }, 'week.json'],
    ['a window as long as asked', { daysLookback: 30, minSamples: 0 }, 'month.json'],
    ['bets that are many enough', { daysLookback: 30, minSamples: 412 }, 'month.json'],
    ['one bet more than any has', { daysLookback: 30, minSamples: 413 }, undefined],
    ['fewer days than any has', { daysLookback: 6, minSamples: 0 }, undefined],
  ])('give the newest over %s', async (_, filter, file) => {
    await put('week', { timestamp: '2026-02-27T02:00:00.000Z', window_days: 7, current_samples: 100 })
    await put('month', { timestamp: '2026-02-28T02:00:00.000Z', window_days: 30, current_samples: 412 })
    expect(await newest(filter)).toBe(file)
  })

  it('pass over what is damaged or no report, and say so once', async () => {
    await put('good')
    await objects.put(`${DRIFT_REPORTS_PREFIX}torn.json`, '{"timestamp":')
    await objects.put(`${DRIFT_REPORTS_PREFIX}other.json`, '{"a":1}')
    await objects.put(`${DRIFT_REPORTS_PREFIX}page.html`, '<p>')
    expect(await newest()).toBe('good.json')
    await reports.refresh()
    expect(logger.of('drift_report_damaged')).toHaveLength(2)
  })

  it('are read once each, and let go when they are no longer among the latest', async () => {
    for (let i = 0; i < REPORTS_LOOKED_AT + 3; i++) {
      await put(`r${String(i).padStart(3, '0')}`, { current_samples: i })
    }
    const before = objects.calls()
    expect((await reports.newest(ANY)).reports).toBe(REPORTS_LOOKED_AT)
    expect(objects.calls() - before).toBe(1 + REPORTS_LOOKED_AT)
    await put('r999')
    await reports.refresh()
    expect(objects.calls() - before).toBe(1 + REPORTS_LOOKED_AT + 1 + 2)
    expect((await reports.newest(ANY)).reports).toBe(REPORTS_LOOKED_AT)
  })

  it('stay in memory while the store is away; where none were read, that is no "none"', async () => {
    objects.fail()
    await expect(reports.newest(ANY)).rejects.toMatchObject({ explanation: 'the drift reports cannot be read' })
    objects.recover()
    await put('a')
    clock.advance(5000)
    expect(await newest()).toBe('a.json')
    objects.fail()
    clock.advance(60_000)
    expect(await newest()).toBe('a.json')
    await reports.refresh()
    expect(await newest()).toBe('a.json')
  })
})
