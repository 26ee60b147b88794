import { DAY_WINDOWS, dayWindowSum } from '../day-marks.ts'
import type { FeatureBlock, FeatureDefinition } from '../definition.ts'
import type { GroupName } from '../groups.ts'
import { GROUP_INDEX } from '../groups.ts'
import { resultWindowStart } from '../result-marks.ts'
import type { Tally } from '../tally.ts'
import { lastSum } from '../tally.ts'
import { DAY_TOTALS, PRICED, RESIDUAL, UNIT, WINDOW_STARTS } from '../totals.ts'
import type { View } from '../view.ts'
import { fromHistory, PRICED_RESULT, RECENT_TTL_MS, RECORD_TTL_MS } from './history.ts'

/** Windows over the latest settled bets. */
const RESULT_WINDOWS = [10, 20, 50] as const

/** Bets of no residual that a window is mixed with. */
const WINDOW_PRIOR_BETS = 10

/** Residuals over the latest bets and the latest days. */
export function windowBlock(group: GroupName): FeatureBlock {
  return {
    features: [
      ...RESULT_WINDOWS.map((length) => residualOfLast(group, length)),
      ...DAY_WINDOWS.map((days, w) => residualOfDays(group, days, w)),
    ],
    group: GROUP_INDEX[group],
    compute: computeWindows,
  }
}

const VALUES = RESULT_WINDOWS.length + DAY_WINDOWS.length

function computeWindows(view: View, groups: ArrayLike<number>, out: Float32Array | Float64Array, at: number): void {
  const { tallies } = view
  for (let b = 0; b < groups.length; b++) {
    const { numbers, resultMarks } = tallies[groups[b] as number] as Tally
    const { rows } = resultMarks
    const bets = numbers[PRICED] as number
    const residual = numbers[RESIDUAL] as number
    let i = at + b * VALUES
    for (let w = 0; w < RESULT_WINDOWS.length; w++) {
      const start = resultWindowStart(resultMarks, RESULT_WINDOWS[w] as number)
      out[i++] = mixedMean(bets - (rows[start + PRICED] as number), residual - (rows[start + RESIDUAL] as number))
    }
    for (let w = 0; w < DAY_WINDOWS.length; w++) {
      const start = WINDOW_STARTS + w * DAY_TOTALS
      out[i++] = mixedMean(bets - (numbers[start + PRICED] as number), residual - (numbers[start + RESIDUAL] as number))
    }
  }
}

/** Mean of n residuals, their sum in units of 2⁻²⁴, mixed with bets of zero; NaN for none. */
function mixedMean(n: number, sum: number): number {
  return n === 0 ? Number.NaN : sum / (UNIT * (n + WINDOW_PRIOR_BETS))
}

function residualOfLast(group: GroupName, length: number): FeatureDefinition {
  return fromHistory(group, {
    suffix: `residual_last_${length}`,
    words: `Mean residual (won − 1/price) of the last ${length} settled bets, mixed with ${WINDOW_PRIOR_BETS} bets of zero,`,
    unit: 'probability',
    dependsOn: PRICED_RESULT,
    ttlMs: RECENT_TTL_MS,
    bets: (tally) => lastSum(tally, length, PRICED),
  })
}

function residualOfDays(group: GroupName, days: number, w: number): FeatureDefinition {
  return fromHistory(group, {
    suffix: `residual_${days}d`,
    words: `Mean residual (won − 1/price) of the results of the last ${days} days of UTC, today included, mixed with ${WINDOW_PRIOR_BETS} bets of zero,`,
    unit: 'probability',
    mode: 'hybrid',
    dependsOn: [...PRICED_RESULT, 'placed_at'],
    ttlMs: days === 7 ? RECENT_TTL_MS : RECORD_TTL_MS,
    bets: ({ numbers }) => dayWindowSum(numbers, w, PRICED),
  })
}
