import { S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { TEST_PEPPER } from '../support/access-keys.ts'
import { answerFromBucket } from '../support/fake-bucket.ts'
import { storeTestKeys, TEST_API_KEYS } from '../support/test-keys.ts'

type Handler = typeof import('../../functions/authorizer/handler.ts').handler

const BUCKET = 'artefacts-of-a-test'

/** An HTTP API's question, payload version 2.0. */
function question(headers: Record<string, string>) {
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: 'arn:aws:execute-api:eu-central-1:123456789012:abcdef123/$default/POST/api/v1/predict',
    identitySource: Object.values(headers),
    rawPath: '/api/v1/predict',
    headers: { 'content-type': 'application/json', ...headers },
    requestContext: { requestId: 'request-1', http: { method: 'POST', path: '/api/v1/predict' } },
  }
}

describe('the authorizer', () => {
  const bucket = mockClient(S3Client)
  const vault = mockClient(SSMClient)
  const lines: string[] = []
  let authorize: Handler

  async function start(): Promise<Handler> {
    vi.resetModules()
    return (await import('../../functions/authorizer/handler.ts')).handler
  }

  beforeAll(async () => {
    answerFromBucket(bucket, BUCKET)
    vault.on(GetParameterCommand).resolves({ Parameter: { Value: TEST_PEPPER } })
    await storeTestKeys(s3ObjectStore(new S3Client({}), BUCKET))
    vi.stubEnv('ARTEFACT_BUCKET', BUCKET)
    vi.stubEnv('KEY_PEPPER_PARAMETER', '/closeline/dev/key-pepper')
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line))
      return true
    })
    authorize = await start()
  })

  beforeEach(() => {
    lines.length = 0
  })

  afterAll(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  it('lets a key in, and tells the gateway whose it is, never the key', async () => {
    const answer = await authorize(question({ 'x-api-key': TEST_API_KEYS.predict }))
    expect(answer).toEqual({ isAuthorized: true, context: { keyId: '0000000003' } })
    expect(await authorize(question({ authorization: `Bearer ${TEST_API_KEYS.read}` }))).toMatchObject({
      isAuthorized: true,
    })
    expect(lines).toEqual([])
  })

  it.each(['expired', 'revoked', 'unknown', 'malformed'] as const)(
    'refuses a key that is %s, and logs why',
    async (state) => {
      expect(await authorize(question({ 'x-api-key': TEST_API_KEYS[state] }))).toEqual({ isAuthorized: false })
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { event: 'request_refused', reason: state, requestId: 'request-1' },
      ])
      expect(lines.filter((line) => line.includes(TEST_API_KEYS[state]))).toEqual([])
    },
  )

  it('refuses a request without a key', async () => {
    expect(await authorize(question({}))).toEqual({ isAuthorized: false })
    expect(await authorize(question({ authorization: 'Basic abc' }))).toEqual({ isAuthorized: false })
  })

  it('fails, and lets nobody in, where the keys cannot be read: a refusal would be kept', async () => {
    vault.on(GetParameterCommand).rejects(new Error('away'))
    const blind = await start()
    await expect(blind(question({ 'x-api-key': TEST_API_KEYS.all }))).rejects.toThrow('nobody can be let in')
    expect(lines.filter((line) => line.includes(TEST_API_KEYS.all))).toEqual([])
    expect(lines.some((line) => line.includes('keys_refresh_failed'))).toBe(true)
  })
})
