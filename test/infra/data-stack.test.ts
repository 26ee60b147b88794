import { App, Validations } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { DataStack } from '../../lib/data-stack.ts'
import { readStage } from '../../lib/stages.ts'

const context = { 'aws:cdk:bundling-stacks': [] }

function stageOf(named: Record<string, unknown>) {
  return readStage((key) => named[key])
}

function dataTemplate(named: Record<string, unknown> = {}): Template {
  return Template.fromStack(new DataStack(new App({ context }), 'Data', { stage: stageOf(named) }))
}

const dev = dataTemplate()
const prod = dataTemplate({ stage: 'prod', alarmEmail: 'ops@example.org' })

/** Everything that holds data. */
const KEEPERS = ['AWS::S3::Bucket', 'AWS::SQS::Queue']

describe('the data of a stage', () => {
  it('is retained in prod when the stack goes, and nowhere else', () => {
    for (const type of KEEPERS) {
      prod.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
      dev.allResources(type, { DeletionPolicy: 'Delete' })
    }
    expect(Object.keys(prod.findResources('AWS::S3::Bucket'))).toHaveLength(2)
    expect(Object.keys(prod.findResources('AWS::SQS::Queue'))).toHaveLength(2)
  })

  it('is named so that two stages can live in one account', () => {
    dev.hasResourceProperties('AWS::Events::EventBus', { Name: 'closeline-dev' })
    prod.hasResourceProperties('AWS::Events::EventBus', { Name: 'closeline-prod' })
    dev.hasResourceProperties('AWS::SNS::Topic', { TopicName: 'closeline-dev-alerts' })
    prod.hasResourceProperties('AWS::SNS::Topic', { TopicName: 'closeline-prod-alerts' })
  })
})

describe('every bucket', () => {
  it('lets nobody in from outside', () => {
    const all = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true }
    prod.allResourcesProperties('AWS::S3::Bucket', { PublicAccessBlockConfiguration: all })
  })

  it.each([
    ['plain HTTP', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['TLS below 1.2', { NumericLessThan: { 's3:TlsVersion': 1.2 } }],
  ])('refuses %s', (_, Condition) => {
    const denies = Match.objectLike({ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition })
    prod.resourceCountIs('AWS::S3::BucketPolicy', 2)
    prod.allResourcesProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: Match.objectLike({ Statement: Match.arrayWith([denies]) }),
    })
  })

  it('encrypts what it keeps', () => {
    prod.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    })
  })
})

describe('the bucket of artefacts', () => {
  /** Lifecycle rules of the versioned bucket. */
  function rules(template: Template): Record<string, unknown>[] {
    const found = template.findResources('AWS::S3::Bucket', {
      Properties: { VersioningConfiguration: { Status: 'Enabled' } },
    })
    expect(Object.keys(found)).toHaveLength(1)
    return Object.values(found).flatMap(({ Properties }) => Properties.LifecycleConfiguration.Rules)
  }

  it('throws parts of broken uploads and old versions away', () => {
    expect(rules(prod)).toContainEqual(
      expect.objectContaining({
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        NoncurrentVersionExpiration: { NoncurrentDays: 90 },
        ExpiredObjectDeleteMarker: true,
      }),
    )
  })

  it('lets nothing go by itself but served predictions and what queries found', () => {
    const expiring = rules(prod).filter((rule) => rule.ExpirationInDays !== undefined)
    expect(expiring.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays])).toEqual([
      ['predictions/', 400],
      ['athena/results/', 7],
    ])
    expect(rules(prod)).toHaveLength(3)
  })

  it('notes who reached for what', () => {
    prod.hasResourceProperties('AWS::S3::Bucket', {
      LoggingConfiguration: { DestinationBucketName: Match.anyValue(), LogFilePrefix: 'artefacts/' },
    })
    const { Statement } = Object.values(prod.findResources('AWS::S3::BucketPolicy'))[0]?.Properties.PolicyDocument ?? {}
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Allow', Principal: { Service: 'logging.s3.amazonaws.com' } }),
    )
  })
})

describe('the bus', () => {
  it('keeps the events of the product for thirty days', () => {
    prod.hasResourceProperties('AWS::Events::Archive', { EventPattern: { source: ['closeline'] }, RetentionDays: 30 })
  })
})

describe('the topic of alerts', () => {
  /** The statement of this effect. */
  const statement = (Effect: string) =>
    prod.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Effect, Action: 'sns:Publish', ...OF[Effect] })]),
      },
    })
  const OF: Record<string, object> = {
    Deny: { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    Allow: {
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  }

  it('refuses plain HTTP', () => statement('Deny'))

  it('takes alarms of its own account', () => statement('Allow'))

  it('bears no key that CloudWatch could not use', () => {
    prod.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.absent() })
  })

  it('tells whom the stage names, and nobody where it names none', () => {
    prod.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.org' })
    dev.resourceCountIs('AWS::SNS::Subscription', 0)
  })
})

describe('the queues', () => {
  it('keep what failed for two weeks, encrypted', () => {
    prod.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true })
  })

  it('refuse plain HTTP', () => {
    prod.resourceCountIs('AWS::SQS::QueuePolicy', 2)
    const denies = Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })
    prod.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: Match.objectLike({ Statement: Match.arrayWith([denies]) }),
    })
  })

  it('take from schedules and the bus what cannot be delivered', () => {
    prod.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: ['scheduler.amazonaws.com', 'events.amazonaws.com'] },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    })
  })
})

describe('cdk-nag', () => {
  it('finds nothing in the stack that is not acknowledged', () => {
    const app = new App({ context })
    new DataStack(app, 'Data', { stage: stageOf({ stage: 'prod' }) })
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
    expect(() => app.synth()).not.toThrow()
  })
})
