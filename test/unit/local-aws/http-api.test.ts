import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunOutcome } from '../../local-aws/function-runner.ts'
import type { HttpApiSpec } from '../../local-aws/http-api.ts'
import { httpApi } from '../../local-aws/http-api.ts'
import type { HttpEvent } from '../../local-aws/http-event.ts'
import { matchRoute } from '../../local-aws/http-routes.ts'
import type { Invoked } from '../../local-aws/lambda-invocations.ts'
import type { WireServer } from '../../local-aws/wire.ts'
import { startWireServer } from '../../local-aws/wire.ts'

const route = (key: string) => ({ key, target: key, authorizer: undefined })
const matched = (keys: string[], method: string, path: string) => matchRoute(keys.map(route), method, path)

describe('the route of a request', () => {
  const KEYS = [
    '$default',
    'ANY /api/{proxy+}',
    'GET /api/bets',
    'ANY /api/bets',
    'GET /api/bets/{id}',
    'OPTIONS /api/{proxy+}',
  ]

  it.each([
    ['GET', '/api/bets', 'GET /api/bets'],
    ['POST', '/api/bets', 'ANY /api/bets'],
    ['GET', '/api/bets/7', 'GET /api/bets/{id}'],
    ['DELETE', '/api/bets/7', 'ANY /api/{proxy+}'],
    ['OPTIONS', '/api/bets/7', 'OPTIONS /api/{proxy+}'],
    // The path decides before the method does.
    ['OPTIONS', '/api/bets', 'ANY /api/bets'],
    ['GET', '/api', '$default'],
    ['GET', '/api/', '$default'],
    ['GET', '/', '$default'],
  ])('of %s %s is %s', (method, path, expected) => {
    expect(matched(KEYS, method, path)?.route.key).toBe(expected)
  })

  it('has the values of its variables, decoded', () => {
    expect(matched(['GET /{sport}/{rest+}'], 'GET', '/American%20Football/NFL/x')?.pathParameters).toEqual({
      sport: 'American Football',
      rest: 'NFL/x',
    })
  })

  it('is none where no key fits', () => {
    expect(matched(['GET /a'], 'POST', '/a')).toBeUndefined()
    expect(matched(['GET /a/{b}'], 'GET', '/a/')).toBeUndefined()
  })
})

describe('an HTTP API', () => {
  let server: WireServer
  let now = 0
  let asked: { target: string; event: HttpEvent }[] = []
  let answer: (target: string) => RunOutcome | Promise<RunOutcome>

  const SPEC: HttpApiSpec = {
    routes: [
      { key: 'ANY /open', target: 'app', authorizer: undefined },
      { key: 'ANY /shut', target: 'app', authorizer: 'keys' },
      { key: 'ANY /asked', target: 'app', authorizer: 'always' },
    ],
    authorizers: [
      { id: 'keys', target: 'guard', identitySources: ['$request.header.x-api-key'], ttlSeconds: 60 },
      { id: 'always', target: 'guard', identitySources: [], ttlSeconds: 0 },
    ],
  }
  const said = (payload: unknown): RunOutcome => ({ kind: 'answered', payload: JSON.stringify(payload) })

  beforeEach(async () => {
    asked = []
    now = 0
    answer = (target) =>
      said(target === 'guard' ? { isAuthorized: true, context: { keyId: 'k' } } : { statusCode: 204 })
    const invoke = async (target: string, payload: string): Promise<Invoked> => {
      asked.push({ target, event: JSON.parse(payload) as HttpEvent })
      const outcome = await answer(target)
      return { functionName: target, qualifier: 'live', executedVersion: '1', outcome, durationMs: 1, payload }
    }
    server = await startWireServer(httpApi(SPEC, { invoke, clock: () => now, timeoutMs: 200 }))
  })

  afterEach(() => server[Symbol.asyncDispose]())

  const fetched = (path: string, options: RequestInit = {}) => fetch(`${server.url}${path}`, options)
  const body = async (path: string, options?: RequestInit) => {
    const response = await fetched(path, options)
    return [response.status, await response.json()]
  }

  it('hands a request on in payload format 2.0', async () => {
    await fetched('/open?a=1&a=2&b=x%20y', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Mixed': 'Case', cookie: 'a=1; b=2' },
      body: '{"n":1}',
    })
    expect(asked[0]?.event).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /open',
      rawPath: '/open',
      rawQueryString: 'a=1&a=2&b=x%20y',
      queryStringParameters: { a: '1,2', b: 'x y' },
      cookies: ['a=1', 'b=2'],
      headers: { 'x-mixed': 'Case', 'x-forwarded-proto': 'https' },
      requestContext: { http: { method: 'POST', path: '/open' }, stage: '$default', routeKey: 'ANY /open' },
      body: '{"n":1}',
      isBase64Encoded: false,
    })
    expect(asked[0]?.event.headers).not.toHaveProperty('cookie')
  })

  it('hands bytes on in base 64, and gives bytes back that come so', async () => {
    answer = () => said({ statusCode: 200, body: 'AAH/', isBase64Encoded: true, cookies: ['c=1', 'd=2'] })
    const headers = { 'content-type': 'application/octet-stream' }
    const response = await fetched('/open', { method: 'PUT', headers, body: new Uint8Array([1, 2]) })
    expect(asked[0]?.event).toMatchObject({ body: 'AQI=', isBase64Encoded: true })
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 1, 255]))
    expect(response.headers.getSetCookie()).toEqual(['c=1', 'd=2'])
  })

  it('refuses without asking where what tells the caller is missing', async () => {
    expect(await body('/shut')).toEqual([401, { message: 'Unauthorized' }])
    expect(asked).toEqual([])
  })

  it('remembers a decision as long as it may, and tells the function of it', async () => {
    const headers = { 'x-api-key': 'a' }
    await fetched('/shut', { headers })
    await fetched('/shut', { headers })
    expect(asked.map(({ target }) => target)).toEqual(['guard', 'app', 'app'])
    expect(asked[2]?.event.requestContext).toMatchObject({ authorizer: { lambda: { keyId: 'k' } } })
    now = 60_000
    await fetched('/shut', { headers })
    await fetched('/shut', { headers: { 'x-api-key': 'b' } })
    expect(asked.filter(({ target }) => target === 'guard')).toHaveLength(3)
    expect(asked[0]?.event).toMatchObject({ type: 'REQUEST', identitySource: ['a'] })
    expect(asked[0]?.event).not.toHaveProperty('body')
  })

  it('asks each time where there is nothing to remember a decision by', async () => {
    await fetched('/asked')
    await fetched('/asked')
    expect(asked.map(({ target }) => target)).toEqual(['guard', 'app', 'guard', 'app'])
  })

  it('makes 403 of a refusal and 500 of an authorizer that fails', async () => {
    answer = () => said({ isAuthorized: false })
    expect(await body('/asked')).toEqual([403, { message: 'Forbidden' }])
    answer = () => ({ kind: 'failed', errorType: 'Error', errorMessage: 'no' })
    expect(await body('/asked')).toEqual([500, { message: 'Internal Server Error' }])
  })

  it.each<[string, RunOutcome, number]>([
    ['fails', { kind: 'failed', errorType: 'Error', errorMessage: 'no' }, 500],
    ['answers nothing', { kind: 'answered', payload: 'null' }, 500],
    ['answers a status that is none', { kind: 'answered', payload: '{"statusCode":"x"}' }, 500],
    ['is throttled', { kind: 'throttled' }, 503],
  ])('tells callers nothing of a function that %s', async (_, outcome, status) => {
    answer = () => outcome
    const [found, { message }] = await body('/open')
    expect(found).toBe(status)
    expect(message).toMatch(/^(Internal Server Error|Service Unavailable)$/)
  })

  it('gives up on a function that takes too long', async () => {
    answer = () => new Promise(() => {})
    expect(await body('/open')).toEqual([503, { message: 'Service Unavailable' }])
  })

  it('knows no other path', async () => {
    expect(await body('/none')).toEqual([404, { message: 'Not Found' }])
  })
})
