/** The parts of a JSON schema that a page and an example need. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  example?: unknown
  examples?: unknown[]
  description?: string
  properties?: Record<string, Schema>
  items?: Schema
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}

export type Schemas = Record<string, unknown> | undefined

/** A schema that refers to itself ends here. */
const DEEPEST = 6

/** The schema that a reference stands for; what stands beside the reference holds too. */
export function resolveSchema(schemas: Schemas, schema: Schema): Schema {
  const parts = [schema.$ref === undefined ? undefined : named(schemas, schema.$ref), ...(schema.allOf ?? [])]
  const resolved = parts.flatMap((part) => (part === undefined ? [] : [resolveSchema(schemas, part)]))
  const properties = Object.assign({}, ...resolved.map((part) => part.properties), schema.properties)
  const required = [...resolved.flatMap((part) => part.required ?? []), ...(schema.required ?? [])]
  const whole: Schema = Object.assign({}, ...resolved, schema)
  if (Object.keys(properties).length > 0) whole.properties = properties
  return required.length > 0 ? { ...whole, required } : whole
}

/** A value of a schema, of the examples in it: undefined where it has none. */
export function exampleOf(schemas: Schemas, schema: Schema, depth = 0): unknown {
  const resolved = resolveSchema(schemas, schema)
  const given = resolved.example ?? resolved.examples?.[0] ?? resolved.const ?? resolved.default
  if (given !== undefined || depth > DEEPEST) return given
  if (resolved.properties !== undefined) {
    const fields = Object.entries(resolved.properties)
    return Object.fromEntries(fields.map(([name, field]) => [name, exampleOf(schemas, field, depth + 1)]))
  }
  if (resolved.items !== undefined) return [exampleOf(schemas, resolved.items, depth + 1)]
  const variant = [...(resolved.anyOf ?? []), ...(resolved.oneOf ?? [])][0]
  return variant === undefined ? resolved.enum?.[0] : exampleOf(schemas, variant, depth + 1)
}

/** What values of a schema are, in a word or two. */
export function typeOf(schemas: Schemas, schema: Schema | undefined): string {
  if (schema === undefined) return 'any'
  const resolved = resolveSchema(schemas, schema)
  if (resolved.enum !== undefined) return resolved.enum.map(String).join(' | ')
  if (resolved.const !== undefined) return String(resolved.const)
  const variants = [...(resolved.anyOf ?? []), ...(resolved.oneOf ?? [])]
  if (variants.length > 0) return [...new Set(variants.map((variant) => typeOf(schemas, variant)))].join(' | ')
  const type = [resolved.type ?? 'any'].flat().join(' | ')
  return resolved.items === undefined ? type : `${type} of ${typeOf(schemas, resolved.items)}`
}

function named(schemas: Schemas, reference: string): Schema | undefined {
  const found = schemas?.[reference.split('/').at(-1) ?? '']
  return typeof found === 'object' && found !== null ? found : undefined
}
