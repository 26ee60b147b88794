import { html } from 'hono/html'
import type { AlertOverview, OpenMatter, ToldMessage } from '../../shared/usecases/alert-overview.ts'
import { describeRules } from '../../shared/usecases/alert-overview.ts'
import { againText, minuteOf, outcomeText } from './alerts-text.ts'
import { renderFacts, renderModelShell } from './model-shell.ts'
import type { Markup } from './quality-charts.ts'

/** Severities in the style that the pages share. */
const TONES = { critical: 'critical', warning: 'high', notice: 'medium', info: 'low' } as const

/** Alerts as a page that needs nothing from elsewhere. */
export function renderAlertsPage(overview: AlertOverview): string {
  const { open, messages, held, asOf } = overview
  const lost = messages.filter(({ channels }) => channels.some(({ outcome }) => outcome === 'lost')).length
  const facts = renderFacts([
    [String(open.length), 'the matter now'],
    [String(messages.length), 'messages shown'],
    [String(held), 'waiting to go out together'],
    [String(lost), 'lost on a channel'],
  ])
  const verdict =
    open.length === 0
      ? 'Nothing is the matter'
      : `${open.length} ${open.length === 1 ? 'thing is' : 'things are'} the matter`
  return renderModelShell({
    title: 'Alerts',
    header: html`<header class="${open.length === 0 ? 'proven' : 'not_proven'}"><h1>${verdict}</h1>${facts}<p class="dim">As of ${minuteOf(asOf)}</p></header>`,
    main: html`${renderOpen(open)}${renderMessages(messages)}${renderRules()}`,
  })
}

function renderOpen(open: readonly OpenMatter[]): Markup {
  if (open.length === 0) return html``
  return html`<section><h2>Now</h2><div class="wide"><table>
<thead><tr><th>Severity</th><th>What</th><th>Since</th><th>Rule</th></tr></thead>
<tbody>${open.map(({ severity, title, since, rule, isTold }) => html`<tr><td>${badge(severity)}</td><td>${title}${isTold ? '' : html` <small>not told yet</small>`}</td><td class="n">${minuteOf(since)}</td><td><code>${rule}</code></td></tr>`)}</tbody>
</table></div></section>`
}

function renderMessages(messages: readonly ToldMessage[]): Markup {
  if (messages.length === 0) return html`<section><h2>Messages</h2><p>None yet.</p></section>`
  return html`<section><h2>Messages</h2><div class="wide"><table>
<thead><tr><th>Told</th><th>Severity</th><th>What</th><th>Channels</th></tr></thead>
<tbody>${messages.map(renderMessage)}</tbody>
</table></div></section>`
}

function renderMessage({ told, severity, heading, lines, link, channels }: ToldMessage): Markup {
  const rest = [...lines, ...(link === null ? [] : [link])]
  return html`<tr><td class="n">${minuteOf(told)}</td><td>${badge(severity)}</td><td><b>${heading}</b>${rest.map((line) => html`<br><small>${line}</small>`)}</td><td>${channels.map((each) => html`${outcomeText(each)}<br>`)}</td></tr>`
}

function renderRules(): Markup {
  return html`<section><h2>Rules</h2><div class="wide"><table>
<thead><tr><th>Rule</th><th>Severity</th><th>Told of</th><th>Same matter</th><th>Again after</th><th>Resolved by</th><th>Channels</th></tr></thead>
<tbody>${describeRules().map((rule) => html`<tr><td><code class="name">${rule.rule}</code></td><td>${badge(rule.severity)}</td><td>${rule.on}</td><td>${rule.sameMatter}</td><td>${againText(rule)}</td><td>${rule.resolvedBy ?? ''}</td><td>${rule.channels.join(', ')}</td></tr>`)}</tbody>
</table></div></section>`
}

function badge(severity: keyof typeof TONES): Markup {
  return html`<span class="badge ${TONES[severity]}">${severity}</span>`
}
