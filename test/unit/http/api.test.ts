import { HTTPException } from 'hono/http-exception'
import { describe, expect, it } from 'vitest'
import { createApi } from '../../../shared/http/api.ts'
import { DomainError, InvariantError, UpstreamError } from '../../../shared/kernel/errors.ts'
import { problemOf } from '../../support/http-answers.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'

const MEGABYTE = 1_048_576

function apiThat(answer: () => unknown, withEnvelope = false) {
  const logger = memoryLogger()
  const clock = manualClock(0)
  const app = createApi({ style: { invalidStatus: withEnvelope ? 400 : 422, withEnvelope }, logger, clock })
  app.all('/', async (c) => {
    clock.advance(12)
    await c.req.text()
    answer()
    return c.text('done')
  })
  return { app, logger }
}

const throwing = (thrown: unknown) => () => {
  throw thrown
}

describe('an API', () => {
  it('logs one line a request, with status and duration', async () => {
    const { app, logger } = apiThat(() => {})
    const response = await app.request('/')
    expect(logger.lines).toEqual([
      {
        ...{ level: 'info', event: 'request' },
        fields: {
          requestId: response.headers.get('x-request-id'),
          ...{ method: 'GET', path: '/', status: 200, durationMs: 12 },
        },
      },
    ])
  })

  it('answers a fault of the caller with its code, sentence and field', async () => {
    const fault = new DomainError('odds_out_of_range', 'american odds -50: no price', { field: 'odds' })
    const { app, logger } = apiThat(throwing(fault))
    const response = await app.request('/')
    expect(response.status).toBe(422)
    expect(await problemOf(response)).toMatchObject({
      type: 'urn:closeline:problem:odds_out_of_range',
      detail: 'american odds -50: no price',
      errors: [{ field: 'odds', message: 'american odds -50: no price' }],
    })
    expect(logger.of('request_failed')).toEqual([])
    expect(logger.of('request')[0]?.fields.status).toBe(422)
  })

  it('adds an envelope for old clients where its style says so', async () => {
    const { app } = apiThat(throwing(new DomainError('any', 'a sentence')), true)
    const response = await app.request('/')
    expect(response.status).toBe(400)
    expect(await problemOf(response)).toMatchObject({ success: false, error: 'a sentence' })
    expect('success' in (await problemOf(await apiThat(throwing(new DomainError('any', 'x'))).app.request('/')))).toBe(
      false,
    )
  })

  it('asks to come back where a vendor failed, telling only what is fit to be told', async () => {
    const secret = apiThat(throwing(new UpstreamError('S3', 'bucket hunter2')))
    const response = await secret.app.request('/')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await problemOf(response)).detail).toBe('try again in a few seconds')
    expect(secret.logger.of('request_failed')[0]?.fields.error).toBe('bucket hunter2')
    const explained = apiThat(throwing(new UpstreamError('S3', 'bucket hunter2', { explanation: 'no model yet' })))
    expect((await problemOf(await explained.app.request('/'))).detail).toBe('no model yet')
  })

  it.each([
    [new InvariantError('hunter2')],
    [new TypeError('hunter2')],
    [new HTTPException(500, { message: 'hunter2' })],
  ])('says nothing of a bug: %s', async (bug) => {
    const { app, logger } = apiThat(throwing(bug))
    const response = await app.request('/')
    expect(response.status).toBe(500)
    expect(await problemOf(response)).toMatchObject({ detail: 'the failure has been logged', errors: [] })
    expect(logger.of('request_failed')[0]).toMatchObject({ level: 'error', fields: { error: 'hunter2' } })
    expect(logger.of('request_failed')[0]?.fields.stack).toContain('api.test.ts')
  })

  it('takes a body of a megabyte and none above, announced or not', async () => {
    const { app } = apiThat(() => {})
    const statusOf = async (body: BodyInit) => {
      const init = { method: 'POST', body, ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) }
      return (await app.request('/', init as RequestInit)).status
    }
    const streamed = (size: number) => new Blob(['x'.repeat(size)]).stream()
    expect(await statusOf('x'.repeat(MEGABYTE))).toBe(200)
    expect(await statusOf('x'.repeat(MEGABYTE + 1))).toBe(413)
    expect(await statusOf(streamed(MEGABYTE))).toBe(200)
    expect(await statusOf(streamed(MEGABYTE + 1))).toBe(413)
  })

  it('sends the headers that keep a browser from guessing and framing', async () => {
    const { headers } = await apiThat(() => {}).app.request('/')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })
})
