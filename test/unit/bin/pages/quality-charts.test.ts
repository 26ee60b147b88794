import { describe, expect, it } from 'vitest'
import { bulletChart, monthChart } from '../../../../bin/pages/quality-charts.ts'
import type { QualityCheck } from '../../../../shared/quality/gate.ts'

const check = (fields: Partial<QualityCheck>): QualityCheck => ({
  name: 'max_null_odds_pct',
  value: 0.04,
  bound: 'at_most',
  low: null,
  high: 0.01,
  overridden: false,
  passed: false,
  because: 'it matters',
  ...fields,
})

/** Attributes of each element of a class, in order. */
function elements(svg: unknown, className: string): Record<string, string>[] {
  const tags = String(svg).match(new RegExp(`<\\w+ class="${className}"[^>]*>`, 'g')) ?? []
  return tags.map((tag) =>
    Object.fromEntries([...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value])),
  )
}

describe('bulletChart', () => {
  it('draws figure, passing zone and threshold on one scale', () => {
    // The scale ends at 1.25 · 0.04 = 0.05 on 220 units.
    const chart = bulletChart(check({}))
    expect(elements(chart, 'bad')).toMatchObject([{ width: '176' }])
    expect(elements(chart, 'zone')).toMatchObject([{ x: '0', width: '44' }])
    expect(elements(chart, 'limit')).toMatchObject([{ x1: '44', x2: '44' }])
  })

  it('draws both ends of a range on the scale from nothing to all', () => {
    const chart = bulletChart(
      check({ name: 'win_rate_range', bound: 'between', value: 0.5, low: 0.35, high: 0.65, passed: true }),
    )
    expect(elements(chart, 'good')).toMatchObject([{ width: '110' }])
    expect(elements(chart, 'limit')).toMatchObject([{ x1: '77' }, { x1: '143' }])
    expect(elements(chart, 'zone')).toMatchObject([{ x: '77', width: '66' }])
  })

  it('draws the zone of a least value from there on', () => {
    const chart = bulletChart(check({ name: 'min_records', bound: 'at_least', value: 400, low: 1000, high: null }))
    expect(elements(chart, 'zone')).toMatchObject([{ x: '176', width: '44' }])
  })

  it('draws no bar where nothing was measured, and survives thresholds of zero', () => {
    const chart = bulletChart(check({ value: null, high: 0 }))
    expect([...elements(chart, 'bad'), ...elements(chart, 'good')]).toEqual([])
    expect(String(chart)).not.toContain('NaN')
  })
})

describe('monthChart', () => {
  it('draws a bar a month, those above the threshold apart, each with its numbers', () => {
    const chart = monthChart(
      [
        { month: '2025-01', bets: 0, of: 100 },
        { month: '2025-02', bets: 5, of: 1000 },
        { month: '2025-03', bets: 50, of: 100 },
      ],
      0.01,
    )
    // Half of the month is the whole height of 110 units.
    expect(elements(chart, 'over')).toMatchObject([{ height: '110.0', y: '0.0' }])
    expect(elements(chart, 'bar').map(({ height }) => height)).toEqual(['0.0', '1.5'])
    expect(String(chart)).toContain('<title>2025-02: 5 of 1,000 bets, 0.5 %</title>')
  })
})
