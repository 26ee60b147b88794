import { DomainError, invariant } from '../kernel/errors.ts'
import type { Clock, Logger, ObjectStore, TaggedReader } from '../kernel/ports.ts'
import type { Alias, AliasName } from '../registry/alias.ts'
import { ALIAS_NAMES, aliasKey } from '../registry/alias.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import { manifestSchema } from '../registry/manifest.ts'
import type { ModelRegistry, RegisteredModel } from '../registry/registry.ts'
import type { LoadScorer } from '../registry/scorer.ts'
import { createServingModel } from './serving-model.ts'

export interface MoveDeps {
  objects: ObjectStore & TaggedReader
  registry: ModelRegistry
  loadScorer: LoadScorer
  clock: Clock
}

/** What served before a move, and what serves after it; the same where nothing had to be moved. */
export interface ChampionMove {
  was: Alias | undefined
  is: Alias
  /** The version that serves. */
  manifest: ModelManifest
}

/** Begins the reason of every move that took a champion back. */
const ROLLED_BACK = 'rolled back from '

/**
 * The version that a person names: by itself, or by an alias.
 *
 * @throws {DomainError} `no_such_alias` where an alias stands for nothing; `unknown_model` where it is no name of a version
 */
export async function versionNamed(registry: ModelRegistry, name: string): Promise<string> {
  if (!isAliasName(name)) return asVersion(name)
  const alias = await registry.alias(name)
  if (alias !== undefined) return alias.version
  throw new DomainError('no_such_alias', `there is no ${name} yet: closeline train, or closeline models import FILE`)
}

function asVersion(name: string): string {
  if (manifestSchema.shape.version.safeParse(name).success) return name
  throw new DomainError('unknown_model', `${name} is no model version: closeline models lists them`)
}

function isAliasName(name: string): name is AliasName {
  return ALIAS_NAMES.some((alias) => alias === name)
}

/**
 * Makes a version the champion because a person says so; it is loaded and tried as the service would first.
 *
 * @param command  `version`, by itself or by alias; `despiteGate` for what is neither proven nor the baseline
 * @throws {DomainError} `not_proven`, `cannot_serve`, `unknown_model`, `corrupt_model`, `no_such_alias`; the
 *   champion then stays
 */
export async function promoteModel(
  deps: MoveDeps,
  command: { version: string; reason?: string | undefined; despiteGate?: boolean },
): Promise<ChampionMove> {
  const model = await deps.registry.load(await versionNamed(deps.registry, command.version))
  const { version, verdict } = model.manifest
  if (verdict === 'not_proven' && command.despiteGate !== true) {
    throw new DomainError(
      'not_proven',
      `${version} is not proven: ${failedChecks(model.manifest)}; --despite-gate serves it`,
    )
  }
  const how = verdict === 'not_proven' ? 'promoted by hand despite the gate' : 'promoted by hand'
  return moveTo(deps, model, command.reason === undefined ? how : `${how}: ${command.reason}`)
}

function failedChecks({ checks }: ModelManifest): string {
  const failed = checks.filter(({ passed }) => !passed).map(({ detail }) => detail)
  return failed.length === 0 ? 'nothing shows that it is better' : failed.join('; ')
}

/**
 * Takes the champion back by a step, or to a version that was champion once; that version is loaded and tried as the
 * service would first.
 *
 * One step back of A, B, C is B, and one more is A: a version that was rolled back from is not gone back to.
 *
 * @throws {DomainError} `nothing_to_roll_back`, `never_champion`, and as {@link promoteModel}; the champion then stays
 */
export async function rollbackChampion(
  deps: MoveDeps,
  command: { to?: string | undefined; reason?: string | undefined } = {},
): Promise<ChampionMove> {
  const moves = await championMoves(deps.registry)
  const present = await presentChampion(deps.registry, moves)
  if (present === undefined) {
    throw new DomainError('nothing_to_roll_back', 'no model has been champion yet, so there is nothing to go back to')
  }
  const model = await deps.registry.load(targetOf(present, moves, command.to))
  const from = `${ROLLED_BACK}${present.version}`
  return moveTo(deps, model, command.reason === undefined ? from : `${from}: ${command.reason}`)
}

function targetOf(present: Alias, moves: readonly Alias[], to: string | undefined): string {
  if (to === undefined) return versionBefore(present, moves)
  if (moves.some(({ version }) => version === to)) return to
  throw new DomainError('never_champion', `${to} was never champion: closeline models promote makes it one`)
}

/** The champion before the present one, of those that were not rolled back from. */
function versionBefore({ version, previous }: Alias, moves: readonly Alias[]): string {
  const standing = standingChampions(moves)
  const at = standing.lastIndexOf(version)
  // Where the record of the last move was lost, the alias itself still tells.
  const before = at < 0 ? previous : standing[at - 1]
  if (typeof before === 'string') return before
  throw new DomainError(
    'nothing_to_roll_back',
    `there is no champion before ${version} that was not rolled back from: name one with --to (closeline models history)`,
  )
}

/**
 * Champions in order as promotions put them one on another and rollbacks took them off again, the present one last.
 *
 * @param moves  the latest first
 */
function standingChampions(moves: readonly Alias[]): string[] {
  const standing: string[] = []
  for (const { version, reason } of [...moves].reverse()) {
    const at = reason.startsWith(ROLLED_BACK) ? standing.lastIndexOf(version) : -1
    if (at < 0) standing.push(version)
    else standing.length = at + 1
  }
  return standing
}

/** Who was champion, the latest first. */
async function championMoves(registry: ModelRegistry): Promise<Alias[]> {
  return (await registry.moves()).filter(({ name }) => name === 'champion')
}

/** The champion's alias; where it is damaged, the last move that made it. */
async function presentChampion(registry: ModelRegistry, moves: readonly Alias[]): Promise<Alias | undefined> {
  try {
    return await registry.alias('champion')
  } catch (thrown) {
    if (thrown instanceof DomainError) return moves[0]
    throw thrown
  }
}

async function moveTo(deps: MoveDeps, model: RegisteredModel, reason: string): Promise<ChampionMove> {
  const { version } = model.manifest
  await assertServes(deps, model.manifest)
  const was = await presentChampion(deps.registry, await championMoves(deps.registry))
  await deps.registry.moveAlias('champion', version, reason)
  const is = await deps.registry.alias('champion')
  invariant(is !== undefined, 'the champion was set, and there is none')
  return { was, is, manifest: model.manifest }
}

/**
 * Loads a version as the service would if it were champion, which asks it for the row that its manifest keeps.
 *
 * @throws {DomainError} `cannot_serve`
 */
async function assertServes(deps: MoveDeps, manifest: ModelManifest): Promise<void> {
  const { clock, loadScorer } = deps
  const objects = withChampion(deps.objects, manifest.version)
  const serving = createServingModel({ objects, loadScorer, clock, logger: SILENT, maxAgeMs: 0 })
  await serving.refresh()
  const loaded = serving.current()
  if (loaded === undefined) {
    throw new DomainError('cannot_serve', `${manifest.version} cannot serve: ${serving.problem()}; nothing was moved`)
  }
  await loaded.scorer.release()
}

/** The store as it would be with another champion. */
function withChampion(objects: ObjectStore & TaggedReader, version: string): ObjectStore & TaggedReader {
  const alias: Alias = {
    name: 'champion',
    version,
    since: new Date(0).toISOString(),
    reason: 'a trial',
    previous: null,
  }
  const body = new TextEncoder().encode(JSON.stringify(alias))
  const isAlias = (key: string) => key === aliasKey('champion')
  return {
    ...objects,
    get: async (key) => (isAlias(key) ? body : objects.get(key)),
    getTagged: async (key, known) => (isAlias(key) ? { body, tag: version } : objects.getTagged(key, known)),
  }
}

/** A trial is told by what it throws. */
const SILENT: Logger = { info: () => {}, warn: () => {}, error: () => {} }
