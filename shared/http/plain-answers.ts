import type { Context } from 'hono'
import type { ApiEnv } from './api-env.ts'

/** Headers by their names in lower case. */
export type PlainHeaders = Record<string, string>

/**
 * Lets a context answer with headers kept in a plain object.
 *
 * Hono collects headers in a `Headers` object as soon as one is set before the handler runs: they are checked, sorted and
 * read out again on every answer. @hono/node-server writes a plain object as it is.
 * What `c.header`, `c.status`, `c.json`, `c.text` and `c.body` mean stays the same.
 *
 * @param head  headers of every answer; `c.header` adds to them
 * @returns     `complete` puts them on an answer that was made in another way, where it does not set them itself
 */
export function answerWith(c: Context<ApiEnv>, head: PlainHeaders): { complete(): void } {
  const { header, status, json, text, body } = c
  let chosenStatus = 200
  /** The latest answer made here, which has all headers. */
  let made: Response | undefined
  const respond = (content: string | null, code: number | undefined, type: PlainHeaders | undefined) => {
    made = new Response(content, { status: code ?? chosenStatus, headers: { ...head, ...type } })
    return made
  }
  Object.assign(c, {
    header(name: string, value?: string, options?: { append?: boolean }) {
      const key = name.toLowerCase()
      // Several cookies are several lines, which a plain object cannot hold.
      if (c.finalized || key === 'set-cookie') header(name, value, options)
      else if (value === undefined) delete head[key]
      else head[key] = options?.append && head[key] !== undefined ? `${head[key]}, ${value}` : value
    },
    status(code: Parameters<typeof status>[0]) {
      chosenStatus = code
      status(code)
    },
    json(value: unknown, code?: number | ResponseInit, more?: PlainHeaders) {
      if (isOther(code) || more !== undefined) return json(value as never, code as never, more)
      return respond(JSON.stringify(value), code, JSON_TYPE)
    },
    text(value: string, code?: number | ResponseInit, more?: PlainHeaders) {
      if (isOther(code) || more !== undefined) return text(value, code as never, more)
      return respond(value, code, TEXT_TYPE)
    },
    body(value: unknown, code?: number | ResponseInit, more?: PlainHeaders) {
      if (isOther(code) || (typeof value !== 'string' && value !== null))
        return body(value as never, code as never, more)
      return respond(value, code, inLowerCase(more))
    },
  })
  return {
    complete() {
      if (c.res !== made) complete(c, head)
    },
  }
}

function complete(c: Context<ApiEnv>, head: PlainHeaders): void {
  const { res } = c
  const headers = new Headers(res.headers)
  for (const [name, value] of Object.entries(head)) if (!headers.has(name)) headers.set(name, value)
  // Taken away first: Hono would merge the headers of the two.
  c.res = undefined
  c.res = new Response(res.body, { status: res.status, statusText: res.statusText, headers })
}

const JSON_TYPE = { 'content-type': 'application/json' }
const TEXT_TYPE = { 'content-type': 'text/plain; charset=UTF-8' }

function inLowerCase(headers: PlainHeaders = {}): PlainHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

function isOther(code: number | ResponseInit | undefined): code is ResponseInit {
  return typeof code === 'object'
}
