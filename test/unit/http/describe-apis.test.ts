import { createRoute } from '@hono/zod-openapi'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { createApi, problemResponses } from '../../../shared/http/api.ts'
import { secured } from '../../../shared/http/authentication.ts'
import { describeApis } from '../../../shared/http/describe-apis.ts'
import { problemSchema } from '../../../shared/http/problem.ts'
import { problemExample } from '../../../shared/http/problem-kinds.ts'
import { jsonAnswer } from '../../../shared/http/routes.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import { memoryLogger } from '../../support/memory-logger.ts'

interface RouteHead {
  method: 'get' | 'post'
  path: string
  schemaId: string
  field?: string
  scope?: 'read'
  tag?: string
}

/** An app with one route, whose answer is a schema of its own. */
function appWith({ method, path, schemaId, field = 'value', scope, tag = 'Zebras' }: RouteHead) {
  const app = createApi({
    ...{ style: { invalidStatus: 422, withEnvelope: false }, logger: memoryLogger(), clock: () => 0 },
  })
  const schema = z.object({ [field]: z.string() }).meta({ id: schemaId })
  const route = createRoute({
    ...{ method, path, tags: [tag], ...(scope === undefined ? {} : secured(scope)) },
    responses: { 200: jsonAnswer(schema, 'It.'), ...problemResponses({ 401: 'No key.', 429: 'Too many.' }) },
  })
  app.openapi(route, (c) => c.json({ [field]: '' }, 200))
  return app
}

describe('the description of several apps', () => {
  it('has every schema of each', () => {
    const document = describeApis([
      appWith({ method: 'get', path: '/a', schemaId: 'First' }),
      appWith({ method: 'get', path: '/b', schemaId: 'Second' }),
    ])
    expect(Object.keys(document.components.schemas ?? {}).sort()).toEqual(['First', 'Problem', 'Second'])
  })

  it('has both where two apps have one path under different methods', () => {
    const document = describeApis([
      appWith({ method: 'get', path: '/a', schemaId: 'First' }),
      appWith({ method: 'post', path: '/a', schemaId: 'Second' }),
    ])
    expect(Object.keys(document.paths['/a'] ?? {}).sort()).toEqual(['get', 'post'])
  })

  it('takes what two apps share as one, and refuses what only has the same name', () => {
    const first = () => appWith({ method: 'get', path: '/a', schemaId: 'Same' })
    expect(() => describeApis([first(), first()])).not.toThrow()
    const other = appWith({ method: 'get', path: '/b', schemaId: 'Same', field: 'another' })
    expect(() => describeApis([first(), other])).toThrow(InvariantError)
    const twice = appWith({ method: 'get', path: '/a', schemaId: 'Other', field: 'another' })
    expect(() => describeApis([first(), twice])).toThrow(InvariantError)
  })

  it('says how a key is sent, and which scope an operation wants of it', () => {
    const document = describeApis([
      appWith({ method: 'get', path: '/a', schemaId: 'First', scope: 'read' }),
      appWith({ method: 'get', path: '/open', schemaId: 'Second' }),
    ])
    expect(document.components.securitySchemes).toMatchObject({
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      bearer: { type: 'http', scheme: 'bearer' },
    })
    expect(document.paths['/a']?.get?.security).toEqual([{ apiKey: ['read'] }, { bearer: ['read'] }])
    expect(document.paths['/open']?.get?.security).toBe(undefined)
  })

  it('explains each tag that is used, and no other', () => {
    const document = describeApis([
      appWith({ method: 'get', path: '/a', schemaId: 'First' }),
      appWith({ method: 'get', path: '/b', schemaId: 'Second', tag: 'Health' }),
    ])
    expect(document.tags.map(({ name }) => name)).toEqual(['Health', 'Zebras'])
    expect(document.tags.every(({ description }) => description !== '')).toBe(true)
    expect(document.servers).toHaveLength(1)
  })
})

describe('the example of a problem', () => {
  it.each([400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503])('of %d is one', (status) => {
    expect(problemSchema.parse(problemExample(status)).status).toBe(status)
    expect(problemExample(status).type).not.toContain('http_')
  })

  it('stands beside each answer that is documented', () => {
    const document = describeApis([appWith({ method: 'get', path: '/a', schemaId: 'First' })])
    const responses = document.paths['/a']?.get?.responses as Record<string, { content: Record<string, unknown> }>
    expect(responses['429']?.content['application/problem+json']).toMatchObject({
      example: { status: 429, type: 'urn:closeline:problem:rate_limited' },
    })
  })
})
