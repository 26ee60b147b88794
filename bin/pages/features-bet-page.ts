import { html } from 'hono/html'
import type { FeatureDefinition } from '../../shared/features/definition.ts'
import type { ExplainedFeature } from '../../shared/features/explain.ts'
import { instantText } from '../../shared/quality/wording.ts'
import { featureFamilies, restrictFamily } from './features-catalogue.ts'
import { contentsOf, renderShell, sectionId } from './features-shell.ts'
import { renderGrid } from './features-tables.ts'
import type { BetExplanation, Section } from './features-telling.ts'
import { betText, countsOf, originText, sectionsOf } from './features-telling.ts'
import { durationText, keyText, lackText, lackWord, lookText, namesText, valueText } from './features-words.ts'
import { count } from './figures.ts'
import type { Markup } from './quality-charts.ts'

const THE_BET = 'The bet itself'
const ONE_BY_ONE = 'One by one'

/** A bet's vector as one HTML page that needs nothing from elsewhere: every value with what stands behind it. */
export function renderBetPage(explanation: BetExplanation): string {
  const { explained } = explanation
  const byName = new Map(explained.features.map((feature) => [feature.name, feature]))
  const names = new Set(byName.keys())
  const grids = featureFamilies()
    .map((family) => restrictFamily(family, names))
    .filter(({ groups }) => groups.length > 0)
  const own = explained.features.filter(({ source }) => source === 'bet')
  const keys = new Map(
    explained.features.map(({ source }) => [source === 'bet' ? source : source.group, keyText(source)]),
  )
  const cell = ({ name }: FeatureDefinition) => renderCell(byName.get(name))
  const sections = sectionsOf({ ...explained, features: explained.features.filter(({ source }) => source !== 'bet') })
  return renderShell({
    title: 'Features of a bet',
    header: renderHeader(explanation),
    contents: contentsOf([...(own.length === 0 ? [] : [THE_BET]), ...grids.map(({ title }) => title), ONE_BY_ONE]),
    main: html`${own.length === 0 ? '' : renderTiles(own, explanation)}
${grids.map(
  (
    family,
  ) => html`<section id="${sectionId(family.title)}" data-part><h2>${family.title}</h2><p class="dim">${family.tells}</p>
${renderGrid(family, (group) => keys.get(group) ?? '', cell)}</section>`,
)}
<section id="${sectionId(ONE_BY_ONE)}" data-part><h2>${ONE_BY_ONE}</h2><p class="dim">In each group those first that the most bets stand behind.</p>
<table class="values"><thead><tr><th>Feature</th><th class="n">Value</th><th>Unit</th><th class="n">Bets behind it</th><th class="n">Latest, ago</th><th></th></tr></thead>
${sections.map(renderSection)}</table></section>`,
  })
}

function renderHeader({ bet, origin, lookedAtMs, explained }: BetExplanation): Markup {
  const { told, unknown, stale } = countsOf(explained)
  const facts = [
    [count(told), 'values stand on something'],
    [count(unknown), 'on nothing'],
    [count(stale), 'are stale'],
  ]
  return html`<header>
<h1>Features of a bet</h1>
<p>${betText(bet)}</p>
<ul class="facts">${facts.map(([n, what]) => html`<li><b>${n}</b><span class="dim">${what}</span></li>`)}</ul>
${explained.newNames.length === 0 ? '' : html`<p class="new">In this ledger ${namesText(explained.newNames)} new</p>`}
<p class="dim run">Placed ${instantText(bet.placedAtMs)}, ${origin === 'demo' ? 'simulated' : 'own'} ledger, ${lookText(lookedAtMs, bet.placedAtMs)}</p>
</header>`
}

function renderTiles(features: readonly ExplainedFeature[], { bet }: BetExplanation): Markup {
  return html`<section id="${sectionId(THE_BET)}" data-part><h2>${THE_BET}</h2>
<dl class="tiles">${features.map(
    (feature) =>
      html`<div><dt><code>${feature.name}</code></dt><dd><b>${shown(feature)}</b><small>${originText(feature, bet) || lackText(feature)}</small></dd></div>`,
  )}</dl></section>`
}

/** A value in its grid; empty where the feature was not asked for. */
function renderCell(feature: ExplainedFeature | undefined): Markup {
  if (feature === undefined) return html`<td></td>`
  const { name, bets, lack } = feature
  return html`<td class="${lack === null ? tendency(feature) : 'none'}"><a href="#${name}" title="${name}"><b>${shown(feature)}</b></a><small>${lack === null ? `${count(bets)} ${bets === 1 ? 'bet' : 'bets'}` : lackWord(lack)}</small></td>`
}

/** Which way a value points that is held against nothing won and nothing lost. */
function tendency({ name, unit, value }: ExplainedFeature): 'up' | 'down' | 'level' {
  const isHeldAgainstNothing = ['probability', 'return per unit'].includes(unit) || /_(momentum|streak)$/.test(name)
  if (!isHeldAgainstNothing || name.endsWith('_deviation') || value === null || value === 0) return 'level'
  return value > 0 ? 'up' : 'down'
}

function renderSection({ title, about, features }: Section): Markup {
  return html`<tbody data-part><tr class="group"><th colspan="6"><b>${title}</b><span>${about}</span></th></tr>
${features.map((feature) => {
  const { name, unit, source, bets, ageMs, lack } = feature
  const note = [about === '' ? keyText(source) : '', lackText(feature)].filter(Boolean).join(', ')
  return html`<tr id="${name}" class="${lack === null ? '' : 'none'}"><th scope="row" class="whole"><code>${name}</code></th><td class="n value" data-label="value">${shown(feature)}</td><td data-label="unit">${unit}</td>
<td class="n" data-label="bets">${count(bets)}</td><td class="n" data-label="latest">${ageMs === null ? '–' : durationText(ageMs)}</td><td class="whole">${note}</td></tr>`
})}</tbody>`
}

/** A value with the minus sign of print. */
function shown({ value, unit }: ExplainedFeature): string {
  return valueText(value, unit).replace('-', '−')
}
