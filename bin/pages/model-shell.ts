import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import { invariant } from '../../shared/kernel/errors.ts'
import type { Markup } from './quality-charts.ts'
import { QUALITY_STYLE } from './quality-style.ts'

/** Style of the pages about models: that of the quality page, and what their charts and verdicts need. */
const MODEL_STYLE = `${QUALITY_STYLE}
header.neutral { --verdict: var(--bar); } header.proven { --verdict: var(--good); } header.not_proven { --verdict: var(--medium); } header h1 + p { max-width: 52rem; }
header .verdict { font-weight: 600; color: var(--verdict); }
h2 + p { max-width: 52rem; } figure { margin: .8rem 0 0; } figure.wide > svg { width: 100%; height: auto; } figcaption { font-weight: 600; } figcaption span { margin-left: .5rem; color: var(--dim); font-weight: 400; font-size: .85rem; }
.plot { fill: var(--soft); } .rule { stroke: var(--line); } .zero { stroke: var(--dim); stroke-width: 1.5; stroke-dasharray: 4 3; } .label { font-size: 12px; fill: var(--ink); }
.model { --tone: var(--bar); } .implied { --tone: var(--medium); } .recalibratedImplied, .placebo { --tone: var(--good); } .baseRate, .other { --tone: var(--low); }
.mark { fill: var(--tone); } .whisker { stroke: var(--tone); stroke-width: 1.6; } .line { fill: none; stroke: var(--tone); stroke-width: 2; stroke-linejoin: round; } .thin { stroke-width: 1.2; stroke-dasharray: 5 3; }
.diagonal { stroke: var(--dim); stroke-dasharray: 4 3; } .count { fill: var(--tone); opacity: .55; } .area { fill: var(--bad); opacity: .35; } .band { fill: var(--bar); opacity: .22; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .5rem 0 0; padding: 0; list-style: none; color: var(--dim); font-size: .85rem; } .legend li { display: flex; gap: .4rem; align-items: center; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.2rem 2rem; align-items: start; }
.scores { font-variant-numeric: tabular-nums; } .scores tr.best td { font-weight: 600; } .scores tbody + tbody tr:first-child th, .scores tbody + tbody tr:first-child td { border-top: 2px solid var(--track); }
.pairs th { width: 13rem; color: var(--dim); } .pairs td { overflow-wrap: anywhere; }
.gate td:last-child { width: 68%; } .gate .mark { fill: none; } ul.plain { margin: .4rem 0 0; padding-left: 1.1rem; }
`

/** A page about models. */
export interface ModelPage {
  title: string
  header: Markup
  main: Markup
}

/** A page that needs nothing from elsewhere and, by its own content security policy, fetches nothing. */
export function renderModelShell({ title, header, main }: ModelPage): string {
  const style = createHash('sha256').update(MODEL_STYLE).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${raw(MODEL_STYLE)}</style>
</head>
<body>
${header}
<main>
${main}
</main>
</body>
</html>
`
  invariant(!(page instanceof Promise), 'the page has no part to wait for')
  return String(page)
}

/** The figures below a heading. */
export function renderFacts(facts: readonly (readonly [string, string])[]): Markup {
  return html`<ul class="facts">${facts.map(([figure, what]) => html`<li><b>${figure}</b><span class="dim">${what}</span></li>`)}</ul>`
}

/** Pairs of a name and a text as a table. */
export function renderPairs(pairs: readonly (readonly [string, string])[]): Markup {
  return html`<div class="wide"><table class="pairs"><tbody>${pairs.map(([name, text]) => html`<tr><th scope="row">${name}</th><td>${text}</td></tr>`)}</tbody></table></div>`
}
