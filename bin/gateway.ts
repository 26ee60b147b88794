import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import type { ApiEnv } from '../shared/http/api.ts'

export type Fetch = (request: Request) => Response | Promise<Response>

type App = OpenAPIHono<ApiEnv>

/**
 * Several apps on one port, as API Gateway puts several functions behind one URL: a request goes to the app that has its
 * route and through that app's middleware alone; what no app has goes to `rest`.
 */
export function createGateway(apps: readonly App[], rest: App): Fetch {
  const gateway = new Hono()
  for (const app of apps) {
    const routes = app.routes.filter(({ method }) => method !== 'ALL')
    for (const { method, path } of routes) gateway.on(method, path, (c) => app.fetch(c.req.raw))
  }
  gateway.all('*', (c) => rest.fetch(c.req.raw))
  return (request) => gateway.fetch(request)
}
