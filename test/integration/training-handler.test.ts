import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { answerFromBucket } from '../support/fake-bucket.ts'

const BUCKET = 'artefacts-of-a-test'

type Handler = typeof import('../../functions/training/handler.ts').handler

const REQUESTED = {
  'detail-type': 'RetrainingRequested',
  source: 'closeline',
  detail: {
    type: 'RetrainingRequested',
    at: '2026-06-01T02:00:00.000Z',
    requestId: 'decay-1',
    rule: 'decay',
    reason: 'what was served loses to the market',
  },
}

/** The function over a bucket in memory that keeps what was created first, as S3 does; its lake is empty. */
describe('the training handler', () => {
  const vault = mockClient(SSMClient)
  const bus = mockClient(EventBridgeClient)
  let handler: Handler

  beforeAll(async () => {
    answerFromBucket(mockClient(S3Client), BUCKET)
    vault.on(GetParameterCommand).resolves({ Parameter: { Value: 'a key of nothing' } })
    bus.on(PutEventsCommand).callsFake(({ Entries }: { Entries: unknown[] }) => ({
      FailedEntryCount: 0,
      Entries: Entries.map((_, i) => ({ EventId: String(i) })),
    }))
    vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    vi.stubEnv('ARTEFACT_BUCKET', BUCKET)
    vi.stubEnv('SUPABASE_URL', 'http://127.0.0.1:1')
    vi.stubEnv('SUPABASE_KEY_PARAMETER', '/closeline/supabase-key')
    vi.stubEnv('EVENT_BUS', 'closeline')
    vi.stubEnv('AWS_REGION', 'eu-central-1')
    handler = (await import('../../functions/training/handler.ts')).handler
  })

  afterAll(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  const told = () => bus.commandCalls(PutEventsCommand).flatMap(({ args }) => args[0].input.Entries ?? [])

  it('answers an event with the record of what came of it, and tells the bus', async () => {
    const record = await handler(REQUESTED, { awsRequestId: 'delivery-1' })
    expect(record).toMatchObject({ requestId: 'decay-1', rule: 'decay', reason: REQUESTED.detail.reason })
    expect(record.finished).toMatchObject({ outcome: 'refused', reason: 'the lake has never held a bet' })
    expect(told().map(({ DetailType }) => DetailType)).toEqual(['RetrainingFinished'])
  })

  it('does once what is delivered twice', async () => {
    const before = told().length
    const first = await handler(REQUESTED, { awsRequestId: 'delivery-1' })
    const again = await handler(REQUESTED, { awsRequestId: 'delivery-2' })
    expect(again).toEqual(first)
    expect(told()).toHaveLength(before)
  })

  it('goes by the delivery where a schedule names no request', async () => {
    const first = await handler({}, { awsRequestId: 'delivery-3' })
    expect(first).toMatchObject({ requestId: 'delivery-3', rule: 'schedule' })
    expect(await handler({}, { awsRequestId: 'delivery-3' })).toEqual(first)
    expect((await handler({}, { awsRequestId: 'delivery-4' })).requestId).toBe('delivery-4')
  })

  it('refuses what neither a schedule nor the bus sends', async () => {
    await expect(handler({ rule: 'whim' }, { awsRequestId: 'delivery-5' })).rejects.toThrow('rule')
  })
})
