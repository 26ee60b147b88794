import { html } from 'hono/html'
import type { FeatureDefinition } from '../../shared/features/definition.ts'
import type { GroupName } from '../../shared/features/groups.ts'
import type { Family } from './features-catalogue.ts'
import { aboutGroup, common } from './features-catalogue.ts'
import { formulaOf, sharedFormula } from './features-formulas.ts'
import { missingText, staleAfterText } from './features-words.ts'
import type { Markup } from './quality-charts.ts'

/** Features one by one; each part begins with the group that it is about, where it has one. */
export function renderRegister(
  parts: readonly { group: GroupName | null; features: readonly FeatureDefinition[] }[],
): Markup {
  return html`<table class="register">
<colgroup><col class="name"><col><col class="from"><col class="unit"><col class="how"><col class="short"><col class="short"></colgroup>
<thead><tr><th>Feature</th><th>What it tells</th><th>Made from</th><th>Unit</th><th>Kind</th><th>Stale after</th><th>If unknown</th></tr></thead>
${parts.map(
  ({ group, features }) => html`<tbody data-part>
${group === null ? '' : html`<tr class="group"><th colspan="7"><b>${group}</b><span>${aboutGroup(group)}</span></th></tr>`}
${features.map(renderRow)}</tbody>`,
)}
</table>`
}

function renderRow(feature: FeatureDefinition): Markup {
  const { name, description, type, mode, dependsOn, ttlMs, unit, missing, version, formerly } = feature
  return html`<tr id="${name}"><th scope="row" class="whole"><code>${name}</code>${formerly.length === 0 ? '' : html`<small>formerly ${formerly.join(', ')}</small>`}</th>
<td class="whole">${description}<small class="formula">${formulaOf(feature) ?? ''}</small></td>
<td data-label="made from" class="whole"><small>${dependsOn.join(', ')}</small></td><td data-label="unit">${unit}</td>
<td data-label="kind"><span class="kind ${mode}">${mode}</span><small>${type}, v${version}</small></td>
<td data-label="stale after">${staleAfterText(ttlMs)}</td><td data-label="if unknown">${missingText(missing)}</td></tr>`
}

/** What a family works out for each of its groups, told once. */
export function renderStatistics({ statistics }: Family): Markup {
  return html`<div class="wide"><table class="statistics">
<thead><tr><th>Statistic</th><th>Formula</th><th>Unit</th><th>Kind</th><th class="n">Stale after</th><th class="n">If unknown</th></tr></thead>
<tbody>${statistics.map(({ suffix, features }) => {
    const of = (property: (feature: FeatureDefinition) => string) => common(features, property) ?? 'differs'
    const mode = of((feature) => feature.mode)
    return html`<tr><th scope="row"><code>${suffix}</code></th><td class="formula">${sharedFormula(features)}</td><td>${of(({ unit }) => unit)}</td>
<td><span class="kind ${mode}">${mode}</span></td><td class="n">${of(({ ttlMs }) => staleAfterText(ttlMs))}</td><td class="n">${of(({ missing }) => missingText(missing))}</td></tr>`
  })}</tbody></table></div>`
}

/**
 * Groups against statistics, the longer side down the page.
 *
 * @param about  what stands beside a group's name
 * @param cell   the whole cell of a feature
 */
export function renderGrid(
  { groups, statistics }: Family,
  about: (group: GroupName) => string,
  cell: (feature: FeatureDefinition) => Markup,
): Markup {
  const groupHead = (group: GroupName) => html`<code>${group}</code><small>${about(group)}</small>`
  const suffixes = statistics.map(({ suffix }) => html`<code>${suffix}</code>`)
  const isWide = statistics.length > groups.length
  const heads = isWide ? groups.map(groupHead) : suffixes
  const rows = isWide
    ? statistics.map(({ features }, i) => ({ head: suffixes[i], features }))
    : groups.map((group, g) => ({
        head: groupHead(group),
        features: statistics.flatMap(({ features }) => features[g] ?? []),
      }))
  return html`<div class="wide"><table class="grid">
<thead><tr><th>${isWide ? 'Statistic' : 'Group'}</th>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
<tbody>${rows.map(({ head, features }) => html`<tr><th scope="row">${head}</th>${features.map(cell)}</tr>`)}</tbody>
</table></div>`
}
