import * as z from 'zod'
import { sha256Hex } from '../kernel/digest.ts'
import { DomainError } from '../kernel/errors.ts'
import { getJson, putJson } from '../kernel/json-object.ts'
import type { Clock, ObjectStore } from '../kernel/ports.ts'
import type { ModelManifest } from './manifest.ts'
import { manifestSchema } from './manifest.ts'

const CHAMPION_KEY = 'models/champion.json'

const championSchema = z.object({
  version: z.string(),
  since: z.iso.datetime(),
  reason: z.string(),
  previous: z.string().nullable(),
})

/** Which version serves, since when and why. */
export type Champion = z.infer<typeof championSchema>

/** A model version with its file. */
export interface RegisteredModel {
  manifest: ModelManifest
  onnx: Uint8Array
}

/** Model versions, written once, and the alias `champion` that says which of them serves. */
export interface ModelRegistry {
  register(model: RegisteredModel): Promise<void>
  /** Moves the alias and keeps a record of the move; moving it to where it is changes nothing. */
  setChampion(version: string, reason: string): Promise<void>
  champion(): Promise<Champion | undefined>
  /** A version, its file checked against the manifest. @throws {DomainError} `corrupt_model`, `unknown_model` */
  load(version: string): Promise<RegisteredModel>
  /** Every manifest that can be read, newest first; a damaged one is told where its version is loaded. */
  list(): Promise<ModelManifest[]>
}

export function createModelRegistry(objects: ObjectStore, clock: Clock): ModelRegistry {
  const champion = () => getJson(objects, CHAMPION_KEY, championSchema)
  const manifestOf = (version: string) => getJson(objects, manifestKey(version), manifestSchema)

  async function load(version: string): Promise<RegisteredModel> {
    const manifest = await manifestOf(version)
    if (manifest === undefined) throw new DomainError('unknown_model', `there is no model version ${version}`)
    const onnx = await objects.get(onnxKey(version))
    if (onnx === undefined) throw new DomainError('corrupt_model', `the file of model ${version} is missing`)
    if ((await sha256Hex(onnx)) !== manifest.onnx.sha256) {
      throw new DomainError('corrupt_model', `the file of model ${version} differs from the one registered (SHA-256)`)
    }
    return { manifest, onnx }
  }

  return {
    champion,
    load,
    async register({ manifest, onnx }) {
      // The file first: a manifest without its file would be a version that cannot be loaded.
      await objects.put(onnxKey(manifest.version), onnx)
      // A version is named by its file, so the same version says the same: the first manifest stands.
      if ((await manifestOf(manifest.version).catch(onlyIfReadable)) !== undefined) return
      await putJson(objects, manifestKey(manifest.version), manifest)
    },
    async setChampion(version, reason) {
      await load(version)
      const before = await champion().catch(onlyIfReadable)
      if (before?.version === version) return
      const since = new Date(clock()).toISOString()
      const next: Champion = { version, since, reason, previous: before?.version ?? null }
      await putJson(objects, `models/promotions/${since.replaceAll(':', '')}-${version}.json`, next)
      await putJson(objects, CHAMPION_KEY, next)
    },
    async list() {
      const keys = (await objects.list('models/')).filter((key) => key.endsWith('/manifest.json'))
      const manifests = await Promise.all(
        keys.map((key) => getJson(objects, key, manifestSchema).catch(onlyIfReadable)),
      )
      return manifests
        .filter((manifest) => manifest !== undefined)
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.version.localeCompare(b.version))
    },
  }
}

/** A damaged alias must not forbid setting a sound one, nor a damaged manifest listing the others. */
function onlyIfReadable(thrown: unknown): undefined {
  if (thrown instanceof DomainError && thrown.code === 'corrupt_object') return undefined
  throw thrown
}

function manifestKey(version: string): string {
  return `models/${version}/manifest.json`
}

function onnxKey(version: string): string {
  return `models/${version}/model.onnx`
}
