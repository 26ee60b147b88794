import { randomUUID } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionEnvironment } from './execution-environment.ts'
import { InitFailure, startExecutionEnvironment } from './execution-environment.ts'
import type { FunctionSpec } from './function-spec.ts'
import { reportLine } from './report-line.ts'
import type { Outcome } from './runtime-api.ts'

const RUNTIME_CLIENT = join(import.meta.dirname, 'runtime-client.mjs')

/** The environments of one version of a function. */
export interface FunctionRunner extends AsyncDisposable {
  /** What the function makes of a payload, in an environment that is free, in a new one, or once one is free. */
  invoke(payload: string, functionArn: string): Promise<RunOutcome>
  /** How many environments have been started. */
  started(): number
}

export type RunOutcome = Outcome | { kind: 'throttled' }

export interface RunnerSetting {
  spec: FunctionSpec
  /** Environments at once, at most: one machine stands for all of Lambda. */
  mostEnvironments: number
  onLine: (line: string) => void
}

/** Runs a version from a copy of its asset in a folder of its own, so that nothing of this repository is around it. */
export function functionRunner({ spec, mostEnvironments, onLine }: RunnerSetting): FunctionRunner {
  const idle: ExecutionEnvironment[] = []
  // Those that are gone too: what they leave is cleared away at the end.
  const all = new Set<ExecutionEnvironment>()
  const queue: ((environment: ExecutionEnvironment | undefined) => void)[] = []
  let copied: Promise<CopiedCode> | undefined
  let [running, open, started] = [0, 0, 0]

  async function start(): Promise<ExecutionEnvironment> {
    copied ??= copyCode(spec.assetFolder)
    const { taskRoot, runtimeClient } = await copied
    started++
    const environment = await startExecutionEnvironment({ spec, taskRoot, runtimeClient, onLine })
    all.add(environment)
    return environment
  }

  async function acquire(): Promise<ExecutionEnvironment> {
    const free = idle.pop()
    if (free !== undefined) return free
    if (open >= mostEnvironments) {
      const next = await new Promise<ExecutionEnvironment | undefined>((resolve) => queue.push(resolve))
      if (next !== undefined) return next
    }
    open++
    try {
      return await start()
    } catch (thrown) {
      open--
      queue.shift()?.(undefined)
      throw thrown
    }
  }

  function release(environment: ExecutionEnvironment): void {
    const waits = queue.shift()
    if (environment.isGone()) {
      open--
      // Whoever waits starts another one.
      waits?.(undefined)
    } else if (waits !== undefined) waits(environment)
    else idle.push(environment)
  }

  async function run(payload: string, functionArn: string): Promise<RunOutcome> {
    let environment: ExecutionEnvironment
    try {
      environment = await acquire()
    } catch (thrown) {
      if (thrown instanceof InitFailure) return thrown.outcome
      throw thrown
    }
    const [requestId, begin] = [randomUUID(), performance.now()]
    const outcome = await environment.invoke({ requestId, payload, functionArn })
    const durationMs = performance.now() - begin
    const status = outcome.kind === 'answered' ? 'success' : 'error'
    onLine(await reportLine(spec, { requestId, durationMs, status, pid: environment.pid }))
    // Its extension may still be at work: the caller does not wait for that, the next one does.
    void environment.settled().then(() => release(environment))
    return outcome
  }

  return {
    started: () => started,
    async invoke(payload, functionArn) {
      if (running >= (spec.reservedConcurrency ?? Number.POSITIVE_INFINITY)) return { kind: 'throttled' }
      running++
      try {
        return await run(payload, functionArn)
      } finally {
        running--
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...all].map((environment) => environment[Symbol.asyncDispose]()))
      const code = await copied?.catch(() => undefined)
      if (code !== undefined) await rm(code.folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

interface CopiedCode {
  folder: string
  taskRoot: string
  runtimeClient: string
}

async function copyCode(assetFolder: string): Promise<CopiedCode> {
  const folder = await mkdtemp(join(tmpdir(), 'closeline-code-'))
  const [taskRoot, runtime] = [join(folder, 'task'), join(folder, 'runtime')]
  await cp(assetFolder, taskRoot, { recursive: true })
  await mkdir(runtime)
  const runtimeClient = join(runtime, 'runtime-client.mjs')
  await cp(RUNTIME_CLIENT, runtimeClient)
  return { folder, taskRoot, runtimeClient }
}
