import { createRng, type Rng } from '../../shared/kernel/random.ts'
import { HOSTILE_BODIES, HOSTILE_TEXTS, HOSTILE_VALUES } from './hostile-values.ts'
import type { OpenApiChecker } from './openapi-checker.ts'
import type { ApiOperation, OpenApiDocument } from './openapi-document.ts'
import { drawValue, pick } from './values-of-schema.ts'
import type { WireRequest } from './wire.ts'
import { onTheWire } from './wire.ts'

/** Which key a request bears. */
export type Access = 'right' | 'none' | 'wrong scope' | 'expired' | 'revoked' | 'unknown' | 'malformed'

/** Finds the keys to send. A kind that there is no key of is not drawn. */
export interface FuzzKeys {
  right: (scope: string) => string | undefined
  wrongScope?: (scope: string) => string | undefined
  expired?: string
  revoked?: string
  unknown?: string
  malformed?: string
}

/** A generated request, with what it may lead to. */
export interface FuzzedRequest extends WireRequest {
  operation: ApiOperation
  kind: 'valid' | 'near-valid' | 'invalid'
  /** What was done to it. */
  note: string
  access: Access
  /** Whether it may have left the documented paths and methods: then 404 and 405 are answers, too. */
  mayMiss: boolean
  /** Whether it breaks the declared schema: then success is a fault. */
  mustFail: boolean
}

/** A request under construction. */
interface Draft {
  method: string
  path: Map<string, string>
  query: [name: string, value: string][]
  headers: Record<string, string | string[]>
  body: unknown
  /** Sent in place of `body`, as it is. */
  rawBody: string | Uint8Array | undefined
  note: string
  mayMiss: boolean
  /** Whether what was changed leaves no way for the request to be accepted. */
  mustFail: boolean
}

/** Draws requests for every operation of a document in turn; equal seeds give equal requests. */
export function createFuzzer(
  document: OpenApiDocument,
  checker: OpenApiChecker,
  options: { seed: number; keys: FuzzKeys },
): { next(): FuzzedRequest } {
  const rng = createRng(options.seed)
  let turn = 0
  return {
    next() {
      const operation = checker.operations[turn++ % checker.operations.length] as ApiOperation
      const kind = pick(rng, ['valid', 'near-valid', 'near-valid', 'near-valid', 'invalid'] as const)
      const draft = drawValid(document, operation, rng)
      if (kind === 'near-valid') breakOnePlace(draft, operation, rng)
      if (kind === 'invalid') breakForm(draft, operation, rng)
      const access = drawAccess(operation, options.keys, rng)
      return finish(draft, { operation, kind, access, keys: options.keys, checker })
    },
  }
}

/** A request as the document allows it. */
export function drawValid(document: OpenApiDocument, operation: ApiOperation, rng: Rng): Draft {
  const draft: Draft = {
    method: operation.method,
    path: new Map(),
    query: [],
    headers: {},
    body: undefined,
    rawBody: undefined,
    note: 'as documented',
    mayMiss: false,
    mustFail: false,
  }
  const isBare = rng.next() < 0.25
  for (const { name, in: place, required, schema = {}, example } of operation.parameters) {
    if (!required && (isBare || rng.next() < 0.5)) continue
    const drawn = drawValue(document, example === undefined ? schema : { ...schema, example }, rng)
    const text = typeof drawn === 'object' ? JSON.stringify(drawn) : String(drawn)
    if (place === 'path') draft.path.set(name, text)
    if (place === 'query') draft.query.push([name, text])
    if (place === 'header') draft.headers[name] = text
  }
  if (operation.body !== undefined) draft.body = drawValue(document, operation.body.schema, rng)
  return draft
}

/** Breaks one parameter, field or header. */
function breakOnePlace(draft: Draft, operation: ApiOperation, rng: Rng): void {
  const places: ((draft: Draft, rng: Rng) => void)[] = [breakHeader]
  if (draft.query.length > 0) places.push(breakQuery, breakQuery)
  else if (operation.body === undefined) places.push(addQuery)
  if (draft.path.size > 0) places.push(breakPath, breakPath)
  if (operation.body !== undefined) places.push(breakBody, breakBody, breakBody, breakBody)
  pick(rng, places)(draft, rng)
}

function breakQuery(draft: Draft, rng: Rng): void {
  const at = rng.integer(draft.query.length)
  const [name, value] = draft.query[at] as [string, string]
  const [what, text] = pick(rng, HOSTILE_TEXTS)
  switch (rng.integer(5)) {
    case 0:
      draft.query.splice(at, 1)
      draft.note = `no ${name}`
      return
    case 1:
      draft.query.push([name, text])
      draft.note = `${name} twice, then ${what}`
      return
    case 2:
      draft.query[at] = [`${name}[${pick(rng, ['', '0', '__proto__', '$gt'])}]`, value]
      draft.note = `${name} as an array or object`
      return
    default:
      draft.query[at] = [name, text]
      draft.note = `${name} is ${what}`
  }
}

function addQuery(draft: Draft, rng: Rng): void {
  const [what, text] = pick(rng, HOSTILE_TEXTS)
  draft.query.push([pick(rng, ['x', '__proto__', 'constructor', 'select', 'or', 'limit']), text])
  draft.note = `a parameter of nobody, ${what}`
}

function breakPath(draft: Draft, rng: Rng): void {
  const name = pick(rng, [...draft.path.keys()])
  const [what, text] = pick(rng, HOSTILE_TEXTS)
  draft.path.set(name, text)
  // Empty parts, dots and undecodable text may lead to another route or to none.
  draft.mayMiss = true
  draft.note = `path: ${name} is ${what}`
}

function breakHeader(draft: Draft, rng: Rng): void {
  const [name, value] = pick(rng, [
    ['x-request-id', 'a\tb<script>'],
    ['x-request-id', 'x'.repeat(300)],
    ['x-request-id', '../../etc/passwd'],
    ['accept', 'text/html'],
    ['accept-encoding', 'identity;q=0'],
    ['x-forwarded-for', "127.0.0.1, ' OR 1=1"],
    ['x-forwarded-host', 'evil.example'],
    ['x-http-method-override', 'DELETE'],
    ['range', 'bytes=0-1'],
    ['if-none-match', '*'],
    ['cookie', '__proto__=1'],
    ['authorization', 'Basic YTpi'],
    ['user-agent', '\u0024{jndi:ldap://127.0.0.1/a}'],
  ] as const)
  draft.headers[name] = value
  draft.note = `header ${name}: ${value.slice(0, 20)}`
}

function breakBody(draft: Draft, rng: Rng): void {
  const [what, value] = pick(rng, HOSTILE_VALUES)
  const places = placesIn(draft.body)
  const place = places.length === 0 ? undefined : pick(rng, places)
  if (place === undefined) {
    draft.body = value
    draft.note = `the body is ${what}`
    return
  }
  const { holder, key } = place
  switch (rng.integer(5)) {
    case 0:
      delete holder[key]
      draft.note = `no ${key}`
      return
    case 1:
      define(holder, pick(rng, ['__proto__', 'constructor', 'prototype', 'isAdmin', `${key}\u0000`]), { isAdmin: true })
      draft.note = `a field of nobody beside ${key}`
      return
    case 2:
      define(holder, key, [holder[key]])
      draft.note = `${key} in an array`
      return
    default:
      define(holder, key, value)
      draft.note = `${key} is ${what}`
  }
}

/** An own property, `__proto__` too, which an assignment would not make. */
function define(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Every field of a value, however deep. */
function placesIn(value: unknown): { holder: Record<string, unknown>; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])])
}

/** Breaks what comes before any field: method, path, content type, syntax. */
function breakForm(draft: Draft, operation: ApiOperation, rng: Rng): void {
  const ways: ((draft: Draft, rng: Rng) => void)[] = [useUnknownMethod, leavePath]
  if (operation.body !== undefined) ways.push(garbleBody, garbleBody, garbleBody, miscallBody)
  pick(rng, ways)(draft, rng)
}

function useUnknownMethod(draft: Draft, rng: Rng): void {
  draft.method = pick(rng, ['PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE', 'QUERY'])
  draft.mayMiss = true
  draft.note = `method ${draft.method}`
}

function leavePath(draft: Draft, rng: Rng): void {
  draft.headers['x-fuzz-suffix'] = pick(rng, [
    '/',
    '//',
    '/..%2f',
    '/%00',
    '/x',
    ';a=b',
    '.json',
    '%',
    '%zz',
    '/%c0%ae',
  ])
  draft.mayMiss = true
  draft.note = `path with ${String(draft.headers['x-fuzz-suffix'])}`
}

function garbleBody(draft: Draft, rng: Rng): void {
  if (rng.next() < 0.3) {
    draft.rawBody = Uint8Array.from({ length: 1 + rng.integer(400) }, () => rng.integer(256))
    draft.note = 'random bytes'
    return
  }
  const [what, body] = pick(rng, HOSTILE_BODIES)
  draft.rawBody = body
  draft.note = `the body is ${what}`
}

function miscallBody(draft: Draft, rng: Rng): void {
  const type = pick(rng, ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/jsonx', ''])
  draft.headers['content-type'] = type
  draft.mustFail = true
  draft.note = `content-type: ${type || 'none'}`
}

function drawAccess({ scope }: ApiOperation, keys: FuzzKeys, rng: Rng): Access {
  if (scope === undefined || rng.next() < 0.75) return 'right'
  const kinds: Access[] = ['none']
  if (keys.wrongScope?.(scope) !== undefined) kinds.push('wrong scope')
  for (const kind of ['expired', 'revoked', 'unknown', 'malformed'] as const) {
    if (keys[kind] !== undefined) kinds.push(kind)
  }
  return pick(rng, kinds)
}

function finish(
  draft: Draft,
  parts: {
    operation: ApiOperation
    kind: FuzzedRequest['kind']
    access: Access
    keys: FuzzKeys
    checker: OpenApiChecker
  },
): FuzzedRequest {
  const { operation, access, keys, checker, kind } = parts
  const { 'x-fuzz-suffix': suffix = '', ...headers } = draft.headers
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((draft.path.get(name) ?? '').toWellFormed()),
  )
  const query = draft.query.map((pair) => pair.map((text) => encodeURIComponent(text.toWellFormed())).join('='))
  const target = onTheWire(`${path}${String(suffix)}${query.length === 0 ? '' : `?${query.join('&')}`}`)
  const key = keyOf(access, operation.scope, keys)
  const body = draft.rawBody ?? (operation.body === undefined ? undefined : JSON.stringify(draft.body))
  const isWronglyFormed = draft.rawBody === undefined && operation.body !== undefined && !draft.mustFail
  return {
    operation,
    kind,
    access,
    note: draft.note,
    mayMiss: draft.mayMiss,
    mustFail: draft.mustFail || (isWronglyFormed && !checker.isValidBody(operation, onceSent(body))),
    method: draft.method,
    target,
    headers: withoutEmpty({
      ...(key === undefined ? {} : { 'x-api-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }),
    body,
  }
}

/** A body as its reader sees it: what JSON cannot say is gone. */
function onceSent(body: string | Uint8Array | undefined): unknown {
  return typeof body === 'string' ? JSON.parse(body) : undefined
}

function keyOf(access: Access, scope: string | undefined, keys: FuzzKeys): string | undefined {
  if (scope === undefined || access === 'none') return undefined
  if (access === 'right') return keys.right(scope)
  if (access === 'wrong scope') return keys.wrongScope?.(scope)
  return keys[access]
}

function withoutEmpty(headers: Draft['headers']): Draft['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))
}
