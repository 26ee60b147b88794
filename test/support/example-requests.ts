import type { ApiOperation, JsonSchema, OpenApiDocument } from './openapi-document.ts'
import { resolveSchema } from './openapi-document.ts'
import type { WireRequest } from './wire.ts'

/**
 * The request that an operation's document shows, made of nothing but its examples and defaults.
 *
 * @param key  sent where the operation asks for one
 * @throws {Error} where something that is required has no example
 */
export function exampleRequest(document: OpenApiDocument, operation: ApiOperation, key?: string): WireRequest {
  const query: [string, string][] = []
  let path = operation.path
  for (const { name, in: place, required, schema = {}, example } of operation.parameters) {
    const shown = example ?? exampleOf(document, schema)
    if (shown === undefined && required) throw new Error(`${operation.name}: ${name} has no example`)
    if (shown === undefined) continue
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(String(shown)))
    // A place in a list cannot be shown before the list is asked for.
    if (place === 'query' && (required || name !== 'cursor')) query.push([name, String(shown)])
  }
  const body = operation.body === undefined ? undefined : exampleOf(document, operation.body.schema)
  if (operation.body?.required && body === undefined) throw new Error(`${operation.name}: the body has no example`)
  const isSecured = operation.scope !== undefined && key !== undefined
  return {
    method: operation.method,
    target: query.length === 0 ? path : `${path}?${new URLSearchParams(query)}`,
    headers: {
      ...(isSecured ? { 'x-api-key': key } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }
}

/** A schema's own example, or one made of those of its fields; undefined where something required has none. */
export function exampleOf(document: OpenApiDocument, given: JsonSchema): unknown {
  const schema = resolveSchema(document, given)
  const own = schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.const
  if (own !== undefined) return own
  if (schema.properties === undefined) {
    const item = schema.items === undefined ? undefined : exampleOf(document, schema.items)
    return item === undefined ? undefined : [item]
  }
  const fields = Object.entries(schema.properties).map(([name, field]) => [name, exampleOf(document, field)] as const)
  const isWhole = fields.every(([name, value]) => value !== undefined || !schema.required?.includes(name))
  return isWhole ? Object.fromEntries(fields.filter(([, value]) => value !== undefined)) : undefined
}
