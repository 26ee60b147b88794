import { describe, expect, it } from 'vitest'
import { renderQualityPage } from '../../../../bin/pages/quality-page.ts'
import type { Bet } from '../../../../shared/bets/bet.ts'
import { duplicateAnomaly } from '../../../../shared/quality/anomaly.ts'
import { judgeQuality } from '../../../../shared/quality/gate.ts'
import { DEFAULT_THRESHOLDS, parseThresholds, THRESHOLD_NAMES } from '../../../../shared/quality/thresholds.ts'
import { bet, LEDGER_START_MS, randomLedger } from '../../../support/bets.ts'
import { judged, merged } from '../../quality/judged-ledger.ts'

const NOW_MS = LEDGER_START_MS + 400 * 86_400_000
const HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;"

function pageOf(bets: readonly Bet[], thresholds = { ...DEFAULT_THRESHOLDS }): string {
  const partitions = judged(bets, NOW_MS)
  const report = judgeQuality(merged(partitions), thresholds, NOW_MS)
  const findings = [{ ...duplicateAnomaly('bet-77', 2, HOSTILE), sport: HOSTILE, month: '2025-03' }]
  return renderQualityPage({ runId: 'run-4711', report, partitions, findings })
}

/** Names of elements that are opened and never closed, or the other way round. */
function unbalanced(page: string): string[] {
  const open: string[] = []
  const body = page.replace(/<style>[\s\S]*?<\/style>/, '')
  for (const [, closing, name = '', selfClosing] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (name === 'meta' || selfClosing === '/') continue
    if (closing === '') open.push(name)
    else if (open.pop() !== name) return [name]
  }
  return open
}

describe('renderQualityPage', () => {
  const bad = pageOf(randomLedger(5, 600))

  it('shows verdict, run, time and every check with figure and threshold', () => {
    expect(bad).toContain('Data quality <b>failed</b>')
    expect(bad).toContain('<code>run-4711</code>')
    expect(bad).toContain('2026-04-05 00:00 UTC')
    for (const name of THRESHOLD_NAMES) expect(bad).toContain(`<code>${name}</code>`)
    expect(bad.match(/✗ failed|✓ passed/g)).toHaveLength(11)
  })

  it('shows where the bets are that failed a check', () => {
    expect(bad).toContain('Where to look')
    expect(bad).toMatch(/Price missing: \d+ bets/)
    expect(bad).toMatch(/2025-0\d: \d+ of \d+ bets/)
  })

  it('shows nothing to look for where every check passed', () => {
    const everything = parseThresholds(
      '{"min_records": 1, "max_null_sport_pct": 1, "max_null_market_pct": 1, "max_null_odds_pct": 1, "max_data_age_days": 9999, "max_critical_anomalies": 9999, "max_high_anomalies_pct": 1, "min_sports_count": 1, "min_books_count": 1, "win_rate_range": [0, 1]}',
    )
    const good = pageOf(randomLedger(5, 600), everything)
    expect(good).toContain('Data quality <b>passed</b>')
    expect(good).toContain('All 11 checks passed.')
    expect(good).toContain('the default is 1,000')
    expect(good).not.toContain('Where to look')
  })

  it('escapes every name that a file may hold', () => {
    const page = pageOf([
      bet({ id: HOSTILE, sport: HOSTILE, book: HOSTILE, decimalOdds: null }),
      bet({ id: 'plain', decimalOdds: null, market: null, closingLineValue: 0.5 }),
    ])
    expect(page).not.toMatch(/<script|<img/)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(unbalanced(page)).toEqual([])
  })

  it('needs nothing from elsewhere and closes what it opens', () => {
    expect(bad).not.toMatch(/<(?:script|link|img|iframe|object|a)\b|url\(|@import|https?:/)
    expect(bad).toMatch(/^<!doctype html>/)
    expect(unbalanced(bad)).toEqual([])
    expect(bad).not.toMatch(/NaN|undefined|\[object/)
  })

  it('survives a ledger of no bets', () => {
    const page = pageOf([])
    expect(page.match(/✗ failed/g)).toHaveLength(11)
    expect(page).toContain('not measurable')
    expect(page).not.toMatch(/NaN|undefined|\[object/)
    expect(unbalanced(page)).toEqual([])
  })
})
