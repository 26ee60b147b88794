import type { ShiftedFunction } from '../config/stage.ts'

/** What a version answered when it was invoked by its number. */
export interface SmokeAnswer {
  /** The version that Lambda ran. */
  executedVersion: string | undefined
  /** What the function died of; undefined where it answered. */
  error: string | undefined
  statusCode: number | undefined
  /** By their names in lower case. */
  headers: Readonly<Record<string, string>>
  body: unknown
}

/** One golden request, and what the answer must be like. */
export interface SmokeCheck {
  name: string
  event: Record<string, unknown>
  statuses: readonly number[]
  /** The model that must answer; undefined where any may. */
  model: string | undefined
  /** Where the answer names its model. */
  modelIn: 'model_version' | 'x-model-version' | undefined
}

export interface SmokeOptions {
  /** The model that the version is pinned to; null where it follows the champion. */
  modelVersion: string | null
  /** Before anything answers, a stage has neither data nor models: it is enough that the function starts and says so. */
  isFirst: boolean
  /** With a key, a question is asked as a caller would; without one, that nobody gets an answer without a key. */
  apiKey: string | undefined
}

const BET = { sport: 'smoke', league: 'smoke', market: 'smoke', institution_name: 'smoke', odds: 100 }

/**
 * The golden requests of a function, as API Gateway sends them.
 *
 * Health needs no key: that of prediction is 200 only once the model has been loaded, checked against its hash and run on a
 * bet. The question without a key must be refused, which reads the key set and shows that the doors are shut.
 */
export function smokeChecks(name: ShiftedFunction, options: SmokeOptions): SmokeCheck[] {
  const { isFirst, apiKey } = options
  const model = options.modelVersion ?? undefined
  const healthy = isFirst ? [200, 503] : [200]
  const asked = apiKey === undefined ? [401] : [200]
  const plain = { model: undefined, modelIn: undefined }
  if (name === 'scoring') {
    const question = request('GET', '/api/score-bet', { query: 'sport=smoke&market=smoke', apiKey })
    return [
      { name: 'health', event: request('GET', '/api/health'), statuses: healthy, ...plain },
      ...(isFirst ? [] : [{ name: 'score', event: question, statuses: asked, ...plain }]),
    ]
  }
  const question = request('POST', '/api/v1/predict', { body: BET, apiKey })
  const health = isFirst ? plain : { model, modelIn: 'model_version' as const }
  const answer = apiKey === undefined ? plain : { model, modelIn: 'x-model-version' as const }
  return [
    { name: 'live', event: request('GET', '/live'), statuses: [200], ...plain },
    { name: 'health', event: request('GET', '/health'), statuses: healthy, ...health },
    ...(isFirst ? [] : [{ name: 'predict', event: question, statuses: asked, ...answer }]),
  ]
}

/** What is wrong with an answer; undefined where nothing is. */
export function smokeProblem(check: SmokeCheck, answer: SmokeAnswer, version: string): string | undefined {
  if (answer.error !== undefined) return `${check.name}: the function failed: ${answer.error}`
  if (answer.executedVersion !== version) {
    return `${check.name}: version ${answer.executedVersion ?? 'unknown'} answered in place of ${version}`
  }
  if (answer.statusCode === undefined || !check.statuses.includes(answer.statusCode)) {
    return `${check.name}: status ${answer.statusCode ?? 'missing'}, not ${check.statuses.join(' or ')}`
  }
  const said = answer.headers['x-function-version']
  if (said !== version) return `${check.name}: x-function-version is ${said ?? 'missing'}, not ${version}`
  const model = modelOf(check, answer)
  if (check.model !== undefined && model !== check.model) {
    return `${check.name}: the model is ${model ?? 'not told'}, and the version is pinned to ${check.model}`
  }
  return undefined
}

function modelOf({ modelIn }: SmokeCheck, { headers, body }: SmokeAnswer): string | undefined {
  if (modelIn === 'x-model-version') return headers[modelIn]
  const named = typeof body === 'object' && body !== null && 'model_version' in body ? body.model_version : undefined
  return typeof named === 'string' ? named : undefined
}

interface RequestParts {
  query?: string
  body?: unknown
  apiKey?: string | undefined
}

/** An event of API Gateway, payload format 2.0. @see AWS, "Create AWS Lambda proxy integrations for HTTP APIs" */
function request(method: 'GET' | 'POST', path: string, { query = '', body, apiKey }: RequestParts = {}) {
  const userAgent = 'closeline-smoke'
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: {
      host: 'smoke.invalid',
      'user-agent': userAgent,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
    },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'smoke',
      domainName: 'smoke.invalid',
      domainPrefix: 'smoke',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent },
      requestId: 'smoke',
      routeKey: '$default',
      stage: '$default',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  }
}
