import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { EVENT_SOURCE } from '../../shared/config/events.ts'
import type { Stage } from '../../shared/config/stage.ts'
import { acknowledge } from './acknowledge.ts'
import { alertTopicName, busName } from './names.ts'

export interface MessagesProps {
  stage: Stage
  /** Whether what waits in the queues outlives the stack. */
  retain: boolean
  /** Subscribed to the topic of alerts. */
  alarmEmail: string | undefined
}

/** How the parts of the product tell one another, and people, what happened; and where lies what could not be told. */
export class Messages extends Construct {
  readonly bus: EventBus
  readonly alertTopic: Topic
  readonly schedulerDeadLetters: Queue
  readonly failures: Queue

  constructor(scope: Construct, id: string, { stage, retain, alarmEmail }: MessagesProps) {
    super(scope, id)
    this.bus = new EventBus(this, 'Bus', { eventBusName: busName(stage) })
    // A replay goes over the same bus: who consumes events knows those that it has seen.
    this.bus.archive('Archive', {
      description: 'Every event of the product, to be replayed.',
      eventPattern: { source: [EVENT_SOURCE] },
      retention: Duration.days(30),
    })
    this.alertTopic = alertTopic(this, stage, alarmEmail)
    this.schedulerDeadLetters = deadLetters(this, 'SchedulerDeadLetters', retain)
    this.failures = deadLetters(this, 'Failures', retain)
    letServicesSend(this.schedulerDeadLetters)
  }
}

function alertTopic(scope: Construct, stage: Stage, alarmEmail: string | undefined): Topic {
  // Not encrypted with the key that AWS manages: CloudWatch could not publish to it then, and alarms hold no secret.
  const topic = new Topic(scope, 'Alerts', { topicName: alertTopicName(stage), enforceSSL: true })
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  )
  if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail))
  return topic
}

/** A queue that keeps what failed for as long as SQS can, so that somebody can look and send it again. */
function deadLetters(scope: Construct, id: string, retain: boolean): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  })
  acknowledge(queue, { 'AwsSolutions-SQS3': 'It is a dead-letter queue itself: an alarm watches its depth.' })
  return queue
}

/** Said here for all schedules and rules of the account: said beside each of them, the stacks would need one another. */
function letServicesSend(queue: Queue): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'UndeliveredEvents',
      principals: [new ServicePrincipal('scheduler.amazonaws.com'), new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(queue).account } },
    }),
  )
}
