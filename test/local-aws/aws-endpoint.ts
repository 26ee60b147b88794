import type { Service } from './request-permissions.ts'
import { requestPermissions, SERVICES } from './request-permissions.ts'
import type { Permission, PolicyStatement } from './role-policy.ts'
import { isAllowed } from './role-policy.ts'
import { s3Refusal } from './s3-front.ts'
import type { Answerer, WireAnswer, WireRequest } from './wire.ts'
import { jsonAnswer } from './wire.ts'

/** A request that a role does not allow. */
export interface DeniedRequest extends Permission {
  caller: string
}

export interface EndpointSetting {
  services: Readonly<Record<Service, Answerer>>
  /** Policies of a caller; undefined for one that may do everything. */
  policiesOf: (caller: string) => readonly PolicyStatement[] | undefined
  onDenied: (denied: DeniedRequest) => void
}

/**
 * All services at one address: which one is asked stands in the scope of the signature, and who asks in the session token,
 * which is the name of the function. What its role does not allow is refused, as IAM would.
 */
export function awsEndpoint({ services, policiesOf, onDenied }: EndpointSetting): Answerer {
  return async (request) => {
    const service = serviceOf(request)
    if (service === undefined) return jsonAnswer(400, { __type: 'UnrecognizedClientException', message: 'no double' })
    const caller = String(request.headers['x-amz-security-token'] ?? '')
    const statements = policiesOf(caller)
    if (statements === undefined) return services[service](request)
    const denied = requestPermissions(service, request).find((permission) => !isAllowed(statements, permission))
    if (denied !== undefined) {
      onDenied({ ...denied, caller })
      return refusal(service, denied, caller)
    }
    const answer = await services[service](request)
    return service === 's3' ? hidden(answer, request, statements) : answer
  }
}

function serviceOf({ headers }: WireRequest): Service | undefined {
  const [, scope] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '') ?? []
  return SERVICES.find((service) => service === scope)
}

/** Of an object that is not there S3 says so only to those who may list. */
function hidden(answer: WireAnswer, { method, url }: WireRequest, statements: readonly PolicyStatement[]): WireAnswer {
  const [, bucket = '', key = ''] = url.pathname.split('/')
  if (answer.status !== 404 || key === '' || (method !== 'GET' && method !== 'HEAD')) return answer
  const listing = { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }
  return isAllowed(statements, listing) ? answer : s3Refusal(403, 'AccessDenied', 'Access Denied')
}

function refusal(service: Service, { action, resource }: Permission, caller: string): WireAnswer {
  const message = `User: ${caller} is not authorized to perform: ${action} on resource: ${resource}`
  if (service === 's3') return s3Refusal(403, 'AccessDenied', message)
  if (service === 'sns') {
    const error = `<Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>${message}</Message></Error>`
    return { status: 403, headers: { 'content-type': 'text/xml' }, body: `<ErrorResponse>${error}</ErrorResponse>` }
  }
  return jsonAnswer(
    service === 'lambda' ? 403 : 400,
    { __type: 'AccessDeniedException', Message: message, message },
    {
      'x-amzn-errortype': 'AccessDeniedException',
    },
  )
}
