import { describe, expect, it } from 'vitest'
import { flushAlerts } from '../../../shared/usecases/alert-flush.ts'
import type { AlertRow } from '../../../shared/usecases/alert-ports.ts'
import { readAlertState } from '../../../shared/usecases/alert-state.ts'
import { handleInput } from '../../../shared/usecases/send-alerts.ts'
import { alarm, failedGate, MINUTE_MS, memoryAlertDeps } from '../../support/alert-deps.ts'
import { textOf } from '../../support/memory-object-store.ts'

const DAY_MS = 24 * 60 * MINUTE_MS

/** A table as JSON, which tests can read. */
const table = { encode: (rows: readonly AlertRow[]) => new TextEncoder().encode(JSON.stringify(rows)) }
const KEY = 'lake/alerts/day=2026-05-12/alerts.parquet'

describe('a flush', () => {
  it('writes a day anew where deliveries have ended since, and not otherwise', async () => {
    const deps = { ...memoryAlertDeps(), table }
    await handleInput(deps, alarm('ALARM', 0))
    expect((await flushAlerts(deps)).tables).toEqual(['2026-05-12'])
    expect((await flushAlerts(deps)).tables).toEqual([])
    const rows = JSON.parse(await textOf(deps.objects, KEY)) as AlertRow[]
    expect(rows.map(({ channel, outcome, title }) => [channel, outcome, title])).toEqual(
      ['console', 'sns', 'telegram'].map((channel) => [channel, 'sent', 'Alarm closeline-dev-api-errors']),
    )
    await handleInput(deps, failedGate(1))
    expect((await flushAlerts(deps)).tables).toEqual(['2026-05-12'])
    expect(JSON.parse(await textOf(deps.objects, KEY))).toHaveLength(6)
  })

  it('removes marks of days ago, and keeps the history', async () => {
    const deps = { ...memoryAlertDeps(), table }
    await handleInput(deps, alarm('ALARM', 0))
    await flushAlerts(deps)
    const markers = async () => [
      ...(await deps.objects.list('alerts/seen/')),
      ...(await deps.objects.list('alerts/claims/')),
      ...(await deps.objects.list('alerts/turns/')),
    ]
    expect((await markers()).length).toBeGreaterThan(4)
    deps.clock.advance(7 * DAY_MS)
    await flushAlerts(deps)
    expect(await markers()).toEqual([])
    expect(await deps.objects.list('alerts/history/')).toHaveLength(3)
    expect((await readAlertState(deps.objects)).tidiedDay).toBe('2026-05-19')
  })

  it('remembers what it took in for as long as it would take it in', async () => {
    const deps = { ...memoryAlertDeps(), table }
    await handleInput(deps, alarm('ALARM', 0))
    for (let day = 0; day < 3; day++) {
      await flushAlerts(deps)
      expect((await handleInput(deps, alarm('ALARM', 0))).receipt).toBe('known')
      deps.clock.advance(DAY_MS)
    }
    await flushAlerts(deps)
    expect((await handleInput(deps, alarm('ALARM', 0))).receipt).toBe('too_old')
    expect(deps.sink('sns').messages).toHaveLength(1)
  })
})
