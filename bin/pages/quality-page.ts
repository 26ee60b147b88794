import { html, raw } from 'hono/html'
import { invariant } from '../../shared/kernel/errors.ts'
import { findAffected } from '../../shared/quality/affected.ts'
import type { QualityCheck, QualityReport } from '../../shared/quality/gate.ts'
import { distinctNames } from '../../shared/quality/name-counts.ts'
import { mergeProfiles, type PartitionProfile, type ProfiledPartition } from '../../shared/quality/profile.ts'
import { THRESHOLD_MEANINGS } from '../../shared/quality/thresholds.ts'
import { instantText } from '../../shared/quality/wording.ts'
import { count, defaultRequirement, figure, requirement } from './figures.ts'
import { bulletChart, type Markup } from './quality-charts.ts'
import {
  type LocatedAnomaly,
  renderAffected,
  renderBooks,
  renderFindings,
  renderMatrix,
  renderMonths,
} from './quality-sections.ts'
import { QUALITY_STYLE } from './quality-style.ts'

/** What the page tells of. */
export interface QualityPageModel {
  runId: string
  report: QualityReport
  /** All partitions of the judged ledger. */
  partitions: readonly ProfiledPartition[]
  /** Findings to list, in any order; the page shows the gravest. */
  findings: readonly LocatedAnomaly[]
}

/** A quality report as one HTML page that needs nothing from elsewhere: it can be mailed, kept and printed. */
export function renderQualityPage({ runId, report, partitions, findings }: QualityPageModel): string {
  const whole = mergeProfiles(partitions.map(({ profile }) => profile))
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Data quality ${verdict(report)}</title>
<style>${raw(QUALITY_STYLE)}</style>
</head>
<body>
${renderVerdict(runId, report, partitions, whole)}
<main>
${renderChecks(report.checks)}
${renderAffected(findAffected(report, partitions))}
${renderMonths(report, partitions)}
${renderBooks(whole)}
${renderMatrix(whole)}
${renderFindings(findings, whole)}
</main>
</body>
</html>
`
  invariant(!(page instanceof Promise), 'the page has no part to wait for')
  return String(page)
}

function verdict(report: QualityReport): 'passed' | 'failed' {
  return report.passed ? 'passed' : 'failed'
}

function renderVerdict(
  runId: string,
  report: QualityReport,
  partitions: readonly ProfiledPartition[],
  whole: PartitionProfile,
): Markup {
  const failed = report.checks.filter(({ passed }) => !passed).length
  const months = [...new Set(partitions.map(({ month }) => month))].sort()
  const age = report.checks.find(({ name }) => name === 'max_data_age_days')?.value ?? null
  const facts = [
    [count(whole.rows), 'bets'],
    [months.length === 0 ? 'none' : `${months[0]} to ${months.at(-1)}`, 'months of placement'],
    [count(distinctNames(whole.sports)), 'sports'],
    [count(distinctNames(whole.books)), 'books'],
    [figure('max_data_age_days', age), 'since the newest bet'],
  ]
  return html`<header class="${verdict(report)}">
<h1>Data quality <b>${verdict(report)}</b></h1>
<p>${failed === 0 ? `All ${report.checks.length} checks passed.` : `${failed} of ${report.checks.length} checks failed, which stops training, not scoring.`}</p>
<ul class="facts">${facts.map(([number, what]) => html`<li><b>${number}</b><span class="dim">${what}</span></li>`)}</ul>
<p class="dim run">Run <code>${runId}</code>, judged ${instantText(report.judgedAtMs)}</p>
</header>`
}

function renderChecks(checks: readonly QualityCheck[]): Markup {
  return html`<section>
<h2>Checks</h2>
<div class="wide"><table class="checks">
<thead><tr><th>What is asked</th><th>Result</th><th class="n">Found</th><th>Against the threshold</th></tr></thead>
<tbody>${checks.map(renderCheck)}</tbody>
</table></div>
</section>`
}

function renderCheck(check: QualityCheck): Markup {
  const { name, value, passed, overridden, because } = check
  return html`<tr class="${passed ? 'passed' : 'failed'}">
<th scope="row"><b>${THRESHOLD_MEANINGS[name].title} <code>${name}</code></b><span class="dim">${because}</span></th>
<td class="mark">${passed ? '✓ passed' : '✗ failed'}</td>
<td class="n">${figure(name, value)}</td>
<td>${bulletChart(check)}<small>${requirement(check)}${overridden ? `; the default is ${defaultRequirement(name)}` : ''}</small></td>
</tr>`
}
