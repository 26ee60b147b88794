import { randomUUID } from 'node:crypto'
import { ACCOUNT, REGION } from './arn.ts'
import type { RouteMatch } from './http-routes.ts'
import type { WireAnswer, WireRequest } from './wire.ts'

/** Bodies that API Gateway hands on as text; others come in base 64. */
const TEXT = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded|problem\+json|[\w.-]+\+(json|xml)))/

export const API_ID = 'localapi00'

/** What a Lambda function gets of a request, in payload format 2.0. */
export type HttpEvent = ReturnType<typeof httpEvent>

/** @see AWS, "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway": payload format version 2.0 */
export function httpEvent(request: WireRequest, { route, pathParameters }: RouteMatch) {
  const { url, method } = request
  const path = request.target.split('?')[0] ?? '/'
  const { cookie, ...headers } = headersOf(request)
  const query = queryOf(url.searchParams)
  const cookies = cookie === undefined ? undefined : cookie.split(/;\s*/)
  const now = new Date()
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: decodedPath(path),
    rawQueryString: request.target.includes('?') ? request.target.slice(request.target.indexOf('?') + 1) : '',
    ...(cookies === undefined ? {} : { cookies }),
    headers,
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: ACCOUNT,
      apiId: API_ID,
      domainName: `${API_ID}.execute-api.${REGION}.amazonaws.com`,
      domainPrefix: API_ID,
      http: {
        method,
        path: decodedPath(path),
        protocol: 'HTTP/1.1',
        sourceIp: request.address,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    ...bodyOf(request, headers['content-type']),
  }
}

/** Names in lower case, values of the same name joined by commas, and what API Gateway adds of the way here. */
function headersOf({ headers, address }: WireRequest): Record<string, string> {
  const { connection: _, ...given } = headers
  const entries = Object.entries(given).map(([name, value]) => [name, [value].flat().join(',')] as const)
  const joined: Record<string, string> = Object.fromEntries(entries)
  const path = [joined['x-forwarded-for'], address].filter((part) => part !== undefined).join(', ')
  return { ...joined, 'x-forwarded-for': path, 'x-forwarded-port': '443', 'x-forwarded-proto': 'https' }
}

function queryOf(query: URLSearchParams): Record<string, string> | undefined {
  const names = [...new Set(query.keys())]
  if (names.length === 0) return undefined
  return Object.fromEntries(names.map((name) => [name, query.getAll(name).join(',')]))
}

function bodyOf({ body }: WireRequest, contentType = '') {
  if (body.length === 0) return { isBase64Encoded: false }
  const isText = TEXT.test(contentType)
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText }
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

interface FunctionAnswer {
  statusCode: number
  headers?: Record<string, string | number | boolean>
  cookies?: string[]
  body?: string
  isBase64Encoded?: boolean
}

/** What the caller gets of a function's answer; undefined where it is none that API Gateway takes. */
export function httpAnswer(payload: string): WireAnswer | undefined {
  const json: unknown = JSON.parse(payload)
  if (typeof json !== 'object' || json === null || !('statusCode' in json)) {
    // Without a status it is taken for the body of a good answer.
    return json === null
      ? undefined
      : { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }
  }
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = json as FunctionAnswer
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) return undefined
  const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  return {
    status: statusCode,
    headers: { ...plain, ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }) },
    body: isBase64Encoded ? Buffer.from(body, 'base64') : body,
  }
}
