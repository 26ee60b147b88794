import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { alertPayloadSchema } from '../../shared/config/alert-payload.ts'
import { driftPayloadSchema } from '../../shared/config/drift-payload.ts'
import { EVENT_TYPES } from '../../shared/config/events.ts'
import { pipelinePayloadSchema } from '../../shared/config/pipeline-payload.ts'
import { trainingPayloadSchema } from '../../shared/config/training-payload.ts'
import { canaryAlarmNames } from '../../shared/traffic/alarm-event.ts'
import { synthesize, textOf } from '../support/synthesized-stacks.ts'

const dev = synthesize({ timeZone: 'Europe/London' })
const template = dev.template('Schedules')

/** What the handler of each function parses. */
const ACCEPTED: Record<string, z.ZodType> = {
  pipeline: pipelinePayloadSchema,
  training: trainingPayloadSchema,
  drift: driftPayloadSchema,
  alert: alertPayloadSchema,
}

const schedules = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(({ Properties }) => Properties)
const rules = Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties)
const functionOf = (target: unknown) => /:function:closeline-dev-([a-z]+)/.exec(textOf(target))?.[1] ?? ''
const ruleFor = (id: string) => rules.find(({ Name }) => Name === `closeline-dev-${id}`)

describe('schedules', () => {
  it('run what is due, when it is due, in the time of the stage', () => {
    const due = schedules.map(({ Name, ScheduleExpression, Target }) => [
      Name,
      ScheduleExpression,
      functionOf(Target.Arn),
    ])
    expect(due).toEqual([
      ['closeline-dev-pipeline', 'cron(20 * * * ? *)', 'pipeline'],
      ['closeline-dev-features', 'cron(0 1 * * ? *)', 'pipeline'],
      ['closeline-dev-drift', 'cron(0 2 * * ? *)', 'drift'],
      ['closeline-dev-training', 'cron(40 2 ? * SUN *)', 'training'],
      ['closeline-dev-baseline', 'cron(0 3 ? * SUN *)', 'drift'],
      ['closeline-dev-flush', 'cron(0/5 * * * ? *)', 'alert'],
    ])
    expect(new Set(schedules.map((schedule) => schedule.ScheduleExpressionTimezone))).toEqual(
      new Set(['Europe/London']),
    )
  })

  it('send what the handler accepts, as it is', () => {
    for (const { Name, Target } of schedules) {
      const payload: unknown = JSON.parse(Target.Input)
      expect(ACCEPTED[functionOf(Target.Arn)]?.parse(payload), Name).toEqual(payload)
    }
  })

  it('ask for different things of one function', () => {
    const asked = schedules.map(({ Target }) => [functionOf(Target.Arn), Target.Input])
    expect(new Set(asked.map((pair) => textOf(pair))).size).toBe(schedules.length)
    expect(asked).toContainEqual(['drift', expect.stringContaining('"task":"baseline"')])
    expect(asked).toContainEqual(['pipeline', expect.stringContaining('"task":"features"')])
  })

  it('try again a few times, and leave what could not be delivered in a queue', () => {
    for (const { Target } of schedules) {
      expect(Target.RetryPolicy).toMatchObject({ MaximumRetryAttempts: 3 })
      expect(Target.RetryPolicy.MaximumEventAgeInSeconds).toBeLessThanOrEqual(7200)
      expect(textOf(Target.DeadLetterConfig.Arn)).toContain('SchedulerDeadLetters')
    }
  })

  it('call through a role that may call those functions, for this group of schedules alone', () => {
    const [role] = Object.values(template.findResources('AWS::IAM::Role'))
    expect(textOf(role?.Properties.AssumeRolePolicyDocument)).toMatch(
      /aws:SourceArn.*aws:SourceAccount|aws:SourceAccount.*aws:SourceArn/,
    )
    const policy = textOf(role?.Properties.Policies)
    expect(policy).not.toContain('*')
    expect([...policy.matchAll(/:function:closeline-dev-([a-z]+)/g)].map(([, name]) => name).sort()).toEqual([
      ...['alert', 'drift', 'pipeline', 'training'],
    ])
  })
})

describe('rules', () => {
  it('bring every event of the product to the alerts', () => {
    expect(ruleFor('alerts')?.EventPattern).toEqual({ source: ['closeline'], 'detail-type': EVENT_TYPES })
    expect(functionOf(ruleFor('alerts')?.Targets)).toBe('alert')
  })

  it('have models trained anew when somebody asks for it', () => {
    expect(ruleFor('retraining')?.EventPattern).toEqual({
      source: ['closeline'],
      'detail-type': ['RetrainingRequested'],
    })
    expect(functionOf(ruleFor('retraining')?.Targets)).toBe('training')
  })

  it('bring alarms of this stage, and of no other, to the alerts', () => {
    expect(ruleFor('alarms')?.EventPattern.detail).toEqual({ alarmName: [{ prefix: 'closeline-dev-' }] })
    expect(ruleFor('alarms')).not.toHaveProperty('EventBusName')
    expect(functionOf(ruleFor('alarms')?.Targets)).toBe('alert')
  })

  it('call the guard when the alarm of a canary fires, under the names that the guard knows', () => {
    expect(ruleFor('canaries')?.EventPattern.detail).toEqual({
      alarmName: [...canaryAlarmNames('dev', 'prediction'), ...canaryAlarmNames('dev', 'scoring')],
      state: { value: ['ALARM'] },
    })
    expect(functionOf(ruleFor('canaries')?.Targets)).toBe('guard')
  })

  it('try again, and leave what could not be delivered in a queue that lets them', () => {
    for (const { Targets } of rules) {
      expect(Targets).toHaveLength(1)
      expect(Targets[0].RetryPolicy).toEqual({ MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 7200 })
      expect(textOf(Targets[0].DeadLetterConfig.Arn)).toContain('SchedulerDeadLetters')
    }
    const policies = dev.resources
      .filter(({ type }) => type === 'AWS::SQS::QueuePolicy')
      .map((policy) => textOf(policy))
    expect(
      policies.some((text) => text.includes('SchedulerDeadLetters') && text.includes('events.amazonaws.com')),
    ).toBe(true)
  })

  it('may call their functions', () => {
    expect(Object.keys(template.findResources('AWS::Lambda::Permission'))).toHaveLength(rules.length)
  })
})
