import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './api-env.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** The methods that an app has routes for at a path, middleware aside; HEAD comes with GET. None: the path is unknown. */
export function allowedMethods(app: OpenAPIHono<ApiEnv>, path: string): string[] {
  const methods = METHODS.filter((method) => {
    const [handlers] = app.router.match(method, path)
    return handlers.some(([[, route]]) => route.method !== 'ALL')
  })
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}
