import { DAY_WINDOWS, dayWindowSum, NOTHING_WITHIN } from '../day-marks.ts'
import type { FeatureBlock, FeatureDefinition } from '../definition.ts'
import type { GroupName } from '../groups.ts'
import { GROUP_INDEX } from '../groups.ts'
import { resultWindowStart } from '../result-marks.ts'
import type { Tally } from '../tally.ts'
import { lastSum } from '../tally.ts'
import { PRICED, RESIDUAL, UNIT } from '../totals.ts'
import { fromHistory, PRICED_RESULT, RECENT_TTL_MS, RECORD_TTL_MS } from './history.ts'

/** Windows over the latest settled bets. */
const RESULT_WINDOWS = [10, 20, 50] as const

/** Bets of no residual that a window is mixed with. */
const WINDOW_PRIOR_BETS = 10

/** Residuals over the latest bets and the latest days. */
export function windowBlock(group: GroupName): FeatureBlock {
  const g = GROUP_INDEX[group]
  return {
    features: [
      ...RESULT_WINDOWS.map((length) => residualOfLast(group, length)),
      ...DAY_WINDOWS.map((days, w) => residualOfDays(group, days, w)),
    ],
    compute(view, out, at) {
      const { totals, resultMarks, dayMarks } = view.tallies[g] as Tally
      // Each is looked up once: an imported constant costs as much as what is done with it.
      const [bets, residual] = [totals[PRICED] as number, totals[RESIDUAL] as number]
      const { rows: resultRows } = resultMarks
      const { rows: dayRows, starts } = dayMarks
      const [priced, summed, unit, prior] = [PRICED, RESIDUAL, UNIT, WINDOW_PRIOR_BETS]
      for (let w = 0; w < RESULT_WINDOWS.length; w++) {
        const start = resultWindowStart(resultMarks, RESULT_WINDOWS[w] as number)
        const n = bets - (resultRows[start + priced] as number)
        out[at + w] = n === 0 ? Number.NaN : (residual - (resultRows[start + summed] as number)) / (unit * (n + prior))
      }
      for (let w = 0; w < DAY_WINDOWS.length; w++) {
        const start = starts[w] as number
        const n = start === NOTHING_WITHIN ? 0 : bets - (dayRows[start + priced] as number)
        out[at + RESULT_WINDOWS.length + w] =
          n === 0 ? Number.NaN : (residual - (dayRows[start + summed] as number)) / (unit * (n + prior))
      }
    },
  }
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
    bets: ({ dayMarks, totals }) => dayWindowSum(dayMarks, w, totals, PRICED),
  })
}
