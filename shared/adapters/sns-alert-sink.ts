import type { SNSClient } from '@aws-sdk/client-sns'
import { PublishCommand, SNSServiceException } from '@aws-sdk/client-sns'
import type { AlertSink } from '../alerts/alert-sink.ts'
import type { AlertMessage } from '../alerts/message.ts'
import { headingOf } from '../alerts/message.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'

/**
 * An {@link AlertSink} on an SNS topic, whose subscribers can filter by the attributes severity, rule, kind and message.
 *
 * @see AWS, "Publish", SNS API reference
 */
export function snsAlertSink(client: SNSClient, topicArn: string): AlertSink {
  return {
    name: 'sns',
    async send(message) {
      try {
        await client.send(
          new PublishCommand({
            TopicArn: topicArn,
            Subject: subjectOf(message),
            Message: bodyOf(message),
            MessageAttributes: attributesOf(message),
          }),
        )
        return 'sent'
      } catch (cause) {
        throw new UpstreamError('SNS', messageOf(cause), { retryable: isRetryable(cause), cause })
      }
    },
  }
}

const LONGEST_SUBJECT = 99

/** Of printable ASCII, as SNS wants it. @example 'CRITICAL Alarm canary' */
function subjectOf(message: AlertMessage): string {
  const text = `${message.severity.toUpperCase()} ${headingOf(message)}`
  return text
    .replaceAll(/[^ -~]+/g, '?')
    .slice(0, LONGEST_SUBJECT)
    .trim()
}

function bodyOf(message: AlertMessage): string {
  const { content, atMs, severity, rule, id } = message
  const link = content.link === null ? [] : ['', `What to do: ${content.link}`]
  const foot = `${severity}, ${rule}, ${new Date(atMs).toISOString()}, message ${id}`
  return [headingOf(message), '', ...content.lines, ...link, '', foot].join('\n')
}

function attributesOf({ severity, rule, kind, id }: AlertMessage) {
  const text = (value: string) => ({ DataType: 'String', StringValue: value })
  return { severity: text(severity), rule: text(rule), kind: text(kind), message: text(id) }
}

/** SNS says 400 of requests that are too many, and means 429. */
function isRetryable(thrown: unknown): boolean {
  if (!(thrown instanceof SNSServiceException)) return true
  return /Throttl/.test(thrown.name) || isRetryableStatus(thrown.$metadata.httpStatusCode)
}
