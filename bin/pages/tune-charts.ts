import { html } from 'hono/html'
import type { Dimension } from '../../shared/tuning/space.ts'
import { internalBounds, toInternal } from '../../shared/tuning/space.ts'
import type { Trial } from '../../shared/tuning/trial.ts'
import type { Markup } from './quality-charts.ts'
import { lossText, settingText } from './tune-figures.ts'

/** Places of marks: plot from (left, top), below it a strip for trials that have no value. */
const HISTORY = { width: 1000, height: 250, left: 64, top: 10, strip: 34, bottom: 20 }
const SLICE = { width: 320, height: 150, left: 56, top: 8, strip: 26, bottom: 18 }
type Frame = typeof HISTORY

/** Values drawn: from the best to the worst that is not far out of line. */
export interface ValueRange {
  low: number
  high: number
}

/**
 * The range of values to draw: all of them, but for those beyond the third quartile by more than three times its
 * distance from the best, which would press the others into a line.
 */
export function valueRange(trials: readonly Trial[]): ValueRange | undefined {
  const values = trials.flatMap(({ value }) => (value === null ? [] : [value])).sort((a, b) => a - b)
  const [low, most] = [values[0], values.at(-1)]
  if (low === undefined || most === undefined) return undefined
  const third = values[Math.floor((values.length - 1) * 0.75)] ?? most
  const fence = third > low ? third + 3 * (third - low) : most
  const high = values.findLast((value) => value <= fence) ?? most
  return high > low ? { low, high } : { low: low - 1e-4, high: low + 1e-4 }
}

/** Value by trial, the best so far as a line, and in a strip below the trials that were pruned or failed. */
export function historyChart(trials: readonly Trial[], range: ValueRange): Markup {
  const last = Math.max(1, trials.at(-1)?.number ?? 0)
  const x = (number: number) => place(HISTORY, (number + 0.5) / (last + 1))
  return html`<svg viewBox="0 0 ${HISTORY.width} ${fullHeight(HISTORY)}" width="${HISTORY.width}" role="img" aria-label="Value by trial">
${renderFrame(HISTORY, range)}
<path class="sofar" d="${bestSoFar(trials, x, range)}"/>
${presentLast(trials).map((trial) => renderMark(HISTORY, trial, x(trial.number), range))}
<text x="${HISTORY.left}" y="${fullHeight(HISTORY) - 4}">trial 0</text>
<text x="${HISTORY.width - 4}" y="${fullHeight(HISTORY) - 4}" text-anchor="end">trial ${last}</text>
</svg>`
}

/** Value by one parameter, over all trials, the fuller its colour the later; pruned and failed ones in the strip below. */
export function sliceChart(dimension: Dimension, trials: readonly Trial[], range: ValueRange): Markup {
  const last = Math.max(1, trials.at(-1)?.number ?? 0)
  const [first, end] = endsOf(dimension)
  const label = `Value by ${dimension.name}`
  return html`<svg viewBox="0 0 ${SLICE.width} ${fullHeight(SLICE)}" width="${SLICE.width}" role="img" aria-label="${label}">
${renderFrame(SLICE, range)}
${presentLast(trials).map((trial) => {
  const at = place(SLICE, shareOf(dimension, trial.params[dimension.name]))
  return html`<g opacity="${opacityOf(trial, last)}">${renderMark(SLICE, trial, at, range)}</g>`
})}
<text x="${SLICE.left}" y="${fullHeight(SLICE) - 4}">${first}</text>
<text x="${SLICE.width - 4}" y="${fullHeight(SLICE) - 4}" text-anchor="end">${end}</text>
</svg>`
}

/** The settings in use are drawn over the others. */
function presentLast(trials: readonly Trial[]): Trial[] {
  return [...trials].sort((a, b) => Number(a.number === 0) - Number(b.number === 0))
}

function opacityOf({ number }: Trial, last: number): string {
  return number === 0 ? '1' : (0.35 + (0.65 * number) / last).toFixed(2)
}

function renderFrame(frame: Frame, range: ValueRange): Markup {
  const middle = (range.low + range.high) / 2
  return html`<rect class="plot" x="${frame.left}" y="0" width="${frame.width - frame.left}" height="${frame.top + frame.height + 8}"/>
<rect class="strip" x="${frame.left}" y="${frame.top + frame.height + 10}" width="${frame.width - frame.left}" height="${frame.strip - 10}"/>
${[range.high, middle, range.low].map((value) => {
  const y = height(frame, value, range)
  return html`<line class="rule" x1="${frame.left}" x2="${frame.width}" y1="${y}" y2="${y}"/><text x="${frame.left - 6}" y="${(Number(y) + 4).toFixed(1)}" text-anchor="end">${lossText(value)}</text>`
})}`
}

/** A dot at the value; a triangle on the edge where it is beyond; a cross or a stroke in the strip without one. */
function renderMark(frame: Frame, trial: Trial, x: number, range: ValueRange): Markup {
  const at = x.toFixed(1)
  const title = html`<title>trial ${trial.number}, ${trial.state}${trial.value === null ? '' : `, ${lossText(trial.value)}`}</title>`
  if (trial.value !== null && trial.value <= range.high) {
    const kind = trial.number === 0 ? 'present' : 'dot'
    return html`<circle class="${kind}" cx="${at}" cy="${height(frame, trial.value, range)}" r="${kind === 'present' ? 5.5 : 3.5}">${title}</circle>`
  }
  if (trial.value !== null) return html`<path class="dot" d="M${at} 1l4 7h-8z">${title}</path>`
  const y = frame.top + frame.height + 10 + (frame.strip - 10) / 2
  if (trial.state === 'failed') return html`<path class="failed" d="M${at} ${y}m-4 -4l8 8m0 -8l-8 8">${title}</path>`
  return html`<path class="pruned" d="M${at} ${y - 5}v10">${title}</path>`
}

/** Steps down at every trial that is better than all before it. */
function bestSoFar(trials: readonly Trial[], x: (number: number) => number, range: ValueRange): string {
  let best = Number.POSITIVE_INFINITY
  const parts: string[] = []
  for (const { number, value } of trials) {
    if (value === null || value >= best) continue
    best = value
    const y = height(HISTORY, Math.min(value, range.high), range)
    parts.push(parts.length === 0 ? `M${x(number).toFixed(1)} ${y}` : `H${x(number).toFixed(1)}V${y}`)
  }
  return parts.length === 0 ? '' : `${parts.join('')}H${HISTORY.width}`
}

/** How far along its scale a value lies, in [0, 1]. */
function shareOf(dimension: Dimension, value: number | string | undefined): number {
  if (dimension.kind === 'choice') {
    const index = value === undefined ? -1 : dimension.choices.indexOf(value)
    return (index + 0.5) / dimension.choices.length
  }
  const { low, high } = internalBounds(dimension)
  return (toInternal(dimension, Number(value)) - low) / (high - low)
}

function endsOf(dimension: Dimension): readonly [string, string] {
  if (dimension.kind === 'choice') return [settingText(dimension.choices[0]), settingText(dimension.choices.at(-1))]
  return [settingText(dimension.low), settingText(dimension.high)]
}

function place({ left, width }: Frame, share: number): number {
  return left + 8 + share * (width - left - 16)
}

function height(frame: Frame, value: number, { low, high }: ValueRange): string {
  return (frame.top + (frame.height * (high - value)) / (high - low)).toFixed(1)
}

function fullHeight({ top, height: plot, strip, bottom }: Frame): number {
  return top + plot + strip + bottom
}
