import type { S3Client } from '@aws-sdk/client-s3'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { createRng } from '../../shared/kernel/random.ts'
import { localS3 } from '../support/local-s3.ts'
import type { AccountHistory, LoggedLine } from './account-history.ts'
import { accountHistory } from './account-history.ts'
import type { DeniedRequest } from './aws-endpoint.ts'
import type { AwsServices } from './aws-services.ts'
import { invokePermissions, rolePolicies } from './aws-services.ts'
import type { CloudFormation } from './cloudformation.ts'
import { cloudFormation } from './cloudformation.ts'
import { eventServices } from './event-services.ts'
import type { Invoked } from './lambda-invocations.ts'
import { lambdaInvocations } from './lambda-invocations.ts'
import { lambdaRegistry } from './lambda-registry.ts'
import { createLogFilters } from './log-filters.ts'
import type { MetricStore } from './metric-store.ts'
import { metricStore } from './metric-store.ts'
import { createQueues } from './queues.ts'
import { endpointVariables, startEndpoint } from './start-endpoint.ts'
import { createTopics } from './topics.ts'
import { workUnderWay } from './work-under-way.ts'

/** An account of AWS on this machine: its services, and what happened in them. */
export interface LocalAccount extends AsyncDisposable {
  services: AwsServices
  stacks: CloudFormation
  metrics: MetricStore
  /** SecureStrings by their names. */
  parameters: Map<string, string>
  s3: S3Client
  /** What the SDK's clients need to find the services, as the caller of that name; functions are held to their roles. */
  environment(caller: string): Record<string, string>
  invoked(): readonly Invoked[]
  lines(): readonly LoggedLine[]
  denied(): readonly DeniedRequest[]
  /** Resolves when nothing that was started without waiting for it runs any more. */
  settled(): Promise<void>
  /** Moves the clock of metrics and alarms forward. */
  advance(ms: number): void
  now(): number
  /** By how much longer functions may take here. */
  patience: number
}

export interface AccountOptions {
  /** Of the chance by which an alias picks a version. */
  seed?: number
  /** Of each version, at once. */
  mostEnvironments?: number
  /** By how much longer functions may take here than their configuration says, 10 where not told: a busy machine is no Lambda. */
  patience?: number
}

/** An operator may do everything. */
export const OPERATOR = 'operator'

/** Starts an account without any resource. */
export async function startLocalAccount(options: AccountOptions = {}): Promise<LocalAccount> {
  await using starting = new AsyncDisposableStack()
  const s3Server = starting.use(await localS3())
  const { note, settled } = workUnderWay()
  const [metrics, parameters] = [metricStore(), new Map<string, string>()]
  const logFilters = createLogFilters(metrics)
  let aheadMs = 0
  const now = () => Date.now() + aheadMs
  const history = accountHistory({ metrics, logFilters, aheadMs: () => aheadMs })
  // Known before the first function runs: the endpoint needs the functions, and they its address.
  let url = ''
  const environment = (caller: string) => endpointVariables(url, caller)
  const kept = {
    ...{ functions: lambdaRegistry(), permissions: invokePermissions(), policies: rolePolicies() },
    ...{ queues: createQueues(), topics: createTopics(), logFilters },
  }
  const invocations = starting.use(invocationsOf(options, { kept, history, environment }))
  const invokeEvent = (target: string, payload: string) => note(invocations.invokeEvent(target, payload))
  const services: AwsServices = {
    ...{ ...kept, invocations },
    ...eventServices({ ...kept, metrics, clock: now, invokeEvent }),
    async createBucket(name) {
      await s3Server.client.send(new CreateBucketCommand({ Bucket: name }))
    },
  }
  const onDenied = (denied: DeniedRequest) => void history.denied.push(denied)
  const endpoint = await startEndpoint({ services, metrics, parameters, s3Url: s3Server.url, onDenied })
  url = starting.use(endpoint).url
  const running = starting.move()
  return {
    ...{ services, metrics, parameters, s3: s3Server.client, stacks: cloudFormation(services) },
    ...{ environment, settled, now, patience: options.patience ?? PATIENCE },
    invoked: () => history.invoked,
    lines: () => history.lines,
    denied: () => history.denied,
    advance(ms) {
      aheadMs += ms
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

const PATIENCE = 10

interface InvocationParts {
  kept: Pick<AwsServices, 'functions' | 'queues'>
  history: AccountHistory
  environment: (caller: string) => Record<string, string>
}

function invocationsOf(options: AccountOptions, { kept, history, environment }: InvocationParts) {
  const { seed = 1, mostEnvironments = 2, patience = PATIENCE } = options
  return lambdaInvocations({
    ...{ registry: kept.functions, mostEnvironments, patience, chance: createRng(seed).next },
    variablesOf: ({ name }) => environment(name),
    onInvoked: history.onInvoked,
    onLine: history.onLine,
    onFailure: (destination, record) => kept.queues.send(destination, JSON.stringify(record)),
  })
}
