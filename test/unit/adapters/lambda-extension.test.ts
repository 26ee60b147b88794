import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findLambdaExtension, registerLambdaExtension } from '../../../shared/adapters/lambda-extension.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { memoryLogger } from '../../support/memory-logger.ts'

interface Asked {
  method: string | undefined
  url: string | undefined
  name: string | undefined
  id: string | undefined
  body: string
}

/** A server of the Extensions API, as AWS's developer guide describes it. */
describe('an internal extension', () => {
  let asked: Asked[]
  let answer: (request: IncomingMessage, response: ServerResponse) => void
  let server: ReturnType<typeof createServer>
  let address: string

  beforeEach(async () => {
    asked = []
    answer = (request, response) => {
      if (request.url?.endsWith('/register') === true) {
        response.setHeader('Lambda-Extension-Identifier', 'id-1').end('{"functionName":"f"}')
        return
      }
      response.end(JSON.stringify({ eventType: 'INVOKE', deadlineMs: 676051, requestId: 'r-1', tracing: {} }))
    }
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        const { method, url, headers } = request
        const name = headers['lambda-extension-name']
        const id = headers['lambda-extension-identifier']
        asked.push({ method, url, name: name?.toString(), id: id?.toString(), body })
        answer(request, response)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  it('registers for invocations under its name, and asks for each by its id', async () => {
    const extension = await registerLambdaExtension(address)
    expect(await extension.next()).toEqual({ requestId: 'r-1', deadlineMs: 676051 })
    expect(asked).toEqual([
      {
        ...{ method: 'POST', url: '/2020-01-01/extension/register', name: 'closeline', id: undefined },
        body: '{"events":["INVOKE"]}',
      },
      { method: 'GET', url: '/2020-01-01/extension/event/next', name: undefined, id: 'id-1', body: '' },
    ])
  })

  it('is none where the Extensions API is not there, which is logged', async () => {
    answer = (_, response) => response.writeHead(404).end('{}')
    const logger = memoryLogger()
    expect(await findLambdaExtension(address, logger)).toBeUndefined()
    expect(await findLambdaExtension('127.0.0.1:1', logger)).toBeUndefined()
    expect(logger.of('extension_not_registered').map(({ fields }) => fields.cause)).toEqual([
      'the Extensions API answered register with 404',
      expect.stringMatching(/^the Extensions API is out of reach: /),
    ])
  })

  it('is none outside Lambda, without a word', async () => {
    const logger = memoryLogger()
    expect(await findLambdaExtension(undefined, logger)).toBeUndefined()
    expect(logger.lines).toEqual([])
  })

  it.each([
    ['a refusal', (response: ServerResponse) => response.writeHead(500).end('{}')],
    ['something that is no invocation', (response: ServerResponse) => response.end('{"eventType":"SHUTDOWN"}')],
    ['what is no JSON', (response: ServerResponse) => response.end('<html>')],
    ['nothing', (response: ServerResponse) => response.destroy()],
  ])('says that Lambda is to blame for %s', async (_, next) => {
    const extension = await registerLambdaExtension(address)
    answer = (_request, response) => next(response)
    await expect(extension.next()).rejects.toThrow(UpstreamError)
  })
})
