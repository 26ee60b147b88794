import type { Rng } from '../../shared/kernel/random.ts'
import type { Answered, Load } from './callers.ts'
import { callApi } from './callers.ts'
import type { Claim } from './claim.ts'
import type { LocalInstallation } from './local-installation.ts'
import type { WireServer } from './wire.ts'

/** Where a rehearsal plays, and what its steps have left. */
export interface Scene {
  installation: LocalInstallation
  /** Requests while the canary has its share. */
  requests: number
  rng: Rng
  state: {
    api?: WireServer
    bucket?: string
    /** Answers after the guard has taken the canary away. */
    afterGuard?: readonly Answered[]
  }
}

export interface Step {
  title: string
  run(scene: Scene): Promise<Claim[]>
}

/** Requests of a step that only looks who answers. */
export const FEW = 60

export function apiOf({ state }: Scene): WireServer {
  if (state.api === undefined) throw new Error('the API has not been deployed')
  return state.api
}

export function bucketOf({ state }: Scene): string {
  if (state.bucket === undefined) throw new Error('the bucket has not been deployed')
  return state.bucket
}

/** Sends requests to the API of the scene. */
export function call(scene: Scene, load: Pick<Load, 'requests' | 'bet' | 'onAnswer'>): Promise<Answered[]> {
  return callApi({ ...load, url: apiOf(scene).url, apiKey: scene.installation.apiKey, rng: scene.rng })
}
