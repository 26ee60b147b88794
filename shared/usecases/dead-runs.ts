import type { ObjectStore } from '../kernel/ports.ts'
import { runPrefix } from '../lake/layout.ts'
import { readState } from '../lake/state.ts'
import { readManifest } from '../lineage/run.ts'
import type { RunJournal } from './run-journal.ts'
import { removeJournals } from './run-journal.ts'

/**
 * Removes what runs left that can never publish any more, but for raw files that another run went on from.
 *
 * A run builds on one state; once there is a later one, only the run that made it can have taken over its files.
 */
export async function clearDeadRuns(
  objects: ObjectStore,
  dead: readonly Pick<RunJournal, 'runId' | 'base'>[],
): Promise<void> {
  for (const { runId, base } of dead) {
    const published = await readState(objects, base + 1)
    const manifest = published === undefined ? undefined : await readManifest(objects, published.runId)
    // Where the state is gone already, nobody can tell any more: files are kept rather than lost.
    if (published !== undefined && published.runId !== runId) {
      const isKept = new Set(manifest?.raw.map(({ key }) => key))
      const files = await objects.list(runPrefix(runId))
      await objects.remove(files.filter((key) => !isKept.has(key)))
    }
    await removeJournals(objects, [runId])
  }
}
