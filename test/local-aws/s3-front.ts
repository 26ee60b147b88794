import { request as send } from 'node:http'
import type { Answerer, WireAnswer, WireRequest } from './wire.ts'

/** What S3 says in XML where it refuses. */
export function s3Refusal(status: number, code: string, message: string): WireAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
  return { status, headers: { 'content-type': 'application/xml' }, body }
}

/**
 * Hands requests on to a local S3 server as they were signed, and does what that one does not: an upload that asks
 * `If-None-Match: *` is refused where the object is there. Of two such uploads that overlap, the later is told of the
 * conflict once the earlier has ended.
 *
 * @param origin  URL of the server
 * @see AWS, "How to prevent object overwrites with conditional writes", S3 user guide
 */
export function s3Front(origin: string): Answerer {
  const beingMade = new Map<string, Promise<WireAnswer>>()

  async function create(request: WireRequest): Promise<WireAnswer> {
    if (!(await isThere(origin, request.url.pathname))) return forward(origin, request)
    return s3Refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold')
  }

  return async (request) => {
    const { method, headers, url } = request
    if (headers['if-none-match'] !== '*' || (method !== 'PUT' && method !== 'POST')) return forward(origin, request)
    const earlier = beingMade.get(url.pathname)
    if (earlier !== undefined) {
      await earlier.catch(() => undefined)
      return s3Refusal(409, 'ConditionalRequestConflict', 'The conditional request cannot succeed due to a conflict.')
    }
    const made = create(request).finally(() => beingMade.delete(url.pathname))
    beingMade.set(url.pathname, made)
    return made
  }
}

/** Asked without a signature, which the server takes for a reader of everything. */
async function isThere(origin: string, pathname: string): Promise<boolean> {
  const { status } = await fetch(`${origin}${pathname}`, { method: 'HEAD' })
  return status === 200
}

function forward(origin: string, { method, target, rawHeaders, body }: WireRequest): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    // As they came, the host among them: they are what was signed.
    const headers = Object.fromEntries(pairs(rawHeaders))
    const sent = send(`${origin}${target}`, { method, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const kept = pairs(answer.rawHeaders).filter(
          ([name]) => !/^(connection|keep-alive|transfer-encoding)$/i.test(name),
        )
        resolve({ status: answer.statusCode ?? 500, headers: Object.fromEntries(kept), body: Buffer.concat(chunks) })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? '', raw[2 * i + 1] ?? ''])
}
