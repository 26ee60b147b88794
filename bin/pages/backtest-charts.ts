import { html } from 'hono/html'
import type { DailyBankroll } from '../../shared/backtest/replay-bets.ts'
import type { Resampling } from '../../shared/backtest/resample-days.ts'
import { amount } from './backtest-text.ts'
import { percent } from './model-figures.ts'
import type { Markup } from './quality-charts.ts'

const FRAME = { width: 1000, left: 74, bottom: 22 }
const DAY_MS = 86_400_000

/** A bankroll day by day, and the class of its colour. */
export interface BankrollCurve {
  name: string
  tone: string
  curve: readonly DailyBankroll[]
}

interface Scale {
  height: number
  x(value: number): number
  y(value: number): number
}

function scale(height: number, xs: readonly [number, number], ys: readonly [number, number]): Scale {
  const { width, left } = FRAME
  const along = (value: number, [from, to]: readonly [number, number]) =>
    to > from ? (value - from) / (to - from) : 0.5
  return {
    height,
    x: (value) => left + (width - left) * along(value, xs),
    y: (value) => height - height * along(value, ys),
  }
}

/** Bankrolls of several ways to bet, with the one at the start as a line. */
export function bankrollChart(curves: readonly BankrollCurve[], initial: number): Markup {
  const days = curves.flatMap(({ curve }) => curve.map(({ day }) => day))
  const money = [initial, ...curves.flatMap(({ curve }) => curve.map(({ bankroll }) => bankroll))]
  const ends = [least(days), most(days)] as const
  const at = scale(280, ends, padded(least(money), most(money)))
  return html`${openChart(at, 'Bankroll by day')}
${renderRules(at, least(money), most(money), initial)}
${[...curves].reverse().map(
  ({ tone, curve }) =>
    html`<path class="line ${tone}" d="${stepsOf(
      curve.map(({ day, bankroll }) => [day, bankroll]),
      at,
    )}"/>`,
)}
${renderDays(at, ends)}</svg>`
}

/** How far a bankroll is below its high so far, as a share of it, day by day. */
export function drawdownChart({ curve }: BankrollCurve, initial: number): Markup {
  let high = initial
  const depths = curve.map(({ day, bankroll }): [number, number] => {
    high = Math.max(high, bankroll)
    return [day, -(1 - bankroll / high)]
  })
  const days = depths.map(([day]) => day)
  const ends = [least(days), most(days)] as const
  const deepest = Math.min(-0.01, ...depths.map(([, depth]) => depth))
  const at = scale(120, ends, [deepest * 1.08, 0])
  const outline = `${stepsOf(depths, at)}L${at.x(ends[1]).toFixed(1)} 0L${at.x(ends[0]).toFixed(1)} 0Z`
  return html`${openChart(at, 'Drawdown by day')}
<text x="${FRAME.left - 6}" y="10" text-anchor="end">0 %</text><text x="${FRAME.left - 6}" y="${at.y(deepest).toFixed(1)}" text-anchor="end">${percent(deepest)}</text>
<path class="area" d="${outline}"/>
${renderDays(at, ends)}</svg>`
}

/** Percentiles of the drawn bankrolls after shares of the days: 5 to 95 %, 25 to 75 %, and the median. */
export function fanChart({ fan }: Resampling, initial: number): Markup {
  const start = { day: 0, p5: initial, p25: initial, p50: initial, p75: initial, p95: initial }
  const steps = [start, ...fan]
  const money = steps.flatMap(({ p5, p95 }) => [p5, p95])
  const last = steps.at(-1)?.day ?? 1
  const at = scale(260, [0, last], padded(least(money), most(money)))
  const band = (low: 'p5' | 'p25', high: 'p95' | 'p75') => {
    const up = pathOf(
      steps.map((step) => [step.day, step[high]]),
      at,
    )
    const down = pathOf(
      [...steps].reverse().map((step) => [step.day, step[low]]),
      at,
    )
    return `${up}L${down.slice(1)}Z`
  }
  return html`${openChart(at, 'Resampled bankrolls')}
${renderRules(at, least(money), most(money), initial)}
<path class="band" d="${band('p5', 'p95')}"/><path class="band" d="${band('p25', 'p75')}"/>
<path class="line model" d="${pathOf(
    steps.map(({ day, p50 }) => [day, p50]),
    at,
  )}"/>
<text x="${FRAME.left}" y="${at.height + 16}">day 0</text><text x="${FRAME.width}" y="${at.height + 16}" text-anchor="end">${last} drawn days with bets</text></svg>`
}

/** Begins a chart; `</svg>` ends it. */
function openChart({ height }: Scale, label: string): Markup {
  const { width, left, bottom } = FRAME
  return html`<svg viewBox="0 0 ${width} ${height + bottom}" width="${width}" role="img" aria-label="${label}">
<rect class="plot" x="${left}" y="0" width="${width - left}" height="${height}"/>`
}

function renderRules(at: Scale, low: number, high: number, initial: number): Markup {
  const { width, left } = FRAME
  const apart = at.height / 12
  const marked = [high, low].filter((value) => Math.abs(at.y(value) - at.y(initial)) > apart)
  return html`<line class="zero" x1="${left}" x2="${width}" y1="${at.y(initial).toFixed(1)}" y2="${at.y(initial).toFixed(1)}"/>
${[initial, ...marked].map((value) => html`<text x="${left - 6}" y="${(at.y(value) + 4).toFixed(1)}" text-anchor="end">${amount(value)}</text>`)}`
}

function renderDays(at: Scale, [from, to]: readonly [number, number]): Markup {
  const text = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10)
  return html`<text x="${FRAME.left}" y="${at.height + 16}">${text(from)}</text><text x="${FRAME.width}" y="${at.height + 16}" text-anchor="end">${text(to)}</text>`
}

/** A value stands until the next one: nothing moves a bankroll on days between. */
function stepsOf(points: readonly (readonly [number, number])[], at: Scale): string {
  return points
    .map(([x, y], i) => `${i === 0 ? 'M' : 'H'}${at.x(x).toFixed(1)}${i === 0 ? ' ' : 'V'}${at.y(y).toFixed(1)}`)
    .join('')
}

function pathOf(points: readonly (readonly [number, number])[], at: Scale): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${at.x(x).toFixed(1)} ${at.y(y).toFixed(1)}`).join('')
}

function padded(low: number, high: number): readonly [number, number] {
  const room = 0.06 * (high - low) || Math.max(1, Math.abs(high) * 0.05)
  return [low - room, high + room]
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b))
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b))
}
