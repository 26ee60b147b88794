import * as z from 'zod'
import { parseEnvironment } from './function-environment.ts'
import { stageSchema } from './stage.ts'

/** Environment of the alert function. Holds names only, never a secret. */
const alertEnvironmentSchema = z.object({
  /** Bucket with the state of the alerts, and with the lake. */
  ARTEFACT_BUCKET: z.string().min(3),
  /** Topic for those who subscribe; without it nothing goes there. */
  ALERT_TOPIC_ARN: z.string().startsWith('arn:').optional(),
  /** Name of the SSM parameter with `{"token", "chatId"}` of a Telegram bot. */
  TELEGRAM_PARAMETER: z.string().min(1).optional(),
  /** Name of the SSM parameter with `{"url", "secret"}` of a webhook. */
  N8N_PARAMETER: z.string().min(1).optional(),
  /** IANA name of the zone that quiet hours are meant in. */
  TIME_ZONE: z.string().min(1).default('UTC'),
  /** Such as `22:00-07:00`; empty for none. */
  QUIET_HOURS: z.string().default(''),
  STAGE: stageSchema.default('dev'),
})

export interface AlertEnvironment {
  artefactBucket: string
  topicArn: string | undefined
  telegramParameter: string | undefined
  n8nParameter: string | undefined
  timeZone: string
  quietHours: string
  stage: string
}

/** @throws {DomainError} `environment_invalid`, naming the variable */
export function parseAlertEnvironment(environment: Record<string, string | undefined>): AlertEnvironment {
  const parsed = parseEnvironment(alertEnvironmentSchema, environment)
  return {
    artefactBucket: parsed.ARTEFACT_BUCKET,
    topicArn: parsed.ALERT_TOPIC_ARN,
    telegramParameter: parsed.TELEGRAM_PARAMETER,
    n8nParameter: parsed.N8N_PARAMETER,
    timeZone: parsed.TIME_ZONE,
    quietHours: parsed.QUIET_HOURS,
    stage: parsed.STAGE,
  }
}
