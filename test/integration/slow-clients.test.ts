import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { ListenOptions } from '../../bin/listening.ts'
import { closeServer, createGate, listen } from '../../bin/listening.ts'
import { createApi } from '../../shared/http/api.ts'
import { DomainError } from '../../shared/kernel/errors.ts'
import { memoryLogger } from '../support/memory-logger.ts'

const opened: { server?: Server; sockets: Socket[] } = { sockets: [] }

afterEach(async () => {
  for (const socket of opened.sockets.splice(0)) socket.destroy()
  if (opened.server !== undefined) await closeServer(opened.server)
})

async function listening(options?: ListenOptions) {
  const logger = memoryLogger()
  const style = { invalidStatus: 422, withEnvelope: false } as const
  const app = createApi({ style, logger, clock: Date.now, rateLimit: 'off' })
  app.get('/live', (c) => c.json({ status: 'alive' }))
  app.post('/echo', async (c) => c.json({ length: (await c.req.text()).length }))
  const server = await listen((request, env) => app.fetch(request, env), 0, options)
  opened.server = server
  const { port } = server.address() as AddressInfo
  return { server, port, logger, url: `http://127.0.0.1:${port}` }
}

/** A connection that sends a text, and what came back until it was closed. */
async function open(port: number, text: string): Promise<{ socket: Socket; closed: Promise<string> }> {
  const socket = connect(port, '127.0.0.1')
  opened.sockets.push(socket)
  let answer = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    answer += chunk
  })
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(answer)))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  socket.write(text)
  return { socket, closed }
}

const connectionsOf = (server: Server) => new Promise<number>((resolve) => server.getConnections((_, n) => resolve(n)))

describe('the local server', () => {
  it('answers a normal client while thousands of others never finish their headers', async () => {
    const told: [string, number][] = []
    const onRefused = (reason: string, count: number) => told.push([reason, count])
    const { server, port, url } = await listening({ limits: { maxConnections: 300 }, onRefused })
    for (let wave = 0; wave < 10; wave++) {
      const dripping = () => open(port, 'GET /live HTTP/1.1\r\nHost: x\r\nX-Drip: ')
      await Promise.all(Array.from({ length: 300 }, dripping))
      const before = performance.now()
      const response = await fetch(`${url}/live`, { headers: { connection: 'close' } })
      expect(response.status).toBe(200)
      expect(performance.now() - before).toBeLessThan(2000)
    }
    expect(await connectionsOf(server)).toBeLessThanOrEqual(300)
    await sleep(1200)
    expect(told.map(([reason]) => reason)).toContain('too_many_connections')
    expect(told.length).toBeLessThan(60)
  })

  it('answers a normal client while others never finish their bodies', async () => {
    const { port, url } = await listening({ limits: { maxConnections: 50 } })
    const dripping = () => open(port, 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx')
    for (let wave = 0; wave < 4; wave++) {
      await Promise.all(Array.from({ length: 50 }, dripping))
      await sleep(50)
      expect((await fetch(`${url}/live`, { headers: { connection: 'close' } })).status).toBe(200)
    }
  })

  it('closes a connection whose headers do not come in time, with a problem document', async () => {
    const { port } = await listening({ limits: { headersTimeoutMs: 300 } })
    const { closed } = await open(port, 'GET /live HTTP/1.1\r\nHost: x\r\nX-Drip: ')
    const answer = await closed
    expect(answer).toContain('HTTP/1.1 408 ')
    expect(answer).toContain('urn:closeline:problem:request_timeout')
  })

  it.each([
    ['what is no HTTP', 'hello\r\n\r\n', '400', 'malformed_request'],
    [
      'headers above 16 kB',
      `GET /live HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431',
      'headers_too_large',
    ],
    [
      'a path that makes no URL',
      'GET \\\\x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      '400',
      'malformed_request',
    ],
    [
      'two lengths',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      '400',
      'malformed_request',
    ],
  ])('answers %s with a problem', async (_, text, status, code) => {
    const { port } = await listening()
    const answer = await (await open(port, text)).closed
    expect(answer).toContain(`HTTP/1.1 ${status} `)
    expect(answer).toContain(`urn:closeline:problem:${code}`)
  })

  it.each([
    ['announced', 'Content-Length: 104857600', ''],
    ['in chunks without an end', 'Transfer-Encoding: chunked', '100000\r\n'],
  ])('cuts off a body of 100 MB, %s, without keeping it', async (_, header, before) => {
    const { port, url } = await listening()
    const { socket, closed } = await open(port, `POST /echo HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`)
    const piece = Buffer.from(`${before}${'x'.repeat(1_048_576)}${before === '' ? '' : '\r\n'}`)
    let isOpen = true
    const ended = closed.then((answer) => {
      isOpen = false
      return answer
    })
    let sent = 0
    let most = 0
    const held = () => process.memoryUsage().arrayBuffers
    const heldBefore = held()
    while (isOpen && sent < 100) {
      sent += 1
      if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), ended])
      most = Math.max(most, held() - heldBefore)
    }
    const answer = await ended
    expect(sent).toBeLessThan(100)
    expect(most).toBeLessThan(40 * 1_048_576)
    expect(answer).toContain('HTTP/1.1 413 ')
    expect((await fetch(`${url}/live`)).status).toBe(200)
  })

  it('answers 413 to one who announces 100 MB and waits', async () => {
    const { port, logger } = await listening()
    const { socket, closed } = await open(
      port,
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\nConnection: close\r\n\r\n',
    )
    const answer = await closed
    socket.destroy()
    expect(answer).toContain('HTTP/1.1 413 ')
    expect(answer).toContain('urn:closeline:problem:body_too_large')
    expect(logger.lines).toHaveLength(1)
    expect(logger.lines[0]).toMatchObject({ level: 'warn', fields: { status: 413, problem: 'body_too_large' } })
  })

  it('tells one who asks first to go on, and not where the body would be refused', async () => {
    const { port } = await listening()
    const head = (length: number) =>
      `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`
    const small = await open(port, `${head(3)}abc`)
    expect(await small.closed).toMatch(/^HTTP\/1\.1 100 Continue[\s\S]*{"length":3}$/)
    const large = await open(port, head(104_857_600))
    expect(await large.closed).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('takes a body of a megabyte', async () => {
    const { url } = await listening()
    const response = await fetch(`${url}/echo`, { method: 'POST', body: 'x'.repeat(1_048_576) })
    expect(await response.json()).toEqual({ length: 1_048_576 })
  })

  it('says where a port is in use', async () => {
    const { port } = await listening()
    await expect(listen(() => new Response(), port)).rejects.toThrow(DomainError)
  })
})

describe('a gate', () => {
  it('answers 503 until it is opened', async () => {
    const gate = createGate()
    const closed = await gate.fetch(new Request('http://localhost/'))
    expect([closed.status, closed.headers.get('retry-after')]).toEqual([503, '5'])
    gate.open(() => new Response('open'))
    expect(await (await gate.fetch(new Request('http://localhost/'))).text()).toBe('open')
  })
})
