import type { OpenAPIHono } from '@hono/zod-openapi'
import { getPath } from 'hono/utils/url'
import type { ApiEnv } from '../shared/http/api.ts'

/** Answers a request; `env` is what the server tells of its connection. */
export type Fetch = (request: Request, env?: object) => Response | Promise<Response>

type App = OpenAPIHono<ApiEnv>

/** Which app has a path, by method where several have it. */
interface PathOwners {
  byMethod: Map<string, App>
  first: App
}

/**
 * Several apps on one port, as API Gateway puts several functions behind one URL: a request goes to the app that has its
 * route and through that app's middleware alone; what no app has goes to `rest`.
 *
 * A path that an app has under another method goes to that app too, which knows how to say so. Paths without parameters
 * are looked up in a table; for the others the apps' own routers are asked.
 */
export function createGateway(apps: readonly App[], rest: App): Fetch {
  const owners = ownersOfPaths(apps)
  return (request, env) => {
    const path = getPath(request)
    const known = owners.get(path)
    const app = known === undefined ? undefined : (known.byMethod.get(routedMethod(request)) ?? known.first)
    return (app ?? ownerByPattern(apps, routedMethod(request), path) ?? rest).fetch(request, env)
  }
}

function ownersOfPaths(apps: readonly App[]): Map<string, PathOwners> {
  const owners = new Map<string, PathOwners>()
  for (const app of apps) {
    for (const { method, path } of app.routes) {
      if (method === 'ALL' || /[:*]/.test(path)) continue
      const known = owners.get(path) ?? { byMethod: new Map<string, App>(), first: app }
      if (!known.byMethod.has(method)) known.byMethod.set(method, app)
      owners.set(path, known)
    }
  }
  return owners
}

/** The app with a route of this method, else with one of another method, else with one for all methods. */
function ownerByPattern(apps: readonly App[], method: string, path: string): App | undefined {
  return (
    apps.find((app) => hasRoute(app, method, path, isOfOneMethod)) ??
    apps.find((app) => METHODS.some((other) => hasRoute(app, other, path, isOfOneMethod))) ??
    apps.find((app) => hasRoute(app, method, path, isOfAllMethods))
  )
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

interface RouteHead {
  method: string
  path: string
}

function hasRoute(app: App, method: string, path: string, isWanted: (route: RouteHead) => boolean): boolean {
  const [handlers] = app.router.match(method, path)
  return handlers.some(([[, route]]) => isWanted(route))
}

function isOfOneMethod({ method }: RouteHead): boolean {
  return method !== 'ALL'
}

/** Middleware of the whole app is no route. */
function isOfAllMethods({ method, path }: RouteHead): boolean {
  return method === 'ALL' && path !== '*' && path !== '/*'
}

/** Hono answers HEAD with the route of GET. */
function routedMethod({ method }: Request): string {
  return method === 'HEAD' ? 'GET' : method
}
