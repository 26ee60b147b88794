import { html } from 'hono/html'
import type { QualityCheck } from '../../shared/quality/gate.ts'
import { THRESHOLD_MEANINGS } from '../../shared/quality/thresholds.ts'
import { count, share } from './figures.ts'

export type Markup = ReturnType<typeof html>

const BULLET = { width: 220, height: 26 }

/**
 * A check's figure as a bar against the zone that passes, whose ends are marked. Where nothing was measured there is no
 * bar.
 */
export function bulletChart(check: QualityCheck): Markup {
  const { width, height } = BULLET
  const full = fullScale(check)
  const x = (value: number) => Math.round((10 * width * Math.min(value, full)) / full) / 10
  const zone = { from: x(check.low ?? 0), to: x(check.high ?? full) }
  const limits = [check.low, check.high].filter((limit) => limit !== null)
  return html`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">
<rect class="track" width="${width}" height="${height}" rx="4"/>
<rect class="zone" x="${zone.from}" width="${Math.max(0, zone.to - zone.from)}" height="${height}" rx="4"/>
${check.value === null ? '' : html`<rect class="${check.passed ? 'good' : 'bad'}" y="8" width="${Math.max(1, x(check.value))}" height="10" rx="2"/>`}
${limits.map((limit) => html`<line class="limit" x1="${x(limit)}" x2="${x(limit)}" y1="2" y2="${height - 2}"/>`)}
</svg>`
}

/** Right end of the scale: some room beyond figure and threshold, for a share the whole at most. */
function fullScale({ name, value, low, high, bound }: QualityCheck): number {
  if (bound === 'between') return 1
  const room = 1.25 * Math.max(value ?? 0, low ?? 0, high ?? 0)
  if (THRESHOLD_MEANINGS[name].unit === 'share' && room > 1) return 1
  return room > 0 ? room : 1
}

/** One month of a chart: how many of its bets have the problem. */
export interface MonthCount {
  month: string
  bets: number
  of: number
}

const MONTHS = { width: 1000, height: 110, left: 46, bottom: 18 }

/**
 * Share of a month's bets that have a problem, a bar a month, with the threshold as a line; bars above it stand out.
 *
 * @param limit  the threshold, a share in [0, 1]
 */
export function monthChart(months: readonly MonthCount[], limit: number): Markup {
  const { width, height, left, bottom } = MONTHS
  const most = Math.max(1.4 * limit, ...months.map(({ bets, of }) => bets / of), 0.001)
  const step = (width - left) / Math.max(months.length, 12)
  const y = (part: number) => Math.round(10 * (height - (height * part) / most)) / 10
  return html`<svg viewBox="0 0 ${width} ${height + bottom}" width="${width}" role="img" aria-label="Share by month">
<rect class="plot" x="${left}" width="${width - left}" height="${height}"/>
<text x="${left - 6}" y="10" text-anchor="end">${share(Number(most.toPrecision(2)))}</text>
<text x="${left - 6}" y="${height}" text-anchor="end">0</text>
${months.map((month, i) => monthBar(month, { x: left + i * step, step, top: y(month.bets / month.of), limit }))}
<line class="limit" x1="${left}" x2="${width}" y1="${y(limit)}" y2="${y(limit)}"/>
</svg>`
}

function monthBar(
  { month, bets, of }: MonthCount,
  { x, step, top, limit }: { x: number; step: number; top: number; limit: number },
): Markup {
  const { height, bottom } = MONTHS
  const tall = Math.max(bets > 0 ? 1.5 : 0, height - top)
  // A label a quarter is as many as fit.
  const isLabelled = step > 42 || month.endsWith('-01') || (step > 18 && /-(?:04|07|10)$/.test(month))
  return html`<g><title>${month}: ${count(bets)} of ${count(of)} bets, ${share(bets / of)}</title>
<rect x="${x.toFixed(1)}" y="0" width="${step.toFixed(1)}" height="${height}" fill="transparent"/>
<rect class="${bets / of > limit ? 'over' : 'bar'}" x="${(x + 0.12 * step).toFixed(1)}" y="${(height - tall).toFixed(1)}" width="${(0.76 * step).toFixed(1)}" height="${tall.toFixed(1)}"/>
${isLabelled ? html`<text x="${x.toFixed(1)}" y="${height + bottom - 4}">${month}</text>` : ''}</g>`
}
