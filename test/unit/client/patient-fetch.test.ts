import { describe, expect, it } from 'vitest'
import { ApiProblem, ApiUnreachable } from '../../../shared/client/api-problem.ts'
import type { PatientFetchOptions } from '../../../shared/client/patient-fetch.ts'
import { patientFetch } from '../../../shared/client/patient-fetch.ts'

const URL_ASKED = 'http://api.test/x'

const problem = (status: number, headers: Record<string, string> = {}) => {
  const body = {
    ...{ type: 'urn:closeline:problem:test', title: 'A title', status, detail: 'a sentence', requestId: 'r-1' },
    errors: [{ field: 'odds', message: 'is no price' }],
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
}

/** A fetch that answers in turn, and remembers pauses and attempts. */
function patient(answers: (() => Response | Promise<Response>)[], options: Partial<PatientFetchOptions> = {}) {
  const pauses: number[] = []
  let attempts = 0
  const send = patientFetch({
    fetch: async (_, init) => {
      init?.signal?.throwIfAborted()
      const answer = answers[Math.min(attempts++, answers.length - 1)]
      if (answer === undefined) throw new Error('nothing to answer')
      return answer()
    },
    sleep: async (ms) => {
      pauses.push(ms)
    },
    ...{ timeoutMs: 1000, retries: 2, longestPauseMs: 30_000 },
    ...options,
  })
  return { send, pauses, attempts: () => attempts }
}

describe('a patient fetch', () => {
  it('gives a success back as it came', async () => {
    const { send, attempts } = patient([() => new Response('{"n":1}')])
    expect(await (await send(URL_ASKED)).json()).toEqual({ n: 1 })
    expect(attempts()).toBe(1)
  })

  it.each([429, 503])('waits as long as %i asks for, and asks again', async (status) => {
    const { send, pauses } = patient([() => problem(status, { 'retry-after': '7' }), () => new Response('ok')])
    expect((await send(URL_ASKED)).status).toBe(200)
    expect(pauses).toEqual([7000])
  })

  it('waits a second where nothing is asked for, and gives up after the retries', async () => {
    const { send, pauses, attempts } = patient([() => problem(503)])
    await expect(send(URL_ASKED)).rejects.toMatchObject({ status: 503 })
    expect([pauses, attempts()]).toEqual([[1000, 1000], 3])
  })

  it('does not wait longer than it may', async () => {
    const { send, pauses } = patient([() => problem(429, { 'retry-after': '31' })])
    await expect(send(URL_ASKED)).rejects.toMatchObject({ status: 429, retryAfterMs: 31_000 })
    expect(pauses).toEqual([])
  })

  it('never sends a POST twice', async () => {
    const { send, attempts } = patient([() => problem(503, { 'retry-after': '1' })])
    await expect(send(URL_ASKED, { method: 'post' })).rejects.toBeInstanceOf(ApiProblem)
    expect(attempts()).toBe(1)
  })

  it.each([400, 401, 404, 500])('does not ask again after %i', async (status) => {
    const { send, attempts } = patient([() => problem(status, { 'retry-after': '1' })])
    await expect(send(URL_ASKED)).rejects.toMatchObject({ status })
    expect(attempts()).toBe(1)
  })

  it('tells a problem document in full', async () => {
    const thrown: unknown = await patient([() => problem(422)])
      .send(URL_ASKED)
      .catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(ApiProblem)
    expect(thrown).toMatchObject({
      ...{ message: 'a sentence', status: 422, type: 'urn:closeline:problem:test', requestId: 'r-1' },
      errors: [{ field: 'odds', message: 'is no price' }],
    })
  })

  it.each([
    ['no problem document', () => new Response('<h1>Bad Gateway</h1>', { status: 502 })],
    [
      'a damaged one',
      () => new Response('{', { status: 502, headers: { 'content-type': 'application/problem+json' } }),
    ],
  ])('tells the status alone of %s', async (_, answer) => {
    const expected = { message: 'the API answers 502', status: 502, type: undefined, requestId: undefined }
    await expect(patient([answer]).send(URL_ASKED)).rejects.toMatchObject(expected)
  })

  it('gives up an answer that does not come in time', async () => {
    const never = patientFetch({
      fetch: (_, init) =>
        new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))),
      sleep: async () => {},
      ...{ timeoutMs: 20, retries: 0, longestPauseMs: 0 },
    })
    await expect(never(URL_ASKED)).rejects.toMatchObject({ isTimeout: true, message: 'no answer within 20 ms' })
  })

  it('tells a connection that fails from a time that ran out', async () => {
    const refused = () => Promise.reject(new TypeError('fetch failed'))
    const thrown: unknown = await patient([refused])
      .send(URL_ASKED)
      .catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(ApiUnreachable)
    expect(thrown).toMatchObject({ isTimeout: false, message: 'the API cannot be reached' })
  })

  it('ends at the caller’s own signal, pauses too, with the reason that was given', async () => {
    const controller = new AbortController()
    const { send, attempts } = patient([() => problem(503)], {
      sleep: async () => controller.abort(new Error('not wanted any more')),
    })
    await expect(send(URL_ASKED, { signal: controller.signal })).rejects.toThrow('not wanted any more')
    expect(attempts()).toBe(1)
  })
})
