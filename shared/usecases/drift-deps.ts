import type { Table } from '../drift/table.ts'
import type { Clock, ObjectStore } from '../kernel/ports.ts'
import { findCurrentState } from '../lake/state.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { ModelRegistry } from '../registry/registry.ts'
import { driftTable } from './drift-columns.ts'
import type { LakeStore } from './lake-ports.ts'
import { withoutFuture } from './make-month.ts'
import { monthsOf } from './plan-months.ts'

/** What drift is looked for in, and on whose behalf. */
export interface LedgerDeps {
  objects: ObjectStore
  lake: Pick<LakeStore, 'readBets'>
  registry: Pick<ModelRegistry, 'alias' | 'list'>
  clock: Clock
}

/**
 * The watched columns of every bet of the lake, each with what was known when it was placed; none where there is no lake.
 *
 * The ledger is replayed rather than read from the features layer: a check must not fail because bets have changed since
 * the layer was made.
 */
export async function readDriftTable({ objects, lake, clock }: LedgerDeps): Promise<Table> {
  const state = await findCurrentState(objects)
  const months = state === undefined ? [] : await monthsOf(state)
  const bets = await lake.readBets(months.flatMap(({ files }) => files))
  return driftTable(withoutFuture(bets, clock()))
}

/** The model that serves. */
export async function findChampion(registry: LedgerDeps['registry']): Promise<ModelManifest | undefined> {
  const alias = await registry.alias('champion')
  return (await registry.list()).find(({ version }) => version === alias?.version)
}
