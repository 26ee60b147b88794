import type { ShiftedFunction, Stage } from '../config/stage.ts'
import { functionName } from '../config/stage.ts'
import { DomainError } from '../kernel/errors.ts'
import { smokeChecks, smokeProblem } from '../traffic/smoke.ts'
import type { PublishedVersion } from '../traffic/versions.ts'
import type { VersionInvoker } from './traffic-ports.ts'

export interface SmokeDeps {
  invoker: VersionInvoker
  /** An API key with all scopes, where the operator has one at hand; questions are asked with it. */
  smokeKey: string | undefined
}

/**
 * Invokes a version by its number with golden requests, before it gets traffic. Done by whoever may invoke the function:
 * no secret is needed.
 *
 * @returns names of the checks that it passed
 * @throws {DomainError} `smoke_failed`, naming the request and what was wrong
 */
export async function smokeVersion(
  deps: SmokeDeps,
  target: { stage: Stage; function: ShiftedFunction; version: PublishedVersion; isFirst?: boolean },
): Promise<string[]> {
  const { version, isFirst = false } = target
  const checks = smokeChecks(target.function, { modelVersion: version.modelVersion, isFirst, apiKey: deps.smokeKey })
  const name = functionName(target.stage, target.function)
  for (const check of checks) {
    const answer = await deps.invoker.invoke(name, version.number, check.event)
    const problem = smokeProblem(check, answer, version.number)
    if (problem !== undefined) {
      throw new DomainError('smoke_failed', `version ${version.number} of ${name} fails its trial: ${problem}`)
    }
  }
  return checks.map((check) => check.name)
}
