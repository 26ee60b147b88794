import { arnOf, functionArn, parseFunction } from './arn.ts'
import type { AwsServices } from './aws-services.ts'
import type { Rule, RuleTarget } from './event-bus.ts'
import { DEFAULT_BUS } from './event-bus.ts'
import { LATEST } from './function-spec.ts'
import { ServiceRefusal } from './wire.ts'

interface Deps extends Pick<AwsServices, 'functions' | 'permissions' | 'queues' | 'topics'> {
  invokeEvent: (target: string, payload: string) => Promise<unknown>
}

interface Delivery {
  target: RuleTarget
  input: string
  rule: Rule
}

/**
 * Hands an event to what a rule names: a function that lets the rule invoke it, a topic, or a queue.
 *
 * @throws {ServiceRefusal} where the target is not there, or does not let the rule in
 */
export function deliverEvent(deps: Deps, { target, input, rule }: Delivery): void {
  const { Arn: arn } = target
  if (arn.includes(':sqs:')) deps.queues.send(arn, input)
  else if (arn.includes(':sns:'))
    deps.topics.publish({ topicArn: arn, subject: undefined, message: input, attributes: {} })
  else if (arn.includes(':lambda:')) {
    const { name, qualifier } = parseFunction(arn)
    deps.functions.version(name, LATEST)
    const ruleArn = arnOf('events', `rule/${rule.bus === DEFAULT_BUS ? '' : `${rule.bus}/`}${rule.name}`)
    if (!deps.permissions.allows('events.amazonaws.com', functionArn(name, qualifier), ruleArn)) {
      throw new ServiceRefusal('AccessDeniedException', `${ruleArn} may not invoke ${arn}`, 403)
    }
    // Told is delivered: what becomes of it is Lambda's.
    void deps.invokeEvent(arn, input).catch(() => undefined)
  } else throw new ServiceRefusal('InvalidTarget', `no double of the target ${arn}`)
}
