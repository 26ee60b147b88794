import type { RoiEstimate } from './tally.ts'

export const SCORES = ['good', 'neutral', 'warning', 'danger', 'unknown'] as const
export type Score = (typeof SCORES)[number]

/** Below this many bets a record says little, and the answer says so. */
export const SMALL_SAMPLE_BETS = 30

/** In order: the first whose ROI and win rate are both reached. Both in per cent. */
const THRESHOLDS: readonly { score: Score; minRoiPct: number; minWinRatePct: number }[] = [
  { score: 'good', minRoiPct: 5, minWinRatePct: 52 },
  { score: 'neutral', minRoiPct: 0, minWinRatePct: 48 },
  { score: 'warning', minRoiPct: -5, minWinRatePct: 44 },
]

/**
 * How a bettor's record in a segment reads: good from 5 % ROI and 52 % won, neutral from 0 and 48, warning from −5 and
 * 44, else danger; unknown where there is no settled bet or no known return.
 *
 * @param roiPct      ROI in per cent
 * @param winRatePct  wins / (wins + losses) in per cent; NaN where none was decided
 */
export function scoreRecord(roiPct: number | undefined, winRatePct: number): Score {
  if (roiPct === undefined || Number.isNaN(winRatePct)) return 'unknown'
  const reached = THRESHOLDS.find((t) => roiPct >= t.minRoiPct && winRatePct >= t.minWinRatePct)
  return reached?.score ?? 'danger'
}

/** A sentence for the score, quoting the number of bets. */
export function recommendationFor(score: Score, bets: number): string {
  const over = `over ${bets} settled ${bets === 1 ? 'bet' : 'bets'}`
  switch (score) {
    case 'good':
      return `Good: your record here is strong ${over}.`
    case 'neutral':
      return `Neutral: your record here is even ${over}.`
    case 'warning':
      return `Warning: your record here is weak ${over}.`
    case 'danger':
      return `Danger: your record here is poor ${over}.`
    case 'unknown':
      return bets === 0
        ? 'Unknown: no settled bets match.'
        : `Unknown: nothing was won or lost, or no return is known, ${over}.`
    default:
      return score satisfies never
  }
}

/** What a reader must know before trusting a record. */
export function warningsFor(bets: number, roi: RoiEstimate | undefined): string[] {
  const warnings: string[] = []
  if (bets > 0 && bets < SMALL_SAMPLE_BETS) {
    warnings.push(
      `Only ${bets} settled ${bets === 1 ? 'bet' : 'bets'}: below ${SMALL_SAMPLE_BETS} a record is mostly luck.`,
    )
  }
  if (roi !== undefined && roi.n < bets) {
    warnings.push(`ROI stands on ${roi.n} of ${bets} bets: the return of the others is not known.`)
  }
  if (roi?.interval !== undefined && roi.interval.low < 0 && roi.interval.high > 0) {
    warnings.push('The 95 % interval of the ROI includes zero: neither a profit nor a loss is proven.')
  }
  return warnings
}
