import * as z from 'zod'
import type { AlertInput } from '../../shared/alerts/input.ts'
import { alertPayloadSchema } from '../../shared/config/alert-payload.ts'
import { EVENT_SOURCE, eventSchema } from '../../shared/config/events.ts'
import { DomainError } from '../../shared/kernel/errors.ts'

/** What the function is called with. */
export type Incoming =
  | { kind: 'flush' }
  | { kind: 'input'; input: AlertInput }
  /** Played back from an archive: it has been told when it happened. */
  | { kind: 'replayed'; replay: string }

const envelopeSchema = z.object({
  source: z.string(),
  'detail-type': z.string(),
  time: z.iso.datetime().optional(),
  'replay-name': z.string().optional(),
  detail: z.unknown(),
})

/** CloudWatch writes `2026-01-31T17:04:40.989+0000`. */
const cloudwatchInstant = z
  .string()
  .transform((text) => text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  .pipe(z.iso.datetime({ offset: true }))
  .transform((text) => new Date(text).toISOString())

/** @see AWS, "Alarm events and EventBridge", CloudWatch user guide */
const alarmDetailSchema = z.object({
  alarmName: z.string().min(1),
  state: z.object({
    value: z.enum(['ALARM', 'OK', 'INSUFFICIENT_DATA']),
    reason: z.string().default(''),
    timestamp: cloudwatchInstant,
  }),
  configuration: z.object({ description: z.string().default('') }).default({ description: '' }),
})

/**
 * Reads what a schedule, the event bus or CloudWatch sends.
 *
 * @throws {DomainError} `unknown_payload` where it is nothing of these
 */
export function parseIncoming(payload: unknown): Incoming {
  if (alertPayloadSchema.safeParse(payload ?? {}).success) return { kind: 'flush' }
  const envelope = envelopeSchema.safeParse(payload)
  if (!envelope.success) throw unknownPayload(envelope.error)
  const { source, detail, 'replay-name': replay } = envelope.data
  if (replay !== undefined) return { kind: 'replayed', replay }
  return { kind: 'input', input: source === EVENT_SOURCE ? readEvent(detail) : readAlarm(envelope.data) }
}

function readEvent(detail: unknown): AlertInput {
  const parsed = eventSchema.safeParse(detail)
  if (!parsed.success) throw unknownPayload(parsed.error)
  return { kind: 'event', event: parsed.data }
}

function readAlarm({ source, 'detail-type': type, detail }: z.infer<typeof envelopeSchema>): AlertInput {
  if (source !== 'aws.cloudwatch' || type !== 'CloudWatch Alarm State Change') {
    throw new DomainError('unknown_payload', `${type} of ${source} is no input of alerts`)
  }
  const parsed = alarmDetailSchema.safeParse(detail)
  if (!parsed.success) throw unknownPayload(parsed.error)
  const { alarmName: name, state, configuration } = parsed.data
  const { value, reason, timestamp: at } = state
  return { kind: 'alarm', alarm: { name, state: value, at, reason, description: configuration.description } }
}

function unknownPayload({ issues }: z.ZodError): DomainError {
  const [issue] = issues
  return new DomainError('unknown_payload', `no input of alerts: ${issue?.path.join('.')}: ${issue?.message}`)
}
