import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { ApiOperation, JsonSchema, OpenApiDocument } from './openapi-document.ts'
import { operationsOf } from './openapi-document.ts'

/** What came back over the wire. */
export interface Answer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** Holds answers against an OpenAPI 3.1 document. */
export interface OpenApiChecker {
  operations: ApiOperation[]
  /** What an answer breaks, a sentence each; nothing where it is as documented. */
  complaints(operation: ApiOperation, answer: Answer): string[]
  /** What a problem document breaks that no operation stands behind: of an unknown path or method. */
  problemComplaints(answer: Answer): string[]
  /**
   * Whether a body is one that the operation declares; true where it declares none. What is wrong inside a member of a
   * list does not count: operations judge these one by one.
   */
  isValidBody(operation: ApiOperation, body: unknown): boolean
}

/** A complaint about a member of a list, as its JSON pointer tells. */
const IN_LIST = /^\/[^ ]*\/\d+(\/| )/

const PROBLEM_TYPE = 'application/problem+json'

/**
 * Compiles every schema of a document.
 *
 * Answers may hold nothing that is not declared, although JSON Schema would let it pass: an object that declares
 * properties and says nothing of others is closed, unless it is a part of an `allOf`.
 *
 * @throws {Error} where a schema does not compile or refers to nothing
 */
export function createOpenApiChecker(document: OpenApiDocument): OpenApiChecker {
  const operations = operationsOf(document)
  const answers = compilerOf(closed(document))
  const requests = compilerOf(document)
  const validators = new Map(
    operations.flatMap(({ name, path, method, responses }) =>
      [...responses].flatMap(([status, content]) =>
        [...content.keys()].map((type): [string, Validator] => {
          const at = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema']
          return [`${name} ${status} ${type}`, answers(at)]
        }),
      ),
    ),
  )
  const bodies = new Map(
    operations
      .filter(({ body }) => body !== undefined)
      .map(({ name, path, method }): [string, Validator] => {
        const at = ['paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema']
        return [name, requests(at)]
      }),
  )
  return {
    operations,
    complaints({ name, responses }, answer) {
      const content = responses.get(answer.status)
      if (content === undefined) return [`status ${answer.status} is not declared`]
      const type = contentTypeOf(answer)
      if (content.size === 0) return answer.text === '' ? [] : [`${answer.status} declares no content`]
      if (!content.has(type)) return [`${answer.status} as ${type || 'no content type'} is not declared`]
      const validate = validators.get(`${name} ${answer.status} ${type}`)
      const schemaComplaints = type.endsWith('json') && validate !== undefined ? validate(parsed(answer.text)) : []
      return [...schemaComplaints, ...(answer.status >= 400 ? standingComplaints(answer) : headerComplaints(answer))]
    },
    problemComplaints: (answer) =>
      contentTypeOf(answer) === PROBLEM_TYPE ? standingComplaints(answer) : [`${answer.status} is no problem document`],
    isValidBody: ({ name }, body) => (bodies.get(name)?.(body) ?? []).every((complaint) => IN_LIST.test(complaint)),
  }
}

/** Says what a value breaks. */
type Validator = (value: unknown) => string[]

/** Compiles schemas by their place in a document. */
function compilerOf(document: OpenApiDocument): (path: readonly string[]) => Validator {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false })
  addFormats.default(ajv)
  ajv.addSchema(document, 'openapi.json')
  return (path) => {
    const pointer = path.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const validate = ajv.compile({ $ref: `openapi.json#/${pointer}` })
    return (value) => {
      if (value === undefined) return ['the body is no JSON']
      if (validate(value)) return []
      return (validate.errors ?? []).slice(0, 5).map((error) => {
        const extra = error.keyword === 'additionalProperties' ? ` (${error.params.additionalProperty})` : ''
        return `${error.instancePath || 'the body'} ${error.message ?? 'is wrong'}${extra}`
      })
    }
  }
}

/** What every refusal must carry, declared or not. @see RFC 9457, section 3.1 */
function standingComplaints(answer: Answer): string[] {
  if (contentTypeOf(answer) !== PROBLEM_TYPE) return headerComplaints(answer)
  const body = parsed(answer.text)
  if (typeof body !== 'object' || body === null) return ['the problem document is no JSON object']
  const problem = body as Record<string, unknown>
  const complaints = headerComplaints(answer)
  for (const field of ['type', 'title', 'detail', 'requestId']) {
    if (typeof problem[field] !== 'string' || problem[field] === '') complaints.push(`the problem has no ${field}`)
  }
  if (!Array.isArray(problem.errors)) complaints.push('the problem has no errors')
  if (problem.status !== answer.status) complaints.push(`the problem says ${String(problem.status)} itself`)
  if (problem.requestId !== answer.headers['x-request-id']) complaints.push('x-request-id is not the requestId')
  if ([429, 503].includes(answer.status) && !/^\d+$/.test(String(answer.headers['retry-after'] ?? ''))) {
    complaints.push(`${answer.status} without Retry-After`)
  }
  return complaints
}

function headerComplaints({ headers }: Answer): string[] {
  const complaints: string[] = []
  if (headers['x-request-id'] === undefined) complaints.push('there is no x-request-id')
  if (headers['x-content-type-options'] !== 'nosniff') complaints.push('there is no x-content-type-options: nosniff')
  return complaints
}

function contentTypeOf({ headers }: Answer): string {
  return (
    String(headers['content-type'] ?? '')
      .split(';')[0]
      ?.trim() ?? ''
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A document in which objects hold nothing but what they declare. */
function closed(document: OpenApiDocument): OpenApiDocument {
  const copy = structuredClone(document)
  const inAllOf = new Set<string>()
  eachSchema(copy, (schema) => {
    for (const part of schema.allOf ?? []) if (part.$ref !== undefined) inAllOf.add(part.$ref)
  })
  eachSchema(copy, (schema, isPart) => {
    if (isPart || schema.properties === undefined || schema.additionalProperties !== undefined) return
    schema.additionalProperties = false
  })
  for (const reference of inAllOf) {
    const name = reference.split('/').at(-1) ?? ''
    const schema = copy.components?.schemas?.[name]
    if (schema !== undefined && document.components?.schemas?.[name]?.additionalProperties === undefined) {
      delete schema.additionalProperties
    }
  }
  return copy
}

/** Visits every schema object in a document, told by its keywords. */
function eachSchema(root: unknown, visit: (schema: JsonSchema, isPartOfAllOf: boolean) => void): void {
  const walk = (value: unknown, isPart: boolean): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item, isPart)
    } else if (typeof value === 'object' && value !== null) {
      visit(value, isPart)
      for (const [key, inner] of Object.entries(value)) {
        if (['example', 'examples', 'default', 'enum', 'const'].includes(key)) continue
        // The keys of a map of schemas are names, not keywords.
        if (key === 'properties') for (const schema of Object.values(inner as object)) walk(schema, false)
        else walk(inner, key === 'allOf')
      }
    }
  }
  walk(root, false)
}
