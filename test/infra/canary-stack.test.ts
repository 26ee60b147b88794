import { App, Validations } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { CanaryStack } from '../../lib/canary-stack.ts'
import { readStage } from '../../lib/stages.ts'
import type { StageTraffic } from '../../lib/traffic.ts'
import { serverErrorsOf } from '../../lib/watch/log-metrics.ts'
import { emfInvocationMetrics } from '../../shared/adapters/emf-invocation.ts'
import { canaryAlarmName, SHIFTED_FUNCTIONS } from '../../shared/config/stage.ts'
import type { Traffic } from '../../shared/config/traffic.ts'
import { METRICS_BY_VERSION, versionDimensions } from '../../shared/config/version-metrics.ts'
import { requestMetrics } from '../../shared/http/request-metrics.ts'
import { alarmEventSchema, canaryAlarmOf } from '../../shared/traffic/alarm-event.ts'

const context = { 'aws:cdk:bundling-stacks': [] }
const ALONE: Traffic = { stable: '7', canary: null, weight: 0, previous: '6' }
const SHARED: Traffic = { stable: '7', canary: '8', weight: 0.1, previous: '6' }

function canaryStack(traffic: StageTraffic, app = new App({ context })): Template {
  return Template.fromStack(new CanaryStack(app, 'Canary', { stage: readStage(() => undefined), traffic }))
}

const template = canaryStack({ prediction: SHARED, scoring: ALONE })

interface AlarmProperties {
  AlarmName: string
  Metrics: {
    Id: string
    Expression?: string
    MetricStat?: {
      Stat: string
      Period: number
      Metric: { MetricName: string; Dimensions?: { Name: string; Value: string }[] }
    }
  }[]
}

function alarm(about: 'errors' | 'latency'): AlarmProperties {
  const AlarmName = canaryAlarmName('dev', 'prediction', about)
  const found = Object.values(template.findResources('AWS::CloudWatch::Alarm', { Properties: { AlarmName } }))
  expect(found).toHaveLength(1)
  return found[0]?.Properties
}

/** Dimensions of the metrics of Lambda that an alarm looks at, by what the formula calls them. */
function dimensionsOf(properties: AlarmProperties): Record<string, Record<string, string>> {
  const entries = properties.Metrics.flatMap(({ Id, MetricStat }) =>
    MetricStat?.Metric.Dimensions === undefined
      ? []
      : [[Id, Object.fromEntries(MetricStat.Metric.Dimensions.map(({ Name, Value }) => [Name, Value]))]],
  )
  return Object.fromEntries(entries)
}

const version = (number: string) => ({
  FunctionName: 'closeline-dev-prediction',
  Resource: 'closeline-dev-prediction:live',
  ExecutedVersion: number,
})

describe('the alarms on canaries', () => {
  it('are two for each function that has a canary, by the names that the guard knows', () => {
    const names = (of: Template) =>
      Object.values(of.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.AlarmName)
    expect(names(template).sort()).toEqual([
      'closeline-dev-prediction-canary-errors',
      'closeline-dev-prediction-canary-latency',
    ])
    expect(names(canaryStack({ prediction: SHARED, scoring: SHARED }))).toHaveLength(2 * SHIFTED_FUNCTIONS.length)
  })

  it('are no more than CloudFormation can watch during a shift', () => {
    const most = canaryStack({ prediction: SHARED, scoring: SHARED })
    expect(Object.keys(most.findResources('AWS::CloudWatch::Alarm')).length).toBeLessThanOrEqual(5)
  })

  it('leave a stack that can be deployed where there is no canary', () => {
    const empty = canaryStack({ prediction: ALONE, scoring: ALONE })
    empty.resourceCountIs('AWS::CloudWatch::Alarm', 0)
    expect(Object.keys(empty.toJSON().Resources)).toHaveLength(1)
  })

  it('leave telling people to the alert function', () => {
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: Match.absent(),
      OKActions: Match.absent(),
    })
  })

  it('take silence for health', () => {
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'notBreaching' })
  })
})

describe('the alarm on errors', () => {
  it('compares what failed with what the canary was asked, behind the alias', () => {
    const properties = alarm('errors')
    expect(dimensionsOf(properties)).toEqual({ failed: version('8'), invocations: version('8') })
    expect(properties).toMatchObject({ Threshold: 2, EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold' })
    const [expression] = properties.Metrics.flatMap(({ Expression }) => Expression ?? [])
    // Of 200 requests 2 failed and 3 were answered with 500.
    expect(
      Function('FILL', 'failed', 'answered', 'invocations', `return ${expression}`)((x: number) => x, 2, 3, 200),
    ).toBe(2.5)
  })

  it('counts answers of 500 from the log of the function', () => {
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      LogGroupName: '/aws/lambda/closeline-dev-prediction',
      FilterPattern: '{ ($.FunctionVersion = "8") && (($.http_errors_total = *) || ($.http_errors_total[0] = *)) }',
      MetricTransformations: [
        {
          DefaultValue: 0,
          MetricName: 'prediction_8_server_errors',
          MetricNamespace: 'Closeline/dev',
          MetricValue: '1',
        },
      ],
    })
    const counted = alarm('errors').Metrics.find(({ Id }) => Id === 'answered')?.MetricStat?.Metric
    expect(counted).toEqual({ MetricName: 'prediction_8_server_errors', Namespace: 'Closeline/dev' })
  })

  it('finds in the log what the function writes of a request that fails, whatever model answered', () => {
    const lines: string[] = []
    const versionOf = () =>
      versionDimensions({ functionName: 'closeline-dev-prediction', functionVersion: '8' }, 'blend-1')
    const metrics = emfInvocationMetrics(
      (line) => lines.push(line),
      () => 0,
      { byVersion: METRICS_BY_VERSION, versionOf },
    )
    const count = requestMetrics(metrics)
    count.begin()
    count.end({ route: '/api/v1/predict', method: 'POST', status: 500, durationMs: 3 })
    metrics.flush()
    const members = lines.map((line) => JSON.parse(line)).filter((line) => line.http_errors_total !== undefined)
    expect(members).toEqual([expect.objectContaining({ FunctionVersion: '8', http_errors_total: 1 })])
    expect(serverErrorsOf('prediction', '8').pattern).toContain('$.FunctionVersion = "8"')
  })
})

describe('the alarm on latency', () => {
  const properties = alarm('latency')
  const [expression = ''] = properties.Metrics.flatMap(({ Expression }) => Expression ?? [])
  const ratio = (asked: number, compared: number, canary: number, stable: number): number =>
    Function(...['IF', 'asked', 'compared', 'canary', 'stable', `return ${expression.replaceAll(' AND ', ' && ')}`])(
      (is: boolean, a: number, b: number) => (is ? a : b),
      asked,
      compared,
      canary,
      stable,
    )

  it('compares the canary with stable at the 95th percentile', () => {
    expect(dimensionsOf(properties)).toEqual({
      asked: version('8'),
      compared: version('7'),
      canary: version('8'),
      stable: version('7'),
    })
    const slowest = properties.Metrics.filter(({ Id }) => ['canary', 'stable'].includes(Id))
    expect(slowest.map(({ MetricStat }) => [MetricStat?.Metric.MetricName, MetricStat?.Stat])).toEqual([
      ['Duration', 'p95'],
      ['Duration', 'p95'],
    ])
    expect(properties).toMatchObject({ Threshold: 1.5, EvaluationPeriods: 2, DatapointsToAlarm: 2 })
  })

  it('says nothing of few requests', () => {
    expect(ratio(20, 20, 32, 20)).toBe(1.6)
    expect(ratio(19, 20, 32, 20)).toBe(0)
    expect(ratio(20, 19, 32, 20)).toBe(0)
  })
})

describe('the guard', () => {
  it('sees by the metrics of each alarm which canary it is about', () => {
    for (const about of ['errors', 'latency'] as const) {
      const { AlarmName, Metrics } = alarm(about)
      const metrics = Metrics.map(({ MetricStat }) => ({
        metricStat: MetricStat && {
          metric: {
            dimensions: Object.fromEntries(
              (MetricStat.Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]),
            ),
          },
        },
      }))
      const detail = { alarmName: AlarmName, state: { value: 'ALARM' }, configuration: { metrics } }
      const event = alarmEventSchema.parse({ 'detail-type': 'CloudWatch Alarm State Change', detail })
      const told = canaryAlarmOf(event, 'dev')
      expect(told?.watched).toContain('8')
    }
  })
})

describe('cdk-nag', () => {
  it('finds nothing in the stack', () => {
    const app = new App({ context })
    canaryStack({ prediction: SHARED, scoring: SHARED }, app)
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
    expect(() => app.synth()).not.toThrow()
  })
})
