/** The part of an OpenAPI 3.1 document that requests and answers are judged by. */
export interface OpenApiDocument {
  openapi: string
  paths: Record<string, Record<string, OperationObject>>
  components?: { schemas?: Record<string, JsonSchema> }
}

/** JSON Schema 2020-12, as far as zod writes it. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  propertyNames?: JsonSchema
  items?: JsonSchema
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  format?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  multipleOf?: number
  default?: unknown
  example?: unknown
  examples?: unknown[]
}

interface ParameterObject {
  name: string
  in: 'query' | 'path' | 'header' | 'cookie'
  required?: boolean
  schema?: JsonSchema
  example?: unknown
}

interface OperationObject {
  parameters?: ParameterObject[]
  requestBody?: { required?: boolean; content: Record<string, { schema: JsonSchema; example?: unknown }> }
  responses: Record<string, { content?: Record<string, { schema?: JsonSchema }> }>
  security?: Record<string, string[]>[]
}

/** One operation, with what its document says of it at hand. */
export interface ApiOperation {
  /** `GET /api/score-bet`. */
  name: string
  method: string
  /** As documented, with `{names}` in it. */
  path: string
  parameters: ParameterObject[]
  body: { required: boolean; schema: JsonSchema } | undefined
  /** The declared statuses; each with its content types and their schemas. */
  responses: Map<number, Map<string, JsonSchema | undefined>>
  /** What a key must be good for; undefined where none is asked for. */
  scope: string | undefined
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options']

/** Every operation of a document, in its order. */
export function operationsOf(document: OpenApiDocument): ApiOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const operation = methods[method]
      return operation === undefined ? [] : [toOperation(method.toUpperCase(), path, operation)]
    }),
  )
}

function toOperation(method: string, path: string, operation: OperationObject): ApiOperation {
  const { parameters = [], requestBody, responses, security } = operation
  const schema = requestBody?.content['application/json']?.schema
  return {
    name: `${method} ${path}`,
    method,
    path,
    parameters,
    body: schema === undefined ? undefined : { required: requestBody?.required ?? false, schema },
    responses: new Map(
      Object.entries(responses).map(([status, { content = {} }]) => [
        Number(status),
        new Map(Object.entries(content).map(([type, media]) => [type, media.schema])),
      ]),
    ),
    scope: Object.values(security?.[0] ?? {})[0]?.[0],
  }
}

/** The schema itself, where one refers to another. */
export function resolveSchema(document: OpenApiDocument, schema: JsonSchema): JsonSchema {
  let found = schema
  for (let depth = 0; found.$ref !== undefined && depth < 10; depth++) {
    found = document.components?.schemas?.[found.$ref.split('/').at(-1) ?? ''] ?? {}
  }
  return found
}

/** Reads the document that an API serves. */
export async function fetchDocument(url: string, key?: string): Promise<OpenApiDocument> {
  const response = await fetch(`${url}/openapi.json`, key === undefined ? {} : { headers: { 'x-api-key': key } })
  if (!response.ok) throw new Error(`${url}/openapi.json answers ${response.status}`)
  return (await response.json()) as OpenApiDocument
}
