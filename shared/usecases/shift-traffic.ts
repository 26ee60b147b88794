import type { ShiftedFunction, Stage } from '../config/stage.ts'
import { functionName } from '../config/stage.ts'
import type { Traffic } from '../config/traffic.ts'
import { DomainError } from '../kernel/errors.ts'
import { assertNoDrift, isSame, rollbackTarget } from '../traffic/drift.ts'
import { giveCanary, inWords, promote } from '../traffic/moves.ts'
import type { PublishedVersion } from '../traffic/versions.ts'
import { assertSplittable, candidateOf, versionNumbered } from '../traffic/versions.ts'
import type { Deployer, LiveAlias, LiveAliases, TrafficStore, VersionShelf } from './traffic-ports.ts'

/** What an operator wants of the traffic of a function. */
export type Move =
  | { move: 'canary'; version?: string | undefined; weight: number }
  | { move: 'promote'; version?: string | undefined }
  | { move: 'rollback' }

export type ShiftCommand = Move & { stage: Stage; function: ShiftedFunction }

/** A move that has been thought through: nothing has happened yet. */
export interface ShiftPlan {
  move: Move['move']
  stage: Stage
  function: ShiftedFunction
  /** What `traffic.json` says, what AWS does, and what both are to be. */
  filed: Traffic
  live: LiveAlias
  target: Traffic
  /** The version that gets more traffic than before. */
  risen: PublishedVersion
}

export interface PlanDeps {
  traffic: TrafficStore
  aliases: LiveAliases
  versions: VersionShelf
}

/**
 * Thinks a move through: where it leads, and whether Lambda will have it.
 *
 * @throws {DomainError} `not_deployed`, `traffic_drift`, `no_such_version`, `no_candidate`, `roles_differ`,
 *   `dead_letters_differ`, and as the moves of `shared/traffic/moves.ts`
 */
export async function planShift(deps: PlanDeps, command: ShiftCommand): Promise<ShiftPlan> {
  const { stage } = command
  const name = functionName(stage, command.function)
  const [file, live, shelf] = await Promise.all([deps.traffic.read(), deps.aliases.get(name), deps.versions.list(name)])
  const filed = file[stage]?.[command.function]
  if (live === undefined || shelf === undefined || filed === undefined) {
    const missing = filed === undefined ? 'traffic.json does not name it' : 'it has no live alias on AWS'
    throw new DomainError('not_deployed', `${name} does not answer yet, ${missing}: closeline deploy comes first`)
  }
  const target = targetOf(command, { filed, live, published: shelf.published })
  if (command.move !== 'rollback') assertNoDrift(filed, live, target)
  const stable = versionNumbered(shelf.published, target.stable)
  const canary = target.canary === null ? undefined : versionNumbered(shelf.published, target.canary)
  if (canary !== undefined) assertSplittable(stable, canary)
  return { move: command.move, stage, function: command.function, filed, live, target, risen: canary ?? stable }
}

interface Position {
  filed: Traffic
  live: LiveAlias
  published: PublishedVersion[]
}

function targetOf(command: Move, { filed, live, published }: Position): Traffic {
  switch (command.move) {
    case 'canary': {
      const version = command.version ?? filed.canary ?? candidateOf(published, filed).number
      return giveCanary(filed, { version, weight: command.weight })
    }
    case 'promote':
      return promote(filed, command.version)
    case 'rollback':
      return rollbackTarget(filed, live)
  }
}

/** What `cdk deploy` or `cdk diff` is told for a plan; the other function's traffic comes from the file. */
export function contextOf({ stage, function: name, target }: Pick<ShiftPlan, 'stage' | 'function' | 'target'>) {
  const { stable, canary, weight } = target
  const shares = canary === null ? {} : { canary, weight: String(weight) }
  return { stage, function: name, stable, ...shares }
}

/** What CloudFormation would change for a plan, in text for people. */
export async function previewShift({ deployer }: { deployer: Deployer }, plan: ShiftPlan): Promise<string> {
  const context = contextOf(plan)
  const canary = plan.move === 'canary' ? [await deployer.diff('Canary', context)] : []
  return [...canary, await deployer.diff('Traffic', context)].join('\n')
}

/** Whether a plan leads anywhere else than where AWS is. */
export function movesTraffic({ live, target }: ShiftPlan): boolean {
  return !isSame(live, target)
}

/** A plan in one sentence. */
export function planInWords(plan: ShiftPlan): string {
  const from = movesTraffic(plan) ? `from ${inWords(plan.live)} ` : ''
  return `${functionName(plan.stage, plan.function)}: ${plan.move} ${from}to ${inWords(plan.target)}`
}
