import { html } from 'hono/html'
import type { PastDriftCheck } from '../../shared/usecases/drift-reports.ts'
import type { PageColumn, PageHistogram } from './drift-page-model.ts'

export type Markup = ReturnType<typeof html>

/** Widths and heights in the units of the drawing, which scales to its place. */
const BARS = { width: 900, row: 22, name: 250, value: 60 }
const HISTOGRAM = { width: 320, height: 120, foot: 16 }
const HISTORY = { width: 900, height: 170, left: 34, foot: 22 }

/** Labels below a histogram: more would run into one another. */
const LABELS_SHOWN = 3
const LABEL_LETTERS = 14

/** Changes as shares of rows, the largest first, coloured by severity, with the floor below which none is called drift. */
export function effectBars(columns: readonly (readonly [string, PageColumn])[], floor: number): Markup {
  const { width, row, name, value } = BARS
  const room = width - name - value
  const height = row * columns.length
  const floorX = name + room * floor
  return html`<svg viewBox="0 0 ${width} ${height + 14}" role="img" aria-label="Share of rows that changed, by column">
${columns.map(([column, { effect, severity }], i) => {
  const length = room * Math.min(1, effect ?? 0)
  return html`<g class="${severity}"><text class="name" x="${name - 8}" y="${i * row + 15}" text-anchor="end">${column}</text>
<rect class="track" x="${name}" y="${i * row + 4}" width="${room}" height="${row - 8}" rx="3"/>
<rect class="fill" x="${name}" y="${i * row + 4}" width="${length.toFixed(1)}" height="${row - 8}" rx="3"/>
<text x="${name + room + 8}" y="${i * row + 15}">${effect === null ? 'too few' : `${(100 * effect).toFixed(1)} %`}</text></g>`
})}
<line class="floor" x1="${floorX}" x2="${floorX}" y1="0" y2="${height}"/><text x="${floorX}" y="${height + 12}">least change that counts</text>
</svg>`
}

/** Reference beside current, bin by bin, as shares. */
export function pairedHistogram(bins: PageHistogram): Markup {
  const { width, height, foot } = HISTOGRAM
  const most = Math.max(...bins.map(({ reference, current }) => Math.max(reference, current)), 1e-9)
  const step = width / bins.length
  const bar = Math.max(1, step / 2 - 2)
  const tall = (share: number) => ((height - foot - 4) * share) / most
  const every = Math.max(1, Math.ceil(bins.length / LABELS_SHOWN))
  // A label that begins in the last third would run out of the drawing.
  const isLate = (i: number) => i > 0 && i * step > (2 / 3) * width - step
  const labelX = (i: number) => (isLate(i) ? Math.min(width, (i + 1) * step) : i * step + 1)
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Reference against current">
${bins.map(({ label, reference, current }, i) => {
  const [x, base] = [i * step + 1, height - foot]
  return html`<g><title>${label}: ${percent(reference)} before, ${percent(current)} now</title>
<rect class="before" x="${x.toFixed(1)}" y="${(base - tall(reference)).toFixed(1)}" width="${bar.toFixed(1)}" height="${tall(reference).toFixed(1)}"/>
<rect class="now" x="${(x + bar + 1).toFixed(1)}" y="${(base - tall(current)).toFixed(1)}" width="${bar.toFixed(1)}" height="${tall(current).toFixed(1)}"/>
${i % every === 0 ? html`<text x="${labelX(i).toFixed(1)}" y="${height - 4}" text-anchor="${isLate(i) ? 'end' : 'start'}">${short(label)}</text>` : ''}</g>`
})}
<line class="axis" x1="0" x2="${width}" y1="${height - foot}" y2="${height - foot}"/>
</svg>`
}

/** Drifted columns of every check over time; those that asked for training stand out. */
export function historyChart(history: readonly PastDriftCheck[]): Markup {
  const { width, height, left, foot } = HISTORY
  const checks = [...history].reverse()
  const times = checks.map(({ timestamp }) => Date.parse(timestamp))
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0]
  const most = Math.max(1, ...checks.map(({ features_with_drift }) => features_with_drift))
  const x = (ms: number) => left + ((width - left - 20) * (ms - first)) / Math.max(1, last - first) + 6
  const y = (count: number) => height - foot - ((height - foot - 12) * count) / most
  const at = checks.map((check, i) => ({
    check,
    x: x(times[i] as number).toFixed(1),
    y: y(check.features_with_drift).toFixed(1),
  }))
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Drifted columns over time">
<line class="axis" x1="${left}" x2="${width}" y1="${height - foot}" y2="${height - foot}"/>
<text x="${left - 6}" y="${y(0) + 4}" text-anchor="end">0</text><text x="${left - 6}" y="${y(most) + 4}" text-anchor="end">${most}</text>
<polyline class="line" points="${at.map((point) => `${point.x},${point.y}`).join(' ')}"/>
${at.map(
  (point) =>
    html`<circle class="dot ${toneOf(point.check)}" cx="${point.x}" cy="${point.y}" r="5"><title>${point.check.timestamp}: ${point.check.features_with_drift} of ${point.check.total_features_checked}</title></circle>`,
)}
<text x="${left}" y="${height - 5}">${day(checks[0])}</text>${checks.length > 1 ? html`<text x="${width}" y="${height - 5}" text-anchor="end">${day(checks.at(-1))}</text>` : ''}
</svg>`
}

/** A square of a legend. */
export function swatch(kind: string): Markup {
  return html`<svg viewBox="0 0 12 12" aria-hidden="true"><rect class="${kind}" width="12" height="12" rx="2"/></svg>`
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function toneOf({ features_with_drift, requires_retraining }: PastDriftCheck): string {
  if (requires_retraining) return 'high'
  return features_with_drift > 0 ? 'moderate' : 'ok'
}

function day(check: PastDriftCheck | undefined): string {
  return check?.timestamp.slice(0, 10) ?? ''
}

function short(label: string): string {
  return label.length > LABEL_LETTERS ? `${label.slice(0, LABEL_LETTERS - 1)}…` : label
}
