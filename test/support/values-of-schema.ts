import * as fc from 'fast-check'
import type { Rng } from '../../shared/kernel/random.ts'
import type { JsonSchema, OpenApiDocument } from './openapi-document.ts'
import { resolveSchema } from './openapi-document.ts'

const DAY_MS = 86_400_000
const FIRST_DAY_MS = Date.UTC(2024, 0, 1)
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -'

/** Past it only what is required is made, so that schemas that refer to themselves end. */
const DEEPEST = 5

/** One of several, equally likely. */
export function pick<T>(rng: Rng, items: readonly T[]): T {
  return items[rng.integer(items.length)] as T
}

/** Draws values that a JSON Schema allows: its examples and its limits often, anything else now and then. */
export function drawValue(document: OpenApiDocument, given: JsonSchema, rng: Rng, depth = 0): unknown {
  const schema = merged(document, resolveSchema(document, given))
  const known = knownValues(schema)
  if (known.length > 0 && rng.next() < 0.6) return structuredClone(pick(rng, known))
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return pick(rng, schema.enum)
  const variants = schema.anyOf ?? schema.oneOf
  if (variants !== undefined) return drawValue(document, pick(rng, variants), rng, depth + 1)
  switch (pick(rng, [schema.type ?? 'object'].flat())) {
    case 'string':
      return drawText(schema, rng)
    case 'integer':
      return Math.round(drawNumber(schema, rng, 1))
    case 'number':
      return drawNumber(schema, rng, 1e-6)
    case 'boolean':
      return rng.next() < 0.5
    case 'null':
      return null
    case 'array':
      return drawArray(document, schema, rng, depth)
    default:
      return drawObject(document, schema, rng, depth)
  }
}

/** The parts of an `allOf` in one. */
function merged(document: OpenApiDocument, schema: JsonSchema): JsonSchema {
  if (schema.allOf === undefined) return schema
  const { allOf, ...own } = schema
  const parts = [own, ...allOf.map((part) => merged(document, resolveSchema(document, part)))]
  const properties = Object.assign({}, ...parts.map((part) => part.properties))
  const required = parts.flatMap((part) => part.required ?? [])
  return { ...Object.assign({}, ...parts), properties, required }
}

function knownValues(schema: JsonSchema): unknown[] {
  return [schema.example, ...(schema.examples ?? []), schema.default].filter((value) => value !== undefined)
}

function drawText({ format, pattern, minLength = 0, maxLength = 40 }: JsonSchema, rng: Rng): string {
  const atMs = FIRST_DAY_MS + rng.integer(900) * DAY_MS + rng.integer(DAY_MS)
  if (format === 'date-time') return new Date(atMs).toISOString()
  if (format === 'date') return new Date(atMs).toISOString().slice(0, 10)
  if (format === 'uuid') return fc.sample(fc.uuid({ version: 4 }), { seed: seedOf(rng), numRuns: 1 })[0] ?? ''
  if (format === 'uri') return `https://example.org/${rng.integer(1000)}`
  if (pattern !== undefined) {
    // The limits cut most of what a loose pattern gives: a few draws find one that fits.
    const texts = fc.sample(fc.stringMatching(new RegExp(pattern)), { seed: seedOf(rng), numRuns: 20 })
    return texts.find((text) => text.length >= minLength && text.length <= maxLength) ?? texts[0] ?? ''
  }
  const least = Math.max(minLength, 1)
  const most = Math.max(least, Math.min(maxLength, 300))
  const length = pick(rng, [least, most, least + rng.integer(most - least + 1)])
  const text = Array.from({ length }, () => pick(rng, [...LETTERS])).join('')
  // Servers trim: what is to be long enough must be so without its ends.
  return text.replace(/^ | $/g, 'x')
}

/** At a limit, or between them. */
function drawNumber(schema: JsonSchema, rng: Rng, step: number): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const low = minimum ?? (exclusiveMinimum === undefined ? -1000 : exclusiveMinimum + step)
  const high = maximum ?? (exclusiveMaximum === undefined ? Math.max(low, 0) + 1000 : exclusiveMaximum - step)
  // What zod writes as the range of an integer is that of a double's: nothing real comes near it.
  const [from, to] = [Math.max(low, -1e9), Math.min(high, 1e9)]
  const drawn = pick(rng, [from, to, from + rng.next() * (to - from)])
  return multipleOf === undefined ? drawn : Math.ceil(drawn / multipleOf) * multipleOf
}

function drawArray(document: OpenApiDocument, schema: JsonSchema, rng: Rng, depth: number): unknown[] {
  const { minItems = 0, maxItems = minItems + 3, items = {} } = schema
  const length = Math.min(maxItems, minItems + (depth > DEEPEST ? 0 : rng.integer(4)))
  return Array.from({ length }, () => drawValue(document, items, rng, depth + 1))
}

function drawObject(
  document: OpenApiDocument,
  { properties = {}, required = [] }: JsonSchema,
  rng: Rng,
  depth: number,
): Record<string, unknown> {
  const chosen = Object.entries(properties).filter(
    ([name]) => required.includes(name) || (depth <= DEEPEST && rng.next() < 0.5),
  )
  return Object.fromEntries(chosen.map(([name, schema]) => [name, drawValue(document, schema, rng, depth + 1)]))
}

function seedOf(rng: Rng): number {
  return rng.integer(2 ** 31)
}
