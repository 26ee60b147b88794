/** Events of alarms, in the shapes that AWS documents. */

export interface AlarmTold {
  name: string
  state?: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  /** Versions that its metrics are of. */
  versions?: readonly string[]
}

/** The event of an alarm on one metric. @see AWS, "Alarm events and EventBridge", CloudWatch user guide */
export function metricAlarmEvent({ name, state = 'ALARM', versions = ['8'] }: AlarmTold): Record<string, unknown> {
  const metrics = versions.map((version, i) => ({
    id: `30b6c6b2-a864-43a2-4877-c09a1afc3b8${i}`,
    metricStat: { metric: lambdaMetric('Errors', version), period: 60, stat: 'Sum' },
    returnData: true,
  }))
  return alarmEvent({ name, state }, { description: 'The canary fails.', metrics })
}

/** The event of an alarm on an expression over two metrics, of which the first has no dimensions to tell. */
export function expressionAlarmEvent({ name, state = 'ALARM', versions = ['8'] }: AlarmTold): Record<string, unknown> {
  const counted = ['Errors', 'Invocations'].flatMap((metric) =>
    versions.map((version) => ({
      id: `${metric.toLowerCase()}${version}`,
      metricStat: { metric: lambdaMetric(metric, version), period: 60, stat: 'Sum', unit: 'Count' },
      returnData: false,
    })),
  )
  const share = { expression: 'errors8 / invocations8', id: 'share', label: 'Share of errors', returnData: true }
  return alarmEvent({ name, state }, { metrics: [share, ...counted] })
}

/** The event of an alarm on other alarms. */
export function compositeAlarmEvent({ name, state = 'ALARM' }: AlarmTold): Record<string, unknown> {
  const configuration = { alarmRule: 'ALARM("a") OR ALARM("b")', actionsSuppressorExtensionPeriod: 180 }
  return alarmEvent({ name, state }, configuration)
}

function lambdaMetric(name: string, version: string) {
  const FunctionName = 'closeline-dev-prediction'
  const dimensions = { FunctionName, Resource: `${FunctionName}:live`, ExecutedVersion: version }
  return { namespace: 'AWS/Lambda', name, dimensions }
}

function alarmEvent({ name, state }: AlarmTold, configuration: Record<string, unknown>): Record<string, unknown> {
  return {
    version: '0',
    id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '123456789012',
    time: '2026-03-01T12:04:40Z',
    region: 'eu-central-1',
    resources: [`arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${name}`],
    detail: {
      alarmName: name,
      configuration,
      previousState: {
        reason: 'Threshold Crossed: 1 out of the last 1 datapoints was not greater than the threshold (1.0).',
        reasonData: '{"version":"1.0","queryDate":"2026-03-01T11:56:40.985+0000","statistic":"Sum","period":60}',
        timestamp: '2026-03-01T11:56:40.987+0000',
        value: 'OK',
      },
      state: {
        reason: 'Threshold Crossed: 1 out of the last 1 datapoints [12.0] was greater than the threshold (1.0).',
        reasonData: '{"version":"1.0","queryDate":"2026-03-01T12:04:40.985+0000","recentDatapoints":[12.0]}',
        timestamp: '2026-03-01T12:04:40.989+0000',
        value: state,
      },
    },
  }
}
