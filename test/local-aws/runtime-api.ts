import { randomUUID } from 'node:crypto'
import type { Answerer, WireAnswer } from './wire.ts'
import { jsonAnswer, startWireServer } from './wire.ts'

/** What a function made of an invocation. */
export type Outcome =
  | { kind: 'answered'; payload: string }
  /** It threw, or its process ended: what Lambda tells of it. */
  | { kind: 'failed'; errorType: string; errorMessage: string }

export interface Invocation {
  requestId: string
  /** JSON. */
  payload: string
  functionArn: string
  deadlineMs: number
}

/** The Runtime API and the Extensions API of one execution environment. */
export interface RuntimeApi extends AsyncDisposable {
  /** `host:port`, as AWS_LAMBDA_RUNTIME_API has it. */
  address: string
  /** Hands an invocation over, which the function has to be waiting for; what it made of it. */
  deliver(invocation: Invocation): Promise<Outcome>
  /** Whether a part of the function's process has registered as an extension. */
  hasExtension(): boolean
}

interface RuntimeEvents {
  /** The function, and its extension where it has one, wait for an invocation: nothing of it need run. */
  onWaiting(): void
  /** It could not start. */
  onInitError(outcome: Outcome): void
}

/**
 * Serves `/2018-06-01/runtime` and `/2020-01-01/extension` to one function process. The caller has its answer as soon as
 * the function has told it; the process is waiting again only when its extension has asked for the next event too.
 *
 * @see AWS, "Using the Lambda runtime API for custom runtimes" and "Lambda Extensions API", Lambda developer guide
 */
export async function startRuntimeApi(events: RuntimeEvents): Promise<RuntimeApi> {
  let current: (Invocation & { finish: (outcome: Outcome) => void }) | undefined
  let extensionId: string | undefined
  let isStarted = false
  // Answers that are held back until there is an invocation.
  let runtimeWaits: ((answer: WireAnswer) => void) | undefined
  let extensionWaits: ((answer: WireAnswer) => void) | undefined

  function noteWaiting(): void {
    if (runtimeWaits === undefined || (extensionId !== undefined && extensionWaits === undefined)) return
    isStarted = true
    events.onWaiting()
  }

  function finish(requestId: string, outcome: Outcome): WireAnswer {
    if (current?.requestId !== requestId) return jsonAnswer(400, { errorType: 'InvalidRequestID' })
    const { finish: tell } = current
    current = undefined
    tell(outcome)
    return jsonAnswer(202, { status: 'OK' })
  }

  function register(): WireAnswer {
    if (isStarted) return jsonAnswer(403, { errorType: 'Extension.RegistrationNotAllowed' })
    extensionId = randomUUID()
    return jsonAnswer(200, { handler: 'index.handler' }, { 'lambda-extension-identifier': extensionId })
  }

  const answer: Answerer = ({ method, url, headers, body }) => {
    const call = `${method} ${url.pathname}`
    const text = body.toString()
    if (call === 'POST /2020-01-01/extension/register') return register()
    if (call === 'GET /2020-01-01/extension/event/next') {
      if (headers['lambda-extension-identifier'] !== extensionId)
        return jsonAnswer(403, { errorType: 'Extension.Unknown' })
      return new Promise((resolve) => {
        extensionWaits = resolve
        noteWaiting()
      })
    }
    if (call === 'GET /2018-06-01/runtime/invocation/next') {
      return new Promise((resolve) => {
        runtimeWaits = resolve
        noteWaiting()
      })
    }
    if (call === 'POST /2018-06-01/runtime/init/error') {
      events.onInitError(failureOf(text))
      return jsonAnswer(202, { status: 'OK' })
    }
    const [, requestId = '', end] = /invocation\/([^/]+)\/(response|error)$/.exec(call) ?? []
    if (end === undefined) return jsonAnswer(404, { errorType: 'NotFound' })
    return finish(requestId, end === 'response' ? { kind: 'answered', payload: text } : failureOf(text))
  }

  const server = await startWireServer(answer)
  return {
    address: `127.0.0.1:${server.port}`,
    hasExtension: () => extensionId !== undefined,
    deliver: (invocation) =>
      new Promise((resolve) => {
        current = { ...invocation, finish: resolve }
        extensionWaits?.(eventAnswer(invocation))
        extensionWaits = undefined
        runtimeWaits?.(invocationAnswer(invocation))
        runtimeWaits = undefined
      }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function invocationAnswer({ requestId, payload, functionArn, deadlineMs }: Invocation): WireAnswer {
  const headers = {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': requestId,
    'lambda-runtime-deadline-ms': String(deadlineMs),
    'lambda-runtime-invoked-function-arn': functionArn,
    'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Sampled=0',
  }
  return { status: 200, headers, body: payload }
}

function eventAnswer({ requestId, functionArn, deadlineMs }: Invocation): WireAnswer {
  return jsonAnswer(200, { eventType: 'INVOKE', requestId, deadlineMs, invokedFunctionArn: functionArn })
}

/** The error that a function told; one that cannot be read is told as it is. */
function failureOf(text: string): Outcome {
  try {
    const { errorType, errorMessage } = JSON.parse(text) as { errorType?: string; errorMessage?: string }
    return { kind: 'failed', errorType: errorType ?? 'Error', errorMessage: errorMessage ?? text }
  } catch {
    return { kind: 'failed', errorType: 'Runtime.MarshalError', errorMessage: text }
  }
}
