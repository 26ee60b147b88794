import type { FeatureBlock, FeatureDefinition } from '../../shared/features/definition.ts'
import type { GroupName } from '../../shared/features/groups.ts'
import { GROUP_NAMES, GROUPS } from '../../shared/features/groups.ts'
import { FEATURE_BLOCKS } from '../../shared/features/registry.ts'
import { formulaOf } from './features-formulas.ts'

/** Features that belong together on a page. */
export interface Family {
  title: string
  /** What they tell, a sentence. */
  tells: string
  features: readonly FeatureDefinition[]
  /** The same statistics of several groups of bets; empty where the features are each of their own kind. */
  statistics: readonly Statistic[]
  groups: readonly GroupName[]
}

/** What is worked out alike for several groups. */
export interface Statistic {
  /** Appended to the group's name. */
  suffix: string
  /** One for each group of the family, in their order. */
  features: readonly FeatureDefinition[]
}

/** Titles, found by the first feature of a block, or by the first statistic of a group. */
const TITLES: Readonly<Record<string, readonly [title: string, tells: string]>> = {
  market_log_odds: ['The bet itself', 'What the bet says at once: price, kind, names and time.'],
  ledger_placed_7d: ['Activity', 'How much, how lately and where the bettor bets.'],
  count: ['Record', 'What a group of bets has done so far, over everything and with older results fading.'],
  residual_last_10: ['Windows', 'How a group has done against its prices over the latest bets and the latest days.'],
  win_rate_last_10: ['Market form', 'How a market runs against its own past, and how well its win rate is known.'],
}

/** All features as families, in the registry's order. */
export function featureFamilies(blocks: readonly FeatureBlock[] = FEATURE_BLOCKS): Family[] {
  const alike = Map.groupBy(blocks, signatureOf)
  return [...alike.values()].map((members): Family => {
    const [first = [], ...others] = members.map(({ features }) => features)
    const group = groupOfAll(first)
    const start = first[0]?.name ?? ''
    const [title, tells] = TITLES[group === null ? start : suffixOf(start, group)] ?? ['More', '']
    const features = [first, ...others].flat()
    if (group === null) return { title, tells, features, statistics: [], groups: [] }
    const statistics = first.map(({ name }, i) => ({
      suffix: suffixOf(name, group),
      features: members.flatMap((block) => block.features[i] ?? []),
    }))
    return {
      title,
      tells,
      features,
      statistics,
      groups: statistics[0]?.features.flatMap(({ group }) => group ?? []) ?? [],
    }
  })
}

/** A family with no more than the features named, for those of its groups and statistics that are among them. */
export function restrictFamily(family: Family, names: ReadonlySet<string>): Family {
  const has = ({ name }: FeatureDefinition) => names.has(name)
  const groups = family.groups.filter((_, g) => family.statistics.some(({ features: { [g]: one } }) => one && has(one)))
  const statistics = family.statistics
    .filter(({ features }) => features.some(has))
    .map(({ suffix, features }) => ({
      suffix,
      features: features.filter(({ group }) => group !== null && groups.includes(group)),
    }))
  return { ...family, features: family.features.filter(has), statistics, groups }
}

/** The same for blocks that tell the same of different groups. */
function signatureOf({ features }: FeatureBlock): string {
  const group = groupOfAll(features)
  return features.map(({ name }) => (group === null ? name : suffixOf(name, group))).join(' ')
}

/** The one group whose history all features tell, each named after it. */
function groupOfAll(features: readonly FeatureDefinition[]): GroupName | null {
  const group = features[0]?.group ?? null
  const isOfIt = (feature: FeatureDefinition) => feature.group === group && feature.name.startsWith(`${group}_`)
  return group !== null && features.every(isOfIt) ? group : null
}

function suffixOf(name: string, group: GroupName): string {
  return name.slice(group.length + 1)
}

/** A group and what its bets share: nothing for the ledger. */
export const GROUP_KEYS: readonly { group: GroupName; fields: readonly string[] }[] = GROUP_NAMES.map((group) => ({
  group,
  fields: GROUPS[group].map((field) => (field === 'is_live' ? 'in play or not' : field.replaceAll('_', ' '))),
}))

/** Whose history a group holds: `earlier bets of the same sport and market`. */
export function aboutGroup(group: GroupName): string {
  const names = GROUPS[group].filter((field) => field !== 'is_live').map((field) => field.replaceAll('_', ' '))
  if (GROUPS[group].length === 0) return 'all earlier bets'
  const list = [names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' and ')
  const bets = list === '' ? 'earlier bets' : `earlier bets of the same ${list}`
  return names.length < GROUPS[group].length ? `${bets}, in play or not as this one` : bets
}

/** What all features have in common of a property; undefined where they differ. */
export function common<T>(
  features: readonly FeatureDefinition[],
  of: (feature: FeatureDefinition) => T,
): T | undefined {
  const [first, ...others] = features.map(of)
  return others.every((value) => value === first) ? first : undefined
}

/** Features found by what a person may call them: their name, or one that another system gave them. */
export function featuresCalled(name: string): FeatureDefinition[] {
  const all = FEATURE_BLOCKS.flatMap(({ features }) => features)
  const own = all.filter((feature) => feature.name === name)
  return own.length > 0 ? own : all.filter(({ formerly }) => formerly.includes(name))
}

/** Everything that is documented of a feature, for machines. */
export function featureRecord(feature: FeatureDefinition) {
  const { name, description, type, mode, group, dependsOn, ttlMs, unit, missing, version, formerly } = feature
  return {
    ...{ name, description, formula: formulaOf(feature) ?? null, type, mode },
    ...{ group, key: group === null ? null : GROUPS[group], dependsOn, ttlMs, unit, missing, version, formerly },
  }
}
