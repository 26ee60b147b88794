import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ResourceNotFound,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import {
  DeleteFunctionCommand,
  GetAliasCommand,
  InvokeCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  PreconditionFailedException,
  ResourceConflictException,
  ResourceNotFoundException,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { NotFoundException, PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alarmSchema } from '../../local-aws/alarm.ts'
import type { LocalAccount } from '../../local-aws/local-account.ts'
import { OPERATOR, startLocalAccount } from '../../local-aws/local-account.ts'
import { parsePolicy } from '../../local-aws/role-policy.ts'
import { smallFunctions } from './small-function.ts'

let account: LocalAccount
let small: Awaited<ReturnType<typeof smallFunctions>>

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:alerts'

/** Settings of any client of the SDK, as whoever is named. */
function settings(caller = OPERATOR) {
  const environment = account.environment(caller)
  return {
    endpoint: environment.AWS_ENDPOINT_URL ?? '',
    region: environment.AWS_REGION ?? '',
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER', sessionToken: caller },
    requestChecksumCalculation: 'WHEN_REQUIRED' as const,
    maxAttempts: 1,
  }
}

beforeAll(async () => {
  account = await startLocalAccount()
  small = await smallFunctions(account)
  await small.put(
    'telling',
    `export const handler = async (event) => { if (event.bad) throw new Error('bad'); return event }`,
  )
  account.services.functions.publish('telling')
  account.services.functions.publish('telling')
  account.services.functions.putAlias('telling', 'live', { functionVersion: '1' })
  account.services.topics.add(TOPIC)
})

afterAll(async () => {
  await account[Symbol.asyncDispose]()
  await small[Symbol.asyncDispose]()
})

describe('the double of Lambda', () => {
  it('moves an alias for whoever knows its revision, and for nobody else', async () => {
    const lambda = new LambdaClient(settings())
    const alias = { FunctionName: 'telling', Name: 'live' }
    const before = await lambda.send(new GetAliasCommand(alias))
    expect(before).toMatchObject({ FunctionVersion: '1' })
    const weighted = { ...alias, RoutingConfig: { AdditionalVersionWeights: { 2: 0.1 } } }
    const after = await lambda.send(new UpdateAliasCommand({ ...weighted, RevisionId: before.RevisionId }))
    expect(after.RoutingConfig?.AdditionalVersionWeights).toEqual({ 2: 0.1 })
    const late = lambda.send(new UpdateAliasCommand({ ...weighted, RevisionId: before.RevisionId }))
    await expect(late).rejects.toBeInstanceOf(PreconditionFailedException)
    const cleared = { ...alias, RoutingConfig: { AdditionalVersionWeights: {} } }
    expect((await lambda.send(new UpdateAliasCommand(cleared))).RoutingConfig).toBeUndefined()
  })

  it('refuses weights that Lambda refuses', async () => {
    const lambda = new LambdaClient(settings())
    const weighted = (weights: Record<string, number>) =>
      lambda.send(
        new UpdateAliasCommand({
          ...{ FunctionName: 'telling', Name: 'live' },
          RoutingConfig: { AdditionalVersionWeights: weights },
        }),
      )
    await expect(weighted({ 1: 0.1 })).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
    await expect(weighted({ 2: 1.5 })).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
    await expect(weighted({ 9: 0.1 })).rejects.toBeInstanceOf(ResourceNotFoundException)
  })

  it('lists versions, and removes none that an alias names', async () => {
    const lambda = new LambdaClient(settings())
    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'telling' }))
    expect(Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '1', '2'])
    const removed = lambda.send(new DeleteFunctionCommand({ FunctionName: 'telling', Qualifier: '1' }))
    await expect(removed).rejects.toBeInstanceOf(ResourceConflictException)
  })

  it('invokes a version, and tells a failure apart from an answer', async () => {
    const lambda = new LambdaClient(settings())
    const invoke = (payload: unknown) =>
      lambda.send(new InvokeCommand({ FunctionName: 'telling', Qualifier: '2', Payload: JSON.stringify(payload) }))
    const good = await invoke({ n: 1 })
    expect(good).toMatchObject({ ExecutedVersion: '2', StatusCode: 200 })
    expect(good.FunctionError).toBeUndefined()
    expect(Buffer.from(good.Payload ?? []).toString()).toBe('{"n":1}')
    expect(await invoke({ bad: true })).toMatchObject({ FunctionError: 'Unhandled' })
  })
})

describe('the double of EventBridge', () => {
  const put = (Detail: string, DetailType = 'Told') =>
    new EventBridgeClient(settings()).send(
      new PutEventsCommand({ Entries: [{ Source: 'closeline', DetailType, Detail }] }),
    )

  it('says in an answer of 200 which entries it has not taken', async () => {
    const { FailedEntryCount, Entries } = await put('no JSON')
    expect(FailedEntryCount).toBe(1)
    expect(Entries?.[0]).toMatchObject({ ErrorCode: 'MalformedDetail' })
  })

  it('refuses more than ten entries', async () => {
    const Entries = Array.from({ length: 11 }, () => ({ Source: 'a', DetailType: 'b', Detail: '{}' }))
    const sent = new EventBridgeClient(settings()).send(new PutEventsCommand({ Entries }))
    await expect(sent).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it('calls the function of a rule that matches, where the function lets the rule in', async () => {
    const { services } = account
    const queue = 'arn:aws:sqs:eu-central-1:123456789012:undelivered'
    services.queues.add(queue)
    const Arn = 'arn:aws:lambda:eu-central-1:123456789012:function:telling'
    const targets = [{ Id: '1', Arn, DeadLetterConfig: { Arn: queue } }]
    const pattern = { 'detail-type': ['Told'], detail: { psi: [{ numeric: ['>', 0.2] }] } }
    services.buses.putRule({ name: 'r', bus: 'default', pattern, isEnabled: true, targets })
    await put('{"psi":0.3}')
    expect(services.queues.messages(queue)).toHaveLength(1)
    services.permissions.add({ FunctionName: Arn, Principal: 'events.amazonaws.com' })
    await put('{"psi":0.3}')
    await put('{"psi":0.1}')
    await account.settled()
    const events = account.invoked().map(({ payload }) => JSON.parse(payload) as { detail?: unknown })
    expect(events.filter(({ detail }) => detail !== undefined)).toEqual([
      expect.objectContaining({ source: 'closeline', 'detail-type': 'Told', detail: { psi: 0.3 } }),
    ])
    expect(services.queues.messages(queue)).toHaveLength(1)
  })
})

describe('the doubles of SSM and SNS', () => {
  it('give a secret in clear to those alone who ask for it so', async () => {
    account.parameters.set('/a', 'secret')
    const ssm = new SSMClient(settings())
    const read = (WithDecryption: boolean) => ssm.send(new GetParameterCommand({ Name: '/a', WithDecryption }))
    expect((await read(true)).Parameter?.Value).toBe('secret')
    expect((await read(false)).Parameter?.Value).not.toContain('secret')
    await expect(ssm.send(new GetParameterCommand({ Name: '/b' }))).rejects.toBeInstanceOf(ParameterNotFound)
  })

  it('take a message with subject and attributes, and refuse a topic that is not there', async () => {
    const sns = new SNSClient(settings())
    const MessageAttributes = { severity: { DataType: 'String', StringValue: 'critical' } }
    await sns.send(new PublishCommand({ TopicArn: TOPIC, Message: 'a & b', Subject: 'c', MessageAttributes }))
    expect(account.services.topics.published()).toEqual([
      { topicArn: TOPIC, subject: 'c', message: 'a & b', attributes: { severity: 'critical' } },
    ])
    const lost = sns.send(new PublishCommand({ TopicArn: `${TOPIC}-2`, Message: 'a' }))
    await expect(lost).rejects.toBeInstanceOf(NotFoundException)
    const broken = sns.send(new PublishCommand({ TopicArn: TOPIC, Message: 'a', Subject: 'a\nb' }))
    await expect(broken).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})

describe('the double of CloudWatch', () => {
  const dimensions = { FunctionName: 'telling' }

  it('gives the values of metrics by period, and of those that a search finds', async () => {
    for (const value of [1, 2]) {
      account.metrics.put({ namespace: 'N', name: 'm', dimensions, value, atMs: Date.UTC(2026, 0, 1) })
    }
    const Metric = { Namespace: 'N', MetricName: 'm', Dimensions: [{ Name: 'FunctionName', Value: 'telling' }] }
    const { MetricDataResults } = await new CloudWatchClient(settings()).send(
      new GetMetricDataCommand({
        StartTime: new Date('2026-01-01T00:00:00Z'),
        EndTime: new Date('2026-01-01T00:02:00Z'),
        MetricDataQueries: [
          { Id: 'a', MetricStat: { Metric, Period: 60, Stat: 'Sum' } },
          { Id: 'b', Expression: `SEARCH('{N,FunctionName} MetricName="m"', 'Maximum', 60)` },
        ],
      }),
    )
    expect(MetricDataResults?.map(({ Id, Values }) => [Id, Values])).toEqual([
      ['a', [3]],
      ['b', [2]],
    ])
  })

  it('describes alarms, and tells the default bus when one changes its state', async () => {
    const cloudwatch = new CloudWatchClient(settings())
    account.services.alarms.put(
      alarmSchema.parse({
        ...{ AlarmName: 'too-many', Namespace: 'N', MetricName: 'm', Threshold: 1, EvaluationPeriods: 1, Period: 60 },
        ...{ ComparisonOperator: 'GreaterThanThreshold', Statistic: 'Sum', Dimensions: [{ Name: 'V', Value: '8' }] },
      }),
    )
    const set = (AlarmName: string) =>
      cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'a test says so' }))
    await set('too-many')
    await expect(set('none')).rejects.toBeInstanceOf(ResourceNotFound)
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['too-many', 'none'] }))
    expect(MetricAlarms).toHaveLength(1)
    expect(MetricAlarms?.[0]).toMatchObject({
      StateValue: 'ALARM',
      AlarmArn: expect.stringContaining(':alarm:too-many'),
    })
    expect(account.services.buses.sent().at(-1)).toMatchObject({
      bus: 'default',
      event: {
        source: 'aws.cloudwatch',
        detail: {
          alarmName: 'too-many',
          state: { value: 'ALARM' },
          configuration: { metrics: [{ metricStat: { metric: { dimensions: { V: '8' } } } }] },
        },
      },
    })
  })
})

describe('a role', () => {
  beforeAll(async () => {
    await account.s3.send(new CreateBucketCommand({ Bucket: 'lake' }))
    const statement = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource })
    const Statement = [
      statement('s3:GetObject', 'arn:aws:s3:::lake/open/*'),
      statement('s3:PutObject', 'arn:aws:s3:::lake/open/*'),
      statement('ssm:GetParameter', 'arn:aws:ssm:eu-central-1:123456789012:parameter/a'),
    ]
    account.services.policies.put('small', 'test', parsePolicy({ Statement }))
  })

  it('lets its function do what it names and nothing else', async () => {
    account.parameters.set('/a', 'secret').set('/c', 'other')
    const ssm = new SSMClient(settings('telling'))
    expect((await ssm.send(new GetParameterCommand({ Name: '/a', WithDecryption: true }))).Parameter?.Value).toBe(
      'secret',
    )
    await expect(ssm.send(new GetParameterCommand({ Name: '/c' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
    const s3 = new S3Client(settings('telling'))
    await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'open/a', Body: 'text' }))
    const read = (Key: string) => s3.send(new GetObjectCommand({ Bucket: 'lake', Key }))
    expect(await (await read('open/a')).Body?.transformToString()).toBe('text')
    await expect(read('shut/a')).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(account.denied().map(({ action }) => action)).toEqual(['ssm:GetParameter', 's3:GetObject'])
  })

  it('that may not list is told that an object that is not there is forbidden', async () => {
    const read = (caller: string) =>
      new S3Client(settings(caller)).send(new GetObjectCommand({ Bucket: 'lake', Key: 'open/none' }))
    await expect(read('telling')).rejects.toMatchObject({ name: 'AccessDenied' })
    await expect(read(OPERATOR)).rejects.toMatchObject({ name: 'NoSuchKey' })
  })
})

describe('the front of S3', () => {
  it('creates an object once where that is asked for', async () => {
    const s3 = new S3Client(settings())
    const make = () => s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'once', Body: 'a', IfNoneMatch: '*' }))
    await make()
    await expect(make()).rejects.toMatchObject({ name: 'PreconditionFailed' })
    const both = await Promise.allSettled(
      ['x', 'y'].map((Body) => s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'two', Body, IfNoneMatch: '*' }))),
    )
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'ConditionalRequestConflict', $metadata: { httpStatusCode: 409 } },
    })
  })
})
