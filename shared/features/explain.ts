import type { ComputationMode, FeatureDefinition, FeatureType, MissingPolicy } from './definition.ts'
import { featureSet, viewOf } from './feature-set.ts'
import { isStale } from './freshness.ts'
import type { GroupName, Placement } from './groups.ts'
import { GROUPS, PRICE_BAND_ENDS, priceBand } from './groups.ts'
import type { FeatureState } from './state.ts'
import { PLACED, SETTLED } from './totals.ts'
import type { View } from './view.ts'
import { tallyIn } from './view.ts'
import type { NamedField } from './vocabulary.ts'
import { isSeen, NAMED_FIELDS } from './vocabulary.ts'

/** The bets whose history a value tells: those with the same fields as the bet. A field that its source does not name is null. */
export interface GroupSource {
  group: GroupName
  key: Readonly<Record<string, string | boolean | null>>
}

/**
 * Why nothing stands behind a value: the bet has no price; its source does not name the field; nobody has looked at the
 * ledger for longer than the feature's time to live; or there is no history. The history lacks bets, their results, or
 * any that count, such as one within the window.
 */
export type Lack =
  | { because: 'no_price' }
  | { because: 'not_named'; field: NamedField }
  | { because: 'stale' }
  | { because: 'no_history'; history: 'no_bets' | 'no_results' | 'none_that_count' }

/** One value of a bet's vector and what it stands on. */
export interface ExplainedFeature {
  name: string
  /** As the vector has it; null where it is not a number. */
  value: number | null
  unit: string
  type: FeatureType
  mode: ComputationMode
  source: 'bet' | GroupSource
  /** Bets behind the value; 0 where it comes from the bet itself. */
  bets: number
  /** Latest event behind it, milliseconds since the epoch. */
  latestAtMs: number | null
  /** Age of that event at the bet's instant. */
  ageMs: number | null
  /** Null: never stale. */
  ttlMs: number | null
  /** What the missing policy has put in the place of a stale value; null where the value is fresh. */
  staleAs: MissingPolicy | null
  /** Set wherever the value is null, and where it is the zero of nothing. */
  lack: Lack | null
  /** Fields among those it looks at whose name no earlier bet bears. */
  newNames: readonly NamedField[]
  description: string
  version: number
}

/** A bet's vector, value by value. */
export interface ExplainedVector {
  /** Fields of the bet whose name is new to the ledger. */
  newNames: readonly NamedField[]
  /** In the order of the names asked for. */
  features: readonly ExplainedFeature[]
}

/**
 * Tells of each feature of a bet where its value comes from and what stands behind it. The values are those that
 * `featureSet(names).vector` gives.
 *
 * @param state  with all that is known strictly before the bet applied
 * @param at     `sinceLookMs`: how long ago the ledger was last read, milliseconds
 * @throws {DomainError} `unknown_feature`, `repeated_feature`
 */
export function explainVector(
  state: FeatureState,
  bet: Placement,
  names: readonly string[],
  at: { sinceLookMs: number },
): ExplainedVector {
  const set = featureSet(names)
  const values = set.vector(state, bet, at.sinceLookMs)
  const view = viewOf(state, bet)
  const newNames = NAMED_FIELDS.filter((field) => isNew(view, field))
  const features = set.definitions.map((definition, f) => {
    const staleAs = isStale(definition, at.sinceLookMs) ? definition.missing : null
    return explain(definition, { value: values[f] ?? Number.NaN, staleAs, view, newNames })
  })
  return { newNames, features }
}

/** What is known of a value before it is told. */
interface Finding {
  value: number
  staleAs: MissingPolicy | null
  view: View
  newNames: readonly NamedField[]
}

function explain(definition: FeatureDefinition, finding: Finding): ExplainedFeature {
  const { value, staleAs, view, newNames } = finding
  const { name, unit, type, mode, group, ttlMs, description, version } = definition
  const { bets, latestAtMs } = definition.evidence(view)
  const hasHappened = !Number.isNaN(latestAtMs)
  const fields = keyFields(definition)
  return {
    ...{ name, value: Number.isNaN(value) ? null : value, unit, type, mode },
    source: group === null ? 'bet' : { group, key: keyOf(group, view.bet) },
    bets,
    latestAtMs: hasHappened ? latestAtMs : null,
    ageMs: hasHappened ? view.bet.placedAtMs - latestAtMs : null,
    ...{ ttlMs, staleAs, lack: lackOf(definition, finding) },
    newNames: newNames.filter((field) => fields.includes(field)),
    ...{ description, version },
  }
}

/** Fields of the bet without which a feature has nothing to look at. */
function keyFields({ group, dependsOn }: FeatureDefinition): readonly string[] {
  return group === null ? dependsOn : GROUPS[group]
}

function lackOf(definition: FeatureDefinition, { value, staleAs, view }: Finding): Lack | null {
  const { bet } = view
  const fields = keyFields(definition)
  if (bet.decimalOdds === null && fields.some((field) => field === 'decimal_odds' || field === 'price_band')) {
    return { because: 'no_price' }
  }
  const unnamed = NAMED_FIELDS.find((field) => bet[field] === null && fields.includes(field))
  // Another look at the ledger would not help either of these, so they go before an old one.
  if (unnamed !== undefined) return { because: 'not_named', field: unnamed }
  if (staleAs !== null) return { because: 'stale' }
  if (definition.group === null) return null
  const { numbers } = tallyIn(view, definition.group)
  if (numbers[PLACED] === 0) return { because: 'no_history', history: 'no_bets' }
  if (!Number.isNaN(value)) return null
  const waits = numbers[SETTLED] === 0 && definition.dependsOn.includes('state')
  return { because: 'no_history', history: waits ? 'no_results' : 'none_that_count' }
}

function isNew({ bet, vocabulary }: View, field: NamedField): boolean {
  const name = bet[field]
  if (name === null) return false
  const code = vocabulary[field].codes.get(name)
  return code === undefined || !isSeen(vocabulary[field], code)
}

function keyOf(group: GroupName, bet: Placement): GroupSource['key'] {
  const { sport, league, market, book } = bet
  const values: Readonly<Record<string, string | boolean | null>> = {
    ...{ sport, league, market, book, is_live: bet.isLive, bet_type: bet.betType },
    price_band: bet.decimalOdds === null ? null : priceBandText(priceBand(bet.decimalOdds)),
  }
  return Object.fromEntries(GROUPS[group].map((field) => [field, values[field] ?? null]))
}

/** A band of implied probability in words: `below 0.1`, `0.48 to 0.52`, `from 0.65`. */
export function priceBandText(band: number): string {
  const [low, high] = [PRICE_BAND_ENDS[band - 1], PRICE_BAND_ENDS[band]]
  if (low === undefined) return `below ${high}`
  return high === undefined ? `from ${low}` : `${low} to ${high}`
}
