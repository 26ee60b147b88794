import type { ShiftedFunction, Stage } from '../config/stage.ts'
import { functionName, SHIFTED_FUNCTIONS } from '../config/stage.ts'
import type { Traffic } from '../config/traffic.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import { isSame } from '../traffic/drift.ts'
import { beginTraffic } from '../traffic/moves.ts'
import type { PublishedVersion } from '../traffic/versions.ts'
import type { EventPublisher } from './event-ports.ts'
import { contextOf } from './shift-traffic.ts'
import type { SmokeDeps } from './smoke-version.ts'
import { smokeVersion } from './smoke-version.ts'
import type { Deployer, LiveAliases, TrafficStore } from './traffic-ports.ts'
import { publishShift } from './traffic-telling.ts'

export interface FirstDeps extends SmokeDeps {
  traffic: TrafficStore
  aliases: LiveAliases
  deployer: Deployer
  events: EventPublisher
  clock: Clock
}

interface Beginner {
  function: ShiftedFunction
  target: Traffic
}

/**
 * Gives functions that have no live alias one, with all requests to their newest version.
 *
 * Both go into the file before the one stack that holds both aliases is deployed. Nothing answered before, so there is
 * nothing that a file ahead of AWS could break; what an earlier installation left in it is replaced.
 *
 * @param newest  the newest version of each function
 * @returns the trials that they passed, by function, and what did not go as it should
 * @throws {DomainError} `smoke_failed`
 */
export async function beginAnswering(
  deps: FirstDeps,
  stage: Stage,
  newest: ReadonlyMap<ShiftedFunction, PublishedVersion | undefined>,
): Promise<{ begun: Map<ShiftedFunction, string[]>; warnings: string[] }> {
  const begun = new Map<ShiftedFunction, string[]>()
  const beginners: Beginner[] = []
  for (const name of SHIFTED_FUNCTIONS) {
    const version = newest.get(name)
    if (version === undefined || (await deps.aliases.get(functionName(stage, name))) !== undefined) continue
    begun.set(name, await smokeVersion(deps, { stage, function: name, version, isFirst: true }))
    beginners.push({ function: name, target: beginTraffic(version.number) })
  }
  const [first] = beginners
  if (first === undefined) return { begun, warnings: [] }
  for (const { function: name, target } of beginners) await deps.traffic.write(stage, name, target)
  await deps.deployer.deploy('Traffic', contextOf({ stage, ...first }))
  const warnings: string[] = []
  for (const beginner of beginners) warnings.push(...(await concluded(deps, stage, beginner)))
  return { begun, warnings }
}

async function concluded(deps: FirstDeps, stage: Stage, beginner: Beginner): Promise<string[]> {
  const name = functionName(stage, beginner.function)
  const live = await deps.aliases.get(name)
  if (live === undefined || !isSame(live, beginner.target)) {
    const message = `the stack Traffic was deployed, and the alias of ${name} is not at version ${beginner.target.stable}`
    throw new UpstreamError('Lambda', message, { retryable: false })
  }
  return publishShift(deps, { stage, ...beginner, move: 'deploy' })
}
