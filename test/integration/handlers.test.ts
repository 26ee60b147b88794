import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { mockClient } from 'aws-sdk-client-mock'
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { TEST_PEPPER } from '../support/access-keys.ts'
import { randomLedger } from '../support/bets.ts'
import { answerFromBucket } from '../support/fake-bucket.ts'
import { fillForServing, marketBlend, modelVersion, promote } from '../support/models.ts'
import { storeTestKeys, TEST_API_KEYS } from '../support/test-keys.ts'

type Handler = (event: LambdaEvent, context: LambdaContext) => Promise<unknown>

const BUCKET = 'artefacts-of-a-test'

/** The handlers make their own clients, so every S3 client is answered from one bucket in memory. */
const requests = mockClient(S3Client)
answerFromBucket(requests, BUCKET)

/** The pepper and the database's key, by the names of their parameters; there is no database to ask. */
const vault = mockClient(SSMClient)
vault.on(GetParameterCommand).resolves({ Parameter: { Value: TEST_PEPPER } })

/** What the functions have written to their logs. */
const lines: string[] = []
const logged = (event: string) => lines.map(parsed).filter((line) => line.event === event)
const parsed = (line: string): Record<string, unknown> => JSON.parse(line)

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
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'closeline-dev-prediction')
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line))
    return true
  })
  prediction = (await import('../../functions/prediction/handler.ts')).handler as Handler
  scoring = (await import('../../functions/scoring/handler.ts')).handler as Handler
})

describe('the prediction handler', () => {
  it('has tried itself before the first request, and left one line of it', () => {
    expect(logged('self_trial')[0]).toMatchObject({ statuses: { 'POST /api/v1/predict': 200, 'GET /live': 200 } })
    expect(logged('request')).toEqual([])
    expect(lines.filter((line) => line.includes('http_requests_total'))).toEqual([])
  })

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

  it('counts a request in one line, by what it was and by who answered', async () => {
    lines.length = 0
    await invoke(prediction, 'GET', '/live')
    const counted = lines.filter((line) => line.startsWith('{"_aws":')).map(parsed)
    expect(counted).toHaveLength(1)
    expect(counted[0]).toMatchObject({
      ...{ route: '/live', method: 'GET', status: '2xx', http_requests_total: 1 },
      ...{ FunctionName: 'closeline-dev-prediction', FunctionVersion: '7', ModelVersion: version },
    })
    expect(counted[0]).not.toHaveProperty('active_requests')
  })

  it('writes no object for each prediction', async () => {
    const writes = () =>
      requests.commandCalls(PutObjectCommand).filter(({ args }) => args[0].input.Key?.startsWith('predictions/'))
    // One was predicted above; the function's own trial is not among what was served.
    expect(writes()).toEqual([])
  })

  it('serves the model that it is pinned to, whatever became champion', async () => {
    const objects = s3ObjectStore(new S3Client({}), BUCKET)
    const champion = await promote(objects, await modelVersion(marketBlend({ slope: 1.1 })))
    vi.stubEnv('MODEL_VERSION', version)
    vi.stubEnv('MODEL_SHA256', (await modelVersion()).manifest.onnx.sha256)
    vi.resetModules()
    const pinned = (await import('../../functions/prediction/handler.ts')).handler as Handler
    const bet = { sport: 'Tennis', league: 'ATP', market: 'Moneyline', institution_name: 'X', odds: 100 }
    const answer = await invoke(pinned, 'POST', '/api/v1/predict', { body: bet })
    expect(answer.headers).toMatchObject({ 'x-model-version': version, 'x-function-version': '7' })
    expect(champion).not.toBe(version)
    expect(await invoke(pinned, 'GET', '/health')).toMatchObject({
      body: { model_mode: 'pinned', model_version: version },
    })
  })

  it('starts without a model that is not the one it is pinned to, and answers 503', async () => {
    vi.stubEnv('MODEL_SHA256', 'f'.repeat(64))
    vi.resetModules()
    lines.length = 0
    const wrong = (await import('../../functions/prediction/handler.ts')).handler as Handler
    expect(logged('self_trial')[0]).toMatchObject({ statuses: { 'POST /api/v1/predict': 503, 'GET /live': 200 } })
    expect(logged('model_refresh_failed')[0]?.reason).toContain('this function is pinned to')
    expect((await invoke(wrong, 'GET', '/live')).statusCode).toBe(200)
    const health = await invoke(wrong, 'GET', '/health')
    expect(health).toMatchObject({ statusCode: 503, body: { models_loaded: false, model_mode: 'pinned' } })
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
