import type { FeatureDefinition } from '../../shared/features/definition.ts'
import { GROUPS } from '../../shared/features/groups.ts'
import { FEATURES } from '../../shared/features/registry.ts'
import { bold, table } from '../terminal.ts'
import type { Family } from './features-catalogue.ts'
import { aboutGroup, common, featureFamilies, GROUP_KEYS } from './features-catalogue.ts'
import { formulaOf, SYMBOLS, sharedFormula, symbolsIn } from './features-formulas.ts'
import { MISSING_WORDS, MODE_WORDS, missingText, staleAfterText, TYPE_WORDS } from './features-words.ts'

/** What a column of the catalogue tells of a feature. */
const PROPERTIES: readonly { title: string; of(feature: FeatureDefinition): string; shared?(value: string): string }[] =
  [
    { title: 'type', of: ({ type }) => type },
    { title: 'mode', of: ({ mode }) => mode },
    {
      title: 'stale after',
      of: ({ ttlMs }) => staleAfterText(ttlMs),
      shared: (value) => (value === 'never' ? 'never stale' : `stale after ${value}`),
    },
    { title: 'unit', of: ({ unit }) => unit },
    { title: 'if unknown', of: ({ missing }) => missingText(missing), shared: (value) => `${value} if unknown` },
  ]

/** All features on a page or two: what groups share, and what features of a family share, is told once. */
export function catalogueText(): string[] {
  return [
    bold(`${FEATURES.length} features of a bet, all known as it is placed`),
    ...featureFamilies().flatMap((family, i, families) => [
      ...(family.groups.length > 0 && families[i - 1]?.groups.length === 0 ? ['', ...groupLines(families)] : []),
      '',
      ...familyLines(family),
    ]),
    '',
    ...SYMBOLS.map(({ symbol, means }) => `${symbol.padEnd(8)}${means}`),
    'stale after: time since the last look at the ledger; if unknown: given for a stale value, or for none',
    'closeline features NAME tells everything of one, --all lists them, --bet explains those of a bet',
  ]
}

function groupLines(families: readonly Family[]): string[] {
  const grids = families.filter(({ groups }) => groups.length > 0)
  const rows = GROUP_KEYS.map(({ group, fields }) => [
    group,
    fields.length === 0 ? 'all of the ledger' : fields.join(', '),
    ...grids.map(({ groups, statistics }) => (groups.includes(group) ? String(statistics.length) : '·')),
  ])
  const titles = ['group', 'bets of the same', ...grids.map(({ title }) => title.toLowerCase())]
  return [
    bold('History of a group of bets: GROUP_STATISTIC, such as sport_market_roi'),
    ...indented(table([titles, ...rows], 2)),
  ]
}

function familyLines({ title, features, statistics, groups }: Family): string[] {
  const shared = PROPERTIES.flatMap(({ of, shared: words = String }) => {
    const value = common(features, of)
    return value === undefined ? [] : [words(value)]
  })
  const told = PROPERTIES.filter(({ of }) => common(features, of) === undefined)
  const isGrid = statistics.length > 0
  const heading = isGrid
    ? `${title}: ${statistics.length} statistics of ${groups.length} groups`
    : `${title}: ${features.length}`
  const lines = isGrid
    ? statistics.map((statistic) => ({ label: statistic.suffix, features: statistic.features }))
    : features.map((feature) => ({ label: feature.name, features: [feature] }))
  const rows = lines.map(({ label, features: same }) => [
    label,
    ...told.map(({ of }) => common(same, of) ?? 'differs'),
    sharedFormula(same),
  ])
  const titles = [isGrid ? 'statistic' : 'feature', ...told.map(({ title: property }) => property), 'formula']
  return [
    `${bold(heading)}${shared.length === 0 ? '' : `, ${shared.join(', ')}`}`,
    ...indented(table([titles, ...rows], titles.length)),
  ]
}

/** One line a feature. */
export function featureListText(features: readonly FeatureDefinition[]): string[] {
  const titles = ['feature', ...PROPERTIES.map(({ title }) => title), 'tells']
  const rows = features.map((feature) => [
    feature.name,
    ...PROPERTIES.map(({ of }) => of(feature)),
    feature.description,
  ])
  return table([titles, ...rows], titles.length).split('\n')
}

/** Everything about one feature. */
export function featureText(feature: FeatureDefinition): string[] {
  const { name, description, type, mode, group, dependsOn, ttlMs, unit, missing, version, formerly } = feature
  const formula = formulaOf(feature)
  const rows = [
    ['formula', formula ?? 'not written down'],
    ...(formula === undefined ? [] : symbolsIn(formula).map(({ symbol, means }) => ['', `${symbol}: ${means}`])),
    ['about', group === null ? 'the bet itself' : aboutGroup(group)],
    ['entity key', group === null ? 'none' : GROUPS[group].join(', ') || 'none: one history for all'],
    ['made from', dependsOn.join(', ')],
    ['unit', unit],
    ['type', `${type}: ${TYPE_WORDS[type]}`],
    ['mode', `${mode}: ${MODE_WORDS[mode]}`],
    ['stale', ttlMs === null ? 'never' : `${staleAfterText(ttlMs)} after the last look at the ledger`],
    ['if unknown', `${MISSING_WORDS[missing]}; the same for a stale value`],
    ['version', String(version)],
    ['former names', formerly.join(', ') || 'none'],
  ]
  return [bold(name), `  ${description}`, ...indented(table(rows, 2))]
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`)
}
