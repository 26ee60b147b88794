import { advance } from '../features/advance.ts'
import type { FeatureState } from '../features/state.ts'
import { createFeatureState } from '../features/state.ts'
import type { VocabularyNames } from '../features/vocabulary.ts'
import { NO_NAMES, namesOf } from '../features/vocabulary.ts'
import type { ObjectStore, Progress } from '../kernel/ports.ts'
import type { FeatureLayerState, FeatureMonthFiles } from '../lake/feature-layer.ts'
import type { FeatureLayer } from './feature-ports.ts'
import type { LakeStore } from './lake-ports.ts'
import type { Making } from './make-month.ts'
import { makeMonth, storeState, withoutFuture } from './make-month.ts'
import { readSnapshot, readState, unlessDamaged } from './online-features.ts'
import type { MonthPlan, SourceMonth } from './plan-months.ts'
import { keepsState, planMonths } from './plan-months.ts'
import { readMonths } from './read-months.ts'

/** Months whose files are on their way while the next one is made. */
const MONTHS_AT_ONCE = 2

export interface PassDeps {
  objects: ObjectStore
  lake: LakeStore
  features: FeatureLayer
  progress: Progress
}

/** What a pass over the months of a ledger leaves. */
export interface PassedMonths {
  /** All months of the layer, those that stayed among them. */
  months: FeatureMonthFiles[]
  /** After the last of them. */
  state: FeatureState
  monthsMade: number
  betsMade: number
}

/**
 * Makes the months from the first that has changed on, beginning with the nearest state that was kept before it.
 *
 * @param layers.usable   the features to go on from; undefined where none can be
 * @param layers.present  features of other software too: their names keep their codes
 */
export async function passMonths(
  deps: PassDeps,
  making: Making,
  source: readonly SourceMonth[],
  layers: { usable: FeatureLayerState | undefined; present: FeatureLayerState | undefined },
): Promise<PassedMonths> {
  const names = await namesBefore(deps.objects, layers.present)
  const { plan, state } = await begin(deps.objects, source, layers.usable, names)
  const task = deps.progress.start('Features', sumOf(plan.passed) + sumOf(plan.made))
  const writing: Promise<FeatureMonthFiles | undefined>[] = []
  const passed = new Set(plan.passed)
  let done = 0
  for await (const { source: month, bets } of readMonths(deps.lake, [...plan.passed, ...plan.made])) {
    if (passed.has(month)) advance(state, withoutFuture(bets, making.nowMs))
    else {
      // Each month's columns stay in memory until they are written.
      await writing.at(-MONTHS_AT_ONCE)
      const keeps = keepsState(month.month, source.indexOf(month) - source.length)
      writing.push(writtenInTime(makeMonth(deps, making, state, { ...month, keepsState: keeps }, bets)))
    }
    done += bets.length
    task.advance(done)
  }
  const made = (await Promise.all(writing)).filter((files) => files !== undefined)
  const months = await endingWithState(deps.objects, making, state, [...plan.kept, ...made])
  const betsMade = made.reduce((sum, { bets }) => sum + bets, 0)
  task.finish(`${betsMade} bets in ${made.length} months`)
  return { months, state, monthsMade: made.length, betsMade }
}

/** Where the pass begins; a state that is damaged is not gone on from. */
async function begin(
  objects: ObjectStore,
  source: readonly SourceMonth[],
  usable: FeatureLayerState | undefined,
  names: VocabularyNames,
): Promise<{ plan: MonthPlan; state: FeatureState }> {
  const plan = planMonths(source, usable)
  if (plan.begin === null) return { plan, state: createFeatureState(names) }
  const stored = await unlessDamaged(readState(objects, plan.begin))
  if (stored !== undefined) return { plan, state: stored.state }
  return { plan: planMonths(source, undefined), state: createFeatureState(names) }
}

/** Names with their codes as the last features had them; none where these cannot be read. */
async function namesBefore(objects: ObjectStore, present: FeatureLayerState | undefined): Promise<VocabularyNames> {
  if (present === undefined) return NO_NAMES
  const stored = await unlessDamaged(readSnapshot(objects, present))
  return stored === undefined ? NO_NAMES : namesOf(stored.state.vocabulary)
}

/** A failure is told where the months are gathered; until then nobody listens, which is no reason to end the process. */
function writtenInTime<T>(writing: Promise<T>): Promise<T> {
  writing.catch(() => {})
  return writing
}

/** The months with the states that are still worth keeping, the last one surely among them. */
async function endingWithState(
  objects: ObjectStore,
  making: Making,
  state: FeatureState,
  months: readonly FeatureMonthFiles[],
): Promise<FeatureMonthFiles[]> {
  return Promise.all(
    months.map(async (files, i) => {
      const fromEnd = i - months.length
      if (fromEnd === -1 && files.state === null) {
        return { ...files, state: await storeState(objects, making, state, files.month) }
      }
      return keepsState(files.month, fromEnd) ? files : { ...files, state: null }
    }),
  )
}

function sumOf(months: readonly SourceMonth[]): number {
  return months.reduce((sum, { rows }) => sum + rows, 0)
}
