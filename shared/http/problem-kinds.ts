/** How the problems that HTTP itself knows are named: `type` ends in the code, which never changes. */
interface ProblemKind {
  code: string
  title: string
  /** An instance, for the OpenAPI document. */
  detail: string
}

const KINDS: Partial<Record<number, ProblemKind>> = {
  400: {
    code: 'malformed_request',
    title: 'The request cannot be understood',
    detail: 'the body is not valid JSON',
  },
  401: {
    code: 'unauthorized',
    title: 'An API key is needed',
    detail: 'send an API key in the header x-api-key; closeline keys create makes one',
  },
  403: {
    code: 'forbidden',
    title: 'The API key is not good for this',
    detail: 'the API key has no scope predict',
  },
  404: {
    code: 'not_found',
    title: 'There is nothing here',
    detail: 'nothing is served at this path; /docs lists what is',
  },
  405: {
    code: 'method_not_allowed',
    title: 'The method is not served here',
    detail: 'PUT is not served at this path; the header allow lists what is',
  },
  409: { code: 'conflict', title: 'The request contradicts what is', detail: 'another request is doing this' },
  410: { code: 'gone', title: 'No longer served', detail: 'this path is no longer served' },
  413: { code: 'body_too_large', title: 'The body is too large', detail: 'a body has at most 1048576 bytes' },
  415: {
    code: 'unsupported_media_type',
    title: 'The body is not called JSON',
    detail: 'the body must be JSON: send the header content-type: application/json',
  },
  422: {
    code: 'invalid_request',
    title: 'The request cannot be understood',
    detail: 'odds: american odds -50: a price is at least +100 or at most -100',
  },
  429: {
    code: 'rate_limited',
    title: 'Too many requests',
    detail: 'more than 100 requests a second: wait as long as the header retry-after says',
  },
  500: { code: 'internal', title: 'Closeline failed', detail: 'the failure has been logged' },
  503: { code: 'unavailable', title: 'Not available', detail: 'try again in a few seconds' },
}

/** The kind of problem that a status stands for where nothing more is known. */
export function problemKind(status: number): ProblemKind {
  return KINDS[status] ?? { code: `http_${status}`, title: 'The request cannot be understood', detail: 'not served' }
}

/** A problem document as an example of one of a status. */
export function problemExample(status: number) {
  const { code, title, detail } = problemKind(status)
  const requestId = '0f5a3c1e-8d5b-4f0e-9a55-3d6c2f6b7a10'
  return { type: problemType(code), title, status, detail, errors: [], requestId }
}

/** The name of a kind of problem, as documents bear it. */
export function problemType(code: string): string {
  return `urn:closeline:problem:${code}`
}
