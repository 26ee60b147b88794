import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { parseAlertEnvironment } from '../../shared/config/alert-environment.ts'
import { parseAuthorizerEnvironment } from '../../shared/config/authorizer-environment.ts'
import { parseFunctionEnvironment } from '../../shared/config/function-environment.ts'
import { parseGuardEnvironment } from '../../shared/config/guard-environment.ts'
import { parsePipelineEnvironment } from '../../shared/config/pipeline-environment.ts'
import { parsePredictionEnvironment } from '../../shared/config/prediction-environment.ts'
import { parseScoringEnvironment } from '../../shared/config/scoring-environment.ts'
import type { FunctionName } from '../../shared/config/stage.ts'
import { FUNCTIONS, SHIFTED_FUNCTIONS } from '../../shared/config/stage.ts'
import { synthesize, textOf } from '../support/synthesized-stacks.ts'

const dev = synthesize()
const prod = synthesize({ stage: 'prod', supabaseUrl: 'https://ledger.example.com' })

/** What runs because of a schedule or an event, so that nobody sees it fail. */
const ASYNCHRONOUS = ['pipeline', 'training', 'drift', 'alert', 'guard'] as const

const MODEL = { version: 'blend-0f3a9c2b71de', sha256: 'a'.repeat(64) }

const functionsOf = (stage: typeof dev) =>
  stage.resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map(({ id, properties }) => ({ id, properties }))

function environmentOf(stage: typeof dev, name: string): Record<string, unknown> {
  const found = functionsOf(stage).find(({ properties }) => String(properties.FunctionName).endsWith(`-${name}`))
  if (found === undefined) throw new Error(`there is no function ${name}`)
  return (found.properties.Environment as { Variables: Record<string, unknown> }).Variables
}

const versionIds = (stage: typeof dev) =>
  Object.keys(stage.template('Functions').findResources('AWS::Lambda::Version')).sort()

/** Statements of the role of a function. */
function statementsOf(name: string): { Action: string | string[]; Resource: unknown; Condition?: unknown }[] {
  const policy = dev.resources.find(
    ({ type, id }) => type === 'AWS::IAM::Policy' && id.toLowerCase().startsWith(`${name}role`),
  )
  if (policy === undefined) throw new Error(`${name} has no policy`)
  return (policy.properties.PolicyDocument as { Statement: [] }).Statement
}

const actionsOf = (name: string) => statementsOf(name).flatMap(({ Action }) => Action)

/** Objects that a function may do something with, by the end of their ARN. */
function keysOf(name: string, action: string): string[] {
  const of = statementsOf(name).filter(({ Action }) => [Action].flat().includes(action))
  return [...textOf(of).matchAll(/"\/([a-z-]+\/[^"]*)"/g)].map(([, key]) => String(key)).sort()
}

describe('every function', () => {
  it('is there, under the name of its stage', () => {
    expect(functionsOf(prod).map(({ properties }) => properties.FunctionName)).toEqual(
      expect.arrayContaining(FUNCTIONS.map((name) => `closeline-prod-${name}`)),
    )
    expect(functionsOf(prod)).toHaveLength(FUNCTIONS.length)
  })

  it('runs on Node 24 and ARM, and logs JSON', () => {
    for (const { properties } of functionsOf(prod)) {
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON' },
      })
    }
  })

  it('has a log group of its own, which forgets', () => {
    for (const name of FUNCTIONS) {
      prod.template('Functions').hasResourceProperties('AWS::Logs::LogGroup', {
        LogGroupName: `/aws/lambda/closeline-prod-${name}`,
        RetentionInDays: 90,
      })
    }
  })

  it('has a role of its own, with no policy that AWS manages', () => {
    const roles = functionsOf(dev).map(({ properties }) => textOf(properties.Role))
    expect(new Set(roles).size).toBe(FUNCTIONS.length)
    for (const { properties } of dev.resources.filter(({ type }) => type === 'AWS::IAM::Role')) {
      expect(properties).not.toHaveProperty('ManagedPolicyArns')
    }
  })

  it('knows names of secrets, and none of them', () => {
    const written = textOf(functionsOf(prod).map(({ properties }) => properties.Environment))
    expect(written).toContain('/closeline/prod/supabase-key')
    expect(written).not.toMatch(/resolve:(ssm|secretsmanager)/)
  })

  it('says nothing of commits or days, for then each deployment would publish versions', () => {
    const written = textOf(functionsOf(prod))
    expect(written).not.toMatch(/\b[0-9a-f]{40}\b|\d{4}-\d\d-\d\d/)
  })
})

describe('the environment of a function', () => {
  /** What each handler reads its environment with. */
  const PARSERS: Record<FunctionName, ((environment: Record<string, string>) => unknown)[]> = {
    prediction: [parseFunctionEnvironment, parsePredictionEnvironment],
    scoring: [parseFunctionEnvironment, parseScoringEnvironment],
    authorizer: [parseAuthorizerEnvironment],
    pipeline: [parsePipelineEnvironment],
    training: [parsePipelineEnvironment],
    drift: [parsePipelineEnvironment],
    alert: [parseAlertEnvironment],
    guard: [parseGuardEnvironment],
  }
  const pinned = synthesize(
    { stage: 'prod', supabaseUrl: 'https://ledger.example.com', timeZone: 'Europe/London' },
    { pinned: JSON.stringify({ prod: MODEL }) },
  )

  it.each(FUNCTIONS)('is what its handler accepts: %s', (name) => {
    const variables = Object.entries(environmentOf(pinned, name)).map(([key, value]) => [
      key,
      // What CloudFormation puts in place of a reference.
      typeof value === 'string' ? value : key.endsWith('_ARN') ? 'arn:aws:sns:eu-west-2:1:topic' : 'a-name',
    ])
    for (const parse of PARSERS[name]) expect(() => parse(Object.fromEntries(variables))).not.toThrow()
  })

  it('tells when people sleep', () => {
    const { TIME_ZONE, QUIET_HOURS } = environmentOf(pinned, 'alert')
    expect([TIME_ZONE, QUIET_HOURS]).toEqual(['Europe/London', '23:00-07:00'])
  })
})

describe('a function that nobody waits for', () => {
  it.each(ASYNCHRONOUS)('hands what it failed at to a queue: %s', (name) => {
    const { id } = functionsOf(dev).find(({ properties }) => properties.FunctionName === `closeline-dev-${name}`) ?? {}
    dev.template('Functions').hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: id },
      MaximumRetryAttempts: 1,
      MaximumEventAgeInSeconds: 3600,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    })
    expect(actionsOf(name)).toContain('sqs:SendMessage')
  })

  it('is no function that answers requests', () => {
    dev.template('Functions').resourceCountIs('AWS::Lambda::EventInvokeConfig', ASYNCHRONOUS.length)
  })
})

describe('reserved concurrency', () => {
  const reserved = (stage: typeof dev) =>
    Object.fromEntries(
      functionsOf(stage).map(({ properties }) => [properties.FunctionName, properties.ReservedConcurrentExecutions]),
    )

  it('keeps runs of one kind apart, and ends what callers can cost', () => {
    expect(reserved(prod)).toMatchObject({
      'closeline-prod-pipeline': 1,
      'closeline-prod-training': 1,
      'closeline-prod-drift': 1,
      'closeline-prod-prediction': 50,
      'closeline-prod-scoring': 25,
    })
  })

  it('asks nothing of an account that has none to give', () => {
    const off = synthesize({ stage: 'prod', reserved: 'off' })
    for (const stage of [dev, off]) expect(Object.values(reserved(stage)).every((n) => n === undefined)).toBe(true)
  })
})

describe('least privilege', () => {
  it('lets prediction read models and snapshots, and write its log alone', () => {
    expect(keysOf('prediction', 's3:GetObject')).toEqual([
      'access/keys.json',
      'drift/reports/*',
      'lake/runs/*',
      'models/*',
      'online/*',
    ])
    expect(keysOf('prediction', 's3:PutObject')).toEqual(['predictions/*'])
    expect(actionsOf('prediction')).not.toContain('s3:DeleteObject')
    expect(textOf(statementsOf('prediction'))).not.toContain('supabase-key')
  })

  it('lets scoring write no object', () => {
    expect(keysOf('scoring', 's3:GetObject')).toEqual(['access/keys.json', 'lake/runs/*', 'online/*'])
    expect(actionsOf('scoring')).not.toEqual(expect.arrayContaining(['s3:PutObject']))
  })

  it('lets the authorizer read the key set and its pepper, and do nothing else', () => {
    expect([...new Set(actionsOf('authorizer'))].sort()).toEqual([
      ...['logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:ListBucket', 'ssm:GetParameter'],
    ])
    expect(keysOf('authorizer', 's3:GetObject')).toEqual(['access/keys.json'])
  })

  it('lets the guard move the live aliases of both functions, and no others', () => {
    const statement = statementsOf('guard').find(({ Action }) => [Action].flat().includes('lambda:UpdateAlias'))
    expect([...textOf(statement?.Resource).matchAll(/:function:([a-z:-]+)/g)].map(([, name]) => name)).toEqual(
      SHIFTED_FUNCTIONS.map((name) => `closeline-dev-${name}:live`),
    )
    for (const name of FUNCTIONS.filter((other) => other !== 'guard')) {
      expect(actionsOf(name).filter((action) => action.startsWith('lambda:'))).toEqual([])
    }
  })

  it('gives each secret to those alone that use it', () => {
    const holders = (secret: string) =>
      FUNCTIONS.filter((name) => textOf(statementsOf(name)).includes(`/dev/${secret}"`))
    expect(holders('key-pepper')).toEqual(['prediction', 'scoring', 'authorizer'])
    expect(holders('supabase-key')).toEqual(['scoring', 'pipeline', 'training', 'drift'])
    expect(holders('telegram')).toEqual(['alert'])
    expect(holders('n8n')).toEqual(['alert'])
  })

  it('lets a reader learn that an object is not there: S3 tells those alone who may list', () => {
    for (const name of FUNCTIONS.filter((reader) => actionsOf(reader).includes('s3:GetObject'))) {
      const list = statementsOf(name).find(({ Action }) => Action === 's3:ListBucket')
      expect(list?.Condition).toMatchObject({ StringLikeIfExists: { 's3:prefix': expect.anything() } })
    }
  })
})

describe('published versions', () => {
  it('are published of the functions that traffic is shifted between, stay, and are told', () => {
    const template = dev.template('Functions')
    template.resourceCountIs('AWS::Lambda::Version', SHIFTED_FUNCTIONS.length)
    template.allResources('AWS::Lambda::Version', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
    for (const name of ['Prediction', 'Scoring']) template.hasOutput(`${name}PublishedVersion`, Match.anyValue())
  })

  it('bear the model that the stage is pinned to', () => {
    const pinned = synthesize({}, { pinned: JSON.stringify({ dev: MODEL }) })
    const variables = { MODEL_VERSION: MODEL.version, MODEL_SHA256: MODEL.sha256 }
    expect(environmentOf(pinned, 'prediction')).toMatchObject(variables)
    expect(environmentOf(dev, 'prediction')).not.toHaveProperty('MODEL_VERSION')
  })

  it('become another with another model, of prediction alone', () => {
    const pinned = versionIds(synthesize({}, { pinned: JSON.stringify({ dev: MODEL }) }))
    const repinned = versionIds(
      synthesize({}, { pinned: JSON.stringify({ dev: { ...MODEL, version: 'blend-9e1d00c4a7f2' } }) }),
    )
    const ofPrediction = (ids: string[]) => ids.filter((id) => id.startsWith('Prediction'))
    expect(ofPrediction(pinned)).not.toEqual(ofPrediction(repinned))
    expect(ofPrediction(pinned)).not.toEqual(ofPrediction(versionIds(dev)))
    expect(pinned.filter((id) => id.startsWith('Scoring'))).toEqual(repinned.filter((id) => id.startsWith('Scoring')))
  })

  it('stay the same where another stage is pinned', () => {
    expect(versionIds(synthesize({}, { pinned: JSON.stringify({ prod: MODEL }) }))).toEqual(versionIds(dev))
  })
})

describe('the address of the database', () => {
  it('is asked for at the deployment where nobody has named it, with no default that would go through', () => {
    expect(dev.template('Functions').toJSON().Parameters.SupabaseUrl).toEqual({
      ...{ Type: 'String', AllowedPattern: 'https://.+', Description: expect.any(String) },
    })
    expect(environmentOf(dev, 'scoring').SUPABASE_URL).toEqual({ Ref: 'SupabaseUrl' })
  })

  it('is written where it is named, so that another publishes a version', () => {
    expect(environmentOf(prod, 'scoring').SUPABASE_URL).toBe('https://ledger.example.com')
    expect(prod.template('Functions').toJSON().Parameters).not.toHaveProperty('SupabaseUrl')
  })
})
