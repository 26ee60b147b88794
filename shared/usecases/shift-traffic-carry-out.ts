import { functionName } from '../config/stage.ts'
import { DomainError, messageOf } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import { canaryAlarmNames } from '../traffic/alarm-event.ts'
import { isSame } from '../traffic/drift.ts'
import { inWords } from '../traffic/moves.ts'
import type { EventPublisher } from './event-ports.ts'
import type { ShiftPlan } from './shift-traffic.ts'
import { contextOf } from './shift-traffic.ts'
import type { SmokeDeps } from './smoke-version.ts'
import { smokeVersion } from './smoke-version.ts'
import type { Alarms, Deployer, LiveAlias, LiveAliases, TrafficStore } from './traffic-ports.ts'
import { publishShift } from './traffic-telling.ts'

export interface ShiftDeps extends SmokeDeps {
  traffic: TrafficStore
  aliases: LiveAliases
  alarms: Alarms
  deployer: Deployer
  events: EventPublisher
  clock: Clock
}

export interface ShiftOptions {
  /** Past CloudFormation: seconds instead of a minute. */
  emergency: boolean
  /** How long CloudFormation watches a canary's alarms after the shift, in minutes, 0 to 180. */
  monitorMinutes: number
  /** Moves also what fails its trial. */
  despiteSmoke: boolean
}

export interface ShiftReport {
  plan: ShiftPlan
  /** The alias afterwards. */
  live: LiveAlias
  /** Names of the trial's requests, all passed; empty where it was left out. */
  tried: string[]
  /** What did not go as it should, though the traffic has moved. */
  warnings: string[]
}

/**
 * Carries out a plan: tries the version that gets more traffic, moves AWS, writes the file and tells the bus.
 *
 * The file is never more daring than AWS. A canary and a promotion are written down once AWS has taken them, a rollback
 * before AWS is asked: cut short anywhere, the next plain `cdk deploy` leads to the version that was good before, and the
 * same command again finishes what it began.
 *
 * @throws {DomainError} `smoke_failed`, `traffic_moved`
 * @throws {UpstreamError} where AWS fails, or CloudFormation undoes the shift because an alarm went off
 */
export async function carryOut(deps: ShiftDeps, plan: ShiftPlan, options: ShiftOptions): Promise<ShiftReport> {
  const tried = options.despiteSmoke ? [] : await smokeVersion(deps, { ...plan, version: plan.risen })
  const isCareful = plan.move === 'rollback'
  const write = () => deps.traffic.write(plan.stage, plan.function, plan.target)
  if (isCareful) await write()
  const { live, warnings } = options.emergency
    ? await shiftDirectly(deps, plan)
    : await shiftByStack(deps, plan, options)
  if (!isCareful) await write()
  const untold = await publishShift(deps, plan)
  return { plan, live, tried, warnings: [...warnings, ...untold] }
}

type Shifted = Pick<ShiftReport, 'live' | 'warnings'>

async function shiftDirectly({ aliases }: ShiftDeps, plan: ShiftPlan): Promise<Shifted> {
  const live = await aliases.shift(nameOf(plan), plan.target, plan.live.revisionId)
  const unwatched = 'the stack Canary has not been deployed for this shift, so no alarm may be watching the canary'
  return { live, warnings: plan.move === 'canary' ? [unwatched] : [] }
}

async function shiftByStack(deps: ShiftDeps, plan: ShiftPlan, options: ShiftOptions): Promise<Shifted> {
  const context = contextOf(plan)
  const isCanary = plan.move === 'canary'
  // Alarms must stand before the shift that they watch, and must not be changed by it.
  if (isCanary) await deps.deployer.deploy('Canary', context)
  const alarms = isCanary ? await deps.alarms.find(canaryAlarmNames(plan.stage, plan.function)) : []
  const alarmArns = alarms.map(({ arn }) => arn)
  const monitorMinutes = isCanary ? options.monitorMinutes : 0
  if (plan.move !== 'rollback') await assertUnmoved(deps.aliases, plan)
  await deps.deployer.deploy('Traffic', context, { rollbackTriggers: { alarmArns, monitorMinutes } })
  const live = await confirmed(deps.aliases, plan)
  if (!isCanary) return { live, warnings: await withoutAlarms(deps, plan) }
  return { live, warnings: alarms.length > 0 ? [] : ['no alarm watches the canary: the stack Canary has made none'] }
}

/** Trial, question and alarms take their time: a canary that the guard took away meanwhile must not come back with more. */
async function assertUnmoved(aliases: LiveAliases, plan: ShiftPlan): Promise<void> {
  const live = await aliases.get(nameOf(plan))
  if (live?.revisionId !== plan.live.revisionId) throw moved(plan, live, 'before')
}

/**
 * The alias, once it is where the plan leads. CloudFormation compares templates, so it does nothing where its last template
 * said the same and the alias was moved past it since, in an emergency or by the guard; and an alias whose weights its
 * template names no more may keep them. Then it is moved here.
 */
async function confirmed(aliases: LiveAliases, plan: ShiftPlan): Promise<LiveAlias> {
  const { target } = plan
  const live = await aliases.get(nameOf(plan))
  if (live !== undefined && isSame(live, target)) return live
  // A canary comes only to an alias that nobody has touched: the guard may have taken it away. It may go from any.
  const isUntouched = live?.revisionId === plan.live.revisionId
  const isLeftOver = target.canary === null && live?.stable === target.stable
  if (live === undefined || !(isUntouched || isLeftOver)) throw moved(plan, live, 'during')
  return aliases.shift(nameOf(plan), target, live.revisionId)
}

function moved(plan: ShiftPlan, live: LiveAlias | undefined, when: 'before' | 'during'): DomainError {
  const found = live === undefined ? 'gone' : `at ${inWords(live)}`
  return new DomainError(
    'traffic_moved',
    `${nameOf(plan)} was moved by somebody else ${when} the deployment: it is ${found}, not ${inWords(when === 'before' ? plan.live : plan.target)}; see closeline status`,
  )
}

/** Alarms on a version that is no canary any more would only mislead. */
async function withoutAlarms({ deployer }: ShiftDeps, plan: ShiftPlan): Promise<string[]> {
  try {
    await deployer.deploy('Canary', contextOf(plan))
    return []
  } catch (thrown) {
    return [`the traffic has moved, but the canary's alarms still stand: ${messageOf(thrown)}`]
  }
}

function nameOf(plan: ShiftPlan): string {
  return functionName(plan.stage, plan.function)
}
