import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import { invariant } from '../../shared/kernel/errors.ts'
import { instantText } from '../../shared/quality/wording.ts'
import { rangeText } from '../../shared/tuning/space.ts'
import type { Trial } from '../../shared/tuning/trial.ts'
import type { TuningReport } from '../../shared/usecases/tune-model.ts'
import { count } from './figures.ts'
import type { Markup } from './quality-charts.ts'
import { QUALITY_STYLE } from './quality-style.ts'
import { historyChart, sliceChart, valueRange } from './tune-charts.ts'
import {
  detailNames,
  detailTitle,
  lossText,
  meanDetails,
  objectiveTitle,
  scopeText,
  settingText,
  stateCounts,
  trialCount,
  verdictText,
} from './tune-figures.ts'

/** Best trials that are listed. */
const MOST_TRIALS = 25

const TUNE_STYLE = `${QUALITY_STYLE}
header { --verdict: var(--bar); } figure { margin: .8rem 0 0; } .wide svg { width: 100%; min-width: 40rem; height: auto; }
.plot { fill: var(--soft); } .strip { fill: var(--track); } .rule { stroke: var(--line); } .dot { fill: var(--bar); } .present { fill: var(--paper); stroke: var(--ink); stroke-width: 2; }
.sofar { fill: none; stroke: var(--good); stroke-width: 2; } .pruned { stroke: var(--dim); stroke-width: 1.5; } .failed { fill: none; stroke: var(--bad); stroke-width: 1.8; }
.slices { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1.2rem; } .slices svg { width: 100%; height: auto; } .slices figcaption { font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .4rem 0 0; padding: 0; list-style: none; color: var(--dim); font-size: .85rem; } .legend li { display: flex; gap: .4rem; align-items: center; }
.best td { font-weight: 600; }
@media print { .strip { fill: #e6eaf0; } }
`

/** A study as one HTML page that needs nothing from elsewhere and, by its own content security policy, fetches nothing. */
export function renderTunePage(report: TuningReport): string {
  const style = createHash('sha256').update(TUNE_STYLE).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Search ${report.study.id}</title>
<style>${raw(TUNE_STYLE)}</style>
</head>
<body>
${renderHeader(report)}
<main>
${renderCharts(report)}
${renderSettings(report)}
${renderTrials(report)}
</main>
</body>
</html>
`
  invariant(!(page instanceof Promise), 'the page has no part to wait for')
  return String(page)
}

function renderHeader(report: TuningReport): Markup {
  const { study, trials, present, best } = report
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0)
  const facts = [
    [lossText(best?.value), best === undefined ? 'best' : `best, trial ${best.number}`],
    [lossText(present?.value), 'settings in use'],
    [trialCount(trials, study), 'trials'],
    [`${count(Math.round(seconds))} s`, 'spent on them'],
  ]
  return html`<header>
<h1>Search for a lower ${objectiveTitle(study.objective)}</h1>
<p>${verdictText(report)}</p>
<ul class="facts">${facts.map(([number, what]) => html`<li><b>${number}</b><span class="dim">${what}</span></li>`)}</ul>
<p class="dim run">Study <code>${study.id}</code>, begun ${instantText(Date.parse(study.createdAt))}, seed ${study.seed}. ${scopeText(report)}</p>
</header>`
}

function renderCharts({ study, trials, best }: TuningReport): Markup {
  const range = valueRange(trials)
  if (range === undefined || best === undefined)
    return html`<section><h2>History</h2><p>No trial is complete: ${stateCounts(trials)}.</p></section>`
  return html`<section><h2>History</h2>
<p class="dim">Mean ${objectiveTitle(study.objective)} over the folds, lower is better: ${stateCounts(trials)}.</p>
<figure class="wide">${historyChart(trials, range)}</figure>
${LEGEND}
</section>
<section><h2>Setting by setting</h2>
<p class="dim">The fuller the colour, the later. Later trials crowd where earlier ones were good, so that dots are no fair sample of a setting’s range.</p>
<div class="slices">${study.space.map((dimension) => html`<figure><figcaption>${dimension.name}${'scale' in dimension && dimension.scale === 'log' ? html` <small>logarithmic</small>` : ''}</figcaption>${sliceChart(dimension, trials, range)}</figure>`)}</div>
</section>`
}

const LEGEND = html`<ul class="legend">
<li><svg width="14" height="14" aria-hidden="true"><circle class="dot" cx="7" cy="7" r="3.5"/></svg>complete</li>
<li><svg width="14" height="14" aria-hidden="true"><circle class="present" cx="7" cy="7" r="5"/></svg>settings in use</li>
<li><svg width="18" height="14" aria-hidden="true"><path class="sofar" d="M0 7h18"/></svg>best so far</li>
<li><svg width="14" height="14" aria-hidden="true"><path class="dot" d="M7 3l4 7h-8z"/></svg>worse than is drawn</li>
<li><svg width="14" height="14" aria-hidden="true"><path class="pruned" d="M7 2v10"/></svg>pruned after fewer folds, or not done</li>
<li><svg width="14" height="14" aria-hidden="true"><path class="failed" d="M3 3l8 8m0 -8l-8 8"/></svg>failed</li>
</ul>`

function renderSettings({ study, present, best }: TuningReport): Markup | '' {
  if (best === undefined) return ''
  return html`<section><h2>Settings</h2>
<div class="wide"><table>
<thead><tr><th>Setting</th><th class="n">In use</th><th class="n">Trial ${best.number}</th><th class="n">Searched</th></tr></thead>
<tbody>${study.space.map(
    (dimension) => html`<tr><th scope="row"><code>${dimension.name}</code></th>
<td class="n">${settingText(present?.params[dimension.name])}</td><td class="n">${settingText(best.params[dimension.name])}</td><td class="n dim">${rangeText(dimension)}</td></tr>`,
  )}</tbody>
</table></div></section>`
}

function renderTrials({ study, trials, best, present }: TuningReport): Markup | '' {
  const complete = trials.flatMap((trial) => (trial.value === null ? [] : [{ ...trial, value: trial.value }]))
  if (best === undefined || complete.length === 0) return ''
  const shown = complete.sort((a, b) => a.value - b.value || a.number - b.number).slice(0, MOST_TRIALS)
  const details = detailNames(best, study.objective)
  return html`<section><h2>Best trials</h2>
${shown.length < complete.length ? html`<p class="dim">The best ${shown.length} of ${count(complete.length)} complete trials.</p>` : ''}
<div class="wide"><table class="findings">
<thead><tr><th>Trial</th><th class="n">${objectiveTitle(study.objective)}</th>${details.map((name) => html`<th class="n">${detailTitle(name)}</th>`)}${study.space.map(({ name }) => html`<th class="n">${name}</th>`)}<th class="n">Seconds</th></tr></thead>
<tbody>${shown.map((trial) => renderTrial(trial, details, study.space, { isBest: trial.number === best.number, isPresent: trial.number === present?.number }))}</tbody>
</table></div></section>`
}

function renderTrial(
  trial: Trial,
  details: readonly string[],
  space: TuningReport['study']['space'],
  { isBest, isPresent }: { isBest: boolean; isPresent: boolean },
): Markup {
  const means = meanDetails(trial)
  return html`<tr class="${isBest ? 'best' : ''}"><td>${trial.number}${isPresent ? html` <small>in use</small>` : ''}</td><td class="n">${lossText(trial.value)}</td>
${details.map((name) => html`<td class="n">${lossText(means.get(name))}</td>`)}
${space.map(({ name }) => html`<td class="n">${settingText(trial.params[name])}</td>`)}<td class="n">${trial.seconds.toFixed(1)}</td></tr>`
}
