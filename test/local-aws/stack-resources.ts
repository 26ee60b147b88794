import { basename } from 'node:path'
import * as z from 'zod'
import { alarmSchema } from './alarm.ts'
import type { AwsServices } from './aws-services.ts'
import { busName, DEFAULT_BUS, ruleTargetsSchema } from './event-bus.ts'
import { parseEventPattern } from './event-pattern.ts'
import type { FunctionSpec } from './function-spec.ts'
import { LATEST } from './function-spec.ts'
import { logFilterSchema } from './log-filters.ts'
import type { DeployedResource } from './physical-name.ts'
import { physicalArn, physicalName } from './physical-name.ts'
import { parsePolicy } from './role-policy.ts'
import { scheduleSchema } from './schedules.ts'

/** Puts a resource in place, or changes it into what it is now. */
export type ApplyResource = (resource: DeployedResource, services: AwsServices, assets: Assets) => Promise<void> | void

/** Folders of assets by their hashes. */
export type Assets = Readonly<Record<string, string>>

const functionSchema = z.looseObject({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Role: z.string(),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).default({ Variables: {} }),
})

async function applyFunction(resource: DeployedResource, services: AwsServices, assets: Assets): Promise<void> {
  const name = physicalName(resource)
  const { Code, Handler, Role, Timeout, MemorySize, ...rest } = functionSchema.parse(resource.properties)
  const assetFolder = assets[basename(Code.S3Key, '.zip')]
  if (assetFolder === undefined) throw new Error(`${name}: there is no asset ${Code.S3Key}`)
  const spec: Omit<FunctionSpec, 'version'> = {
    ...{ name, assetFolder, handler: Handler, timeoutMs: Timeout * 1000, memoryMb: MemorySize, roleArn: Role },
    environment: rest.Environment.Variables,
    reservedConcurrency: rest.ReservedConcurrentExecutions,
  }
  services.functions.put(spec)
  await services.invocations.retire(name, LATEST)
}

/** Publishes, unless nothing has changed since the last version: Lambda makes none then, and CloudFormation fails. */
function applyVersion(resource: DeployedResource, { functions }: AwsServices): void {
  const name = String(resource.properties.FunctionName)
  const published = functions.versions(name).filter(({ version }) => version !== LATEST)
  const same = published.find((spec) => isSameCode(spec, functions.version(name, LATEST)))
  if (same !== undefined) {
    throw new Error(
      `${name}: a version for this Lambda function exists (${same.version}). Modify the function to create a new version.`,
    )
  }
  resource.version = functions.publish(name)
}

function isSameCode(a: FunctionSpec, b: FunctionSpec): boolean {
  const essence = ({ assetFolder, version: _, ...spec }: FunctionSpec) =>
    JSON.stringify({ ...spec, asset: basename(assetFolder), environment: Object.entries(spec.environment).sort() })
  return essence(a) === essence(b)
}

const aliasSchema = z.looseObject({
  FunctionName: z.string(),
  Name: z.string(),
  FunctionVersion: z.string(),
  RoutingConfig: z
    .object({
      AdditionalVersionWeights: z.array(z.object({ FunctionVersion: z.string(), FunctionWeight: z.coerce.number() })),
    })
    .optional(),
})

function applyAlias({ properties }: DeployedResource, { functions }: AwsServices): void {
  const { FunctionName, Name, FunctionVersion: functionVersion, RoutingConfig } = aliasSchema.parse(properties)
  const shares = RoutingConfig?.AdditionalVersionWeights ?? []
  const weights = Object.fromEntries(shares.map((share) => [share.FunctionVersion, share.FunctionWeight]))
  functions.putAlias(FunctionName, Name, { functionVersion, weights })
}

const invokeConfigSchema = z.looseObject({
  FunctionName: z.string(),
  Qualifier: z.string(),
  MaximumRetryAttempts: z.coerce.number().default(2),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).default({}),
})

function applyInvokeConfig({ properties }: DeployedResource, { functions }: AwsServices): void {
  const {
    FunctionName,
    Qualifier,
    MaximumRetryAttempts: retries,
    DestinationConfig,
  } = invokeConfigSchema.parse(properties)
  functions.setAsync(FunctionName, Qualifier, { retries, onFailure: DestinationConfig.OnFailure?.Destination })
}

const ruleSchema = z.looseObject({
  EventBusName: z.string().default(DEFAULT_BUS),
  EventPattern: z.unknown(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: ruleTargetsSchema.default([]),
})

function applyRule(resource: DeployedResource, { buses }: AwsServices): void {
  const { EventBusName, EventPattern, State, Targets } = ruleSchema.parse(resource.properties)
  const isEnabled = State === 'ENABLED'
  const pattern = parseEventPattern(EventPattern)
  buses.putRule({ name: physicalName(resource), bus: busName(EventBusName), pattern, isEnabled, targets: Targets })
}

const permissionSchema = z.looseObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
})

const rolePolicySchema = z.looseObject({ PolicyDocument: z.unknown(), Roles: z.array(z.string()).default([]) })
const roleSchema = z.looseObject({ Policies: z.array(z.looseObject({ PolicyDocument: z.unknown() })).default([]) })

/** What is done about a resource, by type. */
export const APPLIED: Readonly<Record<string, ApplyResource>> = {
  'AWS::S3::Bucket': (resource, { createBucket }) => createBucket(physicalName(resource)),
  'AWS::SQS::Queue': (resource, { queues }) => queues.add(physicalArn(resource)),
  'AWS::SNS::Topic': (resource, { topics }) => topics.add(physicalArn(resource)),
  'AWS::Events::EventBus': (resource, { buses }) => buses.addBus(physicalName(resource)),
  'AWS::Events::Rule': applyRule,
  'AWS::Lambda::Function': applyFunction,
  'AWS::Lambda::Version': applyVersion,
  'AWS::Lambda::Alias': applyAlias,
  'AWS::Lambda::EventInvokeConfig': applyInvokeConfig,
  'AWS::Lambda::Permission': ({ properties }, { permissions }) => permissions.add(permissionSchema.parse(properties)),
  'AWS::Scheduler::Schedule': (resource, { schedules }) =>
    schedules.put(physicalName(resource), scheduleSchema.parse(resource.properties)),
  'AWS::CloudWatch::Alarm': (resource, { alarms }) =>
    alarms.put(alarmSchema.parse({ AlarmName: physicalName(resource), ...resource.properties })),
  'AWS::Logs::MetricFilter': (resource, { logFilters }) =>
    logFilters.put(physicalName(resource), logFilterSchema.parse(resource.properties)),
  'AWS::IAM::Policy': (resource, { policies }) => {
    const { PolicyDocument, Roles } = rolePolicySchema.parse(resource.properties)
    for (const role of Roles) policies.put(role, resource.logicalId, parsePolicy(PolicyDocument))
  },
  'AWS::IAM::Role': (resource, { policies }) => {
    const { Policies } = roleSchema.parse(resource.properties)
    const statements = Policies.flatMap(({ PolicyDocument }) => parsePolicy(PolicyDocument))
    policies.put(physicalName(resource), 'inline', statements)
  },
}

/** What is taken away with a resource that a stack has no more, by type; a version is kept, as the stacks say. */
export const REMOVED: Readonly<Record<string, ApplyResource>> = {
  'AWS::CloudWatch::Alarm': (resource, { alarms }) => alarms.remove(physicalName(resource)),
  'AWS::Events::Rule': (resource, { buses }) => buses.removeRule(physicalName(resource)),
  'AWS::Logs::MetricFilter': (resource, { logFilters }) => logFilters.remove(physicalName(resource)),
}
