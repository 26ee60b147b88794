import { describe, expect, it } from 'vitest'
import { allRows, rowByPrefix, rowsById } from '../../../shared/usecases/quarantined-rows.ts'
import { memoryQuarantineStore } from '../../support/memory-ledger.ts'

async function quarantineOf(count: number) {
  const quarantine = memoryQuarantineStore()
  const refusal = { line: null, reason: 'missing_id', field: null, detail: '' } as const
  await quarantine.add(
    { kind: 'table', name: 'bets', runId: 'run-1' },
    Array.from({ length: count }, (_, i) => ({ ...refusal, raw: `row ${i}` })),
  )
  return quarantine
}

describe('rows of the quarantine', () => {
  it('are read page after page, each once', async () => {
    const quarantine = await quarantineOf(2500)
    const rows = await allRows(quarantine, { status: 'waiting' })
    expect(rows.map(({ raw }) => raw)).toEqual(Array.from({ length: 2500 }, (_, i) => `row ${i}`))
    expect(await allRows(quarantine, { status: 'discarded' })).toEqual([])
  })

  it('are found by any number of ids', async () => {
    const quarantine = await quarantineOf(250)
    const ids = (await allRows(quarantine, {})).map(({ id }) => id)
    expect([...(await rowsById(quarantine, [...ids, ...ids, 'absent'])).keys()].toSorted()).toEqual(ids.toSorted())
  })

  it('are found by the beginning of an id where it is one row’s alone', async () => {
    const quarantine = await quarantineOf(40)
    const [row] = await allRows(quarantine, {})
    expect(await rowByPrefix(quarantine, row?.id.slice(0, 12) ?? '')).toEqual(row)
    await expect(rowByPrefix(quarantine, 'absent')).rejects.toMatchObject({ code: 'not_in_quarantine' })
    await expect(rowByPrefix(quarantine, '')).rejects.toMatchObject({ code: 'ambiguous_id' })
  })
})
