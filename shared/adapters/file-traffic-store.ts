import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { parsePinnedFile } from '../config/pinned-models.ts'
import type { Stage } from '../config/stage.ts'
import { SHIFTED_FUNCTIONS, STAGES } from '../config/stage.ts'
import { parseTrafficFile } from '../config/traffic.ts'
import type { PinnedModels, TrafficStore } from '../usecases/traffic-ports.ts'
import { blamingFileSystem, ifMissing, placeFile } from './file-system.ts'

/** A {@link TrafficStore} in `traffic.json` of a repository. */
export function fileTrafficStore(repository: string): TrafficStore {
  const path = join(repository, 'traffic.json')
  const read = async () => {
    const text = await readText(path)
    return text === undefined ? {} : parseTrafficFile(text)
  }
  return {
    read,
    async write(stage, name, traffic) {
      const file = await read()
      const { stable, canary, weight, previous } = traffic
      const entries = { ...file[stage], [name]: { stable, canary, weight, previous } }
      await replace(path, { ...file, [stage]: inOrder(SHIFTED_FUNCTIONS, entries) })
    },
  }
}

/** {@link PinnedModels} in `models/pinned.json` of a repository. */
export function filePinnedModels(repository: string): PinnedModels {
  const path = join(repository, 'models', 'pinned.json')
  const read = async () => {
    const text = await readText(path)
    return text === undefined ? {} : parsePinnedFile(text)
  }
  return {
    get: async (stage) => (await read())[stage],
    set: async (stage, { version, sha256 }) => replace(path, { ...(await read()), [stage]: { version, sha256 } }),
  }
}

function readText(path: string): Promise<string | undefined> {
  return blamingFileSystem(() => readFile(path, 'utf8').catch(ifMissing(undefined)))
}

/** Stages always in the same order, so that a change of the file shows what has changed. */
function replace(path: string, stages: Partial<Record<Stage, unknown>>): Promise<void> {
  const text = `${JSON.stringify(inOrder(STAGES, stages), null, 2)}\n`
  return blamingFileSystem(() => placeFile(path, (file) => file.writeFile(text), rename))
}

function inOrder(names: readonly string[], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]))
}
