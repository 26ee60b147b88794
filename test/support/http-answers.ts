import { expect } from 'vitest'
import type { Problem } from '../../shared/http/problem.ts'
import { problemSchema } from '../../shared/http/problem.ts'

/** Anything that answers paths, as a Hono app does. */
export interface Answering {
  request(path: string, init?: RequestInit): Response | Promise<Response>
}

/** The problem document of an answer, checked in form: its type, its status, and the id of the request in it. */
export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  const problem = problemSchema.parse(await response.json())
  expect(problem.status).toBe(response.status)
  expect(problem.requestId).not.toBe('')
  expect(problem.requestId).toBe(response.headers.get('x-request-id'))
  return problem
}

/** A request with a JSON body; text is sent as it is. */
export function jsonRequest(body: unknown): RequestInit {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: text }
}

interface ApiDocument {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { properties: Record<string, { example?: unknown }> }> }
}

interface Operation {
  parameters?: { name: string; required?: boolean; schema: { example?: unknown } }[]
  requestBody?: { content: Record<string, { schema: { $ref: string } }> }
  responses: Record<string, unknown>
}

export async function openApiOf(app: Answering): Promise<ApiDocument> {
  return (await (await app.request('/openapi.json')).json()) as ApiDocument
}

/** Every documented operation, as a request made of nothing but the document's own examples. */
export function exampleRequests(document: ApiDocument): { name: string; target: string; init: RequestInit }[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody }]) => {
      const required = parameters.filter((parameter) => parameter.required)
      const query = new URLSearchParams(required.map(({ name, schema }) => [name, String(schema.example)]))
      const reference = requestBody?.content['application/json']?.schema.$ref.split('/').at(-1) ?? ''
      const fields = Object.entries(document.components.schemas[reference]?.properties ?? {})
      const body = Object.fromEntries(fields.map(([name, field]) => [name, field.example]))
      const init = requestBody === undefined ? { method: method.toUpperCase() } : jsonRequest(body)
      return { name: `${method.toUpperCase()} ${path}`, target: `${path}?${query}`, init }
    }),
  )
}
