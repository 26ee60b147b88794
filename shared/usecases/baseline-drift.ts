import type { BaselineManifest } from './drift-baseline.ts'
import { baselineWindow, findBaselineManifest, makeBaseline } from './drift-baseline.ts'
import type { LedgerDeps } from './drift-deps.ts'
import { findChampion, readDriftTable } from './drift-deps.ts'
import { currentWindow } from './drift-window.ts'

export interface BaselineCommand {
  /** `create` leaves a baseline of the model in service as it is, `refresh` makes it from the ledger as it stands. */
  task: 'create' | 'refresh'
  /** Days of the current window, which a baseline without a model ends before. */
  windowDays: number
}

/** What bets are compared with from now on, and whether it was made just now. */
export interface BaselineReport {
  baseline: BaselineManifest
  isNew: boolean
}

/** Makes the reference of drift checks from the bets that the model in service learned from. */
export async function baselineDrift(deps: LedgerDeps, command: BaselineCommand): Promise<BaselineReport> {
  const champion = await findChampion(deps.registry)
  const modelVersion = champion?.version ?? null
  // A refresh does not ask what stands: it is the way out where that is damaged.
  const standing = command.task === 'create' ? await findBaselineManifest(deps.objects) : undefined
  if (standing?.modelVersion === modelVersion) return { baseline: standing, isNew: false }
  const nowMs = deps.clock()
  const table = await readDriftTable(deps)
  const window = baselineWindow(champion, currentWindow(table, command.windowDays, nowMs))
  const { manifest, isNew } = await makeBaseline(deps.objects, table, { window, modelVersion, nowMs })
  return { baseline: manifest, isNew }
}
