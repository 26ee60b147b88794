import { sha256Hex } from '../kernel/digest.ts'
import { DomainError, invariant } from '../kernel/errors.ts'
import { getJson, putJson } from '../kernel/json-object.ts'
import type { Clock, ObjectStore } from '../kernel/ports.ts'
import type { Alias, AliasName } from './alias.ts'
import { aliasKey, aliasSchema, moveKey } from './alias.ts'
import type { ModelManifest } from './manifest.ts'
import { manifestSchema } from './manifest.ts'

/** A model version with its files. */
export interface RegisteredModel {
  manifest: ModelManifest
  onnx: Uint8Array
  /** Its ROI head, where the manifest says that one is served. */
  roiOnnx?: Uint8Array
}

/** Model versions, each written once. */
export interface ModelVersions {
  register(model: RegisteredModel): Promise<void>
  /** A version, its files checked against the manifest. @throws {DomainError} `corrupt_model`, `unknown_model` */
  load(version: string): Promise<RegisteredModel>
  /** Every manifest that can be read, newest first; a damaged one is told where its version is loaded. */
  list(): Promise<ModelManifest[]>
}

/** Names that stand for versions, and the record of what each stood for. */
export interface ModelAliases {
  alias(name: AliasName): Promise<Alias | undefined>
  /** Moves an alias and keeps a record of the move; moving it to where it is changes nothing. */
  moveAlias(name: AliasName, version: string, reason: string): Promise<void>
  /** All moves that can be read, the latest first. */
  moves(): Promise<Alias[]>
}

export type ModelRegistry = ModelVersions & ModelAliases

export function createModelRegistry(objects: ObjectStore, clock: Clock): ModelRegistry {
  const manifestOf = (version: string) => getJson(objects, manifestKey(version), manifestSchema)
  const alias = (name: AliasName) => getJson(objects, aliasKey(name), aliasSchema)

  async function load(version: string): Promise<RegisteredModel> {
    const manifest = await manifestOf(version)
    if (manifest === undefined) throw new DomainError('unknown_model', `there is no model version ${version}`)
    if (manifest.version !== version) {
      throw new DomainError('corrupt_model', `the manifest of model ${version} is that of ${manifest.version}`)
    }
    const onnx = await fileOf(onnxKey(version), manifest.onnx.sha256, `the file of model ${version}`)
    const roi = manifest.roiHead?.onnx ?? undefined
    if (roi === undefined) return { manifest, onnx }
    const roiOnnx = await fileOf(roiKey(version), roi.sha256, `the ROI head of model ${version}`)
    return { manifest, onnx, roiOnnx }
  }

  /** @throws {DomainError} `corrupt_model` */
  async function fileOf(key: string, sha256: string, name: string): Promise<Uint8Array> {
    const bytes = await objects.get(key)
    if (bytes === undefined) throw new DomainError('corrupt_model', `${name} is missing`)
    if ((await sha256Hex(bytes)) !== sha256) {
      throw new DomainError('corrupt_model', `${name} differs from the one registered (SHA-256)`)
    }
    return bytes
  }

  /** Every object below a prefix that can be read. */
  async function readAll<T>(prefix: string, suffix: string, schema: Parameters<typeof getJson<T>>[2]): Promise<T[]> {
    const keys = (await objects.list(prefix)).filter((key) => key.endsWith(suffix))
    const found = await Promise.all(keys.map((key) => getJson(objects, key, schema).catch(onlyIfReadable)))
    return found.filter((value) => value !== undefined) as T[]
  }

  return {
    alias,
    load,
    async register({ manifest, onnx, roiOnnx }) {
      const servesRoi = manifest.roiHead?.verdict === 'served'
      invariant(
        servesRoi === (roiOnnx !== undefined),
        `model ${manifest.version} has an ROI head without its file, or a file without its head`,
      )
      // The files first: a manifest without them would be a version that cannot be loaded.
      await objects.put(onnxKey(manifest.version), onnx)
      if (roiOnnx !== undefined) await objects.put(roiKey(manifest.version), roiOnnx)
      // A version is named by its file, so the same version says the same: the first manifest stands.
      if ((await manifestOf(manifest.version).catch(onlyIfReadable)) !== undefined) return
      await putJson(objects, manifestKey(manifest.version), manifest)
    },
    async moveAlias(name, version, reason) {
      await load(version)
      const before = await alias(name).catch(onlyIfReadable)
      if (before?.version === version) return
      const since = new Date(clock()).toISOString()
      const next: Alias = { name, version, since, reason, previous: before?.version ?? null }
      await putJson(objects, moveKey(next), next)
      await putJson(objects, aliasKey(name), next)
    },
    async list() {
      const manifests = await readAll('models/', '/manifest.json', manifestSchema)
      return manifests.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.version.localeCompare(b.version))
    },
    async moves() {
      const moves = await readAll('models/promotions/', '.json', aliasSchema)
      return moves.sort((a, b) => b.since.localeCompare(a.since) || a.name.localeCompare(b.name))
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

function roiKey(version: string): string {
  return `models/${version}/roi.onnx`
}
