import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SERVER_LIMITS } from '../../bin/listening.ts'
import { hashOf, TEST_PEPPER } from '../support/access-keys.ts'
import { exampleRequest } from '../support/example-requests.ts'
import { leakFaults } from '../support/fuzz-judge.ts'
import { HOSTILE_TEXTS, INJECTED_HEADER } from '../support/hostile-values.ts'
import type { OpenApiChecker } from '../support/openapi-checker.ts'
import { createOpenApiChecker } from '../support/openapi-checker.ts'
import type { ApiOperation, OpenApiDocument } from '../support/openapi-document.ts'
import { fetchDocument } from '../support/openapi-document.ts'
import type { RunningApi } from '../support/running-api.ts'
import { ALLOWED_ORIGIN, startRunningApi } from '../support/running-api.ts'
import type { TestKeys } from '../support/test-keys.ts'
import { fuzzKeysOf, TEST_KEY_SET } from '../support/test-keys.ts'
import type { Wire, WireRequest } from '../support/wire.ts'
import { onTheWire, openWire } from '../support/wire.ts'

const MEGABYTE = 1_048_576
const HUGE_BYTES = 100 * MEGABYTE
const SLOW_CLIENTS = 2000
const AT_ONCE = 8
/** For some thousand requests, on a machine with other things to do. */
const PATIENCE_MS = 400_000
const FOREIGN_ORIGIN = 'https://evil.example'

let api: RunningApi
let wire: Wire
let document: OpenApiDocument
let checker: OpenApiChecker

beforeAll(async () => {
  api = await startRunningApi()
  wire = openWire(api.url)
  document = await fetchDocument(api.url, api.keys.all)
  checker = createOpenApiChecker(document)
}, 400_000)

afterAll(async () => {
  wire?.[Symbol.dispose]()
  await api?.[Symbol.asyncDispose]()
})

describe('injection', () => {
  it(
    'gets nowhere in any query or path parameter',
    async () => {
      const requests = checker.operations.flatMap((operation) =>
        operation.parameters
          .filter(({ in: place }) => place === 'query' || place === 'path')
          .flatMap((parameter) => HOSTILE_TEXTS.map(([what, text]) => hostile(operation, parameter, what, text))),
      )
      expect(requests.length).toBeGreaterThan(HOSTILE_TEXTS.length)
      expect(await faultsOf(requests)).toEqual([])
    },
    PATIENCE_MS,
  )

  it(
    'gets nowhere in any field of a body, nor as the name of one',
    async () => {
      const requests = checker.operations.flatMap((operation) => {
        const example = soundRequest(operation)
        if (typeof example.body !== 'string') return []
        const body = JSON.parse(example.body) as Record<string, unknown>
        return HOSTILE_TEXTS.flatMap(([what, text]) => [
          ...Object.keys(body).map((field) => withBody(operation, { ...body, [field]: text }, `${field} is ${what}`)),
          withBody(operation, { ...body, [text]: text }, `a field called ${what}`),
        ])
      })
      expect(requests.length).toBeGreaterThan(HOSTILE_TEXTS.length)
      expect(await faultsOf(requests)).toEqual([])
    },
    PATIENCE_MS,
  )

  it('sets no property on other objects', async () => {
    const pollution = '"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}'
    for (const operation of checker.operations.filter(({ body }) => body !== undefined)) {
      const sound = soundRequest(operation)
      const body = String(sound.body).replace(/^\{/, `{${pollution},`)
      const answer = await wire.send({ ...sound, body })
      expect([operation.name, answer.status < 500]).toEqual([operation.name, true])
    }
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined()
  })

  it('adds no header and no line by way of request ids, whatever bytes they hold', async () => {
    for (const id of [`a\r\n${INJECTED_HEADER}: 1`, 'a\u0000b', '<script>', 'x'.repeat(5000), '../../etc/passwd']) {
      const [head = ''] = (
        await sendRaw(`GET /live HTTP/1.1\r\nhost: a\r\nx-request-id: ${id}\r\nconnection: close\r\n\r\n`)
      ).split('\r\n\r\n')
      // The first of these is two headers, which is a caller's right; none may come back.
      expect(head.toLowerCase()).not.toContain(`\r\n${INJECTED_HEADER}`)
      expect(head).not.toContain('<script>')
      expect(head).not.toContain('etc/passwd')
    }
  })

  it.each([
    ['a folded header', 'GET /live HTTP/1.1\r\nhost: a\r\nx-a: b\r\n c\r\nconnection: close\r\n\r\n'],
    ['two lengths', 'POST /api/v1/predict HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'POST /api/v1/predict HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a bare line feed in a name', 'GET /live HTTP/1.1\r\nhost: a\r\nx\n-a: b\r\n\r\n'],
    ['no host', 'GET /live HTTP/1.1\r\n\r\n'],
    ['a foreign protocol', 'GET /live SPDY/9\r\n\r\n'],
  ])('of requests into one another is refused: %s', async (_, text) => {
    const answer = await sendRaw(text)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(leakFaults({ target: '', body: '', headers: {} }, { status: 400, headers: {}, text: answer })).toEqual([])
  })
})

describe('a body of 100 MB', () => {
  it.each([
    ['whose length is told', true],
    ['whose length is not told', false],
  ])('%s is refused with 413 before it is read', async (_, isTold) => {
    const before = process.memoryUsage()
    const { status, sentBytes } = await sendHuge(isTold)
    const after = process.memoryUsage()
    expect(status).toBe(413)
    expect(sentBytes).toBeLessThan(HUGE_BYTES / 4)
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(HUGE_BYTES / 4)
  })
})

describe('slow clients', () => {
  it(`do not keep others waiting, ${SLOW_CLIENTS.toLocaleString('en-US')} at once`, async () => {
    const sockets = await openSlowly(SLOW_CLIENTS)
    try {
      const took: number[] = []
      for (let i = 0; i < 20; i++) {
        const begin = performance.now()
        const answer = await wire.send({ method: 'GET', target: '/live', headers: {}, body: undefined })
        expect(answer.status).toBe(200)
        took.push(performance.now() - begin)
      }
      took.sort((a, b) => a - b)
      expect(took[10]).toBeLessThan(500)
      // More than the server holds at a time are let go, the oldest of the slow ones first.
      const held = () => sockets.filter((socket) => !socket.destroyed).length
      await expect.poll(held, { timeout: 5000 }).toBeLessThanOrEqual(SERVER_LIMITS.maxConnections)
      expect(held()).toBeGreaterThan(SERVER_LIMITS.maxConnections / 2)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  })
})

describe('a key', () => {
  it.each<[string, keyof TestKeys | undefined, RegExp]>([
    ['that is missing', undefined, /x-api-key/],
    ['that has expired', 'expired', /expired/],
    ['that has been revoked', 'revoked', /revoked/],
    ['that nobody has made', 'unknown', /not known/],
    ['that is no key', 'malformed', /form/],
  ])('%s opens nothing: 401, with the reason, logged once', async (_, kind, reason) => {
    for (const operation of secured()) {
      const answer = await wire.send(withKey(soundRequest(operation), kind === undefined ? undefined : api.keys[kind]))
      expect([operation.name, answer.status]).toEqual([operation.name, 401])
      const problem = JSON.parse(answer.text) as { detail: string; requestId: string }
      expect(problem.detail).toMatch(reason)
      expect(linesOf(problem.requestId)).toHaveLength(1)
      expect(checker.complaints(operation, answer)).toEqual([])
    }
  })

  it('of another scope opens nothing: 403, logged once', async () => {
    for (const operation of secured()) {
      const key = fuzzKeysOf(api.keys).wrongScope?.(operation.scope ?? '')
      const answer = await wire.send(withKey(soundRequest(operation), key))
      expect([operation.name, answer.status]).toEqual([operation.name, 403])
      const problem = JSON.parse(answer.text) as { detail: string; requestId: string }
      expect(problem.detail).toContain(operation.scope)
      expect(linesOf(problem.requestId)).toHaveLength(1)
    }
  })

  it('is accepted as a bearer token, too, and nowhere else: not in the query, not as a cookie', async () => {
    for (const operation of secured()
      .filter(({ body }) => body === undefined)
      .slice(0, 3)) {
      const sound = soundRequest(operation)
      const bare = withKey(sound, undefined)
      const { all } = api.keys
      const mark = sound.target.includes('?') ? '&' : '?'
      const bearer = await wire.send({ ...bare, headers: { ...bare.headers, authorization: `Bearer ${all}` } })
      const query = await wire.send({ ...bare, target: `${sound.target}${mark}api_key=${all}&x-api-key=${all}` })
      const cookie = await wire.send({ ...bare, headers: { ...bare.headers, cookie: `x-api-key=${all}` } })
      expect([operation.name, bearer.status === 401, query.status, cookie.status]).toEqual([
        operation.name,
        false,
        401,
        401,
      ])
    }
  })
})

describe('a page of another origin', () => {
  it('is refused with 403, logged once, and told of no allowed one', async () => {
    for (const operation of checker.operations) {
      const sound = soundRequest(operation)
      const answer = await wire.send({ ...sound, headers: { ...sound.headers, origin: FOREIGN_ORIGIN } })
      expect([operation.name, answer.status]).toEqual([operation.name, 403])
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      expect(answer.text).not.toContain(ALLOWED_ORIGIN)
      const { requestId } = JSON.parse(answer.text) as { requestId: string }
      expect(linesOf(requestId)).toHaveLength(1)
    }
  })

  it.each(['null', 'https://evil.example', `${ALLOWED_ORIGIN}.evil.example`, 'http://127.0.0.1:1', ''])(
    'is refused its preflight: %j',
    async (origin) => {
      const answer = await preflight('/api/v1/predict', 'POST', origin)
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      expect(answer.status === 403 || origin === '').toBe(true)
    },
  )

  it('is let in where it is on the list: its preflight says what it may send, without credentials', async () => {
    for (const { method, path } of checker.operations) {
      const answer = await preflight(path.replace(/\{\w+\}/g, 'x'), method, ALLOWED_ORIGIN)
      expect([path, answer.status]).toEqual([path, 204])
      expect(answer.headers['access-control-allow-origin']).toBe(ALLOWED_ORIGIN)
      expect(answer.headers['access-control-allow-methods']).toContain(method)
      expect(String(answer.headers['access-control-allow-headers'])).toMatch(/x-api-key/i)
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
      expect(answer.headers.vary).toMatch(/origin/i)
    }
    const [operation] = checker.operations
    if (operation === undefined) return
    const sound = soundRequest(operation)
    const answer = await wire.send({ ...sound, headers: { ...sound.headers, origin: ALLOWED_ORIGIN } })
    expect(answer.headers['access-control-allow-origin']).toBe(ALLOWED_ORIGIN)
  })
})

describe('every answer', () => {
  it('bears the headers that keep browsers from guessing, framing and storing', async () => {
    for (const operation of checker.operations) {
      const { headers } = await wire.send(soundRequest(operation))
      expect([operation.name, headers['x-content-type-options'], headers['x-frame-options'] !== undefined]).toEqual([
        operation.name,
        'nosniff',
        true,
      ])
      expect(headers['x-powered-by']).toBeUndefined()
      expect(headers['set-cookie']).toBeUndefined()
    }
  })
})

describe('the log of all this', () => {
  it('holds no key, no hash, no pepper, no secret of the database', () => {
    const log = JSON.stringify(api.logger.lines)
    expect(api.logger.lines.length).toBeGreaterThan(100)
    const { malformed, unknown, ...made } = api.keys
    const secrets = [
      ...Object.values(made),
      unknown,
      ...Object.values(made).map((key) => hashOf(key as Parameters<typeof hashOf>[0])),
      ...TEST_KEY_SET.keys.map(({ hash }) => hash),
      TEST_PEPPER,
      api.home.supabaseSecretKey,
    ]
    expect(secrets.filter((secret) => log.includes(secret))).toEqual([])
  })

  it('tells of no failure of our own', () => {
    expect(api.logger.of('request_failed')).toEqual([])
  })
})

/** A request with its operation and what is hostile in it. */
interface Attack extends WireRequest {
  operation: ApiOperation
  note: string
}

function hostile(
  operation: ApiOperation,
  parameter: ApiOperation['parameters'][number],
  what: string,
  text: string,
): Attack {
  const sound = soundRequest(operation)
  const [path = '', query = ''] = sound.target.split('?')
  const encoded = encodeURIComponent(text.toWellFormed())
  const others = query.split('&').filter((part) => part !== '' && !part.startsWith(`${parameter.name}=`))
  const target =
    parameter.in === 'path'
      ? operation.path.replace(`{${parameter.name}}`, encoded).replace(/\{\w+\}/g, 'x')
      : `${path}?${[...others, `${parameter.name}=${encoded}`].join('&')}`
  return { ...sound, target: onTheWire(target), operation, note: `${parameter.name} is ${what}` }
}

function withBody(operation: ApiOperation, body: unknown, note: string): Attack {
  return { ...soundRequest(operation), body: JSON.stringify(body), operation, note }
}

async function faultsOf(attacks: readonly Attack[]): Promise<string[]> {
  const faults: string[] = []
  const judge = async (attack: Attack): Promise<void> => {
    const answer = await wire.send(attack)
    const isElsewhere = attack.note !== '' && attack.operation.path.includes('{') && answer.status === 404
    const complaints = [
      ...(isElsewhere ? checker.problemComplaints(answer) : checker.complaints(attack.operation, answer)),
      ...(answer.status >= 500 ? [`it answers ${answer.status}`] : []),
      ...(answer.headers[INJECTED_HEADER] === undefined ? [] : ['a header was injected']),
      ...leakFaults(attack, answer),
    ]
    for (const complaint of complaints) faults.push(`${attack.operation.name}, ${attack.note}: ${complaint}`)
  }
  for (let i = 0; i < attacks.length; i += AT_ONCE) await Promise.all(attacks.slice(i, i + AT_ONCE).map(judge))
  return faults.slice(0, 20)
}

function secured(): ApiOperation[] {
  return checker.operations.filter(({ scope }) => scope !== undefined)
}

function soundRequest(operation: ApiOperation): WireRequest {
  return exampleRequest(document, operation, fuzzKeysOf(api.keys).right(operation.scope ?? ''))
}

function withKey(request: WireRequest, key: string | undefined): WireRequest {
  const { 'x-api-key': _, ...headers } = request.headers
  return { ...request, headers: key === undefined ? headers : { ...headers, 'x-api-key': key } }
}

function linesOf(requestId: string) {
  return api.logger.lines.filter(({ fields }) => fields.requestId === requestId)
}

function preflight(path: string, method: string, origin: string) {
  const headers = { origin, 'access-control-request-method': method, 'access-control-request-headers': 'x-api-key' }
  return wire.send({ method: 'OPTIONS', target: path, headers, body: undefined })
}

/** Sends text as it is and gives back all that came before the connection was closed, or stood still. */
async function sendRaw(text: string): Promise<string> {
  const { hostname, port } = new URL(api.url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.setEncoding('latin1').on('data', (part: string) => {
    answer += part
  })
  socket.on('error', () => {})
  socket.write(text, 'latin1')
  await Promise.race([once(socket, 'close'), sleep(3000)])
  socket.destroy()
  return answer
}

/** Streams 100 MB of a JSON text until an answer comes. */
async function sendHuge(isTold: boolean): Promise<{ status: number; sentBytes: number }> {
  const target = checker.operations.find(({ body }) => body !== undefined)
  if (target === undefined) throw new Error('no operation has a body')
  const headers = { ...soundRequest(target).headers, ...(isTold ? { 'content-length': HUGE_BYTES } : {}) }
  const request = httpRequest(`${api.url}${target.path}`, { method: target.method, headers })
  let status = 0
  request.on('error', () => {})
  request.on('response', (response: IncomingMessage) => {
    status = response.statusCode ?? 0
    response.resume()
  })
  const part = Buffer.alloc(MEGABYTE / 4, ' ')
  let sentBytes = 0
  while (sentBytes < HUGE_BYTES && status === 0 && !request.destroyed) {
    if (!request.write(part)) await Promise.race([once(request, 'drain').catch(() => {}), sleep(200)])
    sentBytes += part.length
    await sleep(0)
  }
  for (let i = 0; i < 50 && status === 0; i++) await sleep(100)
  request.destroy()
  return { status, sentBytes }
}

/** Connections that send half a request and then nothing. */
async function openSlowly(count: number): Promise<Socket[]> {
  const { hostname, port } = new URL(api.url)
  const sockets: Socket[] = []
  for (let i = 0; i < count; i++) {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write('POST /api/v1/predict HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n')
    sockets.push(socket)
    if (i % 200 === 199) await once(socket, 'connect')
  }
  return sockets
}
