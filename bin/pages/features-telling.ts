import { applyBefore } from '../../shared/features/advance.ts'
import type { ExplainedFeature, ExplainedVector } from '../../shared/features/explain.ts'
import { explainVector } from '../../shared/features/explain.ts'
import { definitionOf } from '../../shared/features/feature-set.ts'
import type { Placement } from '../../shared/features/groups.ts'
import { layerHash } from '../../shared/features/registry.ts'
import type { FeatureSnapshot } from '../../shared/features/snapshot.ts'
import { DomainError } from '../../shared/kernel/errors.ts'
import { instantText, priceText } from '../../shared/quality/wording.ts'
import { featureFamilies } from './features-catalogue.ts'
import { keyText, lackText } from './features-words.ts'

/** A bet's vector with what a reader must know besides. */
export interface BetExplanation {
  bet: Placement
  /** Whether the history is the bettor's own or simulated. */
  origin: 'own' | 'demo'
  /** When the ledger was last read, milliseconds since the epoch. */
  lookedAtMs: number
  explained: ExplainedVector
}

/**
 * Explains a bet from what serving knows, which is brought forward to the bet's instant.
 *
 * @throws {DomainError} `no_features`, `features_outdated`, `instant_too_early`
 */
export async function explainFromSnapshot(
  bet: Placement,
  names: readonly string[],
  snapshot: FeatureSnapshot | undefined,
): Promise<BetExplanation> {
  if (snapshot === undefined) throw new DomainError('no_features', 'no features have been made yet: closeline pipeline')
  const { state, origin, lookedAtMs } = snapshot
  if (snapshot.layerHash !== (await layerHash())) {
    throw new DomainError('features_outdated', 'the features were made by other arithmetic: closeline pipeline')
  }
  if (bet.placedAtMs < state.asOfMs) {
    const [asked, known] = [bet.placedAtMs, state.asOfMs].map((atMs) => new Date(atMs).toISOString())
    const message = `at ${asked} the features would show the bet its future: they know what happened before ${known}`
    throw new DomainError('instant_too_early', message)
  }
  applyBefore(state, bet.placedAtMs)
  const sinceLookMs = Math.max(0, bet.placedAtMs - lookedAtMs)
  return { bet, origin, lookedAtMs, explained: explainVector(state, bet, names, { sinceLookMs }) }
}

/** Values that are read together: those of a family, or all that tell the history of one group. */
export interface Section {
  title: string
  /** Whose history it is; empty where the values differ in that. */
  about: string
  /** Most telling first: those that the most bets stand behind; those that nothing stands behind last. */
  features: readonly ExplainedFeature[]
}

/** The values of a bet in sections: the bet, activity, then group by group. */
export function sectionsOf({ features }: ExplainedVector): Section[] {
  const families = featureFamilies().filter(({ groups }) => groups.length === 0)
  const titles = new Map(families.flatMap(({ title, features: own }) => own.map(({ name }) => [name, title])))
  const sections = Map.groupBy(features, (feature) => titles.get(feature.name) ?? groupOf(feature))
  return [...sections].map(([title, own]) => ({
    title,
    about: own.every((feature) => !titles.has(feature.name)) ? keyText(own[0]?.source ?? 'bet') : '',
    features: own.sort(byEvidence),
  }))
}

function groupOf({ source }: ExplainedFeature): string {
  return source === 'bet' ? 'bet' : source.group
}

function byEvidence(a: ExplainedFeature, b: ExplainedFeature): number {
  return Number(a.lack !== null) - Number(b.lack !== null) || b.bets - a.bets
}

/** Names by the reason why they have no value, most first; without the group's where the section is about one. */
export function missingByReason({ features, about }: Section): { reason: string; names: string[] }[] {
  const missing = features.filter(({ value }) => value === null)
  const nameIn = (feature: ExplainedFeature) => (about === '' ? feature.name : shortName(feature))
  const byReason = [...Map.groupBy(missing, lackText)].map(([reason, same]) => ({ reason, names: same.map(nameIn) }))
  return byReason.sort((a, b) => b.names.length - a.names.length)
}

/** `roi` of `sport_market_roi`. */
export function shortName({ name, source }: ExplainedFeature): string {
  return source !== 'bet' && name.startsWith(`${source.group}_`) ? name.slice(source.group.length + 1) : name
}

/** What a value of the bet itself was made from; empty for one of a history. */
export function originText({ name, source, newNames }: ExplainedFeature, bet: Placement): string {
  if (source !== 'bet') return ''
  const [field] = definitionOf(name).dependsOn
  return `${fieldText(field, bet)}${newNames.length > 0 ? ', new to the ledger' : ''}`
}

function fieldText(field: string | undefined, bet: Placement): string {
  switch (field) {
    case 'decimal_odds':
      return bet.decimalOdds === null ? '' : priceText(bet.decimalOdds)
    case 'sport':
    case 'league':
    case 'market':
    case 'book':
      return bet[field] ?? ''
    case 'bet_type':
      return bet.betType
    case 'is_live':
      return bet.isLive ? 'in play' : 'before the event'
    case 'placed_at':
      return instantText(bet.placedAtMs)
    default:
      return ''
  }
}

/** The bet in a line: `Basketball, NBA, Spread at DraftKings: straight, before the event, 1.91 (-110)`. */
export function betText(bet: Placement): string {
  const { sport, league, market, book, betType, decimalOdds } = bet
  const names = [sport, league, market].filter((name) => name !== null)
  const price = decimalOdds === null ? 'no price' : priceText(decimalOdds)
  return `${names.join(', ') || 'no names'}${book === null ? '' : ` at ${book}`}: ${betType}, ${fieldText('is_live', bet)}, ${price}`
}

/** How many values are there, how many are not known, and how many of these are old. */
export function countsOf({ features }: ExplainedVector): { told: number; unknown: number; stale: number } {
  const stale = features.filter(({ staleAs }) => staleAs !== null).length
  const unknown = features.filter(({ lack, staleAs }) => lack !== null && staleAs === null).length
  return { told: features.length - unknown - stale, unknown, stale }
}
