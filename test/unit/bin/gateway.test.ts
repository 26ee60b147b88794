import { describe, expect, it } from 'vitest'
import { createGateway } from '../../../bin/gateway.ts'
import { createApi } from '../../../shared/http/api.ts'
import { memoryLogger } from '../../support/memory-logger.ts'

function namedApp(name: string) {
  const logger = memoryLogger()
  const app = createApi({ style: { invalidStatus: 422, withEnvelope: false }, logger, clock: () => 0 })
  app.use(async (c, next) => {
    c.header('x-app', name)
    await next()
  })
  return { app, logger }
}

function twoApps() {
  const first = namedApp('first')
  first.app.get('/health', (c) => c.text('first'))
  first.app.post('/shared', (c) => c.text('first'))
  first.app.get('/items/:id', (c) => c.text(c.req.param('id')))
  first.app.all('/old/*', (c) => c.text('old'))
  const second = namedApp('second')
  second.app.get('/shared', (c) => c.text('second'))
  second.app.post('/items/:id', (c) => c.text('posted'))
  second.app.get('/old/kept', (c) => c.text('kept'))
  second.app.use('/items/*', async (_, next) => next())
  const rest = namedApp('rest')
  rest.app.get('/docs', (c) => c.text('docs'))
  const fetch = createGateway([first.app, second.app], rest.app)
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(new Request(`http://localhost${path}`, { method }))
    return [response.headers.get('x-app'), response.status] as const
  }
  return { first, second, rest, ask }
}

describe('a gateway', () => {
  it.each([
    ['GET', '/health', 'first', 200],
    ['GET', '/health?x=/shared', 'first', 200],
    ['HEAD', '/health', 'first', 200],
    ['GET', '/shared', 'second', 200],
    ['POST', '/shared', 'first', 200],
    ['GET', '/items/7', 'first', 200],
    ['POST', '/items/7', 'second', 200],
    ['GET', '/docs', 'rest', 200],
    ['GET', '/nothing', 'rest', 404],
  ])('sends %s %s to the app that has it: %s', async (method, path, app, status) => {
    expect(await twoApps().ask(path, method)).toEqual([app, status])
  })

  it('sends a method that a path does not know to an app that knows the path', async () => {
    const { ask } = twoApps()
    expect(await ask('/health', 'DELETE')).toEqual(['first', 405])
    expect(await ask('/items/7', 'PUT')).toEqual(['first', 405])
    expect(await ask('/health', 'OPTIONS')).toEqual(['first', 204])
  })

  it('prefers a route of one method to one of all', async () => {
    const { ask } = twoApps()
    expect(await ask('/old/kept')).toEqual(['second', 200])
    expect(await ask('/old/other', 'DELETE')).toEqual(['first', 200])
  })

  it('runs the middleware of one app alone', async () => {
    const { ask, first, second, rest } = twoApps()
    await ask('/items/7')
    expect([first, second, rest].map(({ logger }) => logger.lines.length)).toEqual([1, 0, 0])
  })

  it('passes on what the server tells of the connection', async () => {
    const { app } = namedApp('only')
    app.get('/env', (c) => c.json(c.env))
    const fetch = createGateway([app], app)
    const response = await fetch(new Request('http://localhost/env'), {
      incoming: { socket: { remoteAddress: 'here' } },
    })
    expect(await response.json()).toEqual({ incoming: { socket: { remoteAddress: 'here' } } })
  })
})
