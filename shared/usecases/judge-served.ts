import type { ObjectStore } from '../kernel/ports.ts'
import type { DashboardSnapshot } from '../performance/dashboard-snapshot.ts'
import { matchServed } from '../performance/served-calibration.ts'
import type { LakeStore } from './lake-ports.ts'
import { withoutFuture } from './make-month.ts'
import type { SourceMonth } from './plan-months.ts'
import { readMonths } from './read-months.ts'
import { LOOKED_BACK_DAYS, readServedPredictions } from './read-served-predictions.ts'

export interface JudgeDeps {
  objects: ObjectStore
  lake: Pick<LakeStore, 'readBets'>
}

/**
 * What came of the predictions that were served of late: those of this kind of ledger, matched to the bets placed since.
 *
 * @param source  the months of the ledger
 * @param origin  of its bets: predictions made from a demo ledger say nothing of a bettor's own
 */
export async function judgeServed(
  { objects, lake }: JudgeDeps,
  source: readonly SourceMonth[],
  nowMs: number,
  origin: 'own' | 'demo',
): Promise<DashboardSnapshot['served']> {
  const { predictions, unreadable, isCut } = await readServedPredictions(objects, nowMs)
  const matcher = matchServed(predictions.filter((prediction) => prediction.origin === origin))
  const { fromMs } = matcher.calibration()
  if (fromMs !== null) {
    const first = new Date(fromMs).toISOString().slice(0, 7)
    const since = source.filter(({ month }) => month >= first)
    for await (const { bets } of readMonths(lake, since)) matcher.add(withoutFuture(bets, nowMs))
  }
  return { ...matcher.calibration(), withinDays: LOOKED_BACK_DAYS, unreadable, isCut }
}
