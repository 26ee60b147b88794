import { createRoute } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { AccessControl, AccessDecision } from '../../../shared/access/client.ts'
import type { ApiOptions } from '../../../shared/http/api.ts'
import { createApi, problemResponses } from '../../../shared/http/api.ts'
import { secured } from '../../../shared/http/authentication.ts'
import { jsonAnswer } from '../../../shared/http/routes.ts'
import { jsonRequest, problemOf } from '../../support/http-answers.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryMetrics } from '../../support/memory-metrics.ts'
import { openAccess } from '../../support/open-access.ts'

const PAGE = 'https://app.example'
const answerSchema = z.object({ status: z.string() }).meta({ id: 'Answer' })

const secret = createRoute({
  ...{ method: 'get', path: '/secrets/{id}', ...secured('read') },
  responses: { 200: jsonAnswer(answerSchema, 'It.'), ...problemResponses({ 401: 'No key.', 403: 'Wrong scope.' }) },
})
const writing = createRoute({
  ...{ method: 'post', path: '/writing' },
  request: { body: { required: true, content: { 'application/json': { schema: z.strictObject({ n: z.int() }) } } } },
  responses: { 200: jsonAnswer(answerSchema, 'It.'), ...problemResponses({ 422: 'No.' }) },
})

/** An API with a few routes, and all that it tells. */
function framedApi(options: Partial<ApiOptions> = {}) {
  const logger = memoryLogger()
  const metrics = memoryMetrics()
  const clock = manualClock(0)
  const style = { invalidStatus: 422, withEnvelope: false } as const
  const app = createApi({ style, logger, clock, metrics, origins: [PAGE], functionVersion: '7', ...options })
  app.openapi(secret, (c) => {
    c.header('x-model-version', 'm1')
    clock.advance(3)
    return c.json({ status: 'ok' }, 200)
  })
  app.openapi(writing, (c) => c.json({ status: 'ok' }, 200))
  app.get('/page', (c) => c.html('<p>page</p>'))
  app.get('/moved', (c) => c.redirect('/page'))
  app.get('/stream', (c) => c.body(new Blob(['text']).stream()))
  app.get('/gone', () => {
    throw new HTTPException(410, { message: 'asks the database no more' })
  })
  app.get('/slow', () => {
    throw new HTTPException(503, { message: 'not yet' })
  })
  return { app, logger, metrics, clock }
}

const deciding = (decision: AccessDecision): AccessControl => ({ check: () => decision })
const from = (origin: string, init: RequestInit = {}) => ({ ...init, headers: { ...init.headers, origin } })

describe('the request id', () => {
  const idOf = async (given: string) => {
    const { app } = framedApi()
    return (await app.request('/page', { headers: { 'x-request-id': given } })).headers.get('x-request-id')
  }

  it.each(['abc', 'a'.repeat(128), 'Root=1-67891233-abcdef012345678912345678'])(
    'is the one that came: %s',
    async (id) => {
      expect(await idOf(id)).toBe(id)
    },
  )

  it.each(['', 'a b', 'a'.repeat(129), '<script>', 'ü', '"'])('is made where %j came', async (given) => {
    expect(await idOf(given)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
  })
})

describe('the headers', () => {
  it.each(['/page', '/moved', '/stream', '/secrets/1', '/nothing', '/gone'])(
    'are on the answer of %s',
    async (path) => {
      const { app } = framedApi({ access: openAccess() })
      const { headers } = await app.request(path)
      expect(headers.get('x-request-id')).not.toBe(null)
      expect(headers.get('x-function-version')).toBe('7')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('ratelimit-limit')).toBe('50')
    },
  )

  it('leave what a handler said', async () => {
    const { app } = framedApi({ access: openAccess() })
    expect((await app.request('/moved')).headers.get('location')).toBe('/page')
    expect((await app.request('/moved')).status).toBe(302)
    expect((await app.request('/secrets/1')).headers.get('x-model-version')).toBe('m1')
    expect((await app.request('/page')).headers.get('content-type')).toBe('text/html; charset=UTF-8')
    expect(await (await app.request('/stream')).text()).toBe('text')
  })

  it('are on the answer to HEAD, which has no body', async () => {
    const response = await framedApi().app.request('/page', { method: 'HEAD' })
    expect(response.headers.get('x-request-id')).not.toBe(null)
    expect(await response.text()).toBe('')
  })
})

describe('a context that answers with plain headers', () => {
  it('means by its methods what Hono means', async () => {
    const { app } = framedApi()
    app.get('/plain', (c) => {
      c.header('X-One', 'a')
      c.header('x-one', 'b', { append: true })
      c.header('x-two', 'a')
      c.header('x-two')
      c.header('set-cookie', 'a=1')
      c.header('set-cookie', 'b=2', { append: true })
      c.status(202)
      return c.json({ a: 1 })
    })
    app.get('/typed', (c) => c.body('<svg/>', 200, { 'Content-Type': 'image/svg+xml' }))
    app.get('/init', (c) => c.json({ a: 1 }, { status: 201, headers: { 'x-own': '1' } }))
    const plain = await app.request('/plain')
    expect([plain.status, await plain.json()]).toEqual([202, { a: 1 }])
    expect([plain.headers.get('x-one'), plain.headers.get('x-two')]).toEqual(['a, b', null])
    expect((await app.request('/typed')).headers.get('content-type')).toBe('image/svg+xml')
    const init = await app.request('/init')
    expect([init.status, init.headers.get('x-own'), init.headers.get('x-frame-options')]).toEqual([201, '1', 'DENY'])
  })
})

describe('a page of another origin', () => {
  it('may call where it is on the list, and read what it needs', async () => {
    const { app } = framedApi()
    const { status, headers } = await app.request('/page', from(PAGE))
    expect(status).toBe(200)
    expect(headers.get('access-control-allow-origin')).toBe(PAGE)
    expect(headers.get('access-control-expose-headers')).toContain('x-request-id')
    expect(headers.get('vary')).toBe('Origin')
    expect(headers.get('access-control-allow-credentials')).toBe(null)
  })

  it('reads the problem that it caused too', async () => {
    const { headers } = await framedApi().app.request('/secrets/1', from(PAGE))
    expect(headers.get('access-control-allow-origin')).toBe(PAGE)
  })

  it.each(['https://evil.example', 'null', 'http://app.example'])('is refused as %s, once logged', async (origin) => {
    const { app, logger } = framedApi({ access: openAccess() })
    const response = await app.request('/secrets/1', from(origin))
    expect(response.status).toBe(403)
    expect((await problemOf(response)).type).toBe('urn:closeline:problem:origin_refused')
    expect(response.headers.get('access-control-allow-origin')).toBe(null)
    expect(logger.lines).toHaveLength(1)
    expect(logger.lines[0]).toMatchObject({ level: 'warn', event: 'request', fields: { problem: 'origin_refused' } })
  })

  it('is not told what an operation would have answered', async () => {
    const { app } = framedApi({ access: openAccess() })
    expect(await (await app.request('/secrets/1', from('https://evil.example'))).text()).not.toContain('ok')
  })

  it('is the API’s own where it came from there', async () => {
    const response = await framedApi().app.request('http://localhost/page', from('http://localhost'))
    expect(response.status).toBe(200)
  })

  const preflight = (origin: string, path = '/writing') => {
    const headers = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' }
    return framedApi().app.request(path, from(origin, { method: 'OPTIONS', headers }))
  }

  it('has its preflight answered with the methods of the path, without a key', async () => {
    const { status, headers } = await preflight(PAGE)
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(PAGE)
    expect(headers.get('access-control-allow-methods')).toBe('POST')
    expect(headers.get('access-control-allow-credentials')).toBe(null)
  })

  it('has its preflight refused where it is not on the list', async () => {
    const response = await preflight('https://evil.example')
    expect(response.status).toBe(403)
    await problemOf(response)
  })
})

describe('a limit', () => {
  const many = async (n: number, options: Partial<ApiOptions>, init?: (i: number) => RequestInit) => {
    const { app, logger, clock } = framedApi({ rateLimit: { perSecond: 2, burst: 3 }, ...options })
    const responses: Response[] = []
    for (let i = 0; i < n; i++) responses.push(await app.request('/page', init?.(i)))
    return { responses, logger, app, clock }
  }

  it('lets the burst through, says what is left, and refuses what is above', async () => {
    const { responses, logger } = await many(5, { access: openAccess() })
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429])
    expect(responses.map(({ headers }) => headers.get('ratelimit-remaining'))).toEqual(['2', '1', '0', '0', '0'])
    const refused = responses[3] as Response
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('ratelimit-policy')).toBe('2;w=1;burst=3')
    expect((await problemOf(refused)).type).toBe('urn:closeline:problem:rate_limited')
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(2)
  })

  it('lets through again after the wait that it told', async () => {
    const { app, clock } = await many(4, { access: openAccess() })
    clock.advance(1000)
    expect((await app.request('/page')).status).toBe(200)
  })

  it('counts each key apart, and what has no good key by its address', async () => {
    let n = 0
    const access: AccessControl = {
      check: () => ({ client: { keyId: `key ${n++ % 2}`, name: 'x', scopes: ['read'] } }),
    }
    expect((await many(6, { access })).responses.every(({ status }) => status === 200)).toBe(true)
    const keyless = await many(4, { access: deciding({ refusal: 'unknown' }) })
    expect(keyless.responses.map(({ status }) => status)).toEqual([200, 200, 200, 429])
  })

  it('can be off', async () => {
    const { responses } = await many(60, { rateLimit: 'off' })
    expect(responses.every(({ status }) => status === 200)).toBe(true)
    expect(responses[0]?.headers.get('ratelimit-limit')).toBe(null)
  })
})

describe('a request that is kept out', () => {
  it.each(['missing', 'malformed', 'unknown', 'expired', 'revoked'] as const)('is logged once: %s', async (refusal) => {
    const { app, logger } = framedApi({ access: deciding({ refusal }) })
    const response = await app.request('/secrets/1', { headers: { 'x-api-key': 'cl_live_hunter2' } })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('Bearer realm="closeline"')
    expect((await problemOf(response)).type).toBe('urn:closeline:problem:unauthorized')
    expect(logger.lines).toEqual([
      {
        ...{ level: 'warn', event: 'request' },
        fields: expect.objectContaining({ status: 401, problem: 'unauthorized', reason: refusal }),
      },
    ])
    expect(JSON.stringify(logger.lines)).not.toContain('hunter2')
  })

  it('is told which scope is missing, and logged with its key’s id', async () => {
    const { app, logger } = framedApi({ access: openAccess(['predict']) })
    const response = await app.request('/secrets/1')
    expect(response.status).toBe(403)
    expect((await problemOf(response)).detail).toContain('read')
    expect(logger.lines[0]).toMatchObject({ level: 'warn', fields: { problem: 'forbidden', keyId: 'test' } })
  })
})

describe('the log line', () => {
  it('has neither the query nor what stands in headers', async () => {
    const { app, logger } = framedApi({ access: openAccess() })
    await app.request('/secrets/1?token=hunter2', { headers: { authorization: 'Bearer hunter2', cookie: 'hunter2' } })
    expect(JSON.stringify(logger.lines)).not.toContain('hunter2')
    expect(logger.lines[0]?.fields).toEqual({
      ...{ requestId: expect.any(String), method: 'GET', path: '/secrets/1', status: 200, durationMs: 3 },
      keyId: 'test',
    })
  })

  it('cuts a path that is long', async () => {
    const { app, logger } = framedApi()
    await app.request(`/${'a'.repeat(5000)}`)
    expect(logger.lines[0]?.fields.path).toBe(`/${'a'.repeat(199)}`)
  })
})

describe('an answer that is no success', () => {
  it('names the methods of a path that has others', async () => {
    const { app } = framedApi()
    const response = await app.request('/secrets/1', { method: 'DELETE' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect((await problemOf(response)).type).toBe('urn:closeline:problem:method_not_allowed')
    expect((await app.request('/writing')).headers.get('allow')).toBe('POST')
  })

  it('is none where OPTIONS asks for the methods', async () => {
    const response = await framedApi().app.request('/writing', { method: 'OPTIONS' })
    expect([response.status, response.headers.get('allow')]).toEqual([204, 'POST'])
  })

  it('does not repeat the path', async () => {
    const response = await framedApi().app.request('/<img src=x>')
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain('img')
  })

  it('has a type of its own for each status', async () => {
    const { app } = framedApi()
    const typeOf = async (path: string, init?: RequestInit) =>
      (await problemOf(await app.request(path, init))).type.split(':').at(-1)
    expect(await typeOf('/nothing')).toBe('not_found')
    expect(await typeOf('/gone')).toBe('gone')
    expect(await typeOf('/slow')).toBe('unavailable')
    expect(await typeOf('/writing', jsonRequest('{'))).toBe('malformed_request')
    expect(await typeOf('/writing', jsonRequest({ n: 'x' }))).toBe('invalid_request')
    expect(await typeOf('/writing', jsonRequest(`"${'x'.repeat(1_048_577)}"`))).toBe('body_too_large')
    const text = { method: 'POST', body: 'n=1', headers: { 'content-type': 'text/plain' } }
    expect(await typeOf('/writing', text)).toBe('unsupported_media_type')
  })

  it('says when to come back where something is not available', async () => {
    expect((await framedApi().app.request('/slow')).headers.get('retry-after')).toBe('5')
  })

  it('stays short however many fields are wrong', async () => {
    const body = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`field number ${i}`, i]))
    const response = await framedApi().app.request('/writing', jsonRequest(body))
    expect(response.status).toBe(422)
    expect((await response.text()).length).toBeLessThan(5000)
  })
})

describe('what is counted', () => {
  it('is each request by its declared path, its method and its class of status', async () => {
    const { app, metrics } = framedApi({ access: openAccess() })
    await app.request('/secrets/1')
    await app.request('/secrets/2')
    await app.request('/anything/else')
    await app.request('/slow')
    await app.request('/page', { method: 'BREW' })
    const counted = metrics.of('http_requests_total').map(({ dimensions }) => dimensions)
    expect(counted).toEqual([
      { route: '/secrets/:id', method: 'GET', status: '2xx' },
      { route: '/secrets/:id', method: 'GET', status: '2xx' },
      { route: 'unmatched', method: 'GET', status: '4xx' },
      { route: '/slow', method: 'GET', status: '5xx' },
      { route: 'unmatched', method: 'other', status: '4xx' },
    ])
    expect(metrics.of('http_errors_total').map(({ dimensions }) => dimensions.route)).toEqual(['/slow'])
    expect(metrics.of('http_request_duration_ms')[0]).toMatchObject({ value: 3, unit: 'Milliseconds' })
  })

  it('is each request by the route that answered, where others would have', async () => {
    const { app, metrics } = framedApi()
    app.get('/files/:name', (c) => c.text('one'))
    app.get('/files/*', (c) => c.text('many'))
    for (const path of ['/files/a', '/files/a/b']) await app.request(path)
    const routes = metrics.of('http_requests_total').map(({ dimensions }) => dimensions.route)
    expect(routes).toEqual(['/files/:name', '/files/*'])
  })

  it('is a request that is kept out by the route that it asked for', async () => {
    const { app, metrics } = framedApi({ rateLimit: { perSecond: 1, burst: 1 } })
    for (let i = 0; i < 2; i++) await app.request('/page')
    const counted = metrics.of('http_requests_total').map(({ dimensions }) => dimensions)
    expect(counted.map(({ route, status }) => [route, status])).toEqual([
      ['/page', '2xx'],
      ['/page', '4xx'],
    ])
  })

  it('is how many are under way, of all apps together', async () => {
    const metrics = memoryMetrics()
    const one = framedApi({ metrics })
    const other = framedApi({ metrics })
    other.app.get('/outer', async (c) => {
      await one.app.request('/page')
      return c.text('done')
    })
    await other.app.request('/outer')
    expect(metrics.of('active_requests').map(({ value }) => value)).toEqual([1, 2, 1, 0])
  })

  it('is measured by the stopwatch where there is one', async () => {
    let now = 0
    const { app, metrics } = framedApi({ stopwatch: () => (now += 0.25) })
    await app.request('/page')
    expect(metrics.of('http_request_duration_ms')[0]?.value).toBe(0.25)
  })
})
