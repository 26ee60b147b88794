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
  if (lostTo.length === 0) return { verdict: 'beats_both_baselines', reason: `${own} is below both baselines` }
  return { verdict: 'not_proven', reason: `${own} is not below ${lostTo.join(' or ')}` }
}
