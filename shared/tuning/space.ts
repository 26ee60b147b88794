import * as z from 'zod'
import { DomainError } from '../kernel/errors.ts'
import type { Rng } from '../kernel/random.ts'

/** Names are keys of JSON objects and column headings. */
const nameSchema = z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/)
const scaleSchema = z.enum(['linear', 'log'])

const numericDimension = {
  name: nameSchema,
  /** Both ends can be drawn. */
  low: z.number(),
  high: z.number(),
  /** `log`: equal ratios are equally far apart; `low` is positive then. */
  scale: scaleSchema,
}

const dimensionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('float'), ...numericDimension }),
  z.strictObject({ kind: z.literal('integer'), ...numericDimension }),
  z.strictObject({
    kind: z.literal('choice'),
    name: nameSchema,
    choices: z.array(z.union([z.string().min(1).max(100), z.number()])).max(100),
  }),
])

/** One parameter that is searched: where its values lie, and on which scale they are near one another. */
export type Dimension = z.infer<typeof dimensionSchema>

/** A dimension whose values are numbers in order. */
export type NumericDimension = Exclude<Dimension, { kind: 'choice' }>

export const spaceSchema = z.array(dimensionSchema).min(1).max(50)

/** The parameters that are searched, in the order in which they are drawn. */
export type SearchSpace = readonly Dimension[]

export const paramsSchema = z.record(z.string(), z.union([z.number(), z.string()]))

/** One point of a space, plain JSON: a value for each dimension, by name. */
export type TrialParams = Readonly<Record<string, number | string>>

/**
 * Refuses a space that nothing can be drawn from.
 *
 * @throws {DomainError} `search_space_invalid` at a name that occurs twice, bounds that are not finite or not in order
 *   (NaN included), a logarithmic scale that does not begin above 0, whole-number bounds that are not whole, fewer than
 *   two choices, or a choice that occurs twice
 */
export function assertSpace(space: SearchSpace): void {
  const parsed = spaceSchema.safeParse(space)
  const issue = parsed.error?.issues[0]
  if (!parsed.success) throw invalid(`${issue?.path.join('.')}: ${issue?.message}`)
  const names = new Set<string>()
  for (const dimension of space) {
    if (names.has(dimension.name)) throw invalid(`${dimension.name} occurs twice`)
    names.add(dimension.name)
    if (dimension.kind === 'choice') assertChoices(dimension.name, dimension.choices)
    else assertBounds(dimension)
  }
}

function assertChoices(name: string, choices: readonly (number | string)[]): void {
  if (choices.length < 2) throw invalid(`${name} has ${choices.length} choices: a search needs two`)
  if (new Set(choices).size < choices.length) throw invalid(`${name} has a choice twice`)
}

function assertBounds({ name, kind, low, high, scale }: NumericDimension): void {
  if (!(low < high && high - low < Number.POSITIVE_INFINITY)) throw invalid(`${name} from ${low} to ${high}`)
  if (kind === 'integer' && !(Number.isSafeInteger(low) && Number.isSafeInteger(high))) {
    throw invalid(`${name} from ${low} to ${high}: whole numbers have whole bounds`)
  }
  const lowest = kind === 'integer' ? 1 : Number.MIN_VALUE
  if (scale === 'log' && !(low >= lowest)) throw invalid(`${name} from ${low}: a logarithmic scale begins above 0`)
}

function invalid(what: string): DomainError {
  return new DomainError('search_space_invalid', `the search space cannot be used: ${what}`)
}

/**
 * Refuses a point that is not of the space.
 *
 * @throws {DomainError} `params_outside_space` where a dimension has no value, one outside its bounds or none of its
 *   choices, or where there is a value of no dimension
 */
export function assertInSpace(space: SearchSpace, params: TrialParams): void {
  for (const dimension of space) {
    const value = Object.hasOwn(params, dimension.name) ? params[dimension.name] : undefined
    if (value !== undefined && holds(dimension, value)) continue
    throw new DomainError('params_outside_space', `${dimension.name} ${value} is not in ${rangeText(dimension)}`)
  }
  const surplus = Object.keys(params).find((name) => !space.some((dimension) => dimension.name === name))
  if (surplus !== undefined) {
    throw new DomainError('params_outside_space', `${surplus} is no parameter of the search space`)
  }
}

function holds(dimension: Dimension, value: number | string): boolean {
  if (dimension.kind === 'choice') return dimension.choices.includes(value)
  if (typeof value !== 'number' || !(value >= dimension.low && value <= dimension.high)) return false
  return dimension.kind === 'float' || Number.isInteger(value)
}

/** Where a dimension's values lie, for people: `0.01 to 0.3`, `a, b or c`. */
export function rangeText(dimension: Dimension): string {
  if (dimension.kind === 'choice') return dimension.choices.join(', ')
  return `${dimension.low} to ${dimension.high}`
}

/** A point drawn uniformly: on each dimension's scale for numbers, among the choices otherwise. */
export function sampleUniform(space: SearchSpace, rng: Rng): TrialParams {
  return Object.fromEntries(space.map((dimension) => [dimension.name, sampleDimension(dimension, rng)]))
}

function sampleDimension(dimension: Dimension, rng: Rng): number | string {
  if (dimension.kind === 'choice') return dimension.choices[rng.integer(dimension.choices.length)] as number | string
  const { low, high } = internalBounds(dimension)
  return fromInternal(dimension, low + rng.next() * (high - low))
}

/** A number on the scale of its dimension: x, or ln x. */
export function toInternal({ scale }: NumericDimension, x: number): number {
  return scale === 'log' ? Math.log(x) : x
}

/**
 * The value of a dimension at a place on its scale, moved to its nearest end where it is past it.
 *
 * Whole numbers are the middles of cells one wide: each owns what rounds to it.
 */
export function fromInternal(dimension: NumericDimension, place: number): number {
  const x = dimension.scale === 'log' ? Math.exp(place) : place
  const value = dimension.kind === 'integer' ? Math.round(x) : x
  return Math.min(dimension.high, Math.max(dimension.low, value))
}

/** The ends of a dimension's scale; those of whole numbers are the outer ends of the outer cells. */
export function internalBounds(dimension: NumericDimension): { low: number; high: number } {
  const reach = dimension.kind === 'integer' ? 0.5 : 0
  return { low: toInternal(dimension, dimension.low - reach), high: toInternal(dimension, dimension.high + reach) }
}
