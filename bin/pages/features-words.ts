import type { ComputationMode, FeatureType, MissingPolicy } from '../../shared/features/definition.ts'
import type { ExplainedFeature, Lack } from '../../shared/features/explain.ts'
import { instantText } from '../../shared/quality/wording.ts'
import { count } from './figures.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export const TYPE_WORDS: Readonly<Record<FeatureType, string>> = {
  numerical: 'a quantity',
  categorical: 'a code that stands for a name',
  boolean: '0 or 1',
  temporal: 'tells when',
}

export const MODE_WORDS: Readonly<Record<ComputationMode, string>> = {
  streaming: 'from the bet alone',
  batch: 'from the history alone',
  hybrid: 'from the history and the bet together',
}

/** What a model is given where nothing is known, or where the value is stale. */
export const MISSING_WORDS: Readonly<Record<MissingPolicy, string>> = {
  missing: 'not a number',
  zero: '0',
}

/** What stands in the vector for a value that cannot be had, in a column. */
export function missingText(missing: MissingPolicy): string {
  return missing === 'zero' ? '0' : 'missing'
}

/** Time to live in a column headed "stale after": `6 h`, `never`. */
export function staleAfterText(ttlMs: number | null): string {
  return ttlMs === null ? 'never' : durationText(ttlMs)
}

/** A length of time as people say it: `45 min`, `6 h`, `3.5 days`. */
export function durationText(ms: number): string {
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`
  if (ms < 2 * DAY_MS) return `${Number((ms / HOUR_MS).toFixed(1))} h`
  const days = ms / DAY_MS
  return `${days < 10 ? Number(days.toFixed(1)) : count(Math.round(days))} days`
}

/** When the ledger was last read, as seen from an instant. */
export function lookText(lookedAtMs: number, atMs: number): string {
  return lookedAtMs > atMs ? `read since, ${instantText(lookedAtMs)}` : `read ${durationText(atMs - lookedAtMs)} before`
}

/** Units whose values are whole numbers. */
const WHOLE_UNITS: ReadonlySet<string> = new Set(['bets', 'code', 'day', 'hour', '0 or 1'])

/** A value of a unit, to four decimals where it is a fraction; `–` where it is missing. */
export function valueText(value: number | null, unit: string): string {
  if (value === null) return '–'
  const digits = WHOLE_UNITS.has(unit) ? 0 : Math.abs(value) < 10 ? 4 : 1
  // What rounds to nothing has no sign.
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'negative' } as const
  return value.toLocaleString('en-US', options)
}

const HISTORY_WORDS = {
  no_bets: 'no earlier bet',
  no_results: 'no result known yet',
  none_that_count: 'no bet that counts',
} as const

const FIELD_WORDS = { sport: 'sport', league: 'league', market: 'market', book: 'sportsbook' } as const

/** Why nothing stands behind a value; empty where something does. */
export function lackText({ lack, newNames, ttlMs, staleAs }: ExplainedFeature): string {
  if (lack === null) return ''
  const wordsOf = (reason: Lack): string => {
    switch (reason.because) {
      case 'no_price':
        return 'the bet has no price'
      case 'not_named':
        return `the source does not name the ${FIELD_WORDS[reason.field]}`
      case 'stale':
        return `stale after ${staleAfterText(ttlMs)}, taken as ${missingText(staleAs ?? 'missing')}`
      case 'no_history':
        return HISTORY_WORDS[reason.history]
    }
  }
  return newNames.length === 0 ? wordsOf(lack) : `${wordsOf(lack)} (${namesText(newNames)} new to the ledger)`
}

const LACK_WORDS: Readonly<Record<Lack['because'], string>> = {
  no_price: 'no price',
  not_named: 'not named',
  stale: 'stale',
  no_history: 'no history',
}

/** The reason in a word or two, where there is no room for more. */
export function lackWord({ because }: Lack): string {
  return LACK_WORDS[because]
}

/** `the league is`, `the league and market are`. */
export function namesText(fields: ExplainedFeature['newNames']): string {
  const words = fields.map((field) => FIELD_WORDS[field])
  const all = [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' and ')
  return `the ${all} ${words.length === 1 ? 'is' : 'are'}`
}

/** What the bets behind a value share: `Basketball · Spread`; `all bets` for the ledger. */
export function keyText(source: ExplainedFeature['source']): string {
  if (source === 'bet') return 'the bet'
  const parts = Object.entries(source.key).map(([field, value]) => {
    if (value === null) return 'none named'
    if (field === 'is_live') return value === true ? 'in play' : 'before the event'
    return field === 'price_band' ? `implied probability ${value}` : String(value)
  })
  return parts.length === 0 ? 'all bets' : parts.join(' · ')
}
