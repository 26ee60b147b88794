import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { historyChart, sliceChart, valueRange } from '../../../../bin/pages/tune-charts.ts'
import { renderTunePage } from '../../../../bin/pages/tune-page.ts'
import type { Dimension } from '../../../../shared/tuning/space.ts'
import { failed } from '../../tuning/trials.ts'
import { prunedTrial, report, scoredTrial, TRIALS } from './tuned-studies.ts'

const HOSTILE = '"><script>alert(1)</script>&amp;'
const RATE: Dimension = { kind: 'float', name: 'x', low: 0.01, high: 1, scale: 'log' }
const RANGE = { low: 0.5, high: 0.7 }

/** Middles of the circles of a class, left to right as drawn. */
function circles(svg: unknown, kind: string): number[][] {
  const found = String(svg).matchAll(new RegExp(`<circle class="${kind}" cx="([\\d.]+)" cy="([\\d.]+)"`, 'g'))
  return [...found].map(([, x, y]) => [Number(x), Number(y)])
}

describe('renderTunePage', () => {
  const page = renderTunePage(report())

  it('shows best and present value, the trials, and what is to be thought of them', () => {
    expect(page).toContain('<b>0.61230</b><span class="dim">best, trial 4</span>')
    expect(page).toContain('<b>0.62000</b><span class="dim">settings in use</span>')
    expect(page).toContain('only bets that the search has not seen tell')
    expect(page).toContain('the last 40 %, on which evaluate tests, is untouched')
  })

  it('draws a history and a slice for every setting', () => {
    expect(page.match(/aria-label="Value by \w+"/g)).toEqual([
      'aria-label="Value by trial"',
      'aria-label="Value by x"',
      'aria-label="Value by n"',
    ])
  })

  it('lists complete trials, the best first', () => {
    const rows = [...page.matchAll(/<tr class="(best)?"><td>(\d+)/g)].map(([, isBest, number]) => [number, isBest])
    expect(rows).toEqual([
      ['4', 'best'],
      ['1', undefined],
      ['0', undefined],
      ['5', undefined],
    ])
  })

  it('fetches nothing and runs nothing: its policy allows its own style only', () => {
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? ''
    expect(page).toContain(`style-src &#39;sha256-${createHash('sha256').update(style).digest('base64')}&#39;`)
    expect(page).toContain('default-src &#39;none&#39;')
    expect(page).not.toMatch(/<script|<link|<img|style="|url\(|https?:/)
  })

  it('has both colour schemes', () => {
    expect(page).toContain('color-scheme: light dark')
    expect(page).toContain('prefers-color-scheme: dark')
  })

  it('escapes what a stored study may hold', () => {
    const space: Dimension[] = [{ kind: 'choice', name: 'growth', choices: ['level', HOSTILE] }]
    const trials = [0, 1].map((number) => {
      const plain = scoredTrial(number, 0.6 + number / 100, { growth: HOSTILE })
      return { ...plain, steps: plain.steps.map((step) => ({ ...step, details: { [HOSTILE]: 1 } })) }
    })
    const hostile = renderTunePage(report(trials, { space, firstTrials: [], objective: HOSTILE }))
    expect(hostile).not.toContain('<script')
    expect(hostile).toContain('&lt;script&gt;')
  })

  it('says so where no trial is complete', () => {
    expect(renderTunePage(report([failed(0)]))).toContain('No trial is complete: 1 failed.')
    expect(renderTunePage(report([]))).toContain('No trial is complete: no trial yet.')
  })
})

describe('valueRange', () => {
  it('is that of the values, but for what lies far out of line', () => {
    expect(valueRange([0.5, 0.55, 0.6, 0.7].map((value, k) => scoredTrial(k, value)))).toEqual({ low: 0.5, high: 0.7 })
    expect(valueRange(TRIALS)).toEqual({ low: 0.6123, high: 0.62 })
  })

  it('is not empty where all values are equal, and is none without values', () => {
    const { low = 1, high = 0 } = valueRange([scoredTrial(0, 0.6)]) ?? {}
    expect(low).toBeLessThan(0.6)
    expect(high).toBeGreaterThan(0.6)
    expect(valueRange([failed(0)])).toBeUndefined()
  })
})

describe('charts', () => {
  it('put lower values lower and later trials to the right', () => {
    const svg = historyChart([scoredTrial(0, 0.7), scoredTrial(1, 0.6), scoredTrial(2, 0.5)], RANGE)
    const [first, second] = circles(svg, 'dot')
    expect(circles(svg, 'present')).toHaveLength(1)
    expect((second?.[0] ?? 0) > (first?.[0] ?? 0) && (second?.[1] ?? 0) > (first?.[1] ?? 0)).toBe(true)
    // The middle of 0.5 and 0.7 is in the middle of 10 to 260.
    expect(first?.[1]).toBe(135)
  })

  it('mark pruned and failed trials without a value, and values beyond the range on its edge', () => {
    const svg = String(historyChart([scoredTrial(0, 0.5), prunedTrial(1), failed(2), scoredTrial(3, 0.9)], RANGE))
    expect(svg.match(/<path class="pruned"/g)).toHaveLength(1)
    expect(svg.match(/<path class="failed"/g)).toHaveLength(1)
    expect(svg).toMatch(/<path class="dot" d="M[\d.]+ 1l4 7h-8z"><title>trial 3, complete, 0.90000/)
  })

  it('step the best so far down where a trial is better, and nowhere else', () => {
    const values = [0.6, 0.65, 0.5, 0.55]
    const svg = String(
      historyChart(
        values.map((value, k) => scoredTrial(k, value)),
        RANGE,
      ),
    )
    const [, path = ''] = /<path class="sofar" d="([^"]*)"/.exec(svg) ?? []
    expect(path.match(/V[\d.]+/g)).toEqual(['V260.0'])
    expect(path).toMatch(/^M[\d.]+ 135\.0H/)
  })

  it('place parameters on their own scale', () => {
    const at = (x: number) =>
      circles(sliceChart(RATE, [scoredTrial(1, 0.6, { x })], RANGE), 'dot')[0]?.[0] ?? Number.NaN
    expect(at(0.1)).toBeCloseTo((at(0.01) + at(1)) / 2, 0)
  })

  it('place choices side by side', () => {
    const growth: Dimension = { kind: 'choice', name: 'x', choices: ['level', 'leaf'] }
    const at = (x: string) =>
      circles(sliceChart(growth, [scoredTrial(1, 0.6, { x })], RANGE), 'dot')[0]?.[0] ?? Number.NaN
    // Quarters of what lies between 64 and 312.
    expect([at('level'), at('leaf')]).toEqual([126, 250])
  })
})
