import { ParameterNotFound } from '@aws-sdk/client-ssm'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { secretSink } from '../../../functions/alert/secret-sink.ts'
import { testMessages } from '../../../shared/alerts/examples.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { ALERTS_AT_MS, MINUTE_MS, memoryAlertSink } from '../../support/alert-deps.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'

const [MESSAGE] = testMessages(ALERTS_AT_MS)

function setUp(readSecret: () => Promise<string>) {
  const clock = manualClock(ALERTS_AT_MS)
  const logger = memoryLogger()
  const built: { token: string }[] = []
  const sink = memoryAlertSink('telegram')
  const channel = secretSink({
    ...{ name: 'telegram', parameter: '/closeline/dev/telegram', readSecret, clock, logger },
    schema: z.object({ token: z.string().min(3) }),
    build: (secret) => {
      built.push(secret)
      return sink
    },
  })
  const send = async () => (await channel.find())?.send(MESSAGE ?? fail())
  return { channel, clock, logger, built, sink, send }
}

function fail(): never {
  throw new Error('there is no message')
}

describe('a channel whose secret lies in the vault', () => {
  it('is absent while nobody has put it there, which is said once', async () => {
    let isThere = false
    let asked = 0
    const { channel, clock, logger, send, built } = setUp(async () => {
      asked += 1
      if (isThere) return '{"token":"abc"}'
      const cause = new ParameterNotFound({ message: 'x', $metadata: {} })
      throw new UpstreamError('SSM', 'x', { retryable: false, cause })
    })
    for (let minute = 0; minute < 12; minute++) {
      expect(await channel.find()).toBeUndefined()
      clock.advance(MINUTE_MS)
    }
    expect(asked).toBe(3)
    expect(logger.of('alert_channel_absent')).toHaveLength(1)
    isThere = true
    clock.advance(5 * MINUTE_MS)
    expect(await send()).toBe('sent')
    expect(built).toEqual([{ token: 'abc' }])
  })

  it('is there, and fails in a way that may pass, where the vault does not answer', async () => {
    const { send } = setUp(() => Promise.reject(new UpstreamError('SSM', 'throttled')))
    await expect(send()).rejects.toMatchObject({ retryable: true })
  })

  it('is built anew where its secret has changed, and only then', async () => {
    let token = 'one'
    const { send, built } = setUp(async () => JSON.stringify({ token }))
    for (token of ['one', 'one', 'two']) await send()
    expect(built).toEqual([{ token: 'one' }, { token: 'two' }])
  })

  it.each(['no JSON hunter2', '{"token":"h2"}', '{"Token":"hunter2"}'])(
    'says nothing of a secret that is none: %s',
    async (text) => {
      const { send } = setUp(async () => text)
      const thrown = await send().catch((error: unknown) => error)
      expect(thrown).toMatchObject({
        name: 'UpstreamError',
        message: expect.stringContaining('/closeline/dev/telegram'),
      })
      expect(JSON.stringify(thrown) + String(thrown)).not.toContain('hunter2')
    },
  )
})
