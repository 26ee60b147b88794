import type { CloudWatchClient, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import { CloudWatchServiceException, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'
import type { AlarmState, Alarms } from '../usecases/traffic-ports.ts'

/** {@link Alarms} of CloudWatch, up to a hundred names. */
export function cloudwatchAlarms(client: CloudWatchClient): Alarms {
  return {
    async find(names) {
      // Without names it would be all alarms of the account.
      if (names.length === 0) return []
      try {
        const found = await client.send(new DescribeAlarmsCommand({ AlarmNames: [...names], MaxRecords: 100 }))
        return (found.MetricAlarms ?? []).flatMap(toState)
      } catch (cause) {
        const status = cause instanceof CloudWatchServiceException ? cause.$metadata.httpStatusCode : undefined
        throw new UpstreamError('CloudWatch', messageOf(cause), { retryable: isRetryableStatus(status), cause })
      }
    },
  }
}

function toState({ AlarmName: name, AlarmArn: arn, StateValue: state }: MetricAlarm): AlarmState[] {
  return name === undefined || arn === undefined || state === undefined ? [] : [{ name, arn, state }]
}
