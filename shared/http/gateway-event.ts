import type { LambdaEvent } from 'hono/aws-lambda'

/** A request as a function asks itself. */
export interface OwnRequest {
  method: 'GET' | 'POST'
  /** With its query. */
  target: string
  /** Sent as JSON. */
  body?: unknown
}

const NOBODY = { accountId: '', apiId: '', authentication: null, authorizer: {}, domainPrefix: '' }

/** The event that an HTTP API of API Gateway would make of a request, payload version 2.0. */
export function gatewayEvent({ method, target, body }: OwnRequest): LambdaEvent {
  const { hostname, pathname, search } = new URL(target, 'https://self.invalid')
  const http = { method, path: pathname, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'self-trial' }
  const requestContext = { ...NOBODY, domainName: hostname, http, requestId: 'self-trial', stage: '$default' }
  return {
    ...{ version: '2.0', routeKey: '$default', rawPath: pathname, rawQueryString: search.slice(1) },
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { ...requestContext, routeKey: '$default', time: '', timeEpoch: 0 },
  }
}
