import type { Stage } from '../config/stage.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Clock, ObjectStore } from '../kernel/ports.ts'
import { createModelRegistry } from '../registry/registry.ts'
import { versionNamed } from './move-champion.ts'
import type { PinnedModel, PinnedModels } from './traffic-ports.ts'

export interface PinDeps {
  pinned: PinnedModels
  /** The stage's bucket. */
  objects: ObjectStore
  clock: Clock
}

/**
 * Pins the prediction function of a stage to a model: versions published from then on bear it and no other, so that a
 * canary tests a model and a rollback brings one back. The manifest is read and every file checked against its hash first.
 *
 * Pinning comes before publishing, so a command cut short in between leaves a file that names a sound model which nothing
 * serves yet; no traffic has moved.
 *
 * @param command  `model`: a version as `closeline models` lists them, `champion` or `challenger`
 * @throws {DomainError} `unknown_model`, `corrupt_model`, `corrupt_object`, `no_such_alias`, `not_proven`
 */
export async function pinModel(
  deps: PinDeps,
  command: { stage: Stage; model: string; despiteGate: boolean },
): Promise<PinnedModel> {
  const registry = createModelRegistry(deps.objects, deps.clock)
  const { manifest } = await registry.load(await versionNamed(registry, command.model))
  if (manifest.verdict === 'not_proven' && !command.despiteGate) {
    throw new DomainError(
      'not_proven',
      `${manifest.version} has not been shown to be better than the market: --despite-gate pins it all the same`,
    )
  }
  const pin = { version: manifest.version, sha256: manifest.onnx.sha256 }
  await deps.pinned.set(command.stage, pin)
  return pin
}
