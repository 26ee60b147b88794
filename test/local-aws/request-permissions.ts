import * as z from 'zod'
import { ACCOUNT, arnOf, functionArn, parseFunction, REGION } from './arn.ts'
import type { Permission } from './role-policy.ts'
import type { WireRequest } from './wire.ts'

/** Services that have a double here, by the names in the scope of a signature. */
export const SERVICES = ['s3', 'lambda', 'events', 'ssm', 'sns', 'monitoring'] as const
export type Service = (typeof SERVICES)[number]

/**
 * What IAM asks of whoever makes a request.
 *
 * @see AWS, "Actions, resources, and condition keys for AWS services", service authorization reference
 */
export function requestPermissions(service: Service, request: WireRequest): Permission[] {
  const { headers, body } = request
  const operation = String(headers['x-amz-target']).split('.').at(-1) ?? ''
  switch (service) {
    case 's3':
      return s3Permissions(request)
    case 'lambda':
      return [lambdaPermission(request)]
    case 'ssm': {
      const { Name: name = '' } = jsonOf(body)
      return [{ action: `ssm:${operation}`, resource: arnOf('ssm', `parameter${String(name)}`) }]
    }
    case 'events':
      return entriesOf(body).map((bus) => ({
        action: `events:${operation}`,
        resource: arnOf('events', `event-bus/${bus}`),
      }))
    case 'sns': {
      const form = new URLSearchParams(body.toString())
      return [{ action: `sns:${form.get('Action')}`, resource: form.get('TopicArn') ?? '' }]
    }
    case 'monitoring': {
      const { AlarmName: alarm } = jsonOf(body)
      const resource = alarm === undefined ? '*' : `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${String(alarm)}`
      return [{ action: `cloudwatch:${operation}`, resource }]
    }
  }
}

function jsonOf(body: Buffer): Record<string, unknown> {
  return JSON.parse(body.toString() || '{}') as Record<string, unknown>
}

const entriesSchema = z.object({ Entries: z.array(z.object({ EventBusName: z.string().default('default') })) })

function entriesOf(body: Buffer): string[] {
  const { Entries: entries } = entriesSchema.parse(jsonOf(body))
  return [...new Set(entries.map(({ EventBusName: bus }) => bus.split('/').at(-1) ?? bus))]
}

const LAMBDA_ACTIONS: Readonly<Record<string, string>> = {
  'GET aliases/*': 'GetAlias',
  'PUT aliases/*': 'UpdateAlias',
  'GET aliases': 'ListAliases',
  'GET versions': 'ListVersionsByFunction',
  'POST versions': 'PublishVersion',
  'GET configuration': 'GetFunctionConfiguration',
  'POST invocations': 'InvokeFunction',
  'DELETE ': 'DeleteFunction',
}

function lambdaPermission({ method, url }: WireRequest): Permission {
  const [, , , named = '', topic = '', third] = url.pathname.split('/').map(decodeURIComponent)
  const { name, qualifier: inName } = parseFunction(named)
  const action = LAMBDA_ACTIONS[`${method} ${topic}${third === undefined ? '' : '/*'}`] ?? `${method} ${topic}`
  const qualifier = topic === 'aliases' ? third : (url.searchParams.get('Qualifier') ?? inName)
  return { action: `lambda:${action}`, resource: functionArn(name, qualifier) }
}

function s3Permissions({ method, url, body }: WireRequest): Permission[] {
  const [, bucket = '', ...parts] = url.pathname.split('/').map(decodeURIComponent)
  const key = parts.join('/')
  const { searchParams: query } = url
  const onObject = (action: string, name = key): Permission => ({ action, resource: `arn:aws:s3:::${bucket}/${name}` })
  if (key === '') {
    if (method === 'POST' && query.has('delete'))
      return deletedKeys(body).map((name) => onObject('s3:DeleteObject', name))
    const prefix = query.get('prefix')
    const context = prefix === null ? {} : { 's3:prefix': prefix }
    const action = method === 'GET' || method === 'HEAD' ? 's3:ListBucket' : `s3:${method}Bucket`
    return [{ action, resource: `arn:aws:s3:::${bucket}`, context }]
  }
  if (method === 'DELETE') return [onObject(query.has('uploadId') ? 's3:AbortMultipartUpload' : 's3:DeleteObject')]
  return [onObject(method === 'PUT' || method === 'POST' ? 's3:PutObject' : 's3:GetObject')]
}

function deletedKeys(body: Buffer): string[] {
  const plainText = (text: string) =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
  return [...body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => plainText(key))
}
