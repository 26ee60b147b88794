import { ACCOUNT, arnOf, functionArn, REGION } from './arn.ts'
import { API_ID } from './http-event.ts'

/** A resource with its properties worked out. */
export interface DeployedResource {
  logicalId: string
  stackName: string
  type: string
  properties: Readonly<Record<string, unknown>>
  /** Number of a published version, for a resource that is one. */
  version?: string
}

/** Members that name a resource, by type; the others get a name made of their stack's and their own id. */
const NAME_MEMBERS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Lambda::Alias': 'Name',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::Events::Archive': 'ArchiveName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::IAM::Role': 'RoleName',
}

export function physicalName({ type, properties, stackName, logicalId }: DeployedResource): string {
  const given = properties[NAME_MEMBERS[type] ?? '']
  const made = `${stackName}-${logicalId}`
  return typeof given === 'string' ? given : type === 'AWS::S3::Bucket' ? made.toLowerCase() : made
}

/** Service and resource part of an ARN, by type. */
const ARNS: Readonly<Record<string, [service: string, prefix: string]>> = {
  'AWS::S3::Bucket': ['s3', ''],
  'AWS::SQS::Queue': ['sqs', ''],
  'AWS::SNS::Topic': ['sns', ''],
  'AWS::Events::EventBus': ['events', 'event-bus/'],
  'AWS::Events::Archive': ['events', 'archive/'],
  'AWS::Scheduler::Schedule': ['scheduler', 'schedule/default/'],
  'AWS::CloudWatch::Alarm': ['cloudwatch', 'alarm:'],
  'AWS::Logs::LogGroup': ['logs', 'log-group:'],
  'AWS::IAM::Role': ['iam', 'role/'],
  'AWS::Lambda::Function': ['lambda', 'function:'],
}

export function physicalArn(resource: DeployedResource): string {
  if (resource.type === 'AWS::Events::Rule') return ruleArn(resource)
  const [service, prefix] = ARNS[resource.type] ?? ['local', `${resource.type.replaceAll('::', '-')}/`]
  return arnOf(service, `${prefix}${physicalName(resource)}`)
}

/** That of a rule on a bus of ours has the bus in it. */
function ruleArn(resource: DeployedResource): string {
  const bus = String(resource.properties.EventBusName ?? 'default')
    .split('/')
    .at(-1)
  return arnOf('events', `rule/${bus === 'default' ? '' : `${bus}/`}${physicalName(resource)}`)
}

/** What `Ref` of a resource is. @see AWS, "Resource and property types reference": return values */
export function refOfResource(resource: DeployedResource): string {
  const { type, properties } = resource
  switch (type) {
    case 'AWS::SNS::Topic':
      return physicalArn(resource)
    case 'AWS::SQS::Queue':
      return `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${physicalName(resource)}`
    case 'AWS::Lambda::Version':
      return functionArn(String(properties.FunctionName), resource.version)
    case 'AWS::Lambda::Alias':
      return functionArn(String(properties.FunctionName), String(properties.Name))
    case 'AWS::ApiGatewayV2::Api':
      return API_ID
  }
  return physicalName(resource)
}

/** What `Fn::GetAtt` of a resource is. @throws {Error} where nothing here knows the attribute */
export function attributeOfResource(resource: DeployedResource, name: string): string {
  const { type } = resource
  if (name === 'Version' && resource.version !== undefined) return resource.version
  if (name === 'FunctionArn') return refOfResource(resource)
  if (name === 'ApiEndpoint') return `https://${API_ID}.execute-api.${REGION}.amazonaws.com`
  if (name === 'QueueName' || name === 'TopicName' || name === 'Name') return physicalName(resource)
  if (name === 'RoleId') return physicalName(resource)
  if (name.endsWith('DomainName')) return `${physicalName(resource)}.s3.amazonaws.com`
  // That of a log group names all its streams.
  if (name === 'Arn') return `${physicalArn(resource)}${type === 'AWS::Logs::LogGroup' ? ':*' : ''}`
  if (name.endsWith('Arn')) return physicalArn(resource)
  if (name.endsWith('Id')) return physicalName(resource)
  throw new Error(`no double of ${type}.${name}`)
}
