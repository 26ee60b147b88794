import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleRequest } from '../support/example-requests.ts'
import { leakFaults } from '../support/fuzz-judge.ts'
import type { OpenApiChecker } from '../support/openapi-checker.ts'
import { createOpenApiChecker } from '../support/openapi-checker.ts'
import type { ApiOperation, OpenApiDocument } from '../support/openapi-document.ts'
import { fetchDocument } from '../support/openapi-document.ts'
import type { RunningApi } from '../support/running-api.ts'
import { startRunningApi } from '../support/running-api.ts'
import { fuzzKeysOf } from '../support/test-keys.ts'
import type { Wire, WireRequest } from '../support/wire.ts'
import { openWire } from '../support/wire.ts'

const MEGABYTE = 1_048_576

/** Refusals that no request brings about here, by status or by operation and status, and why. */
const NOT_PROVOKED: Record<string, string> = {
  '500': 'it takes a bug',
  'GET /metrics 503': 'on one machine the counters are in the process; on AWS they are asked of CloudWatch',
}

/** What an API that is set up for one kind of trouble is asked. */
interface Stage {
  api: RunningApi
  wire: Wire
}

/** How to bring about each status, on the stage named; undefined where it does not apply to the operation. */
const PROVOKE: Record<number, { stage: StageName; how: (sound: WireRequest, op: ApiOperation) => WireRequest[] }> = {
  400: { stage: 'sound', how: (sound, op) => [...malformed(sound, op), ...invalid(sound, op)] },
  401: { stage: 'sound', how: (sound) => [withKey(sound, undefined), withKey(sound, 'expired')] },
  403: { stage: 'sound', how: (sound, op) => [withKey(sound, op.scope === 'read' ? 'predict' : 'read')] },
  404: { stage: 'empty', how: (sound) => [sound] },
  410: { stage: 'sound', how: (sound) => [sound] },
  413: { stage: 'sound', how: (sound) => [{ ...sound, body: `{"x":"${'x'.repeat(MEGABYTE)}"}` }] },
  415: { stage: 'sound', how: (sound) => [{ ...sound, headers: { ...sound.headers, 'content-type': 'text/plain' } }] },
  422: { stage: 'sound', how: (sound, op) => invalid(sound, op) },
  429: { stage: 'limited', how: (sound) => Array.from({ length: 4 }, () => sound) },
  503: { stage: 'broken', how: (sound) => [sound] },
}

type StageName = 'sound' | 'limited' | 'broken' | 'empty'

/** The access keys can be read, nothing else. */
const allButKeys = (key: string) => !key.startsWith('access/')
const stages = {} as Record<StageName, Stage>
let document: OpenApiDocument
let checker: OpenApiChecker

beforeAll(async () => {
  const sound = await startRunningApi()
  const limited = await startRunningApi({ beside: sound, rateLimit: { perSecond: 1, burst: 1 } })
  const broken = await startRunningApi({ beside: sound, broken: allButKeys })
  const empty = await startRunningApi({ isEmpty: true })
  await broken.supabase.stop()
  for (const [name, api] of Object.entries({ sound, limited, broken, empty })) {
    stages[name as StageName] = { api, wire: openWire(api.url) }
  }
  document = await fetchDocument(sound.url, sound.keys.all)
  checker = createOpenApiChecker(document)
}, 400_000)

afterAll(async () => {
  // The sound one, which has the data of others, last.
  for (const { api, wire } of Object.values(stages).reverse()) {
    wire[Symbol.dispose]()
    await api[Symbol.asyncDispose]()
  }
})

describe('every documented operation', () => {
  it('is there to be tried', () => {
    expect(checker.operations.length).toBeGreaterThan(5)
  })

  it('answers its own example with its documented success', async () => {
    const wrong = await complaintsOfAll(async (operation) => {
      const answer = await stages.sound.wire.send(soundRequest(operation))
      const isSuccess = answer.status < 300 || !hasSuccess(operation)
      return [
        ...(isSuccess ? [] : [`answers ${answer.status}: ${answer.text}`]),
        ...checker.complaints(operation, answer),
      ]
    })
    expect(wrong).toEqual([])
  })

  it('documents a description and an example with every parameter', () => {
    const bare = checker.operations.flatMap(({ name, parameters }) =>
      parameters.filter(({ schema }) => schema?.example === undefined).map((parameter) => `${name}: ${parameter.name}`),
    )
    expect(bare.filter((line) => !line.includes('cursor'))).toEqual([])
  })

  it('gives each of its documented refusals once provoked, as documented and with nothing leaked', async () => {
    const wrong = await complaintsOfAll(async (operation) => {
      const isProvoked = (status: number) => !(status in NOT_PROVOKED || `${operation.name} ${status}` in NOT_PROVOKED)
      const refusals = [...operation.responses.keys()].filter((status) => status >= 400 && isProvoked(status))
      const complaints: string[] = []
      for (const status of refusals) complaints.push(...(await provoke(operation, status)))
      return complaints
    })
    expect(wrong).toEqual([])
  })

  it('asks for a key, but for what monitors and readers of the documents need', () => {
    const open = checker.operations.filter(({ scope }) => scope === undefined).map(({ path }) => path)
    expect(open.filter((path) => !['/health', '/live', '/api/health', '/api/supabase/query'].includes(path))).toEqual(
      [],
    )
  })
})

describe('what is not documented', () => {
  it.each(['/nothing', '/api/v1', '/api/bets/1', '/.env', '/%00', '/api//score-bet', '/API/SCORE-BET'])(
    'is refused: %s',
    async (target) => {
      const answer = await stages.sound.wire.send({ method: 'GET', target, headers: {}, body: undefined })
      expect([401, 404]).toContain(answer.status)
      expect([...checker.problemComplaints(answer), ...leakFaults({ target, body: '', headers: {} }, answer)]).toEqual(
        [],
      )
    },
  )

  it('is refused in the style of the path’s own app where only the method is unknown', async () => {
    const wrong = await complaintsOfAll(async (operation) => {
      const method = checker.operations.some(({ path, method: other }) => path === operation.path && other === 'DELETE')
        ? 'PATCH'
        : 'DELETE'
      const answer = await stages.sound.wire.send({ ...soundRequest(operation), method, body: undefined })
      // A path that is gone is so by any method.
      const isRefused = [404, 405].includes(answer.status) || operation.responses.has(410)
      return [...(isRefused ? [] : [`${method} answers ${answer.status}`]), ...checker.problemComplaints(answer)]
    })
    expect(wrong).toEqual([])
  })
})

async function provoke(operation: ApiOperation, status: number): Promise<string[]> {
  const provocation = PROVOKE[status]
  if (provocation === undefined) return [`no way is known to provoke ${status}`]
  const { wire } = stages[provocation.stage]
  const statuses: number[] = []
  for (const request of provocation.how(soundRequest(operation), operation)) {
    const answer = await wire.send(request)
    statuses.push(answer.status)
    const faults = [...checker.complaints(operation, answer), ...leakFaults(request, answer)]
    if (faults.length > 0) return faults.map((fault) => `provoking ${status}: ${fault}`)
  }
  return statuses.includes(status) ? [] : [`${status} is documented, and ${statuses.join(', ') || 'nothing'} came`]
}

/** The documented example, with the key that has this scope alone. */
function soundRequest(operation: ApiOperation): WireRequest {
  const { keys } = stages.sound.api
  return exampleRequest(document, operation, fuzzKeysOf(keys).right(operation.scope ?? ''))
}

function withKey(request: WireRequest, kind: 'read' | 'predict' | 'expired' | undefined): WireRequest {
  const { 'x-api-key': _, ...headers } = request.headers
  const key = kind === undefined ? {} : { 'x-api-key': stages.sound.api.keys[kind] }
  return { ...request, headers: { ...headers, ...key } }
}

function malformed(sound: WireRequest, operation: ApiOperation): WireRequest[] {
  return operation.body === undefined ? [] : [{ ...sound, body: '{"half":' }]
}

/** The example with a part in it that its schema refuses: an unknown field, or nothing, or a parameter that cannot be. */
function invalid(sound: WireRequest, operation: ApiOperation): WireRequest[] {
  const [path = '', query = ''] = sound.target.split('?')
  if (operation.body !== undefined)
    return [
      { ...sound, body: '{"nobody_knows_me":1}' },
      { ...sound, body: '[]' },
    ]
  const parts = new URLSearchParams(query)
  const withoutRequired = operation.parameters
    .filter((parameter) => parameter.required && parameter.in === 'query')
    .map(({ name }) => new URLSearchParams([...parts].filter(([other]) => other !== name)))
  const withEmpty = operation.parameters
    .filter((parameter) => parameter.required && parameter.in === 'query')
    .map(({ name }) => new URLSearchParams([...[...parts].filter(([other]) => other !== name), [name, '']]))
  const withNonsense = operation.parameters
    .filter((parameter) => parameter.in === 'query')
    .map(
      ({ name }) =>
        new URLSearchParams([...[...parts].filter(([other]) => other !== name), [name, '\u0001'.repeat(3000)]]),
    )
  const byPath = operation.parameters.some((parameter) => parameter.in === 'path')
    ? [{ ...sound, target: operation.path.replace(/\{\w+\}/g, '%01') }]
    : []
  return [
    ...[...withoutRequired, ...withEmpty, ...withNonsense].map((search) => ({ ...sound, target: `${path}?${search}` })),
    ...byPath,
  ]
}

function hasSuccess({ responses }: ApiOperation): boolean {
  return [...responses.keys()].some((status) => status < 300)
}

async function complaintsOfAll(judge: (operation: ApiOperation) => Promise<string[]>): Promise<string[]> {
  const lines: string[] = []
  for (const operation of checker.operations) {
    for (const complaint of await judge(operation)) lines.push(`${operation.name}: ${complaint}`)
  }
  return lines
}
