import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { findAffected } from '../../../shared/quality/affected.ts'
import { judgeQuality } from '../../../shared/quality/gate.ts'
import type { ProfiledPartition } from '../../../shared/quality/profile.ts'
import { DEFAULT_THRESHOLDS } from '../../../shared/quality/thresholds.ts'
import { bet } from '../../support/bets.ts'
import { judged, merged } from './judged-ledger.ts'

const NOW_MS = Date.UTC(2026, 0, 1)

const affectedIn = (partitions: readonly ProfiledPartition[]) =>
  findAffected(judgeQuality(merged(partitions), { ...DEFAULT_THRESHOLDS }, NOW_MS), partitions)

/** n bets of a month of 2025, 0 for January. */
const inMonth = (month: number, n: number, fields: Partial<Bet>): Bet[] =>
  Array.from({ length: n }, (_, i) =>
    bet({
      id: `${month}-${fields.sport ?? ''}-${fields.book ?? ''}-${fields.decimalOdds ?? ''}-${String(i).padStart(2, '0')}`,
      placedAtMs: Date.UTC(2025, month, 2),
      settledAtMs: null,
      ...fields,
    }),
  )

describe('findAffected', () => {
  it('tells months, sports, books and examples of missing prices, most first, each with its share', () => {
    const partitions = judged(
      [
        ...inMonth(0, 10, { sport: 'Golf', book: 'A' }),
        ...inMonth(1, 6, { sport: 'Golf', book: 'A' }),
        ...inMonth(1, 2, { sport: 'Golf', book: 'A', decimalOdds: null }),
        ...inMonth(2, 3, { sport: 'Tennis', book: 'B', decimalOdds: null }),
        ...inMonth(2, 1, { sport: null, book: null }),
      ],
      NOW_MS,
    )
    const [prices, sports] = affectedIn(partitions)
    expect(prices).toEqual({
      problem: { missing: 'price' },
      check: 'max_null_odds_pct',
      bets: 5,
      share: 5 / 22,
      months: {
        top: [
          { name: '2025-03', bets: 3, of: 4, share: 0.75 },
          { name: '2025-02', bets: 2, of: 8, share: 0.25 },
        ],
        more: { names: 0, bets: 0 },
      },
      sports: {
        top: [
          { name: 'Tennis', bets: 3, of: 3, share: 1 },
          { name: 'Golf', bets: 2, of: 18, share: 2 / 18 },
        ],
        more: { names: 0, bets: 0 },
      },
      books: {
        top: [
          { name: 'B', bets: 3, of: 3, share: 1 },
          { name: 'A', bets: 2, of: 18, share: 2 / 18 },
        ],
        more: { names: 0, bets: 0 },
      },
      examples: ['1-Golf-A--00', '1-Golf-A--01', '2-Tennis-B--00', '2-Tennis-B--01', '2-Tennis-B--02'],
    })
    // 1 of 22 sports is within the threshold, but a high anomaly all the same.
    expect(sports).toMatchObject({ problem: { type: 'missing_required', severity: 'high' }, bets: 6 })
  })

  it('says nothing of missing fields whose check passed', () => {
    const bets = [...inMonth(0, 99, { sport: 'Golf' }), ...inMonth(1, 1, { sport: 'Golf', decimalOdds: null })]
    expect(affectedIn(judged(bets, NOW_MS)).filter(({ problem }) => 'missing' in problem)).toEqual([])
  })

  it('puts the worst anomalies first, and names the check that they fail', () => {
    const bets = [
      ...inMonth(0, 200, { closingLineValue: 0.25 }),
      ...inMonth(1, 3, { closingLineValue: 0.35 }),
      ...inMonth(2, 4, { decimalOdds: null }),
      ...inMonth(3, 1, { stakeMinor: 0 }),
    ]
    const summary = affectedIn(judged(bets, NOW_MS)).map(({ problem, check, bets: n }) => [problem, check, n])
    expect(summary).toEqual([
      [{ missing: 'price' }, 'max_null_odds_pct', 4],
      [{ type: 'amount_outlier', severity: 'critical' }, 'max_critical_anomalies', 1],
      [{ type: 'missing_required', severity: 'high' }, 'max_high_anomalies_pct', 4],
      [{ type: 'clv_outlier', severity: 'high' }, 'max_high_anomalies_pct', 3],
      [{ type: 'clv_outlier', severity: 'medium' }, null, 200],
    ])
  })

  it('lists eight names and counts the rest', () => {
    const bets = Array.from({ length: 12 }, (_, month) =>
      inMonth(month, month + 1, { decimalOdds: null, book: `book ${month}` }),
    )
    const [prices] = affectedIn(judged(bets.flat(), NOW_MS))
    expect(prices?.months.top.map(({ name, bets: n }) => [name, n])).toEqual([
      ['2025-12', 12],
      ['2025-11', 11],
      ['2025-10', 10],
      ['2025-09', 9],
      ['2025-08', 8],
      ['2025-07', 7],
      ['2025-06', 6],
      ['2025-05', 5],
    ])
    expect(prices?.months.more).toEqual({ names: 4, bets: 10 })
    expect(prices?.books.more).toEqual({ names: 4, bets: 10 })
  })

  it('finds nothing where there is nothing', () => {
    expect(affectedIn([])).toEqual([])
  })
})
