import type { Operations } from '../../bin/aws-operations.ts'
import type { ShiftedFunction, Stage } from '../../shared/config/stage.ts'
import { functionName, SHIFTED_FUNCTIONS, shiftedFunctionSchema, stageSchema } from '../../shared/config/stage.ts'
import type { Traffic, TrafficFile } from '../../shared/config/traffic.ts'
import { parseTrafficContext, trafficOf, trafficSchema } from '../../shared/config/traffic.ts'
import { canaryAlarmNames } from '../../shared/traffic/alarm-event.ts'
import type {
  AlarmState,
  DeployContext,
  Deployer,
  DeployOptions,
  LogLine,
  PinnedModel,
  PinnedModels,
  StackName,
  TrafficStore,
} from '../../shared/usecases/traffic-ports.ts'
import { manualClock } from './manual-clock.ts'
import { memoryEventPublisher } from './memory-event-publisher.ts'
import type { MemoryLambda } from './memory-lambda.ts'
import { memoryLambda } from './memory-lambda.ts'
import { memoryObjectStore } from './memory-object-store.ts'

/** When moves in tests happen. */
export const MOVED_MS = Date.UTC(2026, 2, 1, 12)

/** `traffic.json` in memory. */
export function memoryTrafficStore(): TrafficStore & { file: TrafficFile } {
  const store = {
    file: {} as TrafficFile,
    read: async () => structuredClone(store.file),
    write: async (stage: Stage, name: ShiftedFunction, traffic: Traffic) => {
      store.file = { ...store.file, [stage]: { ...store.file[stage], [name]: trafficSchema.parse(traffic) } }
    },
  }
  return store
}

/** `models/pinned.json` in memory. */
export function memoryPinnedModels(): PinnedModels {
  const models = new Map<Stage, PinnedModel>()
  return { get: async (stage) => models.get(stage), set: async (stage, model) => void models.set(stage, model) }
}

export interface Deployment {
  stack: StackName
  context: DeployContext
  options: DeployOptions
}

/**
 * Stacks put in place as CloudFormation does it: a template that is the last one again changes nothing, even where the
 * alias has been moved past it since.
 *
 * @param publish  what a deployment of Functions publishes
 */
function memoryDeployer(
  { lambda, traffic, alarms }: { lambda: MemoryLambda; traffic: TrafficStore; alarms: AlarmState[] },
  hooks: { publish: (stage: Stage) => void | Promise<void>; before: (deployment: Deployment) => void | Promise<void> },
) {
  const templates = new Map<Stage, string>()
  const deployments: Deployment[] = []
  const applyTraffic = async (stage: Stage, context: DeployContext) => {
    const file = await traffic.read()
    const { stable, canary, weight } = context
    const named = parseTrafficContext({ stable, canary, weight })
    const whose = shiftedFunctionSchema.parse(context.function)
    const wanted = SHIFTED_FUNCTIONS.map((name) => {
      const of = (name === whose ? named : undefined) ?? trafficOf(file, stage, name)
      return [functionName(stage, name), { stable: of.stable, canary: of.canary, weight: of.weight }] as const
    })
    const last = JSON.parse(templates.get(stage) ?? '{}') as Record<string, unknown>
    for (const [name, answering] of wanted) {
      if (JSON.stringify(last[name]) !== JSON.stringify(answering)) lambda.setLive(name, answering)
    }
    templates.set(stage, JSON.stringify(Object.fromEntries(wanted)))
  }
  const applyCanary = (stage: Stage, context: DeployContext) => {
    const names = canaryAlarmNames(stage, shiftedFunctionSchema.parse(context.function))
    const others = alarms.filter(({ name }) => !names.includes(name))
    const made =
      context.canary === undefined ? [] : names.map((name) => ({ name, arn: `arn:${name}`, state: 'OK' as const }))
    alarms.splice(0, alarms.length, ...others, ...made)
  }
  const deployer: Deployer = {
    async deploy(stack, context, options = {}) {
      const deployment = { stack, context, options }
      deployments.push(deployment)
      await hooks.before(deployment)
      const stage = stageSchema.parse(context.stage)
      if (stack === 'Functions') await hooks.publish(stage)
      else if (stack === 'Traffic') await applyTraffic(stage, context)
      else applyCanary(stage, context)
      return {}
    },
    diff: async (stack, context) => `${stack} ${JSON.stringify(context)}`,
  }
  return { deployer, deployments }
}

/** All that an operator's commands work with, in memory. */
export function memoryOperations() {
  const lambda = memoryLambda()
  const traffic = memoryTrafficStore()
  const alarms: AlarmState[] = []
  const lines: LogLine[] = []
  const clock = manualClock(MOVED_MS)
  const objects = memoryObjectStore()
  const events = memoryEventPublisher()
  const hooks = {
    /** What a deployment of Functions publishes: the next version of each, unless a test says otherwise. */
    publish: (stage: Stage): void | Promise<void> => {
      for (const name of SHIFTED_FUNCTIONS) lambda.publish(functionName(stage, name))
    },
    /** Runs when a deployment begins, and may throw as a failed one does. */
    before: (_: Deployment): void | Promise<void> => {},
  }
  const { deployer, deployments } = memoryDeployer(
    { lambda, traffic, alarms },
    { publish: (stage) => hooks.publish(stage), before: (deployment) => hooks.before(deployment) },
  )
  const operations = {
    ...{ traffic, deployer, events, clock, pinned: memoryPinnedModels() },
    ...{ aliases: lambda.aliases, versions: lambda.versions, invoker: lambda.invoker },
    alarms: { find: async (names: readonly string[]) => alarms.filter(({ name }) => names.includes(name)) },
    logs: { read: async (_: string, fromMs: number) => lines.filter(({ atMs }) => atMs >= fromMs) },
    objectsIn: () => objects,
    smokeKey: undefined,
    sleep: async (ms: number) => clock.advance(ms),
  } satisfies Operations
  return { operations, lambda, traffic, alarms, lines, clock, objects, events, hooks, deployments }
}

/**
 * The same, with versions 1 to 9 of prediction published and traffic of dev as told, in file and on AWS.
 *
 * @param live  what AWS has, where it differs
 */
export function dormantOperations(filed: Traffic, live: Pick<Traffic, 'stable' | 'canary' | 'weight'> = filed) {
  const made = memoryOperations()
  const name = functionName('dev', 'prediction')
  for (let number = 1; number <= 9; number++) made.lambda.publish(name)
  made.traffic.file = { dev: { prediction: filed } }
  made.lambda.setLive(name, live)
  return { ...made, name, live: () => made.lambda.aliases.get(name) }
}
