import { describe, expect, it } from 'vitest'
import { releaseTableRows } from '../../../shared/usecases/release-table-rows.ts'
import { memoryQuarantineStore } from '../../support/memory-ledger.ts'

const refused = { line: null, reason: 'unknown_status', field: 'status', detail: 'status: not known' } as const
const sound = { id: 'a', status: 'SETTLED_WIN', time_placed: '2025-03-01T18:05:00Z', bet_type: 'straight', odds: 120 }

describe('releaseTableRows', () => {
  it('releases the rows of the table that make sense now, and notes why the others do not', async () => {
    const quarantine = memoryQuarantineStore()
    const raws = [sound, { ...sound, id: 'b', status: 'LUCKY' }].map((record) => JSON.stringify(record))
    const rows = [...raws, 'torn', '[1]'].map((raw) => ({ ...refused, raw }))
    await quarantine.add({ kind: 'table', name: 'bets', runId: 'run-1' }, rows)
    await quarantine.add({ kind: 'table', name: 'slips', runId: 'run-1' }, rows.slice(0, 1))
    expect(await releaseTableRows(quarantine, 'bets')).toBe(1)
    expect(
      (await quarantine.list({}, 10)).map(({ status, releasedAs, reason }) => [status, releasedAs, reason]),
    ).toEqual([
      ['released', 'a', 'unknown_status'],
      ['waiting', null, 'unknown_status'],
      ['waiting', null, 'unreadable_record'],
      ['waiting', null, 'unreadable_record'],
      ['waiting', null, 'unknown_status'],
    ])
    expect(await releaseTableRows(quarantine, 'bets')).toBe(0)
  })
})
