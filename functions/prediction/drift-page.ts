import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import { invariant } from '../../shared/kernel/errors.ts'
import type { Markup } from './drift-page-charts.ts'
import { effectBars, historyChart, pairedHistogram, percent, swatch } from './drift-page-charts.ts'
import type { DriftPage, PageColumn, PageReport } from './drift-page-model.ts'
import { pageReportOf } from './drift-page-model.ts'
import { DRIFT_PAGE_STYLE } from './drift-page-style.ts'

type Named = readonly [string, PageColumn]

/** Changes below this are none that anybody acts on, as the check has it. */
const LEAST_EFFECT = 0.03

const SEVERITIES = ['high', 'moderate', 'low', 'none'] as const

const MOVED: Readonly<Record<string, string>> = {
  seasonal: 'unlike the reference, as at the same time last year',
  lasting: 'unlike the reference and last year',
  unconfirmed: 'unlike the reference; nothing is known of last year',
  year_on_year: 'unlike last year, like the reference',
}

/** What a browser may do with the page: show it. */
export const DRIFT_PAGE_POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(DRIFT_PAGE_STYLE).digest('base64')}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
].join('; ')

/** A drift report as one HTML page that needs nothing from elsewhere and runs no script: it can be mailed and kept. */
export function renderDriftPage({ file, report: given, history, nowMs }: DriftPage): string {
  const report = pageReportOf(given)
  const columns = Object.entries(report.feature_details).sort(byEffect)
  return renderShell(
    'Drift',
    html`${renderVerdict(file, report, nowMs)}
<main>
${renderCards(report, columns)}
${renderEffects(columns)}
${renderWeighed(report)}
${renderHistograms(columns)}
${renderHistory(history)}
${renderTable(report, columns)}
</main>`,
  )
}

/** The page where there is no report yet. */
export function renderNoDriftPage(): string {
  return renderShell(
    'Drift',
    html`<header class="unknown"><h1>Drift <b class="verdict">not checked yet</b></h1>
<p>The check runs every night; <code>closeline drift</code> runs it now.</p></header>`,
  )
}

function renderShell(title: string, body: Markup): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${DRIFT_PAGE_POLICY}">
<title>${title}</title>
<style>${raw(DRIFT_PAGE_STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`
  invariant(!(page instanceof Promise), 'the page has no part to wait for')
  return String(page)
}

function renderVerdict(file: string, report: PageReport, nowMs: number): Markup {
  const [kind, verdict] = verdictOf(report)
  const hours = Math.max(0, (nowMs - Date.parse(report.timestamp)) / 3_600_000)
  const windowOf = (of: PageReport['current_window']) =>
    of === null ? 'not told' : `${of.from} to ${of.to}, ${of.bets.toLocaleString('en-US')} bets`
  return html`<header class="${kind}">
<h1>Drift: <b class="verdict">${verdict}</b></h1>
<p>${report.reason === '' ? '' : `${report.reason}.`}</p>
<p class="dim">Current window ${windowOf(report.current_window)} · reference ${windowOf(report.reference_window)} · a year before ${report.last_year_window === null ? 'nothing' : windowOf(report.last_year_window)}</p>
<p class="dim">Checked ${report.timestamp.slice(0, 16).replace('T', ' ')} UTC, ${hours.toFixed(1)} hours ago · model <code>${report.model_version ?? 'none'}</code> · <code>${report.baseline_version ?? 'no baseline'}</code> · <code>${file}</code></p>
</header>`
}

function verdictOf(report: PageReport): [string, string] {
  if (report.status === 'insufficient_data') return ['unknown', 'insufficient data']
  if (report.requires_retraining) return ['retrain', 'training is asked for']
  return report.features_with_drift > 0 ? ['drifted', 'found, no training asked for'] : ['stable', 'none found']
}

function renderCards(report: PageReport, columns: readonly Named[]): Markup {
  const drifted = columns.filter(([, { is_drifted }]) => is_drifted)
  const effects = drifted.flatMap(([, { effect }]) => (effect === null ? [] : [effect]))
  const mean = effects.length === 0 ? null : effects.reduce((sum, effect) => sum + effect, 0) / effects.length
  const worst = SEVERITIES.find((severity) => drifted.some(([, column]) => column.severity === severity)) ?? 'ok'
  const [kind, training] = trainingOf(report)
  return html`<ul class="cards">
<li><b>${report.total_features_checked}</b><span class="dim">columns checked${report.insufficient_features.length > 0 ? `, ${report.insufficient_features.length} with too few rows` : ''}</span></li>
<li class="${worst}"><b>${report.features_with_drift}</b><span class="dim">drifted</span></li>
<li class="${worst}"><b>${mean === null ? '–' : percent(mean)}</b><span class="dim">of rows changed, mean of the drifted</span></li>
<li class="${kind}"><b>${training}</b><span class="dim">${report.weighed === null ? 'training' : `${percent(report.weighed.moved)} of what the model goes by has moved; from ${percent(report.weighed.threshold)} on training is asked for`}</span></li>
</ul>`
}

function trainingOf(report: PageReport): [string, string] {
  if (report.status === 'insufficient_data') return ['none', 'unknown']
  return report.requires_retraining ? ['high', 'asked for'] : ['ok', 'not needed']
}

function renderEffects(columns: readonly Named[]): Markup {
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: columns.filter(([, column]) => column.severity === severity).length,
  }))
  return html`<section><h2>How far each column has moved</h2>
<p class="dim">The share of rows that would have to change for both samples to be alike. Colour is severity; a large change without colour is no larger than windows of this ledger usually differ.</p>
${effectBars(columns, LEAST_EFFECT)}
<ul class="legend">${counts.map(({ severity, count }) => html`<li class="${severity}">${swatch('fill')} ${severity}: ${count}</li>`)}</ul></section>`
}

function renderWeighed({ weighed }: PageReport): Markup | string {
  if (weighed === null || weighed.inputs.length === 0) return ''
  return html`<section><h2>What the model goes by</h2>
<p class="dim">${weighed.by === 'shap' ? 'Weights are the model’s mean absolute contributions.' : 'No model tells weights: every input counts alike.'}</p>
<div class="wide"><table><thead><tr><th>Input</th><th>Moved by</th><th class="n">Weight</th><th class="n">Changed</th><th class="n">Counts</th></tr></thead>
<tbody>${weighed.inputs.map(
    ({ input, because, weight, effect }) =>
      html`<tr><td>${input}</td><td>${because === input ? 'itself' : because}</td><td class="n">${percent(weight)}</td><td class="n">${percent(effect)}</td><td class="n">${percent(weight * effect)}</td></tr>`,
  )}</tbody></table></div></section>`
}

function renderHistograms(columns: readonly Named[]): Markup {
  const drawn = [...columns].sort(([, a], [, b]) => Number(b.is_drifted) - Number(a.is_drifted))
  return html`<section><h2>Reference against current</h2>
<ul class="legend"><li>${swatch('before')} reference</li><li>${swatch('now')} current</li></ul>
<div class="grid">${drawn.map(([name, column]) => renderHistogram(name, column))}</div></section>`
}

function renderHistogram(name: string, column: PageColumn): Markup {
  const { severity, histogram, compared_as, movement, reference_missing, current_missing } = column
  const missing =
    reference_missing || current_missing
      ? `; missing ${percent(reference_missing ?? 0)} before, ${percent(current_missing ?? 0)} now`
      : ''
  return html`<figure class="${severity}"><figcaption>${compared_as ?? name} <span class="badge">${column.status === 'insufficient_data' ? 'too few' : severity}</span></figcaption>
<p class="dim">${MOVED[movement] ?? ''}${movement in MOVED ? '; ' : ''}${column.effect === null ? 'no comparison' : `${percent(column.effect)} of rows changed`}${missing}</p>
${histogram === null ? html`<p class="dim">Too few known values to draw.</p>` : pairedHistogram(histogram)}</figure>`
}

function renderHistory(history: readonly DriftPage['history'][number][]): Markup | string {
  if (history.length === 0) return ''
  return html`<section><h2>Checks over time</h2>
<p class="dim">Drifted columns of the latest ${history.length} checks.</p>
${historyChart(history)}
<ul class="legend"><li class="ok">${swatch('fill')} none</li><li class="moderate">${swatch('fill')} some</li><li class="high">${swatch('fill')} training asked for</li></ul></section>`
}

function renderTable(report: PageReport, columns: readonly Named[]): Markup {
  const joint =
    report.joint === null
      ? 'too few bets'
      : `AUC ${report.joint.auc.toFixed(3)}${report.joint.usual === null ? '' : `, usually ${report.joint.usual.mean.toFixed(3)}`}, p ${report.joint.p_value.toPrecision(2)}: ${report.joint.is_drifted ? 'told apart' : 'not told apart'}`
  return html`<section><h2>Every column</h2>
<div class="wide"><table><thead><tr><th>Column</th><th>Method</th><th class="n">Score</th><th>Severity</th><th class="n">Changed</th><th class="n">p, adjusted</th><th class="n">Windows’ share</th><th class="n">Rows</th></tr></thead>
<tbody>${columns.map(([name, column]) => renderRow(name, column))}</tbody></table></div>
<p class="dim">Windows’ share: how many times larger chi-square is for the wandering of ${report.past_windows ?? 0} past windows alone. All columns together: ${joint}.</p>
${Object.entries(report.not_compared).map(([name, because]) => html`<p class="dim">Not compared: <code>${name}</code>, for ${because}.</p>`)}</section>`
}

function renderRow(name: string, column: PageColumn): Markup {
  const { method, drift_score, severity, effect, adjusted_p_value, overdispersion, current_rows, reference_rows } =
    column
  const number = (value: number | null, digits = 3) => (value === null ? '–' : value.toFixed(digits))
  return html`<tr class="${severity}"><td>${name}</td><td>${method}</td><td class="n">${number(drift_score)}</td><td><span class="badge">${column.status === 'insufficient_data' ? 'too few' : severity}</span></td>
<td class="n">${effect === null ? '–' : percent(effect)}</td><td class="n">${adjusted_p_value === null ? '–' : adjusted_p_value.toPrecision(2)}</td><td class="n">${number(overdispersion, 1)}</td><td class="n">${current_rows ?? '–'} of ${reference_rows ?? '–'}</td></tr>`
}

function byEffect([, a]: Named, [, b]: Named): number {
  const rank = ({ severity }: PageColumn) => SEVERITIES.indexOf(severity)
  return rank(a) - rank(b) || (b.effect ?? -1) - (a.effect ?? -1)
}
