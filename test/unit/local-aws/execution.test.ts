import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LocalAccount } from '../../local-aws/local-account.ts'
import { startLocalAccount } from '../../local-aws/local-account.ts'
import { smallFunctions } from './small-function.ts'

let account: LocalAccount
let small: Awaited<ReturnType<typeof smallFunctions>>

/** An account for the tests around. */
function useAccount(mostEnvironments: number): void {
  beforeAll(async () => {
    account = await startLocalAccount({ seed: 3, mostEnvironments, patience: 1 })
    small = await smallFunctions(account)
  })
  afterAll(async () => {
    await account[Symbol.asyncDispose]()
    await small[Symbol.asyncDispose]()
  })
}

/** What a function answers to a payload, read from its JSON. */
async function answer(target: string, payload: unknown = {}): Promise<unknown> {
  const { outcome } = await account.services.invocations.invoke(target, JSON.stringify(payload))
  return outcome.kind === 'answered' ? JSON.parse(outcome.payload) : outcome
}

describe('an execution environment', () => {
  // A second one would answer while the first is not waiting yet.
  useAccount(1)

  it('gives the handler its event and a context, and the caller what the handler returns', async () => {
    await small.put(
      'echo',
      `export async function handler(event, context) {
        return { event, name: context.functionName, left: context.getRemainingTimeInMillis() }
      }`,
    )
    const told = (await answer('echo', { a: 1 })) as { left: number }
    expect(told).toMatchObject({ event: { a: 1 }, name: 'echo' })
    expect(told.left).toBeGreaterThan(0)
    expect(told.left).toBeLessThanOrEqual(20_000)
  })

  it('stands still between invocations, its timers too', async () => {
    await small.put(
      'ticking',
      `let ticks = 0
      setInterval(() => { ticks++ }, 5)
      export async function handler() { return ticks }`,
    )
    const first = Number(await answer('ticking'))
    await sleep(400)
    // Running on, it would have ticked eighty times.
    expect(Number(await answer('ticking')) - first).toBeLessThan(20)
  })

  it('goes on after an answer only until its extension has asked for the next event', async () => {
    await small.put(
      'tidying',
      `import { request } from 'node:http'
      const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':')
      const ask = (method, path, headers = {}) => new Promise((resolve, reject) => {
        request({ host, port, method, path: '/2020-01-01/extension/' + path, headers }, (answer) => {
          answer.resume().on('end', () => resolve(answer.headers))
        }).on('error', reject).end()
      })
      const { 'lambda-extension-identifier': id } = await ask('POST', 'register', { 'lambda-extension-name': 'a' })
      const next = () => ask('GET', 'event/next', { 'lambda-extension-identifier': id })
      let tidied = 0
      async function tidy() {
        for (;;) {
          await next()
          await new Promise((resolve) => setTimeout(resolve, 100))
          tidied++
        }
      }
      void tidy()
      export async function handler() { return tidied }`,
    )
    expect(await answer('tidying')).toBe(0)
    expect(await answer('tidying')).toBe(1)
    await sleep(300)
    expect(await answer('tidying')).toBe(2)
  })

  it('tells what a handler throws, and serves the next invocation', async () => {
    await small.put(
      'throwing',
      `let calls = 0
      export async function handler() { if (++calls === 1) throw new RangeError('no'); return calls }`,
    )
    expect(await answer('throwing')).toEqual({ kind: 'failed', errorType: 'RangeError', errorMessage: 'no' })
    expect(await answer('throwing')).toBe(2)
  })

  it('is replaced where its process ends', async () => {
    await small.put(
      'dying',
      `let calls = 0
      export async function handler(event) { if (event.die) process.exit(7); return ++calls }`,
    )
    expect(await answer('dying')).toBe(1)
    expect(await answer('dying', { die: true })).toMatchObject({ kind: 'failed', errorType: 'Runtime.ExitError' })
    expect(await answer('dying')).toBe(1)
  })

  it('is ended where it takes too long', async () => {
    await small.put('slow', `export async function handler() { await new Promise((r) => setTimeout(r, 60_000)) }`, {
      timeoutMs: 200,
    })
    expect(await answer('slow')).toMatchObject({ kind: 'failed', errorType: 'Sandbox.Timedout' })
  })

  it('tells why a function cannot start', async () => {
    await small.put('stillborn', `throw new SyntaxError('not today')`)
    expect(await answer('stillborn')).toEqual({ kind: 'failed', errorType: 'SyntaxError', errorMessage: 'not today' })
  })

  it('has nothing of this repository around its code', async () => {
    await small.put('bare', `export async function handler() { return (await import('hono')).default }`)
    expect(await answer('bare')).toMatchObject({ errorMessage: expect.stringContaining("Cannot find package 'hono'") })
  })

  it('finds in its environment what it is configured with and what Lambda adds, and nothing of ours', async () => {
    await small.put('looking', 'export async function handler() { return process.env }', { environment: { MINE: 'x' } })
    const environment = (await answer('looking')) as Record<string, string>
    expect(environment).toMatchObject({ MINE: 'x', AWS_LAMBDA_FUNCTION_VERSION: '$LATEST', TZ: ':UTC' })
    expect(environment.HOME).toBeUndefined()
    expect(environment.VITEST).toBeUndefined()
  })
})

describe('a function', () => {
  useAccount(2)

  it('has several environments for invocations at once, and no more than are reserved', async () => {
    const code = `let calls = 0
      export async function handler() { await new Promise((r) => setTimeout(r, 300)); return ++calls }`
    await small.put('parallel', code)
    expect(await Promise.all([answer('parallel'), answer('parallel')])).toEqual([1, 1])
    await small.put('single', code, { reservedConcurrency: 1 })
    expect(await Promise.all([answer('single'), answer('single')])).toEqual([1, { kind: 'throttled' }])
  })

  it('keeps a published version as it was', async () => {
    await small.put('changing', `export const handler = async () => 'old'`)
    expect(account.services.functions.publish('changing')).toBe('1')
    await small.put('changing', `export const handler = async () => 'new'`)
    expect(await answer('changing:1')).toBe('old')
    expect(await answer('changing')).toBe('new')
  })

  it('answers behind an alias by the shares of its versions', async () => {
    const version = `export const handler = async () => process.env.AWS_LAMBDA_FUNCTION_VERSION`
    await small.put('shared', version)
    account.services.functions.publish('shared')
    account.services.functions.publish('shared')
    account.services.functions.putAlias('shared', 'live', { functionVersion: '1', weights: { 2: 0.25 } })
    let second = 0
    for (let i = 0; i < 400; i++) if ((await answer('shared:live')) === '2') second++
    // 100 are expected, with a standard deviation of 8.7.
    expect(second).toBeGreaterThan(65)
    expect(second).toBeLessThan(135)
    const alone = { FunctionName: 'shared', Resource: 'shared:live', ExecutedVersion: '2' }
    const metric = { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: alone }
    expect(account.metrics.statistic(metric, 'Sum', 0, Number.POSITIVE_INFINITY)).toBe(second)
  })

  it('that fails as an event is tried again, and then told of to its destination', async () => {
    const queue = 'arn:aws:sqs:eu-central-1:123456789012:failures'
    account.services.queues.add(queue)
    await small.put('failing', `export async function handler() { throw new Error('again') }`)
    account.services.functions.setAsync('failing', '$LATEST', { retries: 1, onFailure: queue })
    await account.services.invocations.invokeEvent('failing', '{"n":1}')
    expect(account.invoked().filter(({ functionName }) => functionName === 'failing')).toHaveLength(2)
    const [message = ''] = account.services.queues.messages(queue)
    expect(JSON.parse(message)).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { n: 1 },
      responsePayload: { errorMessage: 'again' },
    })
  })
})
