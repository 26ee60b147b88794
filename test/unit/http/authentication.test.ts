import { createRoute } from '@hono/zod-openapi'
import { beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { decideAccess, indexKeys } from '../../../shared/access/access-control.ts'
import type { AccessControl } from '../../../shared/access/client.ts'
import type { StoredKey } from '../../../shared/access/key-set.ts'
import { createApi } from '../../../shared/http/api.ts'
import { secured } from '../../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../../shared/http/routes.ts'
import { hashOf, keyOf, keySetOf, storedKey, testMaterial } from '../../support/access-keys.ts'
import { problemOf } from '../../support/http-answers.ts'
import { memoryLogger } from '../../support/memory-logger.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const STYLE = { invalidStatus: 422, withEnvelope: false } as const
const KEY = keyOf(7)

const route = createRoute({
  ...{ method: 'get', path: '/secret', ...secured('predict') },
  request: { query: z.object({ n: z.coerce.number() }) },
  responses: { 200: jsonAnswer(z.object({ for: z.string() }), 'What the key is called.') },
})

describe('a route that wants a scope', () => {
  let logger: ReturnType<typeof memoryLogger>

  beforeEach(() => {
    logger = memoryLogger()
  })

  const accessOf = (...keys: StoredKey[]): AccessControl => {
    const known = indexKeys(keySetOf(...keys), testMaterial)
    return { check: (presented) => decideAccess(presented, known, NOW) }
  }

  /** Asks as the headers say, with a key that has the scope unless told otherwise. */
  function ask(headers: Record<string, string>, fields: Partial<StoredKey> = {}, access?: AccessControl) {
    const app = createApi({ style: STYLE, logger, clock: () => NOW, access: access ?? accessOf(storedKey(fields)) })
    const routes = createRoutes(STYLE).openapi(route, (c) => {
      const decision = c.get('access')
      return c.json({ for: decision !== undefined && 'client' in decision ? decision.client.name : 'nobody' }, 200)
    })
    return app.route('/', routes).request('/secret?n=1', { headers })
  }

  it.each([
    ['x-api-key', { 'x-api-key': KEY }],
    ['a bearer token', { authorization: `Bearer ${KEY}` }],
    ['a bearer token, its scheme in any case', { authorization: `bearer   ${KEY}` }],
    ['both, of which x-api-key counts', { 'x-api-key': KEY, authorization: 'Bearer cl_live_other' }],
  ])('answers a key sent as %s', async (_, headers) => {
    const answer = await ask(headers)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ for: 'phone' })
    expect(answer.headers.get('www-authenticate')).toBeNull()
  })

  it.each([
    ['no key', {}, {}, 'send an API key', ''],
    ['an empty key', { 'x-api-key': '' }, {}, 'send an API key', ''],
    ['a text that is no key', { 'x-api-key': 'letmein' }, {}, 'not of the form', ', error="invalid_token"'],
    ['a password', { authorization: 'Basic dTpw' }, {}, 'send an API key', ''],
    ['two keys', { 'x-api-key': `${KEY}, ${KEY}` }, {}, 'not of the form', ', error="invalid_token"'],
    ['a stranger’s key', { 'x-api-key': keyOf(8) }, {}, 'not known', ', error="invalid_token"'],
    [
      'an expired key',
      { 'x-api-key': KEY },
      { expiresAt: '2026-01-02T00:00:00Z' },
      'has expired',
      ', error="invalid_token"',
    ],
    [
      'a revoked key',
      { 'x-api-key': KEY },
      { revokedAt: '2026-01-02T00:00:00Z' },
      'been revoked',
      ', error="invalid_token"',
    ],
  ])('refuses %s with 401 and a challenge', async (_, headers, fields, why, challenged) => {
    const answer = await ask(headers, fields)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer realm="closeline"${challenged}`)
    expect((await problemOf(answer)).detail).toContain(why)
  })

  it('refuses a key without the scope with 403, and names the scope', async () => {
    const answer = await ask({ 'x-api-key': KEY }, { scopes: ['read', 'sync', 'admin'] })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="closeline", error="insufficient_scope", scope="predict"',
    )
    expect((await problemOf(answer)).detail).toBe('the API key has no scope predict')
  })

  it('asks to come again where no keys have been read', async () => {
    const answer = await ask({ 'x-api-key': KEY }, {}, { check: () => ({ refusal: 'unavailable' }) })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  })

  it('tells nobody without a key what it wants', async () => {
    const app = createApi({ style: STYLE, logger, clock: () => NOW, access: accessOf() })
    const routes = createRoutes(STYLE).openapi(route, (c) => c.json({ for: '' }, 200))
    expect((await app.route('/', routes).request('/secret?n=what')).status).toBe(401)
  })

  it('knows nobody where nothing tells who asks', async () => {
    const app = createApi({ style: STYLE, logger, clock: () => NOW })
    const routes = createRoutes(STYLE).openapi(route, (c) => c.json({ for: '' }, 200))
    const answer = await app.route('/', routes).request('/secret?n=1', { headers: { 'x-api-key': KEY } })
    expect(answer.status).toBe(401)
  })

  it('has the scope that it wants in the document', () => {
    const routes = createRoutes(STYLE).openapi(route, (c) => c.json({ for: '' }, 200))
    const { paths } = routes.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } })
    expect(paths?.['/secret']?.get?.security).toEqual([{ apiKey: ['predict'] }])
  })

  it('leaves neither key nor hash in an answer or a log line', async () => {
    const other = keyOf(8)
    for (const key of [KEY, other, `${KEY}x`]) {
      for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }]) {
        const answer = await ask(headers, { scopes: ['read'] })
        const told = JSON.stringify([...answer.headers]) + (await answer.text()) + JSON.stringify(logger.lines)
        for (const secret of [
          KEY.slice(8, 20),
          other.slice(8, 20),
          hashOf(KEY).slice(0, 8),
          hashOf(other).slice(0, 8),
        ]) {
          expect(told).not.toContain(secret)
        }
      }
    }
    expect(logger.lines).toHaveLength(6)
  })
})
