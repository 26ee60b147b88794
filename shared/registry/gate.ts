import type { StoredScoreboard, Verdict } from './manifest.ts'

/**
 * Whether a model may serve: only if its log loss on untouched rows is below that of both baselines.
 *
 * Otherwise the recalibrated market is served, which is never worse than itself.
 */
export function judge(scores: StoredScoreboard): { verdict: Verdict; reason: string } {
  const { model, implied, recalibratedImplied } = scores
  const lostTo = [
    model.logLoss < implied.logLoss ? undefined : `the implied probability (${implied.logLoss.toFixed(4)})`,
    model.logLoss < recalibratedImplied.logLoss
      ? undefined
      : `the recalibrated implied probability (${recalibratedImplied.logLoss.toFixed(4)})`,
  ].filter((name) => name !== undefined)
  const own = `log loss ${model.logLoss.toFixed(4)} on ${model.n} untouched bets`
  if (lostTo.length === 0) {
    return { verdict: 'beats_both_baselines', reason: `${own} is below both baselines; ${strengthOf(scores)}` }
  }
  return { verdict: 'not_proven', reason: `${own} is not below ${lostTo.join(' or ')}` }
}

/** Whether the lead on the recalibrated price is more than luck may give: its 95 % interval excludes zero. */
function strengthOf({ modelMinusRecalibrated: { low, high } }: StoredScoreboard): string {
  const interval = `95 % ${low.toFixed(5)} to ${high.toFixed(5)}`
  return high < 0
    ? `the lead on the recalibrated price is proven (${interval})`
    : `the lead on the recalibrated price is not proven (${interval})`
}
