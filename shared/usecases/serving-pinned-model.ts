import { DomainError } from '../kernel/errors.ts'
import type { ModelVersions, RegisteredModel } from '../registry/registry.ts'

/** The one model that a deployed version of a function serves for as long as there is that version. */
export interface ModelPin {
  version: string
  /** SHA-256 of its ONNX file, in hex: what the version was deployed with, whatever the store says by now. */
  sha256: string
}

/**
 * The pinned version. Its files lie where each version is written once, and are checked against its manifest there; the
 * pin says which manifest that has to be.
 *
 * @throws {DomainError} `unknown_model`, `corrupt_model`, `pinned_model_differs`
 */
export async function loadPinned(
  registry: Pick<ModelVersions, 'load'>,
  { version, sha256 }: ModelPin,
): Promise<RegisteredModel> {
  const registered = await registry.load(version)
  const stored = registered.manifest.onnx.sha256
  if (stored === sha256) return registered
  throw new DomainError(
    'pinned_model_differs',
    `model ${version} has the SHA-256 ${stored}, and this function is pinned to ${sha256}`,
  )
}
