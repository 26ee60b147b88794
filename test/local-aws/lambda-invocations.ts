import { setTimeout as sleep } from 'node:timers/promises'
import { functionArn, parseFunction } from './arn.ts'
import type { FunctionRunner, RunOutcome } from './function-runner.ts'
import { functionRunner } from './function-runner.ts'
import type { FunctionSpec } from './function-spec.ts'
import { LATEST } from './function-spec.ts'
import type { LambdaRegistry } from './lambda-registry.ts'

/** Lambda waits a minute and then two between its tries. */
const RETRY_DELAY_MS = 50

/** An invocation that has ended. */
export interface Invoked {
  functionName: string
  /** Alias or version that was asked for. */
  qualifier: string
  /** The version that ran. */
  executedVersion: string
  outcome: RunOutcome
  durationMs: number
  payload: string
}

export interface LambdaSetting {
  registry: LambdaRegistry
  /** Uniform in [0, 1): which version of an alias answers. */
  chance: () => number
  mostEnvironments: number
  /** By how much longer functions may take than they are configured to. */
  patience: number
  /** What a function finds in its environment beside what its configuration says. */
  variablesOf: (spec: FunctionSpec) => Record<string, string>
  onInvoked: (invoked: Invoked) => void
  onLine: (spec: FunctionSpec, line: string) => void
  /** Told of an invocation that nobody waited for and that failed for good. */
  onFailure: (destination: string, record: unknown) => void
}

/** Lambda's side that runs functions. */
export interface LambdaInvocations extends AsyncDisposable {
  /** Runs a function and waits, as API Gateway and the Invoke call do. @param target  name, ARN, with or without qualifier */
  invoke(target: string, payload: string): Promise<Invoked>
  /** Runs it as an event: retries as configured, then tells the on-failure destination; the last try. */
  invokeEvent(target: string, payload: string): Promise<Invoked>
  /** Ends the environments of a version, as Lambda does with those of a `$LATEST` that was replaced. */
  retire(name: string, version: string): Promise<void>
  environmentsStarted(): number
}

export function lambdaInvocations(setting: LambdaSetting): LambdaInvocations {
  const { registry, chance, mostEnvironments } = setting
  const runners = new Map<string, FunctionRunner>()
  let retiredStarted = 0

  function runnerOf(spec: FunctionSpec): FunctionRunner {
    const key = `${spec.name}:${spec.version}`
    const environment = { ...spec.environment, ...setting.variablesOf(spec) }
    const onLine = (line: string) => setting.onLine(spec, line)
    const timeoutMs = spec.timeoutMs * setting.patience
    const runner =
      runners.get(key) ?? functionRunner({ spec: { ...spec, environment, timeoutMs }, mostEnvironments, onLine })
    runners.set(key, runner)
    return runner
  }

  async function invoke(target: string, payload: string): Promise<Invoked> {
    const { name, qualifier = LATEST } = parseFunction(target)
    const spec = registry.version(name, executedVersion(registry, { name, qualifier, chance }))
    const begin = performance.now()
    const outcome = await runnerOf(spec).invoke(payload, functionArn(name, qualifier))
    const durationMs = performance.now() - begin
    const invoked = { functionName: name, qualifier, executedVersion: spec.version, outcome, durationMs, payload }
    setting.onInvoked(invoked)
    return invoked
  }

  async function invokeEvent(target: string, payload: string): Promise<Invoked> {
    const { name, qualifier = LATEST } = parseFunction(target)
    const { retries, onFailure } = registry.asyncSetting(name, qualifier)
    let tries = 0
    for (;;) {
      const invoked = await invoke(target, payload)
      if (invoked.outcome.kind === 'answered') return invoked
      // Throttled ones wait in Lambda's queue for up to six hours, and count as no try.
      if (invoked.outcome.kind !== 'throttled' && ++tries > retries) {
        if (onFailure !== undefined) setting.onFailure(onFailure, failureRecord(invoked, tries))
        return invoked
      }
      await sleep(RETRY_DELAY_MS)
    }
  }

  return {
    invoke,
    invokeEvent,
    async retire(name, version) {
      const runner = runners.get(`${name}:${version}`)
      runners.delete(`${name}:${version}`)
      retiredStarted += runner?.started() ?? 0
      await runner?.[Symbol.asyncDispose]()
    },
    environmentsStarted: () => retiredStarted + [...runners.values()].reduce((sum, { started }) => sum + started(), 0),
    async [Symbol.asyncDispose]() {
      await Promise.all([...runners.values()].map((runner) => runner[Symbol.asyncDispose]()))
      runners.clear()
    },
  }
}

interface Asked {
  name: string
  qualifier: string
  chance: () => number
}

/** The version behind a qualifier: that of an alias is drawn anew for each request. */
function executedVersion(registry: LambdaRegistry, { name, qualifier, chance }: Asked): string {
  if (qualifier === LATEST || /^\d+$/.test(qualifier)) return qualifier
  const { functionVersion, weights } = registry.alias(name, qualifier)
  let left = chance()
  for (const [version, weight] of Object.entries(weights)) {
    if (left < weight) return version
    left -= weight
  }
  return functionVersion
}

/** @see AWS, "Adding a destination", Lambda developer guide: the record of a failed asynchronous invocation */
function failureRecord(
  { functionName, qualifier, executedVersion: version, outcome, payload }: Invoked,
  tries: number,
) {
  const told = outcome.kind === 'failed' ? outcome : { errorType: outcome.kind, errorMessage: outcome.kind }
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      functionArn: functionArn(functionName, qualifier),
      condition: 'RetriesExhausted',
      approximateInvokeCount: tries,
    },
    requestPayload: JSON.parse(payload) as unknown,
    responseContext: { statusCode: 200, executedVersion: version, functionError: 'Unhandled' },
    responsePayload: { errorType: told.errorType, errorMessage: told.errorMessage },
  }
}
