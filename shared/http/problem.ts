import type { Context, ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import { DomainError, messageOf, UpstreamError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/ports.ts'
import { problemKind, problemType } from './problem-kinds.ts'

const fieldErrorSchema = z.object({
  field: z.string().meta({ description: 'The parameter or body field to blame.', example: 'odds' }),
  message: z.string().meta({
    description: 'What is wrong with it.',
    example: 'american odds -50: a price is at least +100 or at most -100',
  }),
})

/** Body of every answer that is not a success. @see RFC 9457, "Problem Details for HTTP APIs" */
export const problemSchema = z
  .object({
    type: z
      .string()
      .meta({ description: 'Stable name of the kind of problem.', example: 'urn:closeline:problem:invalid_request' }),
    title: z.string().meta({ description: 'The kind in words.', example: 'The request cannot be understood' }),
    status: z.int().meta({ description: 'The HTTP status again.', example: 422 }),
    detail: z.string().meta({
      description: 'This problem in words.',
      example: 'odds: american odds -50: a price is at least +100 or at most -100',
    }),
    errors: z
      .array(fieldErrorSchema)
      .meta({ description: 'The fields to blame, where it is known which.', example: [] }),
    requestId: z.string().meta({
      description: 'Name this where you ask about the problem; also in the header x-request-id.',
      example: '0f5a3c1e-8d5b-4f0e-9a55-3d6c2f6b7a10',
    }),
    success: z
      .literal(false)
      .optional()
      .meta({ description: 'On the extension API, for clients that read it.', example: false }),
    error: z
      .string()
      .optional()
      .meta({ description: 'The detail again, on the extension API.', example: 'odds: is required' }),
  })
  .meta({ id: 'Problem' })

export type Problem = z.infer<typeof problemSchema>

/** A body can have a hundred thousand wrong fields; an answer names the first of them, and each in some words. */
const MOST_ERRORS = 100
const LONGEST_TEXT = 300

/** Seconds after which to ask again for what was not available. */
const RETRY_AFTER = '5'

/** How an app words its problems. */
export interface ProblemStyle {
  /** Status of a request that is well formed but holds a value that cannot be. */
  invalidStatus: 400 | 422
  /** Whether `success: false` and `error` are added, which the extension's old clients read. */
  withEnvelope: boolean
}

/** One problem to be answered. */
export interface ProblemAnswer {
  code: string
  title: string
  status: ContentfulStatusCode
  detail: string
  errors?: Problem['errors']
}

/** A response of `application/problem+json`. */
export function problemResponse(c: Context, style: ProblemStyle, problem: ProblemAnswer): Response {
  const body: Problem = {
    type: problemType(problem.code),
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    errors: problem.errors ?? [],
    requestId: c.get('requestId') ?? '',
    ...(style.withEnvelope ? { success: false as const, error: problem.detail } : {}),
  }
  if (problem.status === 503) c.header('retry-after', RETRY_AFTER)
  c.set('problem', problem.code)
  return c.body(JSON.stringify(body), problem.status, { 'content-type': 'application/problem+json' })
}

/** The problem that a status stands for, with the words of its kind where none are given. */
export function statusProblem(status: ContentfulStatusCode, detail?: string): ProblemAnswer {
  const kind = problemKind(status)
  return { code: kind.code, title: kind.title, status, detail: detail || kind.detail }
}

/** Answers a request whose parameters or body break their schema; the hook of every validated route. */
export function invalidRequestHook(style: ProblemStyle) {
  return (result: { success: boolean; error?: z.core.$ZodError }, c: Context): Response | undefined => {
    if (result.success) return undefined
    const issues = (result.error?.issues ?? []).slice(0, MOST_ERRORS)
    const errors = issues.map((issue) => ({ field: clipped(fieldOf(issue)), message: clipped(issue.message) }))
    const detail = errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ')
    const { code, title } = problemKind(422)
    return problemResponse(c, style, { code, title, status: style.invalidStatus, detail, errors })
  }
}

/** Turns what was thrown into an answer: the caller's fault into 4xx, a vendor's into 503, ours into 500 without a word of it. */
export function problemOnError(style: ProblemStyle, logger: Logger): ErrorHandler {
  return (thrown, c) => {
    if (thrown instanceof DomainError) return problemResponse(c, style, domainProblem(thrown, style))
    if (thrown instanceof HTTPException && (thrown.status < 500 || thrown.status === 503)) {
      return problemResponse(c, style, statusProblem(thrown.status, thrown.message))
    }
    logger.error('request_failed', { requestId: c.get('requestId'), error: messageOf(thrown), stack: stackOf(thrown) })
    if (!(thrown instanceof UpstreamError)) return problemResponse(c, style, statusProblem(500))
    const title = 'Something that this needs is not available'
    return problemResponse(c, style, { ...statusProblem(503, thrown.explanation), title })
  }
}

/**
 * Answers a path that nothing serves, and a method that its path does not know.
 *
 * @param methodsAt  the methods that are served at a path
 */
export function problemOnNotFound(
  style: ProblemStyle,
  methodsAt: (path: string) => readonly string[],
): NotFoundHandler {
  return (c) => {
    const methods = methodsAt(c.req.path)
    if (methods.length === 0) return problemResponse(c, style, statusProblem(404))
    c.header('allow', methods.join(', '))
    if (c.req.method === 'OPTIONS') return c.body(null, 204)
    const detail = 'this method is not served at this path; the header allow lists what is'
    return problemResponse(c, style, statusProblem(405, detail))
  }
}

function domainProblem(thrown: DomainError, style: ProblemStyle): ProblemAnswer {
  const { code, field, message } = thrown
  const errors = field === undefined ? [] : [{ field, message }]
  return { code, title: 'The request cannot be fulfilled', status: style.invalidStatus, detail: message, errors }
}

function fieldOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.join(', ')
  return issue.path.join('.')
}

function clipped(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined
}
