import type { Bet } from '../bets/bet.ts'
import { advance } from '../features/advance.ts'
import type { FeatureSet } from '../features/feature-set.ts'
import { encodeSnapshot } from '../features/snapshot.ts'
import type { FeatureState } from '../features/state.ts'
import { sha256Hex } from '../kernel/digest.ts'
import { encodeChecked } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { FeatureMonthFiles } from '../lake/feature-layer.ts'
import type { LakeFile } from '../lake/file.ts'
import { monthSummarySchema, SUMMARY_REVISION, summariseMonth } from '../performance/month-summary.ts'
import type { FeatureLayer } from './feature-ports.ts'
import { identifyMonth } from './ledger-identity.ts'
import type { SourceMonth } from './plan-months.ts'

/** What the months of one materialization have in common. */
export interface Making {
  /** Where its files go. */
  folder: string
  layerHash: string
  /** All features. */
  set: FeatureSet
  /** The present: what is placed after it is left out. */
  nowMs: number
  /** Columns of months that are written: the memory of the next ones. */
  spareColumns: Float32Array[][]
}

/**
 * Makes the features of one month's bets and what they add to record and dashboard, and takes them into the state.
 *
 * The state has taken them in, and its bytes are made, before this first waits: the next month may begin then.
 *
 * @param source.keepsState  whether the state after the month is stored
 * @returns undefined where every bet of the month was placed after the present
 */
export async function makeMonth(
  deps: { objects: ObjectStore; features: FeatureLayer },
  making: Making,
  state: FeatureState,
  source: SourceMonth & { keepsState: boolean },
  bets: readonly Bet[],
): Promise<FeatureMonthFiles | undefined> {
  const usable = withoutFuture(bets, making.nowMs)
  if (usable.length === 0) return undefined
  const { month, sourceSha256 } = source
  const columns = advance(state, usable, making.set, making.spareColumns.pop())
  const record = encodeChecked(summariseMonth(usable), monthSummarySchema, `the record of ${month}`)
  // The state is put into bytes before the first wait: the next month goes on with it.
  const [stateFile, features, recordFile, identity] = await Promise.all([
    source.keepsState ? storeState(deps.objects, making, state, month) : null,
    deps.features.writeMonth({
      folder: making.folder,
      month,
      ids: usable.map(({ id }) => id),
      placedAtMs: Float64Array.from(usable, ({ placedAtMs }) => placedAtMs),
      names: making.set.names,
      columns,
    }),
    putFile(deps.objects, `${monthFolder(making, month)}record.json`, new TextEncoder().encode(record), usable.length),
    identifyMonth(usable),
  ])
  making.spareColumns.push(columns)
  return {
    ...{ month, sourceSha256, bets: usable.length, leftOut: bets.length - usable.length },
    ...identity,
    ...{ features, record: recordFile, summaryRevision: SUMMARY_REVISION, state: stateFile },
  }
}

/** Bets placed until the present: a feature of a bet in the future would hold all that happens before it. */
export function withoutFuture(bets: readonly Bet[], nowMs: number): readonly Bet[] {
  return bets.some(({ placedAtMs }) => placedAtMs > nowMs) ? bets.filter(({ placedAtMs }) => placedAtMs <= nowMs) : bets
}

/** Stores the state after a month. */
export async function storeState(
  objects: ObjectStore,
  making: Making,
  state: FeatureState,
  month: string,
): Promise<LakeFile> {
  const body = await encodeSnapshot({ layerHash: making.layerHash, state })
  return putFile(objects, `${monthFolder(making, month)}state.bin`, body, 1)
}

function monthFolder({ folder }: Making, month: string): string {
  return `${folder}month=${month}/`
}

/** Writes a file of the lake. */
export async function putFile(objects: ObjectStore, key: string, body: Uint8Array, rows: number): Promise<LakeFile> {
  await objects.put(key, body)
  return { key, rows, bytes: body.length, sha256: await sha256Hex(body) }
}
