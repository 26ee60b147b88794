import { html } from 'hono/html'
import type { Affected, Ranking } from '../../shared/quality/affected.ts'
import { ANOMALY_TYPES, type Anomaly, type AnomalyType, byGravity, SEVERITIES } from '../../shared/quality/anomaly.ts'
import type { QualityReport } from '../../shared/quality/gate.ts'
import type { PartitionProfile, ProfiledPartition } from '../../shared/quality/profile.ts'
import { THRESHOLD_MEANINGS, type ThresholdName } from '../../shared/quality/thresholds.ts'
import { count, extent, findingRange, findingValue, problemText, roughShare, share, typeTitle } from './figures.ts'
import { type Markup, type MonthCount, monthChart } from './quality-charts.ts'

/** A finding and the partition that its bet is in. */
export type LocatedAnomaly = Anomaly & Omit<ProfiledPartition, 'profile'>

const MOST_FINDINGS = 60
const MOST_OF_A_KIND = 12
const MOST_BOOKS = 20
const MOST_MONTHS = 72

const FIELDS = [
  { field: 'price', check: 'max_null_odds_pct' },
  { field: 'market', check: 'max_null_market_pct' },
  { field: 'sport', check: 'max_null_sport_pct' },
] as const

/** Where the bets are that made checks fail. */
export function renderAffected(affected: readonly Affected[]): Markup | '' {
  const failing = affected.filter(({ check }) => check !== null)
  if (failing.length === 0) return ''
  return html`<section><h2>Where to look</h2>
${failing.map(
  (problem) => html`<div class="where">
<h3>${capitalised(problemText(problem.problem))}: ${extent(problem)}</h3>
<dl>
<dt>Months</dt><dd>${renderRanking(problem.months, 'of the month')}</dd>
<dt>Sports</dt><dd>${renderRanking(problem.sports, 'of the sport')}</dd>
<dt>Books</dt><dd>${renderRanking(problem.books, 'of the book')}</dd>
<dt>Such as</dt><dd>${problem.examples.map((id) => html`<span><code>${id}</code></span>`)}</dd>
</dl>
</div>`,
)}
</section>`
}

function renderRanking({ top, more }: Ranking, whose: string): Markup {
  return html`${top.map(
    ({ name, bets, of, share: part }) =>
      html`<span title="${count(bets)} of ${count(of)} bets ${whose}">${name ?? 'none named'} <small>${count(bets)} · ${roughShare(part)}</small></span>`,
  )}${more.names === 0 ? '' : html`<span class="dim">and ${count(more.names)} more with ${count(more.bets)}</span>`}`
}

/** What is drawn by month: a share of the month's bets that has a threshold. */
const MONTHLY: readonly { check: ThresholdName; none: string; of(profile: PartitionProfile): number }[] = [
  ...FIELDS.map(({ field, check }) => ({
    check,
    none: `No bet lacks its ${field}.`,
    of: ({ missing }: PartitionProfile) => missing[field].bets,
  })),
  {
    check: 'max_high_anomalies_pct',
    none: 'No anomaly is high.',
    of: ({ anomalies }) => sum(anomalies, ({ severity, bets }) => (severity === 'high' ? bets : 0)),
  },
]

/** Missing prices, markets and sports, and high anomalies, month by month. */
export function renderMonths(report: QualityReport, partitions: readonly ProfiledPartition[]): Markup {
  const months = [...new Set(partitions.map(({ month }) => month))].sort()
  const shown = months.slice(-MOST_MONTHS)
  const hidden = months.length - shown.length
  return html`<section class="months"><h2>By month of placement</h2>
${hidden === 0 ? '' : html`<p class="dim">The last ${shown.length} months; ${count(hidden)} earlier ones are not shown.</p>`}
${MONTHLY.map(({ check, none, of }) => {
  const all = sum(partitions, ({ profile }) => of(profile))
  if (all === 0) return html`<p class="dim">${none}</p>`
  const limit = report.checks.find(({ name }) => name === check)?.high ?? 0
  const counts = shown.map((month): MonthCount => {
    const profiles = partitions.filter((partition) => partition.month === month).map(({ profile }) => profile)
    return { month, bets: sum(profiles, of), of: sum(profiles, ({ rows }) => rows) }
  })
  return html`<figure><figcaption>${THRESHOLD_MEANINGS[check].title}<span class="dim">${count(all)} in all; the line is the threshold, ${share(limit)}</span></figcaption>
${monthChart(counts, limit)}</figure>`
})}
</section>`
}

/** Missing prices, markets and sports of every book. */
export function renderBooks({ books, missing }: PartitionProfile): Markup {
  const ranked = [...books].sort(([, a], [, b]) => b - a)
  const missingBy = FIELDS.map(({ field }) => new Map(missing[field].books))
  return html`<section><h2>What is missing, by book</h2>
<div class="wide"><table class="books">
<thead><tr><th>Book</th><th class="n">Bets</th>${FIELDS.map(({ check }) => html`<th class="n">${THRESHOLD_MEANINGS[check].title}</th>`)}</tr></thead>
<tbody>${ranked.slice(0, MOST_BOOKS).map(
    ([book, bets]) => html`<tr><th scope="row">${book ?? 'none named'}</th><td class="n">${count(bets)}</td>
${missingBy.map((byBook) => renderShare(byBook.get(book) ?? 0, bets))}</tr>`,
  )}</tbody>
</table></div>
${ranked.length > MOST_BOOKS ? html`<p class="dim">and ${count(ranked.length - MOST_BOOKS)} more books</p>` : ''}
</section>`
}

function renderShare(part: number, whole: number): Markup {
  if (part === 0) return html`<td class="n dim">0</td>`
  const width = Math.max(1, (100 * part) / whole).toFixed(1)
  return html`<td><span class="cell" title="${count(part)} of ${count(whole)} bets"><i style="width:${width}%"></i>${roughShare(part / whole)}</span></td>`
}

/** Findings by type and severity, and how many bets had no history to be held against. */
export function renderMatrix({ anomalies, unexamined, examined, rows }: PartitionProfile): Markup {
  const most = Math.max(1, ...anomalies.map(({ bets }) => bets))
  const columns = [...SEVERITIES].reverse()
  return html`<section><h2>Anomalies</h2>
<p class="dim">${count(examined)} of ${count(rows)} bets examined. A bet without enough earlier bets of its kind is held against fixed limits only.</p>
<div class="wide"><table class="matrix">
<thead><tr><th>Type</th>${columns.map((severity) => html`<th class="n">${severity}</th>`)}<th class="n">no history</th></tr></thead>
<tbody>${ANOMALY_TYPES.map(
    (type) => html`<tr><th scope="row">${typeTitle(type)} <code class="dim">${type}</code></th>
${columns.map((severity) => {
  const bets = anomalies.find((group) => group.type === type && group.severity === severity)?.bets ?? 0
  if (bets === 0) return html`<td class="dim">·</td>`
  // On a logarithmic scale, or the few that matter would not show beside the many that hardly do.
  const heat = Math.round(12 + (40 * Math.log1p(bets)) / Math.log1p(most))
  return html`<td class="${severity}" data-heat style="--heat:${heat}">${count(bets)}</td>`
})}<td class="dim">${isStatistical(type, unexamined) ? count(unexamined[type]) : '·'}</td></tr>`,
  )}</tbody>
</table></div>
</section>`
}

function isStatistical(type: AnomalyType, unexamined: PartitionProfile['unexamined']): type is keyof typeof unexamined {
  return type in unexamined
}

/** The gravest findings, each with its sentence; a few of every kind, since one kind alone could fill the page. */
export function renderFindings(findings: readonly LocatedAnomaly[], { anomalies }: PartitionProfile): Markup | '' {
  const all = sum(anomalies, ({ bets }) => bets)
  if (findings.length === 0) return ''
  const shown = fewOfEachKind(findings).slice(0, MOST_FINDINGS)
  return html`<section><h2>Gravest findings</h2>
<p class="dim">${count(shown.length)} of ${count(Math.max(all, findings.length))}</p>
<div class="wide"><table class="findings">
<thead><tr><th>Severity</th><th>Bet</th><th>Placed</th><th>Book</th><th class="n">Value</th><th class="n">Expected</th><th>Finding</th></tr></thead>
<tbody>${shown.map(
    (anomaly) => html`<tr class="${anomaly.severity}"><td><span class="badge">${anomaly.severity}</span></td>
<td><code>${anomaly.recordId}</code></td><td>${anomaly.month} <small>${anomaly.sport ?? ''}</small></td><td>${anomaly.book ?? 'none named'}</td>
<td class="n">${findingValue(anomaly)}</td><td class="n">${findingRange(anomaly)}</td>
<td>${anomaly.sentence}</td></tr>`,
  )}</tbody>
</table></div>
</section>`
}

function fewOfEachKind(findings: readonly LocatedAnomaly[]): LocatedAnomaly[] {
  const kinds = new Map<string, number>()
  return [...findings].sort(byGravity).filter(({ type, severity }) => {
    const kind = `${type} ${severity}`
    const seen = (kinds.get(kind) ?? 0) + 1
    kinds.set(kind, seen)
    return seen <= MOST_OF_A_KIND
  })
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
