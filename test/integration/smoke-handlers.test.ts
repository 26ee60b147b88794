import type { InvokeCommandInput } from '@aws-sdk/client-lambda'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { mockClient } from 'aws-sdk-client-mock'
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { lambdaInvoker } from '../../shared/adapters/lambda-invoker.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import type { ShiftedFunction } from '../../shared/config/stage.ts'
import { smokeVersion } from '../../shared/usecases/smoke-version.ts'
import { TEST_PEPPER } from '../support/access-keys.ts'
import { randomLedger } from '../support/bets.ts'
import { answerFromBucket } from '../support/fake-bucket.ts'
import { publishedVersion } from '../support/memory-lambda.ts'
import { fillForServing } from '../support/models.ts'
import { storeTestKeys, TEST_API_KEYS } from '../support/test-keys.ts'

type Handler = (event: LambdaEvent, context: LambdaContext) => Promise<unknown>

const BUCKET = 'artefacts-of-a-test'
answerFromBucket(mockClient(S3Client), BUCKET)
mockClient(SSMClient)
  .on(GetParameterCommand)
  .resolves({ Parameter: { Value: TEST_PEPPER } })

const client = new LambdaClient({ region: 'eu-central-1' })
const lambda = mockClient(client)
const handlers = new Map<string, Handler>()
let model: string

beforeAll(async () => {
  const objects = s3ObjectStore(new S3Client({}), BUCKET)
  model = await fillForServing(objects, randomLedger(7, 200))
  await storeTestKeys(objects)
  vi.stubEnv('ARTEFACT_BUCKET', BUCKET)
  vi.stubEnv('KEY_PEPPER_PARAMETER', '/closeline/dev/key-pepper')
  vi.stubEnv('SUPABASE_URL', 'https://database.test')
  vi.stubEnv('SUPABASE_KEY_PARAMETER', '/closeline/dev/supabase-key')
  vi.stubEnv('AWS_LAMBDA_FUNCTION_VERSION', '7')
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  handlers.set('prediction', (await import('../../functions/prediction/handler.ts')).handler as Handler)
  handlers.set('scoring', (await import('../../functions/scoring/handler.ts')).handler as Handler)
  // Lambda as its caller sees it, with the very handlers behind it.
  lambda.on(InvokeCommand).callsFake(async ({ FunctionName = '', Qualifier, Payload = '' }: InvokeCommandInput) => {
    const handler = handlers.get(FunctionName.slice('closeline-dev-'.length))
    if (handler === undefined || typeof Payload !== 'string') throw new Error(`there is no ${FunctionName}`)
    const answer = await handler(JSON.parse(Payload) as LambdaEvent, {} as LambdaContext)
    return { StatusCode: 200, ExecutedVersion: Qualifier, Payload: new TextEncoder().encode(JSON.stringify(answer)) }
  })
})

const attempt = (
  name: ShiftedFunction,
  smokeKey?: string,
  version = { ...publishedVersion('7'), modelVersion: model },
) => smokeVersion({ invoker: lambdaInvoker(client), smokeKey }, { stage: 'dev', function: name, version })

describe('the trial of a version, by the handlers themselves', () => {
  it('is passed without a key', async () => {
    expect(await attempt('prediction')).toEqual(['live', 'health', 'predict'])
    expect(await attempt('scoring')).toEqual(['health', 'score'])
  })

  it('is passed with a key, by whoever may ask', async () => {
    expect(await attempt('prediction', TEST_API_KEYS.all)).toEqual(['live', 'health', 'predict'])
    expect(await attempt('scoring', TEST_API_KEYS.all)).toEqual(['health', 'score'])
  })

  it('is failed with a key that does not hold, which no error repeats', async () => {
    const failed = attempt('prediction', TEST_API_KEYS.revoked)
    await expect(failed).rejects.toMatchObject({
      code: 'smoke_failed',
      message: expect.stringContaining('predict: status 401'),
    })
    await expect(failed).rejects.not.toThrow(TEST_API_KEYS.revoked)
  })

  it('is failed where another version answers', async () => {
    const eight = { ...publishedVersion('8'), modelVersion: model }
    await expect(attempt('scoring', undefined, eight)).rejects.toThrow('health: x-function-version is 7, not 8')
  })

  it('is failed where another model answers than the version is pinned to', async () => {
    const pinned = { ...publishedVersion('7'), modelVersion: 'blend-000000000000' }
    await expect(attempt('prediction', undefined, pinned)).rejects.toThrow(`health: the model is ${model}`)
  })
})
