import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { ApiProblem, ApiUnreachable, answerOf, createClient } from '../../shared/client/index.ts'
import type { RunningApi } from '../support/running-api.ts'
import { startRunningApi } from '../support/running-api.ts'

const BET = { sport: 'Basketball', league: 'NBA', market: 'Spread', institution_name: 'DraftKings', odds: -110 }
const SCORED = { sport: 'Basketball', market: 'Spread' }

let api: RunningApi

beforeAll(async () => {
  api = await startRunningApi()
}, 400_000)

afterAll(() => api?.[Symbol.asyncDispose]())

const client = (apiKey = api.keys.all) => createClient({ baseUrl: api.url, apiKey, retries: 0 })

describe('the typed client', () => {
  it('scores a bet, with the answer’s fields as the app types them', async () => {
    const score = await answerOf(client().scoring.api['score-bet'].$get({ query: SCORED }))
    expectTypeOf(score.performance.totalBets).toEqualTypeOf<number>()
    expect(score.performance.totalBets).toBeGreaterThan(0)
    expect(score.evaluation.score).not.toBe('unknown')
  })

  it('predicts one bet and a batch', async () => {
    const { prediction } = client()
    const one = await answerOf(prediction.api.v1.predict.$post({ query: {}, json: BET }))
    expectTypeOf(one.win_probability).toEqualTypeOf<number>()
    expect(one.win_probability).toBeGreaterThan(0)
    const batch = await answerOf(prediction.api.v1['batch-predict'].$post({ json: { bets: [BET, BET] } }))
    expect(batch.predictions.map(({ prediction: each }) => each.win_probability)).toEqual([
      one.win_probability,
      one.win_probability,
    ])
  })

  it('does not compile with a wrong path or parameter', () => {
    const { scoring, prediction } = client()
    // @ts-expect-error: there is no such path
    expectTypeOf(scoring.api.nothing).toBeFunction
    // @ts-expect-error: a price is a number
    expectTypeOf(prediction.api.v1.predict.$post).toBeCallableWith({ query: {}, json: { ...BET, odds: '-110' } })
  })

  it('throws what the API refuses, with its code, sentence and fields', async () => {
    const refused = answerOf(client().prediction.api.v1.predict.$post({ query: {}, json: { ...BET, odds: -50 } }))
    const thrown: unknown = await refused.catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(ApiProblem)
    expect(thrown).toMatchObject({ status: 422, type: 'urn:closeline:problem:invalid_request' })
    expect((thrown as ApiProblem).errors.map(({ field }) => field)).toEqual(['odds'])
    expect((thrown as ApiProblem).requestId).toBeTruthy()
  })

  it('tells a key that does not hold from a scope that is missing', async () => {
    const ask = (key: string) => answerOf(client(key).scoring.api['score-bet'].$get({ query: SCORED }))
    await expect(ask(api.keys.revoked)).rejects.toMatchObject({ status: 401 })
    await expect(ask(api.keys.predict)).rejects.toMatchObject({ status: 403 })
  })

  it('waits where it is asked too often, and gets its answer', async () => {
    await using limited = await startRunningApi({ beside: api, rateLimit: { perSecond: 1, burst: 1 } })
    const pauses: number[] = []
    const { prediction } = createClient({
      ...{ baseUrl: limited.url, apiKey: limited.keys.all },
      sleep: async (ms) => {
        pauses.push(ms)
        limited.advance(ms)
      },
    })
    for (let i = 0; i < 3; i++) await answerOf(prediction.live.$get())
    expect(pauses.length).toBeGreaterThan(0)
    expect(pauses.every((ms) => ms >= 1000)).toBe(true)
  })

  it('says that nothing answers where nothing does', async () => {
    const nowhere = createClient({ baseUrl: 'http://127.0.0.1:9', apiKey: api.keys.all, retries: 0 })
    await expect(answerOf(nowhere.prediction.live.$get())).rejects.toBeInstanceOf(ApiUnreachable)
  })
})

describe('the Node example', () => {
  it('tells the record and the prediction of a bet', async () => {
    const { code, stdout } = await runExample({ CLOSELINE_KEY: api.keys.all })
    expect(stdout).toMatch(
      /^your record: \w+, \d+ settled bets\. .+\nthis bet: wins \d+\.\d % of the time, .+ grade [A-F] /,
    )
    expect(code).toBe(0)
  })

  it('says in a line what the API refuses, and what it misses', async () => {
    const refused = await runExample({ CLOSELINE_KEY: api.keys.revoked })
    expect([refused.code, refused.stdout]).toEqual([1, ''])
    expect(refused.stderr).toMatch(/revoked \(request [\w-]+\)\n$/)
    expect(await runExample({ CLOSELINE_KEY: undefined })).toMatchObject({ code: 2, stdout: '' })
  })
})

async function runExample(env: Record<string, string | undefined>) {
  const child = spawn(process.execPath, ['docs/examples/node.ts', api.url], { env: { ...process.env, ...env } })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}
