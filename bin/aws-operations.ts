import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { busName } from '../lib/data/names.ts'
import { cdkDeployer, installedCdk } from '../shared/adapters/cdk-deployer.ts'
import { cloudwatchAlarms } from '../shared/adapters/cloudwatch-alarms.ts'
import { cloudwatchLogsReader } from '../shared/adapters/cloudwatch-logs-reader.ts'
import { eventbridgeEventPublisher } from '../shared/adapters/eventbridge-event-publisher.ts'
import { filePinnedModels, fileTrafficStore } from '../shared/adapters/file-traffic-store.ts'
import { lambdaAliases } from '../shared/adapters/lambda-aliases.ts'
import { lambdaInvoker } from '../shared/adapters/lambda-invoker.ts'
import { lambdaVersions } from '../shared/adapters/lambda-versions.ts'
import { s3ObjectStore } from '../shared/adapters/s3-object-store.ts'
import { AWS_TIMEOUTS } from '../shared/config/aws-timeouts.ts'
import type { Stage } from '../shared/config/stage.ts'
import type { DeployDeps } from '../shared/usecases/deploy-version.ts'
import type { PlanDeps } from '../shared/usecases/shift-traffic.ts'
import type { ShiftDeps } from '../shared/usecases/shift-traffic-carry-out.ts'
import type { LogDeps } from '../shared/usecases/tail-logs.ts'
import type { Deployer } from '../shared/usecases/traffic-ports.ts'
import type { StatusDeps } from '../shared/usecases/traffic-status.ts'

/** All that an operator's commands work with, on one stage. */
export type Operations = PlanDeps & ShiftDeps & DeployDeps & StatusDeps & LogDeps

export interface OperationsOptions {
  /** Folder with `traffic.json`, `models/pinned.json` and `cdk.json`; this one where not told. */
  repository?: string
  /** What puts stacks in place; the CDK that is installed where not told. */
  deployer?: Deployer
}

/**
 * An operator's ports on AWS. Credentials, region and endpoints come from where the SDK and the CDK look for them; nobody
 * is asked before a command needs it.
 */
export function awsOperations(stage: Stage, options: OperationsOptions = {}): Operations {
  const { repository = fileURLToPath(new URL('..', import.meta.url)) } = options
  const lambda = new LambdaClient(AWS_TIMEOUTS)
  const s3 = new S3Client(AWS_TIMEOUTS)
  return {
    traffic: fileTrafficStore(repository),
    pinned: filePinnedModels(repository),
    aliases: lambdaAliases(lambda, sleep),
    versions: lambdaVersions(lambda),
    invoker: lambdaInvoker(lambda),
    alarms: cloudwatchAlarms(new CloudWatchClient(AWS_TIMEOUTS)),
    logs: cloudwatchLogsReader(new CloudWatchLogsClient(AWS_TIMEOUTS)),
    events: eventbridgeEventPublisher(new EventBridgeClient(AWS_TIMEOUTS), busName(stage)),
    objectsIn: (bucket) => s3ObjectStore(s3, bucket),
    deployer: options.deployer ?? cdkDeployer(installedCdk(repository)),
    smokeKey: process.env.CLOSELINE_API_KEY,
    clock: Date.now,
    sleep,
  }
}
