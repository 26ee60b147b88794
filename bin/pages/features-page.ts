import { html } from 'hono/html'
import type { FeatureDefinition } from '../../shared/features/definition.ts'
import { COMPUTATION_MODES, FEATURE_TYPES, MISSING_POLICIES } from '../../shared/features/definition.ts'
import { GROUP_NAMES } from '../../shared/features/groups.ts'
import { FEATURES } from '../../shared/features/registry.ts'
import type { Family } from './features-catalogue.ts'
import { aboutGroup, featureFamilies } from './features-catalogue.ts'
import { SYMBOLS } from './features-formulas.ts'
import { contentsOf, renderShell, sectionId } from './features-shell.ts'
import { renderGrid, renderRegister, renderStatistics } from './features-tables.ts'
import { MISSING_WORDS, MODE_WORDS, TYPE_WORDS } from './features-words.ts'
import { count } from './figures.ts'
import type { Markup } from './quality-charts.ts'

const REGISTER = 'Histories one by one'

/**
 * The documentation of all features as one HTML page that needs nothing from elsewhere.
 *
 * @param layerHash  identity of all features' arithmetic
 */
export function renderFeaturesPage(layerHash: string): string {
  const families = featureFamilies()
  const histories = FEATURES.filter(({ name }) => families.some((family) => hasGrid(family) && isOf(family, name)))
  return renderShell({
    title: 'Features',
    header: renderHeader(layerHash),
    contents: contentsOf(['How to read', ...families.map(({ title }) => title), REGISTER]),
    main: html`${renderLegend()}
${families.map(renderFamily)}
<section id="${sectionId(REGISTER)}" data-part><h2>${REGISTER}<span>${count(histories.length)}</span></h2>
${renderRegister(GROUP_NAMES.map((group) => ({ group, features: histories.filter((feature) => feature.group === group) })))}</section>`,
  })
}

function hasGrid({ groups }: Family): boolean {
  return groups.length > 0
}

function isOf({ features }: Family, name: string): boolean {
  return features.some((feature) => feature.name === name)
}

function renderHeader(layerHash: string): Markup {
  const facts = [
    [FEATURES.length, 'features'],
    ...COMPUTATION_MODES.map((mode) => [FEATURES.filter((feature) => feature.mode === mode).length, mode] as const),
    [GROUP_NAMES.length, 'groups of bets'],
    [FEATURES.filter(({ formerly }) => formerly.length > 0).length, 'known by former names'],
  ] as const
  return html`<header>
<h1>Features</h1>
<p>What models look at: numbers that are known as a bet is placed. A bet’s own result and its closing line are in none of them, and a history holds only what was known before.</p>
<ul class="facts">${facts.map(([n, what]) => html`<li><b>${count(n)}</b><span class="dim">${what}</span></li>`)}</ul>
<p class="dim run">Identity of their arithmetic <code>${layerHash}</code></p>
</header>`
}

function renderLegend(): Markup {
  const lists = [
    { title: 'Kind', entries: COMPUTATION_MODES.map((mode) => [mode, MODE_WORDS[mode]]) },
    { title: 'Type', entries: FEATURE_TYPES.map((type) => [type, TYPE_WORDS[type]]) },
    { title: 'In formulas', entries: SYMBOLS.map(({ symbol, means }) => [symbol, means]) },
    {
      title: 'Old or unknown',
      entries: [
        ['stale after', 'time since the last look at the ledger from which a value counts as unknown'],
        ...MISSING_POLICIES.map((policy) => [policy, `the model is given ${MISSING_WORDS[policy]}`]),
      ],
    },
  ]
  return html`<section id="how-to-read" data-part><h2>How to read</h2>
<p>A history’s name is its group and its statistic: <code>sport_market_roi</code> is the return of earlier bets of the same sport and market.</p>
<div class="legend">${lists.map(
    ({ title, entries }) =>
      html`<div><h3>${title}</h3><dl>${entries.map(([term, means]) => html`<dt>${term}</dt><dd>${means}</dd>`)}</dl></div>`,
  )}</div></section>`
}

function renderFamily(family: Family): Markup {
  const { title, tells, features, groups, statistics } = family
  const id = sectionId(title)
  if (!hasGrid(family)) {
    return html`<section id="${id}" data-part><h2>${title}<span>${features.length} features</span></h2><p class="dim">${tells}</p>
${renderRegister([{ group: null, features }])}</section>`
  }
  return html`<section id="${id}" data-part><h2>${title}<span>${statistics.length} statistics of ${groups.length} groups</span></h2><p class="dim">${tells}</p>
${renderStatistics(family)}
${renderGrid(family, aboutGroup, renderCell)}</section>`
}

/** A feature in its grid: a dot that leads to its entry, and what else it was called. */
function renderCell({ name, mode, formerly }: FeatureDefinition): Markup {
  return html`<td class="${mode}"><a href="#${name}" title="${name}" aria-label="${name}"><i></i></a>${formerly.filter((former) => former !== name).map((former) => html`<small><code>${former.split('_').map((word, i) => html`${i === 0 ? '' : html`_<wbr>`}${word}`)}</code></small>`)}</td>`
}
