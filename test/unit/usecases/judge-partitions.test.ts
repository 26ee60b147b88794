import { beforeEach, describe, expect, it } from 'vitest'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import type { Partition } from '../../../shared/lake/state.ts'
import { judgePartitions } from '../../../shared/usecases/judge-partitions.ts'
import type { LakeDraft, Merged } from '../../../shared/usecases/lake-ports.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { memoryLakeStore } from '../../support/memory-lake-store.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { RUN_AT_MS } from '../../support/pipeline-deps.ts'

const APRIL_MS = Date.UTC(2025, 3, 1)
const KEY = 'lake/runs/run/findings.ndjson'

/** Forty bets of March with stakes around 10.00, and one of April with 10,000.00. */
const MARCH = Array.from({ length: 40 }, (_, i) =>
  bet({
    id: `march-${i}`,
    stakeMinor: 950 + 3 * i,
    profitMinor: null,
    placedAtMs: LEDGER_START_MS + i,
    settledAtMs: null,
  }),
)
const HIGH = { id: 'high', stakeMinor: 1_000_000, profitMinor: null, settledAtMs: null }

async function draftOf(bets: readonly ReturnType<typeof bet>[]): Promise<{ draft: LakeDraft; merged: Merged }> {
  const draft = await memoryLakeStore(memoryObjectStore()).draft('run')
  await draft.stage(bets.map((each) => ({ id: each.id, updatedAtUs: 1, record: {}, bet: each })))
  return { draft, merged: await draft.merge({ partitions: [], keys: [] }, false) }
}

async function judge(bets: readonly ReturnType<typeof bet>[], before: readonly Partition[] = []) {
  const { draft, merged } = await draftOf(bets)
  return judgePartitions({ draft, progress: silentProgress, nowMs: RUN_AT_MS }, merged, before, KEY)
}

const found = ({ findings }: Awaited<ReturnType<typeof judge>>) =>
  findings.map(({ recordId, type }) => [recordId, type])

describe('judgePartitions', () => {
  let march: Partition[]

  beforeEach(async () => {
    march = (await judge(MARCH)).partitions
  })

  it('holds a bet against the months before its own', async () => {
    const judged = await judge([...MARCH, bet({ ...HIGH, placedAtMs: APRIL_MS })])
    expect(found(judged)).toEqual([['high', 'amount_outlier']])
    expect(judged.partitions.map(({ month, findings }) => [month, findings])).toEqual([
      ['2025-03', null],
      ['2025-04', KEY],
    ])
    expect(judged.findings[0]).toMatchObject({ sport: 'Basketball', month: '2025-04' })
    expect(judged.partitions[1]?.profile.anomalies).toMatchObject([{ type: 'amount_outlier', bets: 1 }])
  })

  it('holds it against earlier months that this run does not touch', async () => {
    const judged = await judge([bet({ ...HIGH, placedAtMs: APRIL_MS })], march)
    expect(found(judged)).toEqual([['high', 'amount_outlier']])
    expect(judged.partitions[0]).toBe(march[0])
    expect(judged.written.map(({ month }) => month)).toEqual(['2025-04'])
  })

  it('never holds it against its own month, whatever stands there, or against later ones', async () => {
    for (const bets of [[...MARCH, bet(HIGH)], [bet({ ...HIGH, placedAtMs: Date.UTC(2025, 1, 1) })]]) {
      const judged = await judge(bets, bets.length === 1 ? march : [])
      expect(found(judged)).toEqual([])
      expect(judged.partitions[0]?.profile.unexamined.amount_outlier).toBe(bets.length)
    }
  })

  it('tells of a partition that lost its last row, and keeps no profile of it', async () => {
    const { draft, merged } = await draftOf([bet({ id: 'april', placedAtMs: APRIL_MS, settledAtMs: null })])
    const emptied = { sport: 'Basketball', month: '2025-03', rows: 0, previous: 'old' }
    const deps = { draft, progress: silentProgress, nowMs: RUN_AT_MS }
    const judged = await judgePartitions(deps, { ...merged, changed: [emptied, ...merged.changed] }, march, KEY)
    expect(judged.partitions.map(({ month }) => month)).toEqual(['2025-04'])
    expect(judged.written[0]).toEqual({ sport: 'Basketball', month: '2025-03', file: null, previous: 'old' })
  })

  it('fails with what a write failed of', async () => {
    const { draft, merged } = await draftOf([...MARCH, bet({ ...HIGH, placedAtMs: APRIL_MS })])
    const full = Promise.reject(new Error('disk full'))
    full.catch(() => {})
    const deps = { progress: silentProgress, nowMs: RUN_AT_MS }
    const judging = (broken: Partial<LakeDraft>) =>
      judgePartitions({ ...deps, draft: { ...draft, ...broken } }, merged, [], KEY)
    await expect(judging({ writePartition: () => full })).rejects.toThrow('disk full')
    await expect(judging({ uploaded: () => full })).rejects.toThrow('disk full')
  })
})
