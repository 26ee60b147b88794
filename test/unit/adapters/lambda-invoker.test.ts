import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { mockClient } from 'aws-sdk-client-mock'
import { describe, expect, it } from 'vitest'
import { lambdaInvoker } from '../../../shared/adapters/lambda-invoker.ts'

const NAME = 'closeline-dev-prediction'

function opened() {
  const client = new LambdaClient({ region: 'eu-central-1' })
  const requests = mockClient(client)
  const answering = (payload: unknown, more: object = {}) => {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    const Payload = Object.assign(new TextEncoder().encode(text), { transformToString: () => text })
    requests.on(InvokeCommand).resolves({ StatusCode: 200, ExecutedVersion: '8', Payload, ...more } as object)
  }
  return { requests, answering, ask: () => lambdaInvoker(client).invoke(NAME, '8', { rawPath: '/live' }) }
}

describe('a version that is asked by its number', () => {
  it('gets the event, past alias and gateway', async () => {
    const { requests, answering, ask } = opened()
    answering({ statusCode: 200 })
    await ask()
    expect(requests.commandCalls(InvokeCommand)[0]?.args[0].input).toEqual({
      ...{ FunctionName: NAME, Qualifier: '8', Payload: '{"rawPath":"/live"}' },
    })
  })

  it('answers with status, headers by lower-case names and JSON', async () => {
    const { answering, ask } = opened()
    answering({ statusCode: 200, headers: { 'X-Function-Version': 8 }, body: '{"status":"alive"}' })
    expect(await ask()).toEqual({
      executedVersion: '8',
      error: undefined,
      statusCode: 200,
      headers: { 'x-function-version': '8' },
      body: { status: 'alive' },
    })
  })

  it('may answer in base64, or with what is no JSON', async () => {
    const { answering, ask } = opened()
    answering({ statusCode: 200, body: Buffer.from('{"a":1}').toString('base64'), isBase64Encoded: true })
    expect((await ask()).body).toEqual({ a: 1 })
    answering({ statusCode: 502, body: '<html>' })
    expect((await ask()).body).toBe('<html>')
  })

  it('has failed where Lambda says so', async () => {
    const { answering, ask } = opened()
    const more = { FunctionError: 'Unhandled' }
    answering({ errorType: 'DomainError', errorMessage: 'ARTEFACT_BUCKET: missing', trace: [] }, more)
    expect(await ask()).toMatchObject({ error: 'DomainError: ARTEFACT_BUCKET: missing', statusCode: undefined })
    answering('not even JSON', more)
    expect(await ask()).toMatchObject({ error: 'Unhandled' })
  })

  it('has failed where its answer is none of an HTTP API', async () => {
    const { answering, ask } = opened()
    answering({ outcome: 'ignored' })
    expect(await ask()).toMatchObject({ error: 'its answer is none of an HTTP API', executedVersion: '8' })
  })

  it('cannot be asked where Lambda refuses', async () => {
    const { requests, ask } = opened()
    requests.on(InvokeCommand).rejects(new Error('no route to host'))
    await expect(ask()).rejects.toMatchObject({ vendor: 'Lambda', message: 'no route to host' })
  })
})
