import { featureSet } from '../features/feature-set.ts'
import { FEATURE_NAMES, layerHash } from '../features/registry.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Clock, ObjectStore, Progress } from '../kernel/ports.ts'
import type { FeatureLayerState } from '../lake/feature-layer.ts'
import { findFeatureLayer, publishFeatureLayer } from '../lake/feature-layer.ts'
import { featuresFolder } from '../lake/layout.ts'
import type { LakeState } from '../lake/state.ts'
import { findCurrentState } from '../lake/state.ts'
import type { FeatureLayer, FeatureTables } from './feature-ports.ts'
import { fillFeatureTables } from './fill-feature-tables.ts'
import type { LakeStore } from './lake-ports.ts'
import { joinIdentities } from './ledger-identity.ts'
import type { Making } from './make-month.ts'
import { readSnapshot, unlessDamaged } from './online-features.ts'
import type { PassedMonths } from './pass-months.ts'
import { passMonths } from './pass-months.ts'
import type { SourceMonth } from './plan-months.ts'
import { isUpToDate, monthsOf } from './plan-months.ts'
import type { AthenaDeps } from './publish-athena-manifests.ts'
import { publishAthenaManifests } from './publish-athena-manifests.ts'
import { putSummaries } from './put-summaries.ts'
import { removeRetired, retired } from './retire-features.ts'

export interface MaterializeDeps extends Pick<AthenaDeps, 'lakeUri'> {
  objects: ObjectStore
  lake: LakeStore
  features: FeatureLayer
  tables: FeatureTables
  clock: Clock
  newId: () => string
  progress: Progress
}

/** What a materialization did, in figures. */
export interface MaterializeReport {
  /** The features layer as it stands now. */
  layer: FeatureLayerState
  /** Bets whose features were made anew, and in how many months. */
  betsMade: number
  monthsMade: number
  /** Bets placed after the present, which are not taken in. */
  betsLeftOut: number
  /** Rows of each table, as it counts them itself. */
  tableRows: Record<string, number>
  durationMs: number
}

/**
 * Makes features, online state, record, dashboard and tables of the lake's newest state, from the first month on that has
 * changed.
 *
 * The features and the state are published at the end and at once, record, dashboard and tables just before: a run that is killed
 * leaves the features that stood before, and the next one mends the others.
 *
 * @param command.full  makes every month anew
 * @throws {DomainError} `empty_lake`
 */
export async function materializeFeatures(
  deps: MaterializeDeps,
  command: { full: boolean },
): Promise<MaterializeReport> {
  const nowMs = deps.clock()
  const lake = await findCurrentState(deps.objects)
  const present = await unlessDamaged(findFeatureLayer(deps.objects))
  if (lake === undefined || (lake.partitions.length === 0 && present === undefined)) {
    throw new DomainError('empty_lake', 'the lake has never held a bet: closeline pipeline brings bets in')
  }
  const folder = featuresFolder(lake.runId, deps.newId())
  const making = { folder, layerHash: await layerHash(), set: featureSet(FEATURE_NAMES), nowMs, spareColumns: [] }
  const source = await monthsOf(lake)
  const made = await makeMonths(deps, making, source, present, command.full)
  const { months, state } = made
  const identity = await joinIdentities(months)
  const about = { ...identity, lookedAt: lookedAt(lake) }
  const { hasChanged } = made
  const selections = await putSummaries(deps, making, {
    months,
    source,
    about,
    stored: hasChanged ? undefined : present,
  })
  const { files, rows } = await fillFeatureTables(deps, making, state, months)
  const layer: FeatureLayerState = {
    format: 'closeline-feature-layer/1',
    ...{ layerHash: making.layerHash, runId: lake.runId, ...about },
    madeAt: hasChanged || present === undefined ? new Date(nowMs).toISOString() : present.madeAt,
    ...{ months, tables: files, selections, retired: [] },
  }
  const published = { ...layer, retired: retired(present, layer, nowMs) }
  await publishFeatureLayer(deps.objects, published)
  await publishAthenaManifests(deps, { lake, features: published })
  await removeRetired(deps.objects, present, published)
  const { monthsMade, betsMade } = made
  // Months of nothing but such bets are not in the layer.
  const inLake = source.reduce((sum, { rows: bets }) => sum + bets, 0)
  const betsLeftOut = inLake - months.reduce((sum, { bets }) => sum + bets, 0)
  const durationMs = deps.clock() - nowMs
  return { layer: published, monthsMade, betsMade, betsLeftOut, tableRows: rows, durationMs }
}

/** When the ledger was read last. */
function lookedAt({ sources, publishedAt }: LakeState): string {
  const reads = Object.values(sources).map(({ changes }) => changes.readAt)
  return reads.sort().at(-1) ?? publishedAt
}

/** Months as they are, or made anew from the first that has changed. */
async function makeMonths(
  deps: MaterializeDeps,
  making: Making,
  source: readonly SourceMonth[],
  present: FeatureLayerState | undefined,
  full: boolean,
): Promise<PassedMonths & { hasChanged: boolean }> {
  const usable = full || present?.layerHash !== making.layerHash ? undefined : present
  if (usable !== undefined && isUpToDate(source, usable)) {
    const stored = await unlessDamaged(readSnapshot(deps.objects, usable))
    if (stored !== undefined) {
      return { months: usable.months, state: stored.state, monthsMade: 0, betsMade: 0, hasChanged: false }
    }
    return { ...(await passMonths(deps, making, source, { usable: undefined, present })), hasChanged: true }
  }
  return { ...(await passMonths(deps, making, source, { usable, present })), hasChanged: true }
}
