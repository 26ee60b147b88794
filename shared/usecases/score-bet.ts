import type { Score } from '../performance/evaluation.ts'
import { recommendationFor, scoreRecord, warningsFor } from '../performance/evaluation.ts'
import type { PerformanceFilter, RecordIndex } from '../performance/record-index.ts'
import { selectTally } from '../performance/record-index.ts'
import { LONGEST_SELECTION } from '../performance/selection-rows.ts'
import type { PerformanceTally, RoiEstimate } from '../performance/tally.ts'
import { estimateRoi } from '../performance/tally.ts'
import type { Served } from './serving-object.ts'
import type { ServingRecord } from './serving-record.ts'

/** A bettor's record in a segment, and how it reads. */
export interface BetScore {
  tally: PerformanceTally
  roi: RoiEstimate | undefined
  /** wins / (wins + losses); NaN where none was decided. */
  winRate: number
  currency: string | null
  score: Score
  recommendation: string
  warnings: string[]
  origin: 'own' | 'demo'
  /** Whether the settled bets carry their settlement time. */
  settlementTimes: 'recorded' | 'partly_assumed' | 'assumed'
  /** When the ledger was last read. */
  asOf: string
  servedFrom: Served<unknown>['servedFrom']
}

/** Scores a segment of the bettor's own record; open bets do not count. @throws {UpstreamError} where there is no record */
export async function scoreBet(record: Pick<ServingRecord, 'current'>, filter: PerformanceFilter): Promise<BetScore> {
  const { value: index, servedFrom } = await record.current()
  const tally = selectTally(index, filter)
  const roi = estimateRoi(tally)
  const winRate = tally.wins / (tally.wins + tally.losses)
  const score = scoreRecord(roi === undefined ? undefined : roi.roi * 100, winRate * 100)
  return {
    tally,
    roi,
    winRate,
    currency: index.currency,
    score,
    recommendation: recommendationFor(score, tally.bets),
    warnings: [...warningsFor(tally.bets, roi), ...unanswerable(index, filter)],
    origin: index.origin,
    settlementTimes: settlementTimesOf(index),
    ...{ asOf: index.lookedAt, servedFrom },
  }
}

/** Bets that the question cannot reach, since the ledger does not say what it asks about. */
function unanswerable(index: RecordIndex, { player }: PerformanceFilter): string[] {
  const { namelessBets, settledBets, cutSelections } = index
  const warnings: string[] = []
  if (namelessBets > 0) {
    warnings.push(`${namelessBets} of ${settledBets} settled bets name no market and can match none.`)
  }
  if (player === undefined) return warnings
  if (!index.hasSelections) {
    warnings.push('This ledger does not say what was bet on, so no bet can be matched to a player.')
  } else if (cutSelections > 0) {
    warnings.push(
      `Only the first ${LONGEST_SELECTION} characters of a selection are looked through: ${cutSelections} settled bets have more.`,
    )
  }
  return warnings
}

function settlementTimesOf({ settledBets, betsWithSettlementTime }: RecordIndex): BetScore['settlementTimes'] {
  if (betsWithSettlementTime === settledBets) return 'recorded'
  return betsWithSettlementTime === 0 ? 'assumed' : 'partly_assumed'
}
