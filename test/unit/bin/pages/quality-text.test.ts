import { describe, expect, it } from 'vitest'
import { qualityText } from '../../../../bin/pages/quality-text.ts'
import type { Bet } from '../../../../shared/bets/bet.ts'
import { findAffected } from '../../../../shared/quality/affected.ts'
import { judgeQuality } from '../../../../shared/quality/gate.ts'
import { parseThresholds } from '../../../../shared/quality/thresholds.ts'
import { bet } from '../../../support/bets.ts'
import { judged, merged } from '../../quality/judged-ledger.ts'

const NOW_MS = Date.UTC(2025, 3, 1)

const THRESHOLDS = parseThresholds(
  '{"min_records": 10, "max_null_odds_pct": 0.2, "max_high_anomalies_pct": 1, "min_sports_count": 1, "min_books_count": 1}',
)

function textOf(bets: readonly Bet[], thresholds = THRESHOLDS): string[] {
  const partitions = judged(bets, NOW_MS)
  const report = judgeQuality(merged(partitions), thresholds, NOW_MS)
  return qualityText(report, findAffected(report, partitions))
}

/** Twelve bets, every other one lost, the first n without a price. */
const ledger = (n: number, fields: Partial<Bet> = {}) =>
  Array.from({ length: 12 }, (_, i) =>
    bet({
      id: `bet-${String(i).padStart(2, '0')}`,
      state: i % 2 === 0 ? 'won' : 'lost',
      profitMinor: null,
      ...(i < n ? { decimalOdds: null, ...fields } : {}),
    }),
  )

describe('qualityText', () => {
  it('shows every check, its figure and what is asked, in columns', () => {
    const [verdict, ...lines] = textOf(ledger(2))
    expect(verdict).toBe('Data quality passed')
    expect(lines).toHaveLength(11)
    expect(lines[0]).toMatch(/^pass {2}Bets +12 +at least 10 \(default 1,000\) +min_records$/)
    expect(lines[4]).toMatch(/^pass {2}Price missing +16\.67 % +at most 20 % \(default 1 %\) +max_null_odds_pct$/)
    expect(lines[10]).toMatch(/^pass {2}Win rate +50 % +35 % to 65 % +win_rate_range$/)
    expect(new Set(lines.map((line) => line.length)).size).toBe(1)
  })

  it('tells of each failed check why it matters and which bets are to blame', () => {
    const lines = textOf(ledger(3))
    expect(lines[0]).toBe('Data quality failed: 1 of 11 checks')
    expect(lines[5]).toMatch(/^FAIL {2}Price missing +25 %/)
    expect(lines.slice(12)).toEqual([
      '',
      'Price missing: 25 %, should be at most 20 %',
      '  a bet without a price cannot be learned from; many of them make the rest a biased sample',
      '  price missing: 3 bets (25 %)',
      '    months   2025-03 3 (25 %)',
      '    sports   Basketball 3 (25 %)',
      '    books    DraftKings 3 (25 %)',
      '    such as  bet-00, bet-01, bet-02',
    ])
  })

  it('says that a figure cannot be measured', () => {
    const lines = textOf([])
    expect(lines[0]).toBe('Data quality failed: 11 of 11 checks')
    expect(lines).toContain('Win rate: not measurable, should be 35 % to 65 %')
  })

  it('counts the names that it does not list', () => {
    const lines = textOf(
      Array.from({ length: 12 }, (_, i) =>
        bet({ id: `bet-${i}`, book: `book ${String(i).padStart(2, '0')}`, decimalOdds: null }),
      ),
    )
    expect(lines.find((line) => line.includes('books  '))).toMatch(/book 07 1 \(100 %\), and 4 more with 4$/)
  })

  it('lets no control character of a name reach the terminal', () => {
    const text = textOf(ledger(3, { book: '\u001b[2Jevil\u0007', sport: 'a\u202eb' })).join('\n')
    expect(text).toContain('�[2Jevil�')
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u)
  })
})
