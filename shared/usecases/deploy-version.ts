import type { ShiftedFunction, Stage } from '../config/stage.ts'
import { functionName, SHIFTED_FUNCTIONS } from '../config/stage.ts'
import { DomainError, UpstreamError } from '../kernel/errors.ts'
import type { Clock, ObjectStore } from '../kernel/ports.ts'
import type { PublishedVersion } from '../traffic/versions.ts'
import { newestFirst, versionNumbered } from '../traffic/versions.ts'
import { beginAnswering } from './deploy-version-first.ts'
import type { EventPublisher } from './event-ports.ts'
import { pinModel } from './pin-model.ts'
import type { PruneReport } from './prune-versions.ts'
import { pruneVersions } from './prune-versions.ts'
import type { SmokeDeps } from './smoke-version.ts'
import { smokeVersion } from './smoke-version.ts'
import type { Deployer, LiveAliases, PinnedModel, PinnedModels, TrafficStore, VersionShelf } from './traffic-ports.ts'

export interface DeployDeps extends SmokeDeps {
  traffic: TrafficStore
  pinned: PinnedModels
  aliases: LiveAliases
  versions: VersionShelf
  deployer: Deployer
  /** The bucket of that name. */
  objectsIn(bucket: string): ObjectStore
  events: EventPublisher
  clock: Clock
}

export interface DeployCommand {
  stage: Stage
  /** Whose new versions are tried and whose old ones are removed; the stack holds all functions. */
  functions: readonly ShiftedFunction[]
  /** The model that new versions of the prediction function are pinned to; undefined leaves it as it is. */
  model: string | undefined
  despiteGate: boolean
  /** Whether a person is there to be asked about permissions that become wider. */
  isAttended: boolean
}

/** The newest version of a function after a deployment. */
export interface DeployedVersion {
  function: ShiftedFunction
  version: PublishedVersion
  /** Whether the deployment published it; code and settings that have not changed publish nothing. */
  isNew: boolean
  /** Whether it answers everything from now on, for nothing answered before. */
  isFirst: boolean
  /** Names of its trial's requests, all passed; empty where it answers already. */
  tried: string[]
}

export interface DeployReport {
  stage: Stage
  /** The model that was pinned by this command. */
  pinned: PinnedModel | null
  deployed: DeployedVersion[]
  pruned: PruneReport[]
  warnings: string[]
}

/**
 * Publishes what the working copy holds, and moves no traffic: a new version waits for `closeline canary` or
 * `closeline promote`. Where a function has no live alias yet, its first version takes all requests.
 *
 * @throws {DomainError} `not_deployed` where a model is named before there is a bucket to find it in, `pin_not_taken`,
 *   `smoke_failed`, and as {@link pinModel}
 * @throws {UpstreamError} where the deployment fails
 */
export async function deployVersion(deps: DeployDeps, command: DeployCommand): Promise<DeployReport> {
  const { stage, functions } = command
  const pinned = command.model === undefined ? undefined : await pinNamed(deps, { ...command, model: command.model })
  const before = await newestVersions(deps.versions, stage)
  const outputs = await deps.deployer.deploy('Functions', { stage }, { isAttended: command.isAttended })
  const after = await newestVersions(deps.versions, stage, outputs)
  assertPinned(after.get('prediction'), pinned)
  const { begun, warnings } = await beginAnswering(deps, stage, after)
  const deployed: DeployedVersion[] = []
  for (const name of functions) {
    const version = existing(after.get(name), stage, name)
    const first = begun.get(name)
    const isNew = before.get(name)?.number !== version.number
    const tried = first ?? (await tryCandidate(deps, { stage, function: name, version }))
    deployed.push({ function: name, version, isNew, isFirst: first !== undefined, tried })
  }
  const pruned: PruneReport[] = []
  for (const name of functions) pruned.push(await pruneVersions(deps, { stage, function: name, dryRun: false }))
  return { stage, pinned: pinned ?? null, deployed, pruned, warnings }
}

/** What a deployment would change, in text for people; a model that is named is not pinned. */
export function previewDeployment({ deployer }: { deployer: Deployer }, stage: Stage): Promise<string> {
  return deployer.diff('Functions', { stage })
}

type NewestVersions = ReadonlyMap<ShiftedFunction, PublishedVersion | undefined>

/** @param outputs  of a deployment, which name the version that it published or found published */
async function newestVersions(
  shelf: VersionShelf,
  stage: Stage,
  outputs: Readonly<Record<string, string>> = {},
): Promise<NewestVersions> {
  const found = SHIFTED_FUNCTIONS.map(async (name) => {
    const published = (await shelf.list(functionName(stage, name)))?.published ?? []
    const named = outputs[publishedOutput(name)]
    return [name, named === undefined ? newestFirst(published)[0] : versionNumbered(published, named)] as const
  })
  return new Map(await Promise.all(found))
}

/** The output of the stack Functions that tells a function's version, such as `PredictionPublishedVersion`. */
function publishedOutput(name: ShiftedFunction): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}PublishedVersion`
}

async function pinNamed(deps: DeployDeps, command: DeployCommand & { model: string }): Promise<PinnedModel> {
  const name = functionName(command.stage, 'prediction')
  const bucket = (await deps.versions.list(name))?.settings.artefactBucket
  if (bucket === undefined) {
    throw new DomainError(
      'not_deployed',
      `${name} does not exist, so it is not known which bucket holds the models: deploy once without --model`,
    )
  }
  return pinModel({ ...deps, objects: deps.objectsIn(bucket) }, command)
}

function assertPinned(version: PublishedVersion | undefined, pinned: PinnedModel | undefined): void {
  if (pinned === undefined || version === undefined) return
  if (version.modelVersion === pinned.version && version.modelSha256 === pinned.sha256) return
  throw new DomainError(
    'pin_not_taken',
    `models/pinned.json names ${pinned.version}, and version ${version.number} was published with ${version.modelVersion ?? 'no model'}: no traffic has moved`,
  )
}

function existing(version: PublishedVersion | undefined, stage: Stage, name: ShiftedFunction): PublishedVersion {
  if (version !== undefined) return version
  const message = `the deployment went through, and ${functionName(stage, name)} has no published version`
  throw new UpstreamError('Lambda', message, { retryable: false })
}

/** Tries the newest version where it does not answer yet: better told now than when it is to get traffic. */
async function tryCandidate(
  deps: DeployDeps,
  candidate: { stage: Stage; function: ShiftedFunction; version: PublishedVersion },
): Promise<string[]> {
  const file = await deps.traffic.read()
  const answers = file[candidate.stage]?.[candidate.function]
  const { number } = candidate.version
  return number === answers?.stable || number === answers?.canary ? [] : smokeVersion(deps, candidate)
}
