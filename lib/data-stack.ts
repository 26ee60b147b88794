import type { App } from 'aws-cdk-lib'
import { CfnOutput, Stack } from 'aws-cdk-lib'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Analytics } from './data/analytics.ts'
import { Artefacts } from './data/artefacts.ts'
import { Messages } from './data/messages.ts'
import { stackProps } from './stack-props.ts'
import type { StageConfig } from './stages.ts'

/** What outlives every deployment: the bucket, the bus, the topic, the queues, and what lets analysts ask the lake. */
export class DataStack extends Stack {
  readonly artefacts: IBucket
  readonly bus: EventBus
  readonly alertTopic: Topic
  /** What Scheduler and the bus could not deliver. */
  readonly schedulerDeadLetters: Queue
  /** What functions failed at for good. */
  readonly failures: Queue

  constructor(scope: App, id: string, { stage }: { stage: StageConfig }) {
    super(scope, id, stackProps(stage, id, 'Objects, events, queues, and tables for analysts'))
    // Lets S3 write its logs by the bucket's policy; by default it would be given an access control list.
    this.node.setContext('@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy', true)
    const { bucket } = new Artefacts(this, 'Artefacts', { retain: stage.retainData })
    const messages = new Messages(this, 'Messages', {
      stage: stage.name,
      retain: stage.retainData,
      alarmEmail: stage.alarmEmail,
    })
    new Analytics(this, 'Analytics', { stage: stage.name, bucket })
    this.artefacts = bucket
    this.bus = messages.bus
    this.alertTopic = messages.alertTopic
    this.schedulerDeadLetters = messages.schedulerDeadLetters
    this.failures = messages.failures
    new CfnOutput(this, 'ArtefactBucket', { value: bucket.bucketName })
  }
}
