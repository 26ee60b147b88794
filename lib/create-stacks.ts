import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from 'aws-cdk-lib'
import { Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { parsePinnedFile } from '../shared/config/pinned-models.ts'
import { ApiStack } from './api-stack.ts'
import { CanaryStack } from './canary-stack.ts'
import { DataStack } from './data-stack.ts'
import { FunctionsStack } from './functions-stack.ts'
import { ROOT } from './house-code.ts'
import { SchedulesStack } from './schedules-stack.ts'
import { readStage } from './stages.ts'
import { stageTraffic } from './traffic.ts'
import { TrafficStack } from './traffic-stack.ts'
import { WatchStack } from './watch-stack.ts'

/** State of the installation that is kept in git. */
export interface KeptState {
  /** Text of `traffic.json`. */
  traffic: string
  /** Text of `models/pinned.json`. */
  pinned: string
}

/** The state that the repository has. */
export function keptState(): KeptState {
  const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
  return { traffic: read('traffic.json'), pinned: read('models/pinned.json') }
}

/**
 * The stacks of the stage that the app's context names, in the order in which they are deployed: each knows of those before
 * it what it needs, and of most their names alone.
 *
 * @throws {Error} where context or state names what cannot be
 */
export function createStacks(app: App, state: KeptState = keptState()) {
  const context = (key: string): unknown => app.node.tryGetContext(key)
  const stage = readStage(context)
  const traffic = stageTraffic(state.traffic, stage.name, context)
  const data = new DataStack(app, 'Data', { stage })
  const functions = new FunctionsStack(app, 'Functions', {
    stage,
    resources: data,
    pinned: parsePinnedFile(state.pinned),
  })
  const canary = new CanaryStack(app, 'Canary', { stage, traffic })
  const shifted = new TrafficStack(app, 'Traffic', { stage, traffic })
  const api = new ApiStack(app, 'Api', { stage })
  const schedules = new SchedulesStack(app, 'Schedules', { stage, resources: data })
  const watch = new WatchStack(app, 'Watch', { stage, traffic, apiId: api.api.apiId, data })
  // What is known by its name must be there all the same.
  canary.addStackDependency(data)
  canary.addStackDependency(functions)
  // Alarms that would take a shift back must stand before it.
  shifted.addStackDependency(canary)
  api.addStackDependency(shifted)
  schedules.addStackDependency(functions)
  return { stage, data, functions, canary, traffic: shifted, api, schedules, watch }
}

/** Has every template checked for what AWS advises against when it is synthesized, which fails on what nobody has answered for. */
export function checkAdvice(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
}
