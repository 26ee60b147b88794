import { inspect } from 'node:util'
import { GetParameterCommand, ParameterNotFound, SSMClient, SSMServiceException } from '@aws-sdk/client-ssm'
import { mockClient } from 'aws-sdk-client-mock'
import { describe, expect, it } from 'vitest'
import { ssmSecret } from '../../../shared/adapters/ssm-secret.ts'
import { AWS_TIMEOUTS } from '../../../shared/config/aws-timeouts.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { manualClock } from '../../support/manual-clock.ts'

const NAME = '/closeline/supabase-secret-key'
const MAX_AGE_MS = 300_000

function mockedSecret() {
  const client = new SSMClient({ ...AWS_TIMEOUTS, region: 'eu-central-1' })
  const requests = mockClient(client)
  const clock = manualClock(0)
  return { requests, clock, secret: ssmSecret(client, NAME, { clock, maxAgeMs: MAX_AGE_MS }) }
}

describe('a secret in the parameter store', () => {
  it('is asked for by its name, decrypted', async () => {
    const { requests, secret } = mockedSecret()
    requests.on(GetParameterCommand, { Name: NAME, WithDecryption: true }).resolves({ Parameter: { Value: 'hush' } })
    expect(await secret()).toBe('hush')
  })

  it('is not asked for before it is needed', () => {
    expect(mockedSecret().requests.calls()).toHaveLength(0)
  })

  it('is kept until it is old, and then asked for again', async () => {
    const { requests, clock, secret } = mockedSecret()
    requests
      .on(GetParameterCommand)
      .resolvesOnce({ Parameter: { Value: 'first' } })
      .resolvesOnce({ Parameter: { Value: 'second' } })
    await secret()
    clock.advance(MAX_AGE_MS - 1)
    expect(await secret()).toBe('first')
    clock.advance(1)
    expect(await secret()).toBe('second')
    expect(requests.calls()).toHaveLength(2)
  })

  it('is asked for once by calls at the same time', async () => {
    const { requests, secret } = mockedSecret()
    requests.on(GetParameterCommand).resolves({ Parameter: { Value: 'hush' } })
    expect(await Promise.all([secret(), secret(), secret()])).toEqual(['hush', 'hush', 'hush'])
    expect(requests.calls()).toHaveLength(1)
  })

  it('is asked for again after a failure', async () => {
    const { requests, secret } = mockedSecret()
    requests
      .on(GetParameterCommand)
      .rejectsOnce(new Error('socket hang up'))
      .resolvesOnce({ Parameter: { Value: 'hush' } })
    await expect(secret()).rejects.toBeInstanceOf(UpstreamError)
    expect(await secret()).toBe('hush')
  })

  it.each([
    ['AccessDeniedException', 400, false],
    ['ThrottlingException', 400, true],
    ['InternalServerError', 500, true],
  ])('tells whether a refusal may pass: %s', async (name, httpStatusCode, retryable) => {
    const { requests, secret } = mockedSecret()
    const refusal = { name, message: 'no', $fault: 'client', $metadata: { httpStatusCode } } as const
    requests.on(GetParameterCommand).rejects(new SSMServiceException(refusal))
    await expect(secret()).rejects.toMatchObject({
      name: 'UpstreamError',
      vendor: 'SSM',
      message: `parameter ${NAME}: no`,
      retryable,
    })
  })

  it('is missed by name where there is none', async () => {
    const { requests, secret } = mockedSecret()
    requests
      .on(GetParameterCommand)
      .rejectsOnce(new ParameterNotFound({ message: 'ParameterNotFound', $metadata: { httpStatusCode: 400 } }))
      .resolvesOnce({ Parameter: { Value: '' } })
      .resolvesOnce({})
    for (let i = 0; i < 3; i++) {
      await expect(secret()).rejects.toMatchObject({ message: expect.stringContaining(NAME), retryable: false })
    }
  })

  it('is in no error, not even where the answer that bears it cannot be read', async () => {
    const { requests, secret } = mockedSecret()
    const answer = '{"Parameter":{"Value":"hush"'
    const unreadable = Object.assign(new SyntaxError(`Unexpected end of ${answer}`), { $response: { body: answer } })
    requests.on(GetParameterCommand).rejects(unreadable)
    const error: unknown = await secret().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'UpstreamError', message: `parameter ${NAME}: SyntaxError`, retryable: true })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hush')
  })
})
