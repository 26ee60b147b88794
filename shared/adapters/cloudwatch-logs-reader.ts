import type { CloudWatchLogsClient, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs'
import {
  CloudWatchLogsServiceException,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'
import type { FunctionLogs, LogLine } from '../usecases/traffic-ports.ts'

/** {@link FunctionLogs} in CloudWatch Logs. A group that does not exist yet has no lines. */
export function cloudwatchLogsReader(client: CloudWatchLogsClient): FunctionLogs {
  return {
    async read(logGroup, fromMs) {
      const lines: LogLine[] = []
      try {
        const question = { logGroupName: logGroup, startTime: Math.max(0, Math.floor(fromMs)) }
        for await (const page of paginateFilterLogEvents({ client }, question)) {
          lines.push(...(page.events ?? []).flatMap(toLine))
        }
      } catch (cause) {
        if (cause instanceof ResourceNotFoundException) return []
        const status = cause instanceof CloudWatchLogsServiceException ? cause.$metadata.httpStatusCode : undefined
        throw new UpstreamError('CloudWatch Logs', messageOf(cause), { retryable: isRetryableStatus(status), cause })
      }
      return lines.sort((a, b) => a.atMs - b.atMs)
    },
  }
}

/** Lambda names its streams `2026/11/22/[8]0a1b2c…`: the version stands in the brackets. */
const VERSION_IN_STREAM = /\[([^\]]+)\]/

function toLine({ eventId: id, timestamp: atMs, logStreamName, message }: FilteredLogEvent): LogLine[] {
  if (id === undefined || atMs === undefined) return []
  const version = VERSION_IN_STREAM.exec(logStreamName ?? '')?.[1] ?? null
  return [{ id, atMs, version, text: (message ?? '').trimEnd() }]
}
