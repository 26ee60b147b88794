import { App, Validations } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { DataStack } from '../../lib/data-stack.ts'
import { readStage } from '../../lib/stages.ts'
import { LOG_METRICS } from '../../lib/watch/log-metrics.ts'
import { WatchStack } from '../../lib/watch-stack.ts'
import { emfInvocationMetrics } from '../../shared/adapters/emf-invocation.ts'
import { API_METRICS } from '../../shared/config/metric-catalogue.ts'
import type { Traffic } from '../../shared/config/traffic.ts'
import { recordMetrics } from '../../shared/usecases/pipeline-metrics.ts'
import { memoryMetrics } from '../support/memory-metrics.ts'
import { memoryPipelineDeps, run } from '../support/pipeline-deps.ts'

const context = { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:defaultCrossStackReferences': 'weak' }
const ALONE: Traffic = { stable: '7', canary: null, weight: 0, previous: '6' }
const SHARED: Traffic = { stable: '7', canary: '8', weight: 0.1, previous: '6' }

function watchStack(
  { stage: name = 'prod', apiId }: { stage?: string; apiId?: string } = {},
  app = new App({ context }),
) {
  const stage = readStage((key) => (key === 'stage' ? name : undefined))
  const data = new DataStack(app, 'Data', { stage })
  const traffic = { prediction: SHARED, scoring: ALONE }
  const named = apiId === undefined ? {} : { apiId }
  return Template.fromStack(new WatchStack(app, 'Watch', { stage, traffic, data, ...named }))
}

const template = watchStack({ apiId: 'abc123' })

/** What the dashboard shows, with a word in the place of names that are known at the deployment. */
function dashboard(): { widgets: { properties: { title?: string; metrics?: unknown[][] } }[] } {
  const body = Object.values(template.findResources('AWS::CloudWatch::Dashboard'))[0]?.Properties.DashboardBody
  const parts: unknown[] = body['Fn::Join'][1]
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'known-later')).join(''))
}

interface Metric {
  MetricName: string
  Namespace: string
  Dimensions?: { Name: string; Value: unknown }[]
}

interface AlarmProperties {
  AlarmName: string
  Threshold: number
  EvaluationPeriods: number
  Period?: number
  MetricName?: string
  Namespace?: string
  Dimensions?: Metric['Dimensions']
  Metrics?: { Expression?: string; MetricStat?: { Metric: Metric; Period: number } }[]
  TreatMissingData: string
}

const alarms: AlarmProperties[] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
  ({ Properties }) => Properties,
)

function alarm(name: string): AlarmProperties {
  const found = alarms.find(({ AlarmName }) => AlarmName === `closeline-prod-${name}`)
  if (found === undefined) throw new Error(`there is no alarm ${name}`)
  return found
}

/** Metrics that an alarm looks at. */
function metricsOf({ MetricName, Namespace, Dimensions = [], Metrics = [] }: AlarmProperties): Metric[] {
  if (MetricName !== undefined && Namespace !== undefined) return [{ MetricName, Namespace, Dimensions }]
  return Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]))
}

describe('every alarm', () => {
  it('is there, by a name that no other stage has', () => {
    expect(alarms.length).toBeGreaterThanOrEqual(20)
    expect(new Set(alarms.map(({ AlarmName }) => AlarmName)).size).toBe(alarms.length)
    for (const { AlarmName } of alarms) expect(AlarmName).toMatch(/^closeline-prod-[a-z-]+$/)
  })

  it('says how grave it is and where its runbook is', () => {
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('^(critical|warning|notice): .+ RUNBOOK\\.md#[a-z-]+$'),
    })
  })

  it('is told by the alert function, but for what that one cannot tell, which the topic tells itself', () => {
    const told = Object.values(
      template.findResources('AWS::CloudWatch::Alarm', {
        Properties: { AlarmActions: [Match.anyValue()], OKActions: [Match.anyValue()] },
      }),
    ).map(({ Properties }) => Properties.AlarmName as string)
    expect(told.sort()).toEqual([
      'closeline-prod-alert-errors',
      'closeline-prod-failures-waiting',
      'closeline-prod-undelivered-waiting',
    ])
  })

  it('looks at no longer a time than CloudWatch can', () => {
    for (const properties of alarms) {
      const periods = (properties.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Period ?? [])
      const period = properties.Period ?? Math.max(...periods)
      expect(period).toBeGreaterThanOrEqual(60)
      const longest = period >= 3600 ? 604_800 : 86_400
      expect(period * properties.EvaluationPeriods).toBeLessThanOrEqual(longest)
    }
  })

  it('takes silence for health, but for heartbeats', () => {
    for (const { AlarmName, TreatMissingData } of alarms) {
      expect(TreatMissingData).toBe(AlarmName.endsWith('-heartbeat') ? 'breaching' : 'notBreaching')
    }
    expect(alarms.filter(({ AlarmName }) => AlarmName.endsWith('-heartbeat'))).toHaveLength(2)
  })

  it('looks at metrics of its own stage alone', () => {
    for (const metric of alarms.flatMap(metricsOf)) {
      const isOfStage = metric.Namespace === 'Closeline/prod' || (metric.Dimensions ?? []).length > 0
      expect(isOfStage, metric.MetricName).toBe(true)
      for (const { Name, Value } of metric.Dimensions ?? []) {
        if (Name === 'FunctionName' || Name === 'ScheduleGroup') expect(Value).toMatch(/^closeline-prod(-|$)/)
      }
    }
  })
})

describe('the alarms', () => {
  it('notice that the pipeline or the check for drift has not run for 26 hours', () => {
    for (const name of ['pipeline-heartbeat', 'drift-heartbeat']) {
      expect(alarm(name)).toMatchObject({ EvaluationPeriods: 26, DatapointsToAlarm: 26, Threshold: 1 })
      expect(alarm(name)).toMatchObject({ ComparisonOperator: 'LessThanThreshold' })
    }
  })

  it('notice whatever waits in either queue', () => {
    const depths = ['failures-waiting', 'undelivered-waiting'].map(alarm)
    for (const properties of depths) {
      expect(properties).toMatchObject({ Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' })
      expect(properties.MetricName).toBe('ApproximateNumberOfMessagesVisible')
    }
    const queues = depths.map(({ Dimensions }) => JSON.stringify(Dimensions))
    expect(new Set(queues).size).toBe(2)
  })

  it('notice that the API fails, in per cent of its requests', () => {
    for (const [name, threshold] of [
      ['api-errors', 5],
      ['api-down', 50],
    ] as const) {
      expect(alarm(name).Threshold).toBe(threshold)
      expect(alarm(name).Metrics?.[0]?.Expression).toBe('100 * errors / requests')
      const dimensions = metricsOf(alarm(name)).map(({ Dimensions }) => Dimensions)
      const ofApi = [
        { Name: 'ApiId', Value: 'abc123' },
        { Name: 'Stage', Value: '$default' },
      ]
      expect(dimensions).toEqual([ofApi, ofApi])
    }
  })

  it('notice requests near what the stage allows: 80 % of 100 a second, of 50 executions and of 25', () => {
    expect(alarm('api-near-throttle').Threshold).toBe(60 * 100 * 0.8)
    expect(alarm('prediction-concurrency').Threshold).toBe(40)
    expect(alarm('scoring-concurrency').Threshold).toBe(20)
  })

  it('tell of the failure of the alert function without that function', () => {
    expect(metricsOf(alarm('alert-errors'))).toEqual([
      {
        MetricName: 'Errors',
        Namespace: 'AWS/Lambda',
        Dimensions: [{ Name: 'FunctionName', Value: 'closeline-prod-alert' }],
      },
    ])
  })

  it('leave the API out where there is none', () => {
    const { length } = Object.keys(watchStack().findResources('AWS::CloudWatch::Alarm'))
    expect(alarms.length - length).toBe(3)
  })
})

describe('metrics of ours', () => {
  /** What the pipeline records, by its own doing. */
  async function pipelineMetrics(): Promise<string[]> {
    const metrics = memoryMetrics()
    recordMetrics(metrics, await run(memoryPipelineDeps()))
    return metrics.records.map(({ name }) => name)
  }

  it('that alarms and graphs use are those that CloudWatch takes from the logs', () => {
    const taken = Object.values(template.findResources('AWS::Logs::MetricFilter')).flatMap(
      ({ Properties }) => Properties.MetricTransformations,
    )
    const used = alarms.flatMap(metricsOf).filter(({ Namespace }) => Namespace.startsWith('Closeline'))
    expect(used.length).toBeGreaterThan(7)
    const names = taken.map(({ MetricNamespace, MetricName }) => `${MetricNamespace} ${MetricName}`)
    for (const { Namespace, MetricName } of used) expect(names).toContain(`${Namespace} ${MetricName}`)
  })

  it('that are taken from the logs are recorded by the product', async () => {
    const recorded = [...API_METRICS.map(({ name }) => name), ...(await pipelineMetrics())]
    const patterns = Object.values(LOG_METRICS).map(({ pattern }) => pattern)
    const members = patterns.flatMap((pattern) => [...pattern.matchAll(/\(\$\.(\w+) = \*\)/g)].map(([, name]) => name))
    expect(members.length).toBeGreaterThanOrEqual(6)
    for (const member of members) expect(recorded).toContain(member)
  })

  it('that graphs search for are recorded with those dimensions', () => {
    const searches = [
      ...JSON.stringify(dashboard()).matchAll(/SEARCH\('\{Closeline,([\w,]+)\} MetricName=[\\"]+(\w+)/g),
    ]
    expect(searches.length).toBe(2)
    for (const [, dimensions, name] of searches) {
      const { dimensions: own } = API_METRICS.find((metric) => metric.name === name) ?? {}
      expect([own?.join(','), 'FunctionName,FunctionVersion,ModelVersion']).toContain(dimensions)
    }
  })

  it('of a bet of grade A stand in the line as the alarm looks for them, one bet or several', () => {
    const lines: string[] = []
    const metrics = emfInvocationMetrics(
      (line) => lines.push(line),
      () => 0,
    )
    for (const grade of ['A', 'A', 'B']) metrics.record('high_grade_bets_total', 1, 'Count', { grade })
    metrics.flush()
    const [ofA, ofB] = lines.map((line) => JSON.parse(line))
    expect(ofA).toMatchObject({ grade: 'A', high_grade_bets_total: [1, 1] })
    expect(ofB).toMatchObject({ grade: 'B', high_grade_bets_total: 1 })
    expect(LOG_METRICS.gradeA.pattern).toBe(
      '{ ($.grade = "A") && (($.high_grade_bets_total = *) || ($.high_grade_bets_total[0] = *)) }',
    )
  })
})

describe('the dashboard', () => {
  it('shows stable and canary of a function beside each other', () => {
    const row = dashboard().widgets.filter(({ properties }) => properties.title?.startsWith('prediction: '))
    expect(row).toHaveLength(3)
    for (const { properties } of row) {
      const series = (properties.metrics ?? []).map((metric) => metric.slice(0, 4))
      const [, metricName] = series[0] ?? []
      expect(series).toEqual([
        ['AWS/Lambda', metricName, 'ExecutedVersion', '7'],
        ['AWS/Lambda', metricName, 'ExecutedVersion', '8'],
      ])
    }
  })

  it('has the name of its stage', () => {
    template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'closeline-prod' })
  })
})

describe('cdk-nag', () => {
  it('finds nothing in the stack', () => {
    const app = new App({ context })
    watchStack({ apiId: 'abc123' }, app)
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
    expect(() => app.synth()).not.toThrow()
  })
})
