import { html } from 'hono/html'
import type { ReliabilityBin } from '../../shared/evaluation/reliability.ts'
import { count } from './figures.ts'
import { percent } from './model-figures.ts'
import type { Markup } from './quality-charts.ts'

/** An estimate with its 95 % interval; without one where there is no spread. */
export interface ForestRow {
  label: string
  /** Class of its colour. */
  tone: string
  mean: number
  interval: { low: number; high: number } | undefined
  text: string
}

const FOREST = { width: 1000, left: 250, right: 300, row: 30, top: 8, bottom: 26 }

/** Estimates one below the other, each with its interval, against the line of zero. */
export function forestChart(rows: readonly ForestRow[], axis: (value: number) => string): Markup {
  const { width, left, right, row, top, bottom } = FOREST
  const ends = rows.flatMap(({ mean, interval }) => [mean, interval?.low ?? mean, interval?.high ?? mean])
  const most = Math.max(...ends.map(Math.abs), 1e-9) * 1.1
  const plot = width - left - right
  const x = (value: number) => (left + (plot * (value + most)) / (2 * most)).toFixed(1)
  const height = top + row * rows.length
  return html`<svg viewBox="0 0 ${width} ${height + bottom}" width="${width}" role="img" aria-label="Estimates with intervals">
<rect class="plot" x="${left}" y="0" width="${plot}" height="${height}"/>
<line class="zero" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${height}"/>
${rows.map((one, i) => renderForestRow(one, { y: top + row * (i + 0.5), x }))}
<text x="${left}" y="${height + 16}">${axis(-most)}</text><text x="${x(0)}" y="${height + 16}" text-anchor="middle">0</text><text x="${left + plot}" y="${height + 16}" text-anchor="end">${axis(most)}</text>
</svg>`
}

function renderForestRow(
  { label, tone, mean, interval, text }: ForestRow,
  { y, x }: { y: number; x: (value: number) => string },
): Markup {
  const { width, left, right } = FOREST
  const whisker =
    interval === undefined
      ? ''
      : html`<line class="whisker" x1="${x(interval.low)}" x2="${x(interval.high)}" y1="${y}" y2="${y}"/>`
  return html`<g class="${tone}"><text class="label" x="${left - 10}" y="${y + 4}" text-anchor="end">${label}</text>${whisker}<circle class="mark" cx="${x(mean)}" cy="${y}" r="4.5"/><text x="${width - right + 10}" y="${y + 4}">${text}</text></g>`
}

/** A reliability curve and the class of its colour. */
export interface ReliabilityCurve {
  name: string
  tone: string
  bins: readonly ReliabilityBin[]
}

const SQUARE = { size: 440, left: 44, bottom: 24, strip: 64 }

/** Marks of several curves in one bin stand this far apart. */
const BESIDE = 5

/**
 * Share that won against the mean probability, bin by bin, with Wilson intervals; on the diagonal they agree. Below, the
 * number of rows in each bin of the first curve.
 */
export function reliabilityChart(curves: readonly ReliabilityCurve[]): Markup {
  const { size, left, bottom, strip } = SQUARE
  const x = (p: number) => left + size * p
  const y = (p: number) => size - size * p
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  return html`<svg viewBox="0 0 ${left + size + 24} ${size + bottom + strip + 16}" width="${left + size + 24}" role="img" aria-label="Reliability curve">
<rect class="plot" x="${left}" y="0" width="${size}" height="${size}"/>
${ticks.map((p) => html`<line class="rule" x1="${x(p)}" x2="${x(p)}" y1="0" y2="${size}"/><line class="rule" x1="${left}" x2="${x(1)}" y1="${y(p)}" y2="${y(p)}"/><text x="${left - 6}" y="${Math.max(10, y(p) + 4)}" text-anchor="end">${Math.round(100 * p)} %</text><text x="${x(p)}" y="${size + 15}" text-anchor="middle">${Math.round(100 * p)} %</text>`)}
<line class="diagonal" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>
${[...curves].reverse().map((curve) => renderCurve(curve, BESIDE * (curves.indexOf(curve) - (curves.length - 1) / 2), { x, y }))}
${curves[0] === undefined ? '' : renderCounts(curves[0], x)}
</svg>`
}

function renderCurve(
  { name, tone, bins }: ReliabilityCurve,
  aside: number,
  { x, y }: { x: (p: number) => number; y: (p: number) => number },
): Markup {
  const points = bins.map((bin) => ({ bin, at: (x(bin.meanProbability) + aside).toFixed(1) }))
  const way = points.map(({ bin, at }, i) => `${i === 0 ? 'M' : 'L'}${at} ${y(bin.share).toFixed(1)}`).join('')
  return html`<g class="${tone}"><path class="line thin" d="${way}"/>${points.map(
    ({ bin, at }) =>
      html`<g><title>${name}: ${count(bin.n)} bets, said ${percent(bin.meanProbability)}, won ${percent(bin.share)} (95 % ${percent(bin.low)} to ${percent(bin.high)})</title><line class="whisker" x1="${at}" x2="${at}" y1="${y(bin.low).toFixed(1)}" y2="${y(bin.high).toFixed(1)}"/><circle class="mark" cx="${at}" cy="${y(bin.share).toFixed(1)}" r="3.6"/></g>`,
  )}</g>`
}

function renderCounts({ tone, bins }: ReliabilityCurve, x: (p: number) => number): Markup {
  const { size, left, bottom, strip } = SQUARE
  const most = Math.max(...bins.map(({ n }) => n), 1)
  const base = size + bottom + strip
  return html`<g class="${tone}"><text x="${left - 6}" y="${base}" text-anchor="end">bets</text>${bins.map(
    ({ n, meanProbability }) => {
      const tall = Math.max(1, ((strip - 16) * n) / most)
      const middle = x(meanProbability)
      return html`<rect class="count" x="${(middle - 10).toFixed(1)}" y="${(base - tall).toFixed(1)}" width="20" height="${tall.toFixed(1)}"/><text x="${middle.toFixed(1)}" y="${(base - tall - 4).toFixed(1)}" text-anchor="middle">${count(n)}</text>`
    },
  )}</g>`
}

const BARS = { width: 1000, left: 270, right: 70, row: 24 }

/** Values as bars, one below the other. */
export function barChart(items: readonly { label: string; value: number }[], text: (value: number) => string): Markup {
  const { width, left, right, row } = BARS
  const most = Math.max(...items.map(({ value }) => value), 1e-12)
  return html`<svg viewBox="0 0 ${width} ${row * items.length}" width="${width}" role="img" aria-label="Values">
${items.map(({ label, value }, i) => {
  const long = Math.max(1, ((width - left - right) * value) / most)
  return html`<g class="model"><text class="label" x="${left - 10}" y="${row * i + 16}" text-anchor="end">${label}</text><rect class="mark" x="${left}" y="${row * i + 4}" width="${long.toFixed(1)}" height="${row - 8}" rx="3"/><text x="${(left + long + 8).toFixed(1)}" y="${row * i + 16}">${text(value)}</text></g>`
})}
</svg>`
}

/** What the colours of a chart stand for. */
export function renderLegend(items: readonly { name: string; tone: string }[]): Markup {
  return html`<ul class="legend">${items.map(({ name, tone }) => html`<li class="${tone}"><svg width="14" height="14" aria-hidden="true"><circle class="mark" cx="7" cy="7" r="4.5"/></svg>${name}</li>`)}</ul>`
}
