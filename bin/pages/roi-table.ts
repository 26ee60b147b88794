import { html } from 'hono/html'
import type { RoiScores } from '../../shared/recipe/roi-comparison.ts'
import { count } from './figures.ts'
import type { Markup } from './quality-charts.ts'
import { ROI_HEADINGS, roiRows } from './roi-figures.ts'

/** An ROI head beside its rivals, with what the figures are. */
export function renderRoiTable(scores: Pick<RoiScores, 'n' | 'losses' | 'headMinus'>): Markup {
  return html`<p class="dim">On ${count(scores.n)} bets whose return is known, ties and cash-outs among them. The robust loss is Huber’s of the return in payouts, squared error that of the return per unit staked; below zero the head is better, 95 % intervals, errors by day.</p>
<div class="wide"><table class="scores">
<thead><tr>${ROI_HEADINGS.map((heading, i) => html`<th${i === 0 ? '' : html` class="n"`}>${heading}</th>`)}</tr></thead>
<tbody>${roiRows(scores).map(
    ([name, ...cells], i) =>
      html`<tr class="${i === 0 ? 'best' : ''}"><th scope="row">${name}</th>${cells.map((cell) => html`<td class="n">${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`
}
