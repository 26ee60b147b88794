import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { Clock, Logger, ObjectStore, TaggedReader } from '../kernel/ports.ts'
import { createRefresher } from '../kernel/refresher.ts'
import type { Alias } from '../registry/alias.ts'
import { ALIAS_NAMES } from '../registry/alias.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { ModelRegistry } from '../registry/registry.ts'
import { createModelRegistry } from '../registry/registry.ts'
import { unlessDamaged } from './online-features.ts'
import { rememberingStore } from './remembering-store.ts'

/** What a registry held when it was last read. */
export interface RegistryContents {
  /** The newest first. */
  models: readonly ModelManifest[]
  /** Those that stand for a version; a damaged one is left out. */
  aliases: readonly Alias[]
  /** All moves of aliases, the latest first. */
  moves: readonly Alias[]
  readAtMs: number
}

/** A model registry for readers: kept in memory, looked after in the background. */
export interface ServingRegistry {
  /** The last that could be read. @throws {UpstreamError} where none could so far */
  contents(): Promise<RegistryContents>
  /** Reads it again; calls that overlap share one look. Never throws. */
  refresh(): Promise<void>
}

/** Keeps the contents of a registry ready; manifests and moves that are known are not sent again. */
export function createServingRegistry(deps: {
  objects: ObjectStore & TaggedReader
  clock: Clock
  logger: Logger
  maxAgeMs: number
}): ServingRegistry {
  const registry = createModelRegistry(rememberingStore(deps.objects), deps.clock)
  let contents: RegistryContents | undefined

  async function look(): Promise<void> {
    try {
      contents = await readContents(registry, deps.clock())
    } catch (thrown) {
      deps.logger.error('registry_refresh_failed', { cause: messageOf(thrown) })
    }
  }

  const refresher = createRefresher({ clock: deps.clock, maxAgeMs: deps.maxAgeMs, look })
  return {
    async contents() {
      const running = refresher.refreshIfDue(contents === undefined)
      // Only the first callers have nothing to be served from meanwhile.
      if (contents === undefined) await running
      if (contents !== undefined) return contents
      const explanation = 'the model registry cannot be read'
      throw new UpstreamError('registry', explanation, { explanation })
    },
    refresh: refresher.refresh,
  }
}

async function readContents(registry: ModelRegistry, readAtMs: number): Promise<RegistryContents> {
  const [models, moves, ...aliases] = await Promise.all([
    registry.list(),
    registry.moves(),
    ...ALIAS_NAMES.map((name) => unlessDamaged(registry.alias(name))),
  ])
  return { models, moves, aliases: aliases.filter((alias) => alias !== undefined), readAtMs }
}
