import { REGION } from './arn.ts'
import type { DeniedRequest } from './aws-endpoint.ts'
import { awsEndpoint } from './aws-endpoint.ts'
import type { AwsServices } from './aws-services.ts'
import { cloudwatchOperations } from './cloudwatch-wire.ts'
import { eventOperations } from './event-bus-wire.ts'
import { LATEST } from './function-spec.ts'
import { jsonProtocol } from './json-protocol.ts'
import { lambdaWire } from './lambda-wire.ts'
import type { MetricStore } from './metric-store.ts'
import { parameterOperations } from './parameter-store.ts'
import { s3Front } from './s3-front.ts'
import { topicsWire } from './topics.ts'
import type { WireServer } from './wire.ts'
import { startWireServer } from './wire.ts'

interface Deps {
  services: AwsServices
  metrics: MetricStore
  parameters: ReadonlyMap<string, string>
  /** URL of the local S3 server. */
  s3Url: string
  onDenied: (denied: DeniedRequest) => void
}

/** Starts the address that clients of the SDK find all services at. Functions are held to the policies of their roles. */
export function startEndpoint({ services, metrics, parameters, s3Url, onDenied }: Deps): Promise<WireServer> {
  const { functions, invocations, buses, topics, alarms, policies } = services
  const roleOf = (name: string) => functions.version(name, LATEST).roleArn.split('role/')[1] ?? ''
  return startWireServer(
    awsEndpoint({
      services: {
        s3: s3Front(s3Url),
        lambda: lambdaWire(functions, invocations),
        events: jsonProtocol(eventOperations(buses)),
        ssm: jsonProtocol(parameterOperations(parameters)),
        sns: topicsWire(topics),
        monitoring: jsonProtocol(cloudwatchOperations(metrics, alarms)),
      },
      policiesOf: (caller) => (functions.names().includes(caller) ? policies.of(roleOf(caller)) : undefined),
      onDenied,
    }),
  )
}

/**
 * What clients of the SDK need to find the services at an address, as the caller of that name. s3rver knows one key and
 * reads no trailing checksums; the session token is free to tell who asks.
 */
export function endpointVariables(url: string, caller: string): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_SESSION_TOKEN: caller,
    AWS_ENDPOINT_URL: url,
    AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
    AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
  }
}
