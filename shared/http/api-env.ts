import type { Context } from 'hono'
import type { RequestIdVariables } from 'hono/request-id'
import type { AccessDecision } from '../access/client.ts'

/** What a request carries through the apps. */
export interface ApiEnv {
  Variables: RequestIdVariables & {
    /** What a handler wants on the request's log line. */
    logFields: Record<string, unknown> | undefined
    /** Whose key the request bears, or why none holds. */
    access: AccessDecision | undefined
    /** The kind of problem that was answered, for the log line. */
    problem: string | undefined
  }
}

/** What every request passes before it comes to its route; gives the answer to one that goes no further. */
export type Door = (c: Context<ApiEnv>) => Response | undefined | Promise<Response | undefined>
