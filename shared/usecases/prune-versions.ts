import type { ShiftedFunction, Stage } from '../config/stage.ts'
import { functionName } from '../config/stage.ts'
import type { TrafficFile } from '../config/traffic.ts'
import { messageOf } from '../kernel/errors.ts'
import { prunable } from '../traffic/versions.ts'
import type { TrafficStore, VersionShelf } from './traffic-ports.ts'

export interface PruneDeps {
  traffic: TrafficStore
  versions: VersionShelf
}

export interface PruneReport {
  function: ShiftedFunction
  kept: string[]
  /** Removed, or, in a dry run, to be removed. */
  removed: string[]
  /** Could not be removed, and why: the others are gone all the same. */
  failed: { version: string; reason: string }[]
}

/**
 * Removes the versions of a function that nothing needs: CloudFormation retains every version, and all of them count
 * towards the account's quota of code. The newest ten stay, and whatever an alias or `traffic.json` names.
 */
export async function pruneVersions(
  deps: PruneDeps,
  command: { stage: Stage; function: ShiftedFunction; dryRun: boolean },
): Promise<PruneReport> {
  const name = functionName(command.stage, command.function)
  const [shelf, aliased, file] = await Promise.all([
    deps.versions.list(name),
    deps.versions.aliased(name),
    deps.traffic.read(),
  ])
  const published = shelf?.published ?? []
  const unneeded = prunable(published, new Set([...aliased, ...filed(file, command)]))
  const failed: PruneReport['failed'] = []
  for (const version of command.dryRun ? [] : unneeded) {
    // An alias made in between keeps its version: Lambda refuses, and the others can go.
    await deps.versions.remove(name, version).catch((thrown: unknown) => {
      failed.push({ version, reason: messageOf(thrown) })
    })
  }
  const stayed = new Set(failed.map(({ version }) => version))
  const removed = unneeded.filter((version) => !stayed.has(version))
  const kept = published.map(({ number }) => number).filter((number) => !removed.includes(number))
  return { function: command.function, kept, removed, failed }
}

function filed(file: TrafficFile, { stage, function: name }: { stage: Stage; function: ShiftedFunction }): string[] {
  const traffic = file[stage]?.[name]
  if (traffic === undefined) return []
  return [traffic.stable, traffic.canary, traffic.previous].filter((version) => version !== null)
}
