import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve as resolvePath } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleFunction } from '../../lib/house-code.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { TEST_PEPPER } from '../support/access-keys.ts'
import { randomLedger } from '../support/bets.ts'
import type { LocalS3 } from '../support/local-s3.ts'
import { localS3 } from '../support/local-s3.ts'
import { fillForServing } from '../support/models.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { storeTestKeys, TEST_API_KEYS } from '../support/test-keys.ts'

/** Lambda, seen from inside an execution environment: runtime, extensions and the parameter store on one port. */
async function startLambda() {
  const happened: string[] = []
  let runtime: ServerResponse | undefined
  let extension: ServerResponse | undefined
  let answered: ((body: string) => void) | undefined
  const paused = new Set<() => void>()

  function serve(request: IncomingMessage, response: ServerResponse, body: string): void {
    const { url = '' } = request
    if (url === '/') return void response.end(JSON.stringify({ Parameter: { Value: TEST_PEPPER } }))
    if (url.endsWith('/extension/register')) {
      happened.push('registered')
      return void response.setHeader('lambda-extension-identifier', 'id').end('{}')
    }
    if (url.endsWith('/event/next')) extension = response
    else if (url.endsWith('/invocation/next')) runtime = response
    else {
      happened.push('answered')
      answered?.(body)
      response.writeHead(202).end('{}')
    }
    if (runtime === undefined || extension === undefined) return
    happened.push('frozen')
    for (const go of paused) go()
    paused.clear()
  }

  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => serve(request, response, body))
  })
  await new Promise<void>((go) => server.listen(0, '127.0.0.1', go))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    happened,
    frozen: () => new Promise<void>((go) => (runtime && extension ? go() : paused.add(go))),
    /** @returns the function's answer */
    invoke(event: unknown): Promise<{ statusCode: number; headers: Record<string, string>; body: string }> {
      const [toRuntime, toExtension] = [runtime, extension]
      runtime = undefined
      extension = undefined
      const deadlineMs = Date.now() + 10_000
      return new Promise((go) => {
        answered = (body) => go(JSON.parse(body))
        toExtension?.end(JSON.stringify({ eventType: 'INVOKE', requestId: 'request-1', deadlineMs }))
        const headers = {
          'lambda-runtime-aws-request-id': 'request-1',
          'lambda-runtime-deadline-ms': String(deadlineMs),
        }
        toRuntime?.writeHead(200, headers).end(JSON.stringify(event))
      })
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const BET = { sport: 'Tennis', league: 'ATP', market: 'Moneyline', institution_name: 'X', odds: 100 }
const EVENT = {
  ...{ version: '2.0', routeKey: '$default', rawPath: '/api/v1/predict', rawQueryString: '', isBase64Encoded: false },
  headers: { 'content-type': 'application/json', 'x-api-key': TEST_API_KEYS.predict },
  requestContext: {
    ...{ domainName: 'api.test', stage: '$default' },
    http: { method: 'POST', path: '/api/v1/predict', sourceIp: '192.0.2.1' },
  },
  body: JSON.stringify(BET),
}

describe('a prediction function in Lambda', () => {
  let s3: LocalS3
  let objects: ObjectStore
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let lambda: Awaited<ReturnType<typeof startLambda>>
  let child: ChildProcess
  let output = ''

  beforeAll(async () => {
    s3 = await localS3()
    const bucket = await s3.bucket()
    const store = s3ObjectStore(s3.client, bucket)
    objects = store
    await fillForServing(store, randomLedger(7, 200))
    await storeTestKeys(store)
    folder = await temporaryFolder()
    bundleFunction({ name: 'prediction', architecture: 'arm64', folder: folder.path })
    lambda = await startLambda()
    child = spawn(process.execPath, [resolvePath('test/local-aws/runtime-client.mjs')], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...{ PATH: process.env.PATH, _HANDLER: 'index.handler', LAMBDA_TASK_ROOT: folder.path },
        ...{ AWS_LAMBDA_RUNTIME_API: lambda.address, AWS_LAMBDA_FUNCTION_VERSION: '8' },
        ...{
          AWS_ENDPOINT_URL_S3: s3.url,
          AWS_ENDPOINT_URL_SSM: `http://${lambda.address}`,
          AWS_REGION: 'eu-central-1',
        },
        ...{ AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER', ARTEFACT_BUCKET: bucket },
        ...{ AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required', KEY_PEPPER_PARAMETER: '/key-pepper' },
      },
    })
    child.stdout?.on('data', (chunk) => {
      output += String(chunk)
    })
    await lambda.frozen()
  })

  afterAll(async () => {
    child.kill('SIGKILL')
    lambda.close()
    await folder[Symbol.asyncDispose]()
    await s3[Symbol.asyncDispose]()
  })

  it('is an extension of its own, registered before it takes its first invocation', () => {
    expect(lambda.happened).toEqual(['registered', 'frozen'])
    expect(output).toContain('"event":"self_trial"')
  })

  it('answers before it is frozen, and asks to be frozen when it has tidied up', async () => {
    const answer = await lambda.invoke(EVENT)
    expect([answer.statusCode, JSON.parse(answer.body).win_probability]).toEqual([200, 0.5])
    await lambda.frozen()
    expect(lambda.happened).toEqual(['registered', 'frozen', 'answered', 'frozen'])
    expect(output.split('\n').filter((line) => line.startsWith('{"_aws":'))).toHaveLength(1)
    expect(await objects.list('predictions/')).toEqual([])
  })

  it('writes the predictions that wait in memory when Lambda ends it', async () => {
    const ended = new Promise((go) => child.once('exit', go))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    const [key = '', ...others] = await objects.list('predictions/')
    expect([key, others]).toEqual([expect.stringMatching(/^predictions\/day=\d{4}-\d{2}-\d{2}\/.*\.ndjson$/), []])
    const lines = new TextDecoder()
      .decode(await objects.get(key))
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ functionVersion: '8', sport: 'Tennis' }])
  })
})
