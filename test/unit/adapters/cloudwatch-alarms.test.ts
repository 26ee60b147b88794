import { CloudWatchClient, CloudWatchServiceException, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { mockClient } from 'aws-sdk-client-mock'
import { describe, expect, it } from 'vitest'
import { cloudwatchAlarms } from '../../../shared/adapters/cloudwatch-alarms.ts'

function opened() {
  const client = new CloudWatchClient({ region: 'eu-central-1' })
  return { requests: mockClient(client), alarms: cloudwatchAlarms(client) }
}

describe('alarms in CloudWatch', () => {
  it('are found by name, with state and ARN', async () => {
    const { requests, alarms } = opened()
    requests.on(DescribeAlarmsCommand, { AlarmNames: ['a', 'b'], MaxRecords: 100 }).resolves({
      MetricAlarms: [{ AlarmName: 'a', AlarmArn: 'arn:a', StateValue: 'ALARM' }, { AlarmName: 'b' }],
    })
    expect(await alarms.find(['a', 'b'])).toEqual([{ name: 'a', arn: 'arn:a', state: 'ALARM' }])
  })

  it('are none where none are asked for: without names CloudWatch would tell all', async () => {
    const { requests, alarms } = opened()
    expect(await alarms.find([])).toEqual([])
    expect(requests.calls()).toEqual([])
  })

  it.each([
    [403, false],
    [500, true],
  ])('tell whether a refusal may pass: %d', async (httpStatusCode, retryable) => {
    const { requests, alarms } = opened()
    const refusal = { name: 'Refusal', message: 'no', $fault: 'client', $metadata: { httpStatusCode } } as const
    requests.on(DescribeAlarmsCommand).rejects(new CloudWatchServiceException(refusal))
    await expect(alarms.find(['a'])).rejects.toMatchObject({ vendor: 'CloudWatch', retryable })
  })
})
