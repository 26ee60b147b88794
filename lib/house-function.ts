import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js'
import { Construct } from 'constructs'
import type { FunctionName, Secret, ShiftedFunction } from '../shared/config/stage.ts'
import { functionName, LIVE_ALIAS, SHIFTED_FUNCTIONS, secretName } from '../shared/config/stage.ts'
import { acknowledge } from './data/acknowledge.ts'
import { houseCode } from './house-code.ts'
import { LOG_RETENTION } from './log-retention.ts'
import { ownArn } from './own-arn.ts'
import type { StageConfig } from './stages.ts'

export interface HouseFunctionProps {
  stage: StageConfig
  name: FunctionName
  description: string
  memoryMegabytes: number
  timeoutSeconds: number
  /** Of `/tmp`, where files are worked on. */
  scratchMegabytes?: number
  /** Names and limits, never a secret: a published version keeps them for ever, for all who may look. */
  environment: Readonly<Record<string, string>>
  /** Takes what an event or a schedule asked for in vain; undefined for what answers requests. */
  failures?: Queue
}

type ObjectBucket = Pick<IBucket, 'bucketArn' | 'arnForObjects'>

/** How often Lambda repeats work that nobody waits for, and how old it may become. */
const ASYNCHRONOUS = { retryAttempts: 1, maxEventAge: Duration.hours(1) }

/**
 * Every function of the product: Node 24, its code, its log group, and a role that may write there and do no more until a
 * capability is added.
 *
 * It is not traced: an HTTP API hands no trace on, and what X-Ray shows of a function by itself, start and duration, is in
 * its log. All its versions share one role, as Lambda asks of versions that share traffic.
 */
export class HouseFunction extends Construct {
  readonly lambda: LambdaFunction
  readonly #role: Role
  readonly #stage: StageConfig
  /** Resources of permissions that stand for several, and why. */
  readonly #wide = new Map<string, string>()

  constructor(scope: Construct, id: string, props: HouseFunctionProps) {
    super(scope, id)
    const { stage, name } = props
    this.#stage = stage
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName(stage.name, name)}`,
      retention: LOG_RETENTION[stage.logRetentionDays],
      removalPolicy: stage.retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    })
    this.#role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logs.grantWrite(this.#role)
    this.node.addValidation({ validate: () => this.#acknowledgeWide() })
    const reserved = stage.reservedConcurrency[name]
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: functionName(stage.name, name),
      description: props.description,
      code: houseCode(name, stage.architecture),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: stage.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      memorySize: props.memoryMegabytes,
      timeout: Duration.seconds(props.timeoutSeconds),
      ephemeralStorageSize: Size.mebibytes(props.scratchMegabytes ?? 512),
      environment: { STAGE: stage.name, ...props.environment },
      role: this.#role,
      logGroup: logs,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.DISABLED,
      // Without it the version that a rollback wants would be gone.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
      ...(props.failures === undefined ? {} : { ...ASYNCHRONOUS, onFailure: new SqsDestination(props.failures) }),
    })
  }

  /** Publishes what is deployed, unless it is what was published last. */
  publish(): string {
    return this.lambda.currentVersion.version
  }

  /** Objects whose keys match, such as `models/*` or `access/keys.json`. */
  readObjects(bucket: ObjectBucket, ...keys: string[]): this {
    return this.#onObjects(bucket, ['s3:GetObject'], keys)
  }

  /** An upload in parts that fails is ended, so that its parts are not kept. */
  writeObjects(bucket: ObjectBucket, ...keys: string[]): this {
    return this.#onObjects(bucket, ['s3:PutObject', 's3:AbortMultipartUpload'], keys)
  }

  /** The bucket is versioned: what is removed can be brought back. */
  removeObjects(bucket: ObjectBucket, ...keys: string[]): this {
    return this.#onObjects(bucket, ['s3:DeleteObject'], keys)
  }

  /**
   * Keys that begin with a prefix, such as `models/*`. To a reader who may not list at all, S3 says of an object that does
   * not exist that it is forbidden. A request for an object names no prefix: that is why the condition holds without one.
   */
  listObjects(bucket: ObjectBucket, ...prefixes: string[]): this {
    const conditions = { StringLikeIfExists: { 's3:prefix': prefixes } }
    return this.#may({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn], conditions })
  }

  /** Under the key that SSM has in every account, which asks for no permission of its own. */
  readSecret(secret: Secret): this {
    const name = secretName(this.#stage.name, secret).slice(1)
    return this.#may({ actions: ['ssm:GetParameter'], resources: [ownArn(this, 'ssm', 'parameter', name)] })
  }

  publishEvents(bus: Pick<IEventBus, 'eventBusArn'>): this {
    return this.#may({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] })
  }

  publishAlerts(topic: Pick<ITopic, 'topicArn'>): this {
    return this.#may({ actions: ['sns:Publish'], resources: [topic.topicArn] })
  }

  /** CloudWatch knows no narrower permission: metrics have no ARN. */
  readMetrics(): this {
    this.#wide.set('*', 'GetMetricData takes no resource: metrics have no ARN.')
    return this.#may({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] })
  }

  /** Reads and moves the traffic of functions behind their alias. */
  shiftTraffic(names: readonly ShiftedFunction[] = SHIFTED_FUNCTIONS): this {
    const resources = names.map((name) =>
      ownArn(this, 'lambda', 'function', `${functionName(this.#stage.name, name)}:${LIVE_ALIAS}`, ':'),
    )
    return this.#may({ actions: ['lambda:GetAlias', 'lambda:UpdateAlias'], resources })
  }

  #onObjects(bucket: ObjectBucket, actions: string[], keys: string[]): this {
    for (const key of keys.filter((key) => key.includes('*'))) {
      this.#wide.set(bucket.arnForObjects(key), `The objects of ${key} have no names beforehand.`)
    }
    return this.#may({ actions, resources: keys.map((key) => bucket.arnForObjects(key)) })
  }

  #may(statement: {
    actions: string[]
    resources: string[]
    conditions?: Record<string, Record<string, string[]>>
  }): this {
    this.#role.addToPolicy(new PolicyStatement({ effect: Effect.ALLOW, ...statement }))
    return this
  }

  /** cdk-nag knows a finding by its resource as the template has it, which is not told before the stacks are put together. */
  #acknowledgeWide(): string[] {
    for (const [resource, reason] of this.#wide) {
      const written = flattenCfnReference(Stack.of(this).resolve(resource))
      acknowledge(this.#role, { [`AwsSolutions-IAM5[Resource::${written}]`]: reason })
    }
    return []
  }
}
