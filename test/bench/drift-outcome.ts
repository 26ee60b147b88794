import type { ColumnDrift } from '../../shared/drift/column-drift.ts'
import { compareTables } from '../../shared/drift/compare-tables.ts'
import { judgeDrift } from '../../shared/drift/judge-drift.ts'
import { columnNamed, largeDaysOf, pickColumns, windowsOf } from '../../shared/drift/table.ts'
import type { Rng } from '../../shared/kernel/random.ts'
import { WATCHED_COLUMNS } from '../../shared/usecases/drift-columns.ts'
import type { DriftSamples } from '../../shared/usecases/drift-findings.ts'
import { findDrift, isJointDrift, PAST_DAYS, PAST_WINDOWS } from '../../shared/usecases/drift-findings.ts'
import { weighDrift } from '../../shared/usecases/weigh-drift.ts'
import type { Plant } from './drift-plants.ts'

/** What a check says of clean samples. */
export interface Outcome {
  drifted: number
  jointly: boolean
  training: boolean
  drifts: ColumnDrift[]
}

export function judgeClean(samples: DriftSamples): Outcome {
  const { columns, joint } = findDrift(samples)
  const drifts = columns.map(({ drift }) => drift)
  const { drifted, training } = judgedAs(drifts)
  return { drifted: drifted.length, jointly: isJointDrift(joint), training, drifts }
}

/**
 * Whether a change of one column is found in it, and whether training is asked for; the other columns are as they were
 * drawn, which makes the correction for many columns as hard as it is.
 */
export function findPlanted(samples: DriftSamples, clean: Outcome, plant: Plant, rng: Rng) {
  const only = new Set([plant.column])
  const reference = pickColumns(samples.reference, only)
  const current = pickColumns(samples.current, only)
  const changed = { ...current, columns: [plant.change(columnNamed(current, plant.column), rng)] }
  const windows = windowsOf(reference, { days: samples.windowDays, ...PAST_WINDOWS })
  const days = largeDaysOf(reference, PAST_DAYS)
  const [drift] = compareTables(reference, changed, { windows, days, single: false })
  const drifts = clean.drifts.map((each, c) => (WATCHED_COLUMNS[c]?.name === plant.column ? (drift ?? each) : each))
  const { drifted, training } = judgedAs(drifts)
  return { column: drifted.includes(plant.column), training }
}

/** Every input counts alike: without a model there is no other weight. */
function judgedAs(drifts: readonly ColumnDrift[]) {
  const verdicts = judgeDrift(drifts)
  const details = WATCHED_COLUMNS.map(({ name }, c) => {
    const verdict = verdicts[c]
    return [name, { is_drifted: verdict?.status === 'drifted', effect: verdict?.effect }] as const
  })
  const drifted = details.filter(([, { is_drifted }]) => is_drifted).map(([name]) => name)
  const { requiresRetraining } = weighDrift({ feature_details: Object.fromEntries(details) }, [])
  return { drifted, training: requiresRetraining }
}
