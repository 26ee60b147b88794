import type { RouteConfig } from '@hono/zod-openapi'
import type { Context, ValidationTargets } from 'hono'
import { HTTPException } from 'hono/http-exception'
import * as z from 'zod'
import { InvariantError } from '../kernel/errors.ts'
import type { ApiEnv } from './api-env.ts'
import type { invalidRequestHook } from './problem.ts'

type InvalidRequest = ReturnType<typeof invalidRequestHook>

/** Reads and checks a part of a request; gives the answer to one that breaks its schema. */
type CheckPart = (c: Context<ApiEnv>) => Response | undefined | Promise<Response | undefined>

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i

/**
 * Checks requests against what their route declares, query, path and JSON body, in this order; what was read is left where
 * `c.req.valid` finds it.
 *
 * All in one step: a middleware for each part, as the vendor has it, takes longer than the checks themselves.
 *
 * @returns the answer to a request that breaks a schema; undefined where all is well
 * @throws {HTTPException} 415 where a body is not JSON, 400 where it is broken
 */
export function requestCheck(declared: RouteConfig['request'], onInvalid: InvalidRequest): CheckPart {
  const { query, params, body } = declared ?? {}
  const parts: CheckPart[] = []
  if (query !== undefined) parts.push(checkOf('query', schemaOf(query), onInvalid, queryOf))
  if (params !== undefined) parts.push(checkOf('param', schemaOf(params), onInvalid, (c) => c.req.param()))
  if (body !== undefined) {
    const content = body.content['application/json']
    const check = checkValue('json', schemaOf(content && 'schema' in content && content.schema), onInvalid)
    parts.push((c) => jsonOf(c).then((value) => check(c, value)))
  }
  return (c) => checkFrom(0, parts, c)
}

/** Waits for nobody where no part does: an `async` function would wait once for each. */
function checkFrom(first: number, parts: readonly CheckPart[], c: Context<ApiEnv>): ReturnType<CheckPart> {
  for (let i = first; i < parts.length; i++) {
    const refusal = (parts[i] as CheckPart)(c)
    if (refusal instanceof Promise) return refusal.then((answer) => answer ?? checkFrom(i + 1, parts, c))
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function checkOf(
  target: keyof ValidationTargets,
  schema: z.ZodType,
  onInvalid: InvalidRequest,
  read: (c: Context<ApiEnv>) => unknown,
): CheckPart {
  const check = checkValue(target, schema, onInvalid)
  return (c) => check(c, read(c))
}

function checkValue(target: keyof ValidationTargets, schema: z.ZodType, onInvalid: InvalidRequest) {
  return (c: Context<ApiEnv>, value: unknown): Response | undefined => {
    const result = schema.safeParse(value)
    if (!result.success) return onInvalid(result, c)
    c.req.addValidatedData(target, result.data as object)
    return undefined
  }
}

/** A value for each name, a list where a name came more than once. */
function queryOf(c: Context<ApiEnv>): Record<string, string | string[]> {
  const { req } = c
  if (!req.url.includes('?')) return {}
  const given = Object.entries(req.queries())
  return Object.fromEntries(given.map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]))
}

function jsonOf(c: Context<ApiEnv>): Promise<unknown> {
  const type = c.req.header('content-type')
  if (type === undefined) return c.req.text().then(nothingOf)
  if (!JSON_TYPE.test(type)) throw new HTTPException(415)
  return c.req.json().catch(broken)
}

/** Nothing was sent and nothing said of it: the schema tells what is missing. */
function nothingOf(text: string): object {
  if (text !== '') throw new HTTPException(415)
  return {}
}

function broken(): never {
  throw new HTTPException(400)
}

function schemaOf(declared: unknown): z.ZodType {
  if (declared instanceof z.ZodType) return declared
  throw new InvariantError('a route declares something that is no zod schema')
}
