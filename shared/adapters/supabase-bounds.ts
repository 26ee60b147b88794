/** A bound that a column of every row asked for keeps. */
export type Bound = readonly [column: string, operator: 'eq' | 'gt' | 'gte' | 'lt' | 'lte', value: string]

/** Rows within all bounds of `always` and, where there are any, of one stretch; no row is in two stretches. */
export interface Bounds {
  always: readonly Bound[]
  stretches: readonly (readonly Bound[])[]
}

/** The part of a query of supabase-js that narrows it. */
interface Narrowable {
  or(filters: string): this
  filter(column: string, operator: string, value: string): this
}

/** Narrows one query of supabase-js. */
export type Narrow = <Q extends Narrowable>(query: Q) => Q

/**
 * Narrows a query to rows within all bounds.
 *
 * Values go in quotes, which only a logical filter takes: without them the embedded server reads `null`, numbers and
 * blanks at the ends as something else than text. It reads no escapes either, unlike PostgREST: what would need one goes
 * without quotes, which both take as it is.
 */
export function narrow<Q extends Narrowable>(query: Q, bounds: readonly Bound[]): Q {
  const quoted = bounds.filter(isQuotable)
  const plain = bounds.filter((bound) => !isQuotable(bound))
  const start = quoted.length === 0 ? query : query.or(allOf(quoted))
  return plain.reduce((narrowed, [column, operator, value]) => narrowed.filter(column, operator, value), start)
}

/** The queries that have the rows within bounds between them, in order of the stretches: one wherever quotes will do. */
export function queriesFor({ always, stretches }: Bounds): Narrow[] {
  const [only = [], ...others] = stretches
  if (others.length === 0) return [(query) => narrow(query, [...always, ...only])]
  if (![...always, ...stretches.flat()].every(isQuotable)) {
    return stretches.map((stretch) => (query) => narrow(query, [...always, ...stretch]))
  }
  const any = `or(${stretches.map(allOf).join(',')})`
  return [(query) => query.or(`and(${[...always.map(textOf), any].join(',')})`)]
}

function isQuotable([, , value]: Bound): boolean {
  return !/["\\()]/.test(value)
}

function allOf(bounds: readonly Bound[]): string {
  return `and(${bounds.map(textOf).join(',')})`
}

function textOf([column, operator, value]: Bound): string {
  return `${column}.${operator}."${value}"`
}
