import * as z from 'zod'

/** What an HTTP API asks its authorizer, payload version 2.0: what is read of it. */
export const authorizerEventSchema = z.object({
  /** By their names in lower case. */
  headers: z.record(z.string(), z.string().optional()).default({}),
  requestContext: z.object({ requestId: z.string().optional() }).default({}),
})

/** A decision in the simple form; the gateway keeps it for as long as it is told to, and hands the context on. */
export interface AuthorizerAnswer {
  isAuthorized: boolean
  context?: { keyId: string }
}
