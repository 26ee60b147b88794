import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FunctionSpec } from './function-spec.ts'
import type { Invocation, Outcome } from './runtime-api.ts'
import { startRuntimeApi } from './runtime-api.ts'
import { orAfter } from './time-limit.ts'

/** How long a function may take to start: Lambda gives it 10 s, a busy machine may need more. */
const INIT_TIMEOUT_MS = 60_000
/** How long an extension may take to end: Lambda gives it half a second. */
const SHUTDOWN_MS = 2000

/** A process that runs a function, one invocation at a time, and stands still in between. */
export interface ExecutionEnvironment extends AsyncDisposable {
  /** What the function makes of an invocation. Where it takes too long or its process ends, the environment is gone. */
  invoke(invocation: Omit<Invocation, 'deadlineMs'>): Promise<Outcome>
  /** Resolves when it is frozen again, or gone. */
  settled(): Promise<void>
  isGone(): boolean
  /** Undefined where it could not be started. */
  pid: number | undefined
}

export interface EnvironmentSetting {
  spec: FunctionSpec
  /** Folder of the function's code and nothing else. */
  taskRoot: string
  runtimeClient: string
  onLine: (line: string) => void
}

/**
 * Starts a process and waits until it asks for its first invocation. Between invocations it gets no processor time, as on
 * Lambda: what it leaves to timers does not happen.
 *
 * @throws {InitFailure} where it does not ask for one
 */
export async function startExecutionEnvironment(setting: EnvironmentSetting): Promise<ExecutionEnvironment> {
  const { spec } = setting
  const scratch = await mkdtemp(join(tmpdir(), 'closeline-lambda-'))
  await mkdir(join(scratch, 'tmp'))
  const initError = Promise.withResolvers<Outcome>()
  let waiting = Promise.withResolvers<undefined>()
  let child: ChildProcess | undefined
  const api = await startRuntimeApi({
    onWaiting() {
      child?.kill('SIGSTOP')
      waiting.resolve(undefined)
    },
    onInitError: initError.resolve,
  })
  child = start(setting, { scratch, address: api.address })
  const ended = endOf(child)
  let isGone = false
  void ended.then(() => {
    isGone = true
  })

  async function dispose(): Promise<void> {
    if (!isGone && api.hasExtension()) {
      child?.kill('SIGCONT')
      child?.kill('SIGTERM')
      await orAfter(SHUTDOWN_MS, ended, undefined)
    }
    child?.kill('SIGKILL')
    await ended
    await api[Symbol.asyncDispose]()
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 })
  }

  const begun = Promise.race([waiting.promise, initError.promise, ended])
  const failure = await orAfter(INIT_TIMEOUT_MS, begun, timedOut(INIT_TIMEOUT_MS))
  if (failure !== undefined) {
    await dispose()
    throw new InitFailure(failure)
  }
  return {
    pid: child.pid,
    isGone: () => isGone,
    settled: () => Promise.race([waiting.promise, ended]).then(() => undefined),
    async invoke(invocation) {
      waiting = Promise.withResolvers()
      const answered = api.deliver({ ...invocation, deadlineMs: Date.now() + spec.timeoutMs })
      child?.kill('SIGCONT')
      const late = timedOut(spec.timeoutMs)
      const outcome = await orAfter(spec.timeoutMs, Promise.race([answered, ended]), late)
      if (outcome === late) await dispose()
      return outcome
    },
    [Symbol.asyncDispose]: dispose,
  }
}

/** A function that could not start. */
export class InitFailure extends Error {
  override readonly name = 'InitFailure'
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super(outcome.kind === 'failed' ? `${outcome.errorType}: ${outcome.errorMessage}` : 'it answered unasked')
    this.outcome = outcome
  }
}

interface Place {
  scratch: string
  address: string
}

function start({ spec, taskRoot, runtimeClient, onLine }: EnvironmentSetting, place: Place): ChildProcess {
  const env = { ...spec.environment, ...runtimeVariables(spec, taskRoot, place) }
  const child = spawn(process.execPath, [runtimeClient], { cwd: taskRoot, env, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', onLine)
  return child
}

/** What Lambda itself puts into a function's environment; HOME is not among it. */
function runtimeVariables(
  { name, version, handler, memoryMb }: FunctionSpec,
  taskRoot: string,
  { scratch, address }: Place,
): Record<string, string> {
  return {
    ...{ PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'en_US.UTF-8', TZ: ':UTC' },
    ...{ _HANDLER: handler, LAMBDA_TASK_ROOT: taskRoot, AWS_LAMBDA_RUNTIME_API: address },
    ...{ AWS_LAMBDA_FUNCTION_NAME: name, AWS_LAMBDA_FUNCTION_VERSION: version },
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `2026/01/01/[${version}]local`,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    // On Lambda /tmp belongs to the environment alone.
    TMPDIR: join(scratch, 'tmp'),
  }
}

function endOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(exited(signal === null ? `exit status ${code}` : `signal ${signal}`)))
    child.once('error', ({ message }) => resolve(exited(message)))
  })
}

function exited(how: string): Outcome {
  return { kind: 'failed', errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: ${how}` }
}

function timedOut(limitMs: number): Outcome {
  const errorMessage = `Error: Task timed out after ${(limitMs / 1000).toFixed(2)} seconds`
  return { kind: 'failed', errorType: 'Sandbox.Timedout', errorMessage }
}
