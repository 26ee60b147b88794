/** The account and the region that everything local is said to be in. */
export const ACCOUNT = '123456789012'
export const REGION = 'eu-central-1'

/** @example arnOf('sqs', 'failures') // 'arn:aws:sqs:eu-central-1:123456789012:failures' */
export function arnOf(service: string, resource: string): string {
  // These services name what is unique in the world, or in the account.
  if (service === 's3') return `arn:aws:s3:::${resource}`
  if (service === 'iam') return `arn:aws:iam::${ACCOUNT}:${resource}`
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`
}

export function functionArn(name: string, qualifier?: string): string {
  return arnOf('lambda', `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`)
}

/** A function by name, ARN or the path that API Gateway invokes; without a qualifier `$LATEST` is meant. */
export function parseFunction(text: string): { name: string; qualifier: string | undefined } {
  const [, named = text] = /functions\/(arn:[^/]+)\/invocations$/.exec(text) ?? []
  const parts = (named.startsWith('arn:') ? named.split(':function:')[1] : named)?.split(':') ?? []
  return { name: parts[0] ?? '', qualifier: parts[1] }
}
