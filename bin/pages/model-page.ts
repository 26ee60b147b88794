import { html } from 'hono/html'
import type { ModelManifest } from '../../shared/registry/manifest.ts'
import { count } from './figures.ts'
import type { ForestRow } from './model-charts.ts'
import { barChart, forestChart } from './model-charts.ts'
import { differenceText, minuteOf, scoreText, verdictWords } from './model-figures.ts'
import { renderFacts, renderModelShell, renderPairs } from './model-shell.ts'
import type { ModelCard } from './model-text.ts'
import { modelFacts, SCORED, testSpan } from './model-text.ts'
import type { Markup } from './quality-charts.ts'
import { roiSentence } from './roi-figures.ts'
import { renderRoiTable } from './roi-table.ts'

/** Features whose contributions are drawn. */
const MOST_CONTRIBUTIONS = 30

/** A model card as one HTML page that needs nothing from elsewhere. */
export function renderModelPage(card: ModelCard): string {
  const { manifest } = card
  return renderModelShell({
    title: `Model ${manifest.version}`,
    header: renderHeader(card),
    main: html`${renderScores(manifest)}
${renderGate(manifest)}
${renderRoi(manifest)}
${renderMembers(manifest)}
${renderContributions(manifest)}
<section><h2>What it is</h2>${renderPairs(modelFacts(manifest))}</section>
${renderHistory(card)}`,
  })
}

function renderHeader({ manifest, standing }: ModelCard): Markup {
  const { scores, verdict } = manifest
  const tone = verdict === 'baseline' ? 'neutral' : verdict
  const names = standing.map(({ name, since }) => `${name} since ${minuteOf(since)} UTC`)
  return html`<header class="${tone}">
<h1>${manifest.version}</h1>
<p class="verdict">${verdictWords(verdict)}</p>
<p>${names.length === 0 ? 'Neither champion nor challenger.' : `It is ${names.join(', and ')}.`}</p>
${renderFacts([
  [scoreText(scores.model.logLoss), 'log loss'],
  [scoreText(scores.recalibratedImplied.logLoss), 'recalibrated price'],
  [scoreText(scores.implied.logLoss), 'price as it is'],
  [count(scores.model.n), 'bets scored'],
])}
<p class="dim">Scored on bets placed ${testSpan(manifest)}.</p>
</header>`
}

function renderScores(manifest: ModelManifest): Markup {
  const { scores } = manifest
  const rows: ForestRow[] = [
    ['less the recalibrated price', scores.modelMinusRecalibrated] as const,
    ['less the price as it is', scores.modelMinusImplied] as const,
  ].map(([label, difference]) => ({
    label,
    tone: 'model',
    mean: difference.mean,
    interval: difference,
    text: differenceText(difference),
  }))
  return html`<section><h2>Scores</h2>
<p class="dim">On ${count(scores.model.n)} bets that nothing of ours was learned from, beside what costs nothing on the same bets.</p>
<div class="wide"><table class="scores">
<thead><tr><th></th><th class="n">n</th><th class="n">Log loss</th><th class="n">Brier</th><th class="n">AUC</th><th class="n">ECE</th></tr></thead>
<tbody>${SCORED.map(([key, words]) => {
    const { n, logLoss, brier, auc, ece } = scores[key]
    return html`<tr class="${key === 'model' ? 'best' : ''}"><th scope="row">${words}</th><td class="n">${count(n)}</td>${[logLoss, brier, auc, ece].map((score) => html`<td class="n">${scoreText(score)}</td>`)}</tr>`
  })}</tbody></table></div>
<figure class="wide"><figcaption>Log loss of the model<span>left of zero it is better; 95 %, errors by day</span></figcaption>${forestChart(rows, (x) => x.toFixed(4))}</figure>
</section>`
}

function renderGate({ checks, verdict }: ModelManifest): Markup {
  if (checks.length === 0) {
    return html`<section><h2>Gate</h2><p>${verdict === 'baseline' ? 'Not asked: the baseline needs no proof.' : 'Not asked.'}</p></section>`
  }
  const failed = checks.filter(({ passed }) => !passed).length
  return html`<section><h2>Gate</h2>
<p class="dim">${failed === 0 ? `All ${checks.length} checks passed.` : `${failed} of ${checks.length} checks failed.`}</p>
<div class="wide"><table class="checks gate">
<thead><tr><th>What is asked</th><th>Result</th><th>Found</th></tr></thead>
<tbody>${checks.map(({ name, passed, detail }) => html`<tr class="${passed ? 'passed' : 'failed'}"><th scope="row"><b>${name.replaceAll('_', ' ')}</b></th><td class="mark">${passed ? '✓ passed' : '✗ failed'}</td><td>${detail}</td></tr>`)}</tbody>
</table></div></section>`
}

function renderRoi({ roiHead }: ModelManifest): Markup {
  if (roiHead === undefined) {
    return html`<section><h2>ROI head</h2><p>None was tried: expected ROI is p · d − 1.</p></section>`
  }
  const { scores, learned, trees, weight } = roiHead
  return html`<section><h2>ROI head</h2>
<p>${roiSentence(roiHead)}</p>
${trees === 0 ? '' : html`<p class="dim">${count(trees)} trees at ${weight.toFixed(2)}, learned from ${count(learned)} settled bets.</p>`}
${scores === null ? '' : renderRoiTable(scores)}</section>`
}

function renderMembers({ members, calibration, kind }: ModelManifest): Markup {
  return html`<section class="two"><div><h2>Members</h2>
<table><thead><tr><th>Member</th><th class="n">Weight</th><th class="n">Trees</th></tr></thead>
<tbody>${members.map(({ name, weight, trees }) => html`<tr><th scope="row">${name}</th><td class="n">${weight.toFixed(3)}</td><td class="n">${trees === 0 ? '-' : count(trees)}</td></tr>`)}</tbody></table></div>
<div><h2>Calibration</h2>
${
  kind === 'imported'
    ? html`<p>As the file has it.</p>`
    : calibration.trials.length === 0
      ? html`<p>${calibration.kind}; no other was tried.</p>`
      : html`<table><thead><tr><th>Kind</th><th class="n">Cross-validated log loss</th></tr></thead>
<tbody>${calibration.trials.map((trial) => html`<tr><th scope="row">${trial.kind}${trial.kind === calibration.kind ? html` <small>chosen</small>` : ''}</th><td class="n">${trial.logLoss === null ? 'could not be fitted' : trial.logLoss.toFixed(5)}</td></tr>`)}</tbody></table>`
}</div></section>`
}

function renderContributions({ contributions, source }: ModelManifest): Markup {
  if (contributions.length === 0) {
    return html`<section><h2>What it goes by</h2><p>${source.by === 'onnx' ? 'Not known: there is only the file.' : 'No feature contributes.'}</p></section>`
  }
  const shown = contributions.slice(0, MOST_CONTRIBUTIONS)
  const rest = contributions.length - shown.length
  return html`<section><h2>What it goes by</h2>
<p class="dim">Mean absolute contribution of each feature to the log-odds over the latest of the scored bets (SHAP values).${rest > 0 ? ` ${rest} more contribute less.` : ''}</p>
<figure class="wide">${barChart(
    shown.map(({ feature, meanAbsolute }) => ({ label: feature, value: meanAbsolute })),
    (value) => value.toFixed(4),
  )}</figure></section>`
}

function renderHistory({ moves }: ModelCard): Markup | '' {
  if (moves.length === 0) return ''
  return html`<section><h2>History</h2>
<div class="wide"><table><thead><tr><th>Since</th><th>As</th><th>Before it</th><th>Why</th></tr></thead>
<tbody>${moves.map(({ name, since, previous, reason }) => html`<tr><td class="n">${minuteOf(since)}</td><td>${name}</td><td><code>${previous ?? '-'}</code></td><td>${reason}</td></tr>`)}</tbody></table></div></section>`
}
