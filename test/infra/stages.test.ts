import { describe, expect, it } from 'vitest'
import { readStage } from '../../lib/stages.ts'
import { STAGES } from '../../shared/config/stage.ts'
import { synthesize, textOf } from '../support/synthesized-stacks.ts'

const EXTENSION = `chrome-extension://${'abcdefghijklmnop'.repeat(2)}`

const stageOf = (context: Record<string, unknown>) => readStage((key) => context[key])

describe('a stage', () => {
  it('is dev where none is named, and one of three', () => {
    expect(stageOf({}).name).toBe('dev')
    for (const stage of STAGES) expect(stageOf({ stage }).name).toBe(stage)
    expect(() => stageOf({ stage: 'production' })).toThrow(/stage/)
  })

  it('is told by cdk.json, and for one command by the command', () => {
    const stages = { prod: { timeZone: 'Europe/London', supabaseUrl: 'https://a.example.com', origins: [EXTENSION] } }
    expect(stageOf({ stage: 'prod', stages })).toMatchObject({
      timeZone: 'Europe/London',
      supabaseUrl: 'https://a.example.com',
      allowedOrigins: [EXTENSION],
    })
    expect(stageOf({ stage: 'prod', stages, timeZone: 'America/New_York' }).timeZone).toBe('America/New_York')
    expect(stageOf({ stage: 'dev', stages }).timeZone).toBe('UTC')
  })

  it('takes origins apart by commas, and refuses what no browser sends', () => {
    expect(stageOf({ origins: `${EXTENSION},https://app.example.com` }).allowedOrigins).toHaveLength(2)
    for (const origins of ['*', 'http://app.example.com', 'https://app.example.com/', 'chrome-extension://*']) {
      expect(() => stageOf({ origins })).toThrow(/origins/)
    }
  })

  it('has no database where nobody has named one, and none that is asked in clear over a network', () => {
    expect(stageOf({}).supabaseUrl).toBeUndefined()
    expect(stageOf({ supabaseUrl: 'http://127.0.0.1:4000' }).supabaseUrl).toBe('http://127.0.0.1:4000')
    for (const supabaseUrl of ['http://example.com', 'http://localhost.example.com', 'ledger', '']) {
      expect(() => stageOf({ supabaseUrl })).toThrow(/supabaseUrl/)
    }
  })

  it.each([
    [{ timeZone: 'Mars/Olympus' }, /timeZone/],
    [{ quietHours: '25:00-07:00' }, /quietHours/],
    [{ architecture: 'mips' }, /architecture/],
    [{ alarmEmail: 'nobody' }, /alarmEmail/],
    [{ reserved: 'maybe' }, /reserved/],
    [{ stages: { dev: { timezone: 'UTC' } } }, /timezone/],
    [{ stages: { test: {} } }, /stages/],
  ])('is refused where it cannot be meant: %j', (context, reason) => {
    expect(() => stageOf(context)).toThrow(reason)
  })
})

describe('two stages in one account', () => {
  const [dev, prod] = [synthesize(), synthesize({ stage: 'prod' })]

  /** What a name of is unique within something that bears a stage itself. */
  const NAMED_WITHIN = [
    'AWS::Lambda::Alias Name',
    'AWS::ApiGatewayV2::Stage StageName',
    'AWS::ApiGatewayV2::Authorizer Name',
    'AWS::IAM::Policy PolicyName',
    'AWS::Athena::NamedQuery Name',
    // Of AWS itself.
    'AWS::CloudWatch::Alarm MetricName',
  ]

  function namesOf({ resources, stackNames }: typeof dev): Set<string> {
    const named = resources.flatMap(({ type, properties }) =>
      Object.entries(properties)
        .filter(([key, value]) => /name$/i.test(key) && typeof value === 'string')
        .filter(([key]) => !NAMED_WITHIN.includes(`${type} ${key}`))
        .map(([key, value]) => `${type} ${key} ${value}`),
    )
    return new Set([...named, ...stackNames])
  }

  it('share no name that an account or region has but once', () => {
    expect(namesOf(dev).size).toBeGreaterThan(40)
    expect([...namesOf(dev)].filter((name) => namesOf(prod).has(name))).toEqual([])
  })

  it('say nothing of each other', () => {
    expect(textOf(dev.resources)).not.toMatch(/closeline[-_/](prod|staging)/)
    expect(textOf(prod.resources)).not.toMatch(/closeline[-_/](dev|staging)/)
  })

  it('differ in what is lost with a stack: nothing of prod', () => {
    const kept = (stage: typeof dev) =>
      stage.resources
        .filter(({ type }) => ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup'].includes(type))
        .map(({ deletionPolicy }) => deletionPolicy)
    expect(kept(prod).every((policy) => policy === 'Retain' || policy === 'RetainExceptOnCreate')).toBe(true)
    expect(kept(prod).length).toBeGreaterThan(10)
    expect(kept(dev)).toContain('Delete')
  })
})
