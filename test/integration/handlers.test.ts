import { S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { mockClient } from 'aws-sdk-client-mock'
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { TEST_PEPPER } from '../support/access-keys.ts'
import { randomLedger } from '../support/bets.ts'
import { answerFromBucket } from '../support/fake-bucket.ts'
import { fillForServing } from '../support/models.ts'
import { storeTestKeys, TEST_API_KEYS } from '../support/test-keys.ts'

type Handler = (event: LambdaEvent, context: LambdaContext) => Promise<unknown>

const BUCKET = 'artefacts-of-a-test'

/** The handlers make their own clients, so every S3 client is answered from one bucket in memory. */
const requests = mockClient(S3Client)
answerFromBucket(requests, BUCKET)

/** The pepper and the database's key, by the names of their parameters; there is no database to ask. */
const vault = mockClient(SSMClient)
vault.on(GetParameterCommand).resolves({ Parameter: { Value: TEST_PEPPER } })

let version: string
let prediction: Handler
let scoring: Handler

beforeAll(async () => {
  const objects = s3ObjectStore(new S3Client({}), BUCKET)
  version = await fillForServing(objects, randomLedger(7, 200))
  await storeTestKeys(objects)
  vi.stubEnv('ARTEFACT_BUCKET', BUCKET)
  vi.stubEnv('KEY_PEPPER_PARAMETER', '/closeline/key-pepper')
  vi.stubEnv('SUPABASE_URL', 'https://database.test')
  vi.stubEnv('SUPABASE_KEY_PARAMETER', '/closeline/supabase-key')
  vi.stubEnv('AWS_LAMBDA_FUNCTION_VERSION', '7')
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  prediction = (await import('../../functions/prediction/handler.ts')).handler as Handler
  scoring = (await import('../../functions/scoring/handler.ts')).handler as Handler
})

describe('the prediction handler', () => {
  it('has its model loaded before the first request', async () => {
    const answer = await invoke(prediction, 'GET', '/health')
    expect(answer).toMatchObject({ statusCode: 200, body: { models_loaded: true, model_version: version } })
  })

  it('answers an API Gateway event from the model in the bucket', async () => {
    const bet = { sport: 'Tennis', league: 'ATP', market: 'Moneyline', institution_name: 'X', odds: 100 }
    const answer = await invoke(prediction, 'POST', '/api/v1/predict', { body: bet })
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'x-model-version': version, 'x-function-version': '7' },
    })
    // A market model of slope 1 and intercept 0 gives the price back.
    expect(answer.body).toMatchObject({ win_probability: 0.5, expected_roi: 0, model_version: version })
  })
})

describe('the scoring handler', () => {
  it('answers an API Gateway event from the record in the bucket', async () => {
    const answer = await invoke(scoring, 'GET', '/api/score-bet?sport=Curling&market=Spread')
    expect(answer).toMatchObject({ statusCode: 200, body: { success: true, evaluation: { score: 'unknown' } } })
  })

  it('knows who asks by the hashes in the bucket and the pepper in the vault', async () => {
    const target = '/api/score-bet?sport=Curling&market=Spread'
    expect((await invoke(scoring, 'GET', target, { key: undefined })).statusCode).toBe(401)
    expect((await invoke(scoring, 'GET', target, { key: TEST_API_KEYS.revoked })).statusCode).toBe(401)
    expect((await invoke(scoring, 'GET', target, { key: TEST_API_KEYS.predict })).statusCode).toBe(403)
  })

  it('describes itself', async () => {
    const answer = await invoke(scoring, 'GET', '/openapi.json')
    const paths = Object.keys((answer.body as { paths: object }).paths)
    expect(paths).toEqual(expect.arrayContaining(['/api/score-bet', '/api/dashboard', '/api/sync', '/api/bets']))
    expect(paths).not.toContain('/api/v1/predict')
  })
})

interface Asked {
  body?: unknown
  /** One with all scopes unless told; undefined for none. */
  key?: string | undefined
}

async function invoke(handler: Handler, method: string, target: string, asked: Asked = {}) {
  const { body, key } = { key: TEST_API_KEYS.all, ...asked }
  const { pathname, search } = new URL(target, 'https://api.test')
  const event = {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: {
      ...(key === undefined ? {} : { 'x-api-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    requestContext: { domainName: 'api.test', http: { method, path: pathname }, stage: '$default' },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
  const answer = await handler(event as unknown as LambdaEvent, {} as LambdaContext)
  const {
    statusCode,
    headers,
    body: text,
  } = answer as {
    statusCode: number
    headers: Record<string, string>
    body: string
  }
  return { statusCode, headers, body: JSON.parse(text) as unknown }
}
