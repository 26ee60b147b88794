import type { Context, ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import { DomainError, messageOf, UpstreamError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/ports.ts'

const fieldErrorSchema = z.object({
  field: z.string().meta({ description: 'The parameter or body field to blame.', example: 'odds' }),
  message: z.string().meta({ example: 'american odds -50: a price is at least +100 or at most -100' }),
})

/** Body of every answer that is not a success. @see RFC 9457, "Problem Details for HTTP APIs" */
export const problemSchema = z
  .object({
    type: z
      .string()
      .meta({ description: 'Stable name of the kind of problem.', example: 'urn:closeline:problem:invalid_request' }),
    title: z.string().meta({ example: 'The request cannot be understood' }),
    status: z.int().meta({ example: 422 }),
    detail: z.string().meta({ example: 'odds: american odds -50: a price is at least +100 or at most -100' }),
    errors: z.array(fieldErrorSchema),
    requestId: z.string(),
    success: z.literal(false).optional().meta({ description: 'On the extension API, for clients that read it.' }),
    error: z.string().optional().meta({ description: 'The detail again, on the extension API.' }),
  })
  .meta({ id: 'Problem' })

export type Problem = z.infer<typeof problemSchema>

const HTTP_TITLES: Partial<Record<number, string>> = {
  413: 'The body is too large',
  503: 'Not available',
}

const HTTP_DETAILS: Partial<Record<number, string>> = {
  400: 'the body is not valid JSON',
  415: 'the body must be JSON: send the header content-type: application/json',
}

/** How an app words its problems. */
export interface ProblemStyle {
  /** Status of a request that is well formed but holds a value that cannot be. */
  invalidStatus: 400 | 422
  /** Whether `success: false` and `error` are added, which the extension's old clients read. */
  withEnvelope: boolean
}

/** A response of `application/problem+json`. */
export function problemResponse(
  c: Context,
  style: ProblemStyle,
  problem: { code: string; title: string; status: ContentfulStatusCode; detail: string; errors?: Problem['errors'] },
): Response {
  const body: Problem = {
    type: `urn:closeline:problem:${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    errors: problem.errors ?? [],
    requestId: c.get('requestId') ?? '',
    ...(style.withEnvelope ? { success: false as const, error: problem.detail } : {}),
  }
  if (problem.status === 503) c.header('retry-after', '5')
  return c.body(JSON.stringify(body), problem.status, { 'content-type': 'application/problem+json' })
}

/** Answers a request whose parameters or body break their schema; the hook of every validated route. */
export function invalidRequestHook(style: ProblemStyle) {
  return (result: { success: boolean; error?: z.core.$ZodError }, c: Context): Response | undefined => {
    if (result.success) return undefined
    const errors = (result.error?.issues ?? []).map((issue) => ({
      field: fieldOf(issue),
      message: issue.message,
    }))
    const detail = errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ')
    return problemResponse(c, style, {
      code: 'invalid_request',
      title: 'The request cannot be understood',
      status: style.invalidStatus,
      detail,
      errors,
    })
  }
}

/** Turns what was thrown into an answer: the caller's fault into 4xx, a vendor's into 503, ours into 500 without a word of it. */
export function problemOnError(style: ProblemStyle, logger: Logger): ErrorHandler {
  return (thrown, c) => {
    if (thrown instanceof DomainError) {
      const errors = thrown.field === undefined ? [] : [{ field: thrown.field, message: thrown.message }]
      const title = 'The request cannot be fulfilled'
      return problemResponse(c, style, {
        code: thrown.code,
        title,
        status: style.invalidStatus,
        detail: thrown.message,
        errors,
      })
    }
    if (thrown instanceof HTTPException) {
      const title = HTTP_TITLES[thrown.status] ?? 'The request cannot be understood'
      const detail = HTTP_DETAILS[thrown.status] ?? (thrown.message || title)
      return problemResponse(c, style, {
        code: thrown.status === 503 ? 'unavailable' : `http_${thrown.status}`,
        title,
        status: thrown.status,
        detail,
      })
    }
    logger.error('request_failed', { requestId: c.get('requestId'), error: messageOf(thrown), stack: stackOf(thrown) })
    if (thrown instanceof UpstreamError) {
      const title = 'Something that this needs is not available'
      return problemResponse(c, style, {
        code: 'unavailable',
        title,
        status: 503,
        detail: thrown.explanation ?? 'try again in a few seconds',
      })
    }
    const title = 'Closeline failed'
    return problemResponse(c, style, { code: 'internal', title, status: 500, detail: 'the failure has been logged' })
  }
}

/** Answers a path that nothing serves. */
export function problemOnNotFound(style: ProblemStyle): NotFoundHandler {
  return (c) =>
    problemResponse(c, style, {
      code: 'not_found',
      title: 'There is nothing here',
      status: 404,
      detail: `${c.req.method} ${c.req.path} is not part of this API; /docs lists what is`,
    })
}

function fieldOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.join(', ')
  return issue.path.join('.')
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined
}
