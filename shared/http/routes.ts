import type { RouteConfig } from '@hono/zod-openapi'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { ApiEnv } from './api.ts'
import { requestCheck } from './check-request.ts'
import type { ProblemStyle } from './problem.ts'
import { invalidRequestHook } from './problem.ts'

type Handler = (c: Context<ApiEnv>) => Response | Promise<Response>

/** A route as it is declared; of its middleware {@link import('./authentication.ts').secured} alone is known here. */
type DeclaredRoute = RouteConfig & { middleware?: MiddlewareHandler<ApiEnv> }

/**
 * Where a group of routes is defined; an app mounts such groups with `.route('/', …)`.
 *
 * Definitions are chained, `createRoutes(style).openapi(a, …).openapi(b, …)`, so that the type of what comes out has all
 * paths in it: the typed client is made of that. A request passes its route's access check, its
 * {@link requestCheck} and its handler in one step.
 */
export function createRoutes(style: ProblemStyle): OpenAPIHono<ApiEnv> {
  const routes = new OpenAPIHono<ApiEnv>()
  const onInvalid = invalidRequestHook(style)

  function openapi({ middleware: admit, ...route }: DeclaredRoute, handler: Handler) {
    routes.openAPIRegistry.registerPath(route)
    const check = requestCheck(route.request, onInvalid)
    const answer = (c: Context<ApiEnv>) => {
      // Throws, or lets the request on at once: there is nothing to wait for.
      void admit?.(c, nothingMore)
      const refusal = check(c)
      if (refusal instanceof Promise) return refusal.then((refused) => refused ?? handler(c))
      return refusal ?? handler(c)
    }
    routes.on(route.method, [route.path.replaceAll(/\/{(.+?)}/g, '/:$1')], answer)
    return routes
  }

  return Object.assign(routes, { openapi: openapi as typeof routes.openapi })
}

const DONE = Promise.resolve()
const nothingMore = () => DONE

/** The content of a JSON answer in a route's definition. */
export function jsonAnswer<T>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } }
}
