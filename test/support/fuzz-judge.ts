import { HOSTILE_TEXTS, INJECTED_HEADER } from './hostile-values.ts'
import type { Answer, OpenApiChecker } from './openapi-checker.ts'
import type { FuzzedRequest } from './openapi-fuzzer.ts'

/** What no answer may hold unless its own request said it: inner paths, stack traces, statements, vendors. */
const LEAKS: readonly RegExp[] = [
  /\bat [\w.<>$ ]+ \(?(file:|\/|node:)/,
  /node_modules|\.ts:\d+|\.js:\d+/,
  /\/(work|tmp|home|root|usr|var|etc|opt)\/\w+/,
  /\bselect\b.{0,80}?\bfrom\b|\binsert into\b|\brelation ".*does not exist/i,
  /\bPGRST\d*|\bpostgrest\b|\bpglite\b|\bpostgres(ql)?\b/i,
  // Two paths have the name in them, for the sake of old clients; metrics tell paths.
  /(?<!\/)\bsupabase\b(?!_configured)|\bonnxruntime\b|\bamazonaws\b|\bAccessDenied\b|\bNoSuchKey\b/i,
  /\bE(CONNREFUSED|CONNRESET|NOENT|ACCES|PIPE|TIMEDOUT)\b|fetch failed|undici/,
  /\b(TypeError|RangeError|SyntaxError|ReferenceError|ZodError|InvariantError)\b|Cannot read propert/,
  /Unexpected (token|end of JSON)|in JSON at position/,
  /sb_secret_|sb_publishable_|cl_live_[\w-]{10}/,
]

export interface JudgeOptions {
  /** Whether something behind the API is down: then 503 is an answer where it is declared. */
  isDown?: boolean
  /** Whether requests come faster than their key may: then 429 is an answer where it is declared. */
  isLimited?: boolean
}

/** What an answer to a generated request does wrong, a sentence each. */
export function judgeAnswer(
  checker: OpenApiChecker,
  request: FuzzedRequest,
  answer: Answer,
  options: JudgeOptions = {},
): string[] {
  return [
    ...statusFaults(request, answer, options),
    ...formFaults(checker, request, answer),
    ...leakFaults(request, answer),
    ...(answer.headers[INJECTED_HEADER] === undefined ? [] : [`a header ${INJECTED_HEADER} was injected`]),
  ]
}

function statusFaults(request: FuzzedRequest, { status }: Answer, options: JudgeOptions): string[] {
  const { operation, access, mustFail, mayMiss } = request
  if (status >= 500 && !(status === 503 && options.isDown)) return [`it answers ${status}`]
  if (status === 429 && options.isLimited) return []
  if (status === 429) return ['it is limited where no limit is']
  if (access !== 'right' && operation.scope !== undefined && !mayMiss) {
    const expected = access === 'wrong scope' ? 403 : 401
    return status === expected ? [] : [`with key ${access}, ${expected} is due, not ${status}`]
  }
  return mustFail && status < 400 ? [`what breaks the schema is answered with ${status}`] : []
}

function formFaults(checker: OpenApiChecker, request: FuzzedRequest, answer: Answer): string[] {
  const { operation, mayMiss, method } = request
  // Without a body there is nothing to hold against a schema.
  if (method === 'HEAD') return []
  if (mayMiss && [400, 401, 404, 405].includes(answer.status)) return checker.problemComplaints(answer)
  if (mayMiss && answer.status < 400) return []
  return checker.complaints(operation, answer)
}

/** Answers may quote the caller; what they say beyond that must be fit for strangers. */
export function leakFaults(request: { target: string; body: unknown; headers: object }, answer: Answer): string[] {
  const said = saidBy(request)
  const text = `${answer.text}\n${JSON.stringify(answer.headers)}`
  return LEAKS.flatMap((pattern) => {
    const found = new RegExp(pattern.source, `${pattern.flags}g`)
    const leaked = [...text.matchAll(found)].find(([match]) => !said.includes(match.toLowerCase()))
    return leaked === undefined ? [] : [`it tells ${JSON.stringify(leaked[0].slice(0, 80))}`]
  })
}

/** What one request stores, another may read: no text of ours is a leak. */
const EVER_SAID = HOSTILE_TEXTS.map(([, text]) => text.toLowerCase()).join('\n')

function saidBy({ target, body, headers }: { target: string; body: unknown; headers: object }): string {
  const decoded = decodeLoosely(target)
  const text = typeof body === 'string' ? body : ''
  return (
    `${target}\n${decoded}\n${decodeLoosely(decoded)}\n${text}\n${JSON.stringify(headers)}`.toLowerCase() + EVER_SAID
  )
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
