import { describe, expect, it } from 'vitest'
import { findAnomalies } from '../../../shared/quality/anomalies.ts'
import { anomalySchema } from '../../../shared/quality/anomaly.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { baseline, slicesOf, sliceWith } from './judged-ledger.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const DAY_MS = 86_400_000

const placed = (placedAtMs: number) => ({ placedAtMs, settledAtMs: null })

describe('findAnomalies', () => {
  it('finds nothing in a sound bet without a history, and says what it could not examine', () => {
    expect(findAnomalies(sliceWith({}, { closingLineValue: 0.01 }), undefined, NOW_MS)).toEqual({
      anomalies: [],
      examined: 2,
      unexamined: { odds_outlier: 2, clv_outlier: 1, amount_outlier: 2, roi_outlier: 2 },
    })
  })

  it('reports a bet placed in the future as critical, to the millisecond', () => {
    const slice = sliceWith(placed(LEDGER_START_MS), placed(LEDGER_START_MS + 1), placed(LEDGER_START_MS + 3 * DAY_MS))
    const { anomalies } = findAnomalies(slice, undefined, LEDGER_START_MS)
    expect(anomalies.map(({ recordId, severity }) => [recordId, severity])).toEqual([
      ['bet-1', 'critical'],
      ['bet-2', 'critical'],
    ])
    expect(anomalies[1]).toMatchObject({ type: 'temporal_anomaly', value: -3, expected: [0, 1825] })
    expect(anomalies[1]?.sentence).toBe(
      'Placed 2025-03-04 00:00 UTC, in the future; expected 2020-03-02 00:00 UTC to 2025-03-01 00:00 UTC.',
    )
  })

  it('reports a bet older than five years as medium', () => {
    const slice = sliceWith(placed(LEDGER_START_MS), placed(LEDGER_START_MS + DAY_MS))
    const { anomalies } = findAnomalies(slice, undefined, LEDGER_START_MS + 1826 * DAY_MS)
    expect(anomalies.map(({ recordId, severity, value }) => [recordId, severity, value])).toEqual([
      ['bet-0', 'medium', 1826],
    ])
    expect(anomalies[0]?.sentence).toContain('more than five years ago')
  })

  it('reports a missing sport or price as high, once', () => {
    const missing = (slice: ReturnType<typeof sliceWith>) =>
      findAnomalies(slice, undefined, NOW_MS).anomalies.map(({ type, severity, value, expected, sentence }) => {
        expect({ type, severity, value, expected }).toEqual({
          type: 'missing_required',
          severity: 'high',
          value: null,
          expected: null,
        })
        return sentence
      })
    expect(missing(sliceWith({ decimalOdds: null }, {}))).toEqual(['The price is missing; expected on every bet.'])
    expect(missing(sliceWith({ sport: null }, { sport: null, decimalOdds: null }))).toEqual([
      'The sport is missing; expected on every bet.',
      'Sport and price are missing; expected on every bet.',
    ])
  })

  it('finds every type in one bet, each once, with record, book, value, range and sentence', () => {
    const odd = bet({ decimalOdds: 50, closingLineValue: 0.4, stakeMinor: 2_000_000, profitMinor: 0, returnPerUnit: 3 })
    const known = baseline({
      price: { straight: { mean: 0, sd: 0.5, fences: [-1, 1] }, combined: undefined },
      clv: { mean: 0, sd: 0.05 },
      stake: { mean: 7, sd: 0.5, p99: 8 },
      payoutResidual: { straight: { mean: 0, sd: 0.01 }, combined: undefined },
    })
    const [slice] = slicesOf([{ ...odd, ...placed(NOW_MS + DAY_MS) }])
    const anomalies = slice === undefined ? [] : findAnomalies(slice, known, NOW_MS).anomalies
    expect(anomalies.map(({ type, severity }) => `${type} ${severity}`)).toEqual([
      'odds_outlier high',
      'clv_outlier high',
      'amount_outlier high',
      'roi_outlier medium',
      'temporal_anomaly critical',
    ])
    for (const anomaly of anomalies) {
      expect(anomalySchema.parse(JSON.parse(JSON.stringify(anomaly)))).toEqual(anomaly)
      expect(anomaly).toMatchObject({ recordId: 'bet-1', book: 'DraftKings' })
      expect(anomaly.sentence).toMatch(/^[A-Z].*; expected .*\.$/)
      const [low, high] = anomaly.expected ?? [Number.NaN, Number.NaN]
      expect((anomaly.value ?? 0) < low || (anomaly.value ?? 0) > high).toBe(true)
    }
  })
})
