import { setTimeout as sleep } from 'node:timers/promises'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { eventbridgeEventPublisher } from '../../shared/adapters/eventbridge-event-publisher.ts'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { lambdaAliases } from '../../shared/adapters/lambda-aliases.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import { parseGuardEnvironment } from '../../shared/config/guard-environment.ts'
import { alarmEventSchema } from '../../shared/traffic/alarm-event.ts'
import { guardCanary } from '../../shared/usecases/guard-canary.ts'

const { stage, eventBus } = parseGuardEnvironment(process.env)
const logger = jsonLogger((line) => process.stdout.write(`${line}\n`))
const deps = {
  aliases: lambdaAliases(new LambdaClient(AWS_TIMEOUTS), sleep),
  events: eventbridgeEventPublisher(new EventBridgeClient(AWS_TIMEOUTS), eventBus),
  logger,
  clock: Date.now,
}

/** Answers an alarm's change of state with what was done about it. */
export async function handler(event: unknown) {
  const outcome = await guardCanary(deps, stage, alarmEventSchema.parse(event))
  logger.info('guarded', { ...outcome })
  return outcome
}
