import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { getJson } from '../kernel/json-object.ts'
import type { Clock, Logger, ObjectStore } from '../kernel/ports.ts'
import { createRefresher } from '../kernel/refresher.ts'
import type { Score } from '../performance/evaluation.ts'
import { recommendationFor, scoreRecord, warningsFor } from '../performance/evaluation.ts'
import type { PerformanceFilter, PerformanceSnapshot } from '../performance/snapshot.ts'
import { performanceSnapshotSchema, selectTally } from '../performance/snapshot.ts'
import type { PerformanceTally, RoiEstimate } from '../performance/tally.ts'
import { estimateRoi } from '../performance/tally.ts'
import { PERFORMANCE_SNAPSHOT_KEY } from './materialize-features.ts'

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
}

/** The sums of the ledger, kept in memory and read again when they are old. */
export interface ServingRecord {
  /** @throws {UpstreamError} where there is none to be had */
  current(): Promise<PerformanceSnapshot>
  /** Looks again where the last look is old, without making the caller wait. */
  refreshIfStale(): void
}

/** Keeps the performance snapshot of an object store ready; after a failed look the last good one stays. */
export function createServingRecord(deps: {
  objects: ObjectStore
  clock: Clock
  logger: Logger
  maxAgeMs: number
}): ServingRecord {
  let snapshot: PerformanceSnapshot | undefined

  async function look(): Promise<void> {
    try {
      snapshot = (await getJson(deps.objects, PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema)) ?? snapshot
    } catch (thrown) {
      deps.logger.error('record_refresh_failed', { cause: messageOf(thrown) })
    }
  }

  const refresher = createRefresher({ clock: deps.clock, maxAgeMs: deps.maxAgeMs, look })
  return {
    async current() {
      const running = refresher.refreshIfDue(snapshot === undefined)
      // Only the first callers have nothing to be served from meanwhile.
      if (snapshot === undefined) await running
      if (snapshot === undefined) {
        const explanation = 'no record of the ledger has been made yet'
        throw new UpstreamError('record', explanation, { explanation })
      }
      return snapshot
    },
    // A look never rejects, so nothing is lost by not waiting for it.
    refreshIfStale: () => void refresher.refreshIfDue(snapshot === undefined),
  }
}

/** Scores a segment of the bettor's own record; open bets do not count. */
export async function scoreBet(record: Pick<ServingRecord, 'current'>, filter: PerformanceFilter): Promise<BetScore> {
  const snapshot = await record.current()
  const tally = selectTally(snapshot, filter)
  const roi = estimateRoi(tally)
  const winRate = tally.wins / (tally.wins + tally.losses)
  const score = scoreRecord(roi === undefined ? undefined : roi.roi * 100, winRate * 100)
  return {
    tally,
    roi,
    winRate,
    currency: snapshot.currency,
    score,
    recommendation: recommendationFor(score, tally.bets),
    warnings: [...warningsFor(tally.bets, roi), ...unanswerable(snapshot, filter)],
    origin: snapshot.origin,
    settlementTimes: settlementTimesOf(snapshot),
  }
}

/** Bets that the question cannot reach, since the ledger does not say what it asks about. */
function unanswerable(snapshot: PerformanceSnapshot, filter: PerformanceFilter): string[] {
  const warnings: string[] = []
  const unnamed = snapshot.cells.filter((cell) => cell.market === null).reduce((sum, { tally }) => sum + tally.bets, 0)
  if (unnamed > 0) {
    warnings.push(`${unnamed} of ${snapshot.settledBets} settled bets name no market and can match none.`)
  }
  if (filter.player !== undefined && !snapshot.cells.some((cell) => cell.selection !== null)) {
    warnings.push('This ledger does not say what was bet on, so no bet can be matched to a player.')
  }
  return warnings
}

function settlementTimesOf({ settledBets, betsWithSettlementTime }: PerformanceSnapshot): BetScore['settlementTimes'] {
  if (betsWithSettlementTime === settledBets) return 'recorded'
  return betsWithSettlementTime === 0 ? 'assumed' : 'partly_assumed'
}
