import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleRequest } from '../support/example-requests.ts'
import { leakFaults } from '../support/fuzz-judge.ts'
import type { Answer, OpenApiChecker } from '../support/openapi-checker.ts'
import { createOpenApiChecker } from '../support/openapi-checker.ts'
import type { ApiOperation, OpenApiDocument } from '../support/openapi-document.ts'
import { fetchDocument } from '../support/openapi-document.ts'
import type { RunningApi } from '../support/running-api.ts'
import { startRunningApi } from '../support/running-api.ts'
import { fuzzKeysOf } from '../support/test-keys.ts'
import { openWire } from '../support/wire.ts'

const MINUTE_MS = 60_000

/** What callers wait for while they look at a bet: it must come from memory, whatever is down. */
const FROM_MEMORY = ['POST /api/v1/predict', 'GET /api/v1/predict', 'GET /api/score-bet']

/** Objects that everything but access is served from. */
const allButKeys = (key: string) => !key.startsWith('access/')

let api: RunningApi
let document: OpenApiDocument
let checker: OpenApiChecker

beforeAll(async () => {
  api = await startRunningApi()
  document = await fetchDocument(api.url, api.keys.all)
  checker = createOpenApiChecker(document)
  // Asked once, so that there is something in memory to go on with.
  for (const name of FROM_MEMORY) expect((await ask(api, name)).status).toBe(200)
}, 400_000)

afterAll(() => api?.[Symbol.asyncDispose]())

describe('with the database down', () => {
  beforeAll(() => api.supabase.stop())
  afterAll(() => api.supabase.start())

  it.each(FROM_MEMORY)('%s answers as before', async (name) => {
    expect((await ask(api, name)).status).toBe(200)
  })

  it('every operation answers as documented, with 503 and Retry-After where it needs the database', async () => {
    await expectDocumented(api)
  })
})

describe('with a database that takes connections and answers nothing', () => {
  beforeAll(() => api.supabase.hang())
  afterAll(() => api.supabase.start())

  it.each(FROM_MEMORY)('%s answers at once', async (name) => {
    const begin = performance.now()
    expect((await ask(api, name)).status).toBe(200)
    expect(performance.now() - begin).toBeLessThan(2000)
  })
})

describe('with the object store down', () => {
  beforeAll(async () => {
    api.objects.fail()
    await lookAgain(api)
  })

  afterAll(async () => {
    api.objects.recover()
    await lookAgain(api)
  })

  it.each(FROM_MEMORY)('%s goes on from memory, and says so', async (name) => {
    const answer = await ask(api, name)
    expect(answer.status).toBe(200)
    expect(servedFrom(answer)).toBe('memory')
  })

  it('keys go on holding, and the wrong ones go on being refused', async () => {
    expect((await ask(api, 'GET /api/v1/predict', api.keys.revoked)).status).toBe(401)
  })

  it('the API is not ready, and still alive', async () => {
    expect((await ask(api, 'GET /ready')).status).toBe(503)
    expect((await ask(api, 'GET /live')).status).toBe(200)
    expect((await ask(api, 'GET /health')).status).toBe(200)
  })

  it('every operation answers as documented, and none tells where anything is kept', async () => {
    await expectDocumented(api)
  })

  it('everything is current again once it is back, without a restart', async () => {
    api.objects.recover()
    await lookAgain(api)
    for (const name of FROM_MEMORY) expect([name, servedFrom(await ask(api, name))]).toEqual([name, 'current'])
    expect((await ask(api, 'GET /ready')).status).toBe(200)
  })
})

describe('with a snapshot that nobody has looked after', () => {
  it('predictions go on and are marked; the next look puts an end to it', async () => {
    api.objects.fail(allButKeys)
    api.advance(10 * MINUTE_MS)
    const stale = await ask(api, 'POST /api/v1/predict')
    expect([stale.status, servedFrom(stale)]).toEqual([200, 'memory'])
    api.objects.recover()
    await lookAgain(api)
    expect(servedFrom(await ask(api, 'POST /api/v1/predict'))).toBe('current')
  })
})

describe('where nothing was ever there to be served from', () => {
  let bare: RunningApi

  beforeAll(async () => {
    bare = await startRunningApi({ beside: api, broken: allButKeys })
  }, 400_000)

  afterAll(() => bare?.[Symbol.asyncDispose]())

  it.each(FROM_MEMORY)('%s says 503 with Retry-After', async (name) => {
    const answer = await ask(bare, name)
    expect(answer.status).toBe(503)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(checker.complaints(operationOf(name), answer)).toEqual([])
  })

  it('nothing is invented: every operation answers as documented', async () => {
    await expectDocumented(bare)
  })

  it('it serves as soon as something is there, without a restart', async () => {
    bare.objects.recover()
    await lookAgain(bare)
    for (const name of FROM_MEMORY) expect([name, (await ask(bare, name)).status]).toEqual([name, 200])
  })
})

/** Lets time pass until everything is looked for anew, and gives the looks that no answer waits for a moment. */
async function lookAgain(which: RunningApi): Promise<void> {
  which.advance(MINUTE_MS)
  await which.refresh()
  for (const name of FROM_MEMORY) await ask(which, name)
  await sleep(300)
}

/** Every operation's own example, held against the document; refusals for want of something carry Retry-After. */
async function expectDocumented(which: RunningApi): Promise<void> {
  const faults: string[] = []
  for (const operation of checker.operations) {
    const answer = await ask(which, operation.name)
    const complaints = [
      ...checker.complaints(operation, answer),
      ...leakFaults({ target: operation.path, body: '', headers: {} }, answer),
      ...(answer.status === 500 ? ['it fails'] : []),
    ]
    for (const complaint of complaints) faults.push(`${operation.name}, ${answer.status}: ${complaint}`)
  }
  expect(faults).toEqual([])
}

async function ask({ url, keys }: RunningApi, name: string, key?: string): Promise<Answer> {
  const operation = operationOf(name)
  using wire = openWire(url, 1)
  return await wire.send(exampleRequest(document, operation, key ?? fuzzKeysOf(keys).right(operation.scope ?? '')))
}

function operationOf(name: string): ApiOperation {
  const operation = checker.operations.find((other) => other.name === name)
  if (operation === undefined) throw new Error(`${name} is not documented`)
  return operation
}

/** `served_from` of a prediction, `servedFrom` of what the extension reads. */
function servedFrom({ text }: Answer): unknown {
  const body = JSON.parse(text) as { served_from?: unknown; servedFrom?: unknown }
  return body.served_from ?? body.servedFrom
}
