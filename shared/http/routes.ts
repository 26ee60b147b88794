import { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './api.ts'
import type { ProblemStyle } from './problem.ts'
import { invalidRequestHook } from './problem.ts'

/**
 * Where a group of routes is defined; an app mounts such groups with `.route('/', …)`.
 *
 * Definitions are chained, `createRoutes(style).openapi(a, …).openapi(b, …)`, so that the type of what comes out has all
 * paths in it: the typed client is made of that.
 */
export function createRoutes(style: ProblemStyle): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({ defaultHook: invalidRequestHook(style) })
}

/** The content of a JSON answer in a route's definition. */
export function jsonAnswer<T>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } }
}
