import { createRng } from '../../shared/kernel/random.ts'
import type { Claim } from './claim.ts'
import type { InstallationOptions } from './local-installation.ts'
import { startLocalInstallation } from './local-installation.ts'
import { firstDeployment, openDoors } from './rehearse-first.ts'
import { brokenCanary, guardedAfter } from './rehearse-guard.ts'
import { runSchedules, trainOnSchedule } from './rehearse-schedules.ts'
import { canaryOnModel, promoteCanary, rollBack } from './rehearse-shifts.ts'
import { soundRun } from './rehearse-whole.ts'
import type { Scene, Step } from './scene.ts'

/** What is rehearsed, in order: each step stands on those before it. */
export const STEPS: readonly Step[] = [
  firstDeployment,
  openDoors,
  canaryOnModel,
  promoteCanary,
  rollBack,
  brokenCanary,
  guardedAfter,
  runSchedules,
  trainOnSchedule,
  soundRun,
]

export interface RehearsalOptions extends InstallationOptions {
  /** Requests while the canary has its share; fewer in the other steps. */
  requests: number
  /** Told of each step when it has been made. */
  onStep?: (title: string, made: readonly Claim[], ms: number) => void
}

/** Sets the scene of a rehearsal. */
export async function startRehearsal(options: RehearsalOptions): Promise<Scene & AsyncDisposable> {
  const installation = await startLocalInstallation(options)
  const rng = createRng((options.seed ?? 1) + 1)
  const scene: Scene = { installation, requests: options.requests, rng, state: {} }
  return {
    ...scene,
    async [Symbol.asyncDispose]() {
      await scene.state.api?.[Symbol.asyncDispose]()
      await installation[Symbol.asyncDispose]()
    },
  }
}

/** Rehearses everything; a step that fails ends it, claims that do not hold do not. */
export async function rehearse(options: RehearsalOptions): Promise<Claim[]> {
  await using scene = await startRehearsal(options)
  const all: Claim[] = []
  for (const step of STEPS) {
    const begin = performance.now()
    const made = await step.run(scene)
    options.onStep?.(step.title, made, performance.now() - begin)
    all.push(...made)
  }
  return all
}
