import * as z from 'zod'

/** What a caller is told of a refusal or a failure. @see RFC 9457, "Problem Details for HTTP APIs" */
const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
  requestId: z.string().default(''),
})

export type ProblemDocument = z.infer<typeof problemSchema>

/** An answer that is no success. Its message is the problem's own sentence. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  /** HTTP status. */
  readonly status: number
  /** Stable name of the kind of problem, `urn:closeline:problem:…`; undefined where the answer was no problem document. */
  readonly type: string | undefined
  /** The fields to blame, where it is known which. */
  readonly errors: readonly { field: string; message: string }[]
  /** What to name where somebody is asked about the problem. */
  readonly requestId: string | undefined
  /** Milliseconds after which the same request may be sent again; undefined where the answer does not say. */
  readonly retryAfterMs: number | undefined

  constructor(status: number, problem: ProblemDocument | undefined, retryAfterMs: number | undefined) {
    super(problem === undefined ? `the API answers ${status}` : problem.detail)
    this.status = status
    this.type = problem?.type
    this.errors = problem?.errors ?? []
    this.requestId = problem?.requestId || undefined
    this.retryAfterMs = retryAfterMs
  }
}

/** There was no answer: none in time, or no connection. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable'
  /** Whether the time ran out, rather than the connection failing. */
  readonly isTimeout: boolean

  constructor(message: string, options: ErrorOptions & { isTimeout: boolean }) {
    super(message, options)
    this.isTimeout = options.isTimeout
  }
}

/** The problem that an answer tells of, as an error. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const isProblem = (response.headers.get('content-type') ?? '').startsWith('application/problem+json')
  const parsed = isProblem ? problemSchema.safeParse(await response.json().catch(() => undefined)) : undefined
  return new ApiProblem(response.status, parsed?.data, retryAfterMs(response))
}

/** `Retry-After` in seconds, as this API writes it; a date is not looked at. @see RFC 9110, section 10.2.3 */
export function retryAfterMs({ headers }: Response): number | undefined {
  const text = headers.get('retry-after') ?? ''
  return /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined
}
