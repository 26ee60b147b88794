import { describe, expect, it } from 'vitest'
import type { LedgerState } from '../../../bin/ledger-state.ts'
import type { Preparation } from '../../../bin/prepare-product.ts'
import { importLine, qualityLines, scoreTable } from '../../../bin/report.ts'
import type { Started } from '../../../bin/summary.ts'
import { startReport, startSummary } from '../../../bin/summary.ts'
import { table } from '../../../bin/terminal.ts'
import { judgeQuality } from '../../../shared/quality/gate.ts'
import { DEFAULT_THRESHOLDS } from '../../../shared/quality/thresholds.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { modelVersion, scoreboard } from '../../support/models.ts'
import { judged, merged } from '../quality/judged-ledger.ts'

const { manifest } = await modelVersion()
const quality = judgeQuality(merged(judged([bet()], LEDGER_START_MS)), DEFAULT_THRESHOLDS, LEDGER_START_MS)
const URL = 'http://127.0.0.1:3000'

const ledger: LedgerState = {
  ...{ format: 'closeline-ledger-state/2', fingerprint: 'f', ledgerSha256: 'a'.repeat(64), origin: 'own' },
  ...{
    bets: 8000,
    settledBets: 7990,
    betsWithSettlementTime: 7990,
    quality,
    thresholds: '{}',
    assessedAt: '2026-11-21T00:00:00.000Z',
  },
}
const preparation = {
  ...{ ledger, imported: undefined, demoBetsRemoved: 0, quarantined: 3 },
  outcome: { candidate: manifest, served: manifest, reason: 'it is below both baselines', trained: true },
}

describe('importLine', () => {
  it('is a sum that adds up before the reader’s eyes', () => {
    const counts = { rowsRead: 27209, rowsImported: 27000, rowsUpdated: 9, rowsUnchanged: 150, rowsQuarantined: 50 }
    const of = { id: '1', fileName: 'a', fileSha256: null, format: 'b', columns: null }
    const report = { ...of, startedAtMs: 0, finishedAtMs: 0, ...counts }
    const sentence = '27,209 rows read = 27,000 imported + 9 updated + 150 unchanged + 50 quarantined'
    expect(importLine(report)).toBe(sentence)
  })
})

describe('scoreTable', () => {
  it('never shows a score without the number of bets and both baselines', () => {
    const lines = scoreTable(manifest).split('\n')
    for (const [i, name] of ['model', 'implied', 'recalibrated implied'].entries()) {
      expect(lines[i + 1]).toMatch(new RegExp(`^${name} +100 +0\\.\\d{4} `))
    }
    expect(lines[4]).toContain('95 % -0.0200 to +0.0200, 20 days')
    expect(lines[5]).toBe('untouched bets placed 2025-05-01 to 2025-05-31')
  })

  it('shows an AUC that cannot be had as a dash', () => {
    const scores = scoreboard()
    const table = scoreTable({ ...manifest, scores: { ...scores, model: { ...scores.model, auc: null } } })
    expect(table.split('\n')[1]).toMatch(/0\.2000 +- +0\.0100/)
  })
})

describe('qualityLines', () => {
  it('tells each failed check with figure, bound and reason', () => {
    const lines = qualityLines(quality)
    expect(lines[0]).toMatch(/^\d+ of 11 checks passed$/)
    expect(lines).toContainEqual(expect.stringMatching(/^failed: min_records is 1, should be at least 1,000: .+luck/))
  })
})

/** A start that took so many seconds. */
function startedAfter(seconds: number): Started {
  return { url: URL, apiKey: 'cl_live_example', seconds }
}

describe('the summary of a start', () => {
  it('says what serves, where, and how to try it', () => {
    const text = startSummary(preparation, startedAfter(12.34))
    for (const part of [
      '8,000 bets',
      '3 rows in quarantine',
      manifest.version,
      'Ready after 12.3 s',
      `curl -s ${URL}/api`,
      "-H 'x-api-key: cl_live_example'",
    ]) {
      expect(text).toContain(part)
    }
    expect(text).not.toMatch(/demo/i)
    expect(text).not.toContain('no settlement time')
  })

  it('says loudly that data are simulated', () => {
    const demo: Preparation = { ...preparation, ledger: { ...ledger, origin: 'demo' } }
    expect(startSummary(demo, startedAfter(1)).trimStart()).toMatch(/^DEMO DATA/)
    expect(startReport(demo, startedAfter(1))).toMatchObject({ data: 'demo' })
  })

  it('states the assumption that stands in for settlement times', () => {
    const text = startSummary({ ...preparation, ledger: { ...ledger, betsWithSettlementTime: 0 } }, startedAfter(1))
    expect(text).toContain(
      '7,990 settled bets have no settlement time: a result counts as known 6 h (live), 24 h (straight)',
    )
  })

  it('says where a model serves whose data failed the gate', () => {
    const served = { ...manifest, dataQuality: { passed: false, failed: ['min_records'] } }
    const text = startSummary({ ...preparation, outcome: { ...preparation.outcome, served } }, startedAfter(1))
    expect(text).toContain('its data failed the quality gate')
    expect(startSummary(preparation, startedAfter(1))).not.toContain('failed the quality gate')
  })

  it('says that an earlier model goes on serving, and why', () => {
    const outcome = { kept: manifest, reason: 'the data failed the quality gate' }
    expect(startSummary({ ...preparation, outcome }, startedAfter(1))).toContain(`Serving ${manifest.version}`)
    expect(startReport({ ...preparation, outcome }, startedAfter(1))).toMatchObject({
      ...{ trained: false, served: manifest.version, reason: outcome.reason, candidate: null },
    })
  })

  it('says why there is no model', () => {
    const without = { ...preparation, outcome: { noModel: '50 settled bets: training needs 500' } }
    expect(startSummary(without, startedAfter(1))).toContain('training needs 500')
    expect(startReport(without, startedAfter(1))).toMatchObject({ ready: true, served: null, trained: false })
  })
})

describe('table', () => {
  it('aligns names left and figures right', () => {
    expect(
      table([
        ['', 'n'],
        ['model', '7'],
        ['x', '1,000'],
      ]),
    ).toBe('           n\nmodel      7\nx      1,000')
  })
})
