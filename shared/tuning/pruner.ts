import * as z from 'zod'
import type { Trial, TrialStep } from './trial.ts'

export const prunerSchema = z.strictObject({
  /** Complete trials before the first is pruned. */
  startupTrials: z.int().min(1),
  /** Steps from 0 that no trial is pruned at. */
  warmupSteps: z.int().min(0),
  /** Steps from one judgement to the next, counted from the warm-up's end. */
  intervalSteps: z.int().min(1),
  /**
   * Which value of a trial stands for it at a step. `best`: its lowest so far, where steps are progress on one and the
   * same data. `latest`: that of the step, where every step adds other data and values of different steps cannot be
   * compared: a first fold that is easy for everybody would otherwise keep all trials alive.
   */
  judges: z.enum(['best', 'latest']),
})

/** Settings of the median pruner. */
export type MedianPruner = z.infer<typeof prunerSchema>

/**
 * Whether a trial is worse than the median of the complete trials at the step that it has just reported, so that it is
 * not worth going on with: prune where v(s) > median { value of t at s : t complete, with a step s }.
 *
 * Equal to the median is not worse. Where no complete trial has the step, nothing is pruned.
 *
 * @param steps   the trial's own, ascending; the last is judged
 * @param before  the trials before it
 * @see D. Golovin et al., "Google Vizier: a service for black-box optimization", KDD 2017, section 3.2 (median stopping)
 */
export function shouldPrune(steps: readonly TrialStep[], before: readonly Trial[], pruner: MedianPruner): boolean {
  const last = steps.at(-1)
  const complete = before.filter(({ state }) => state === 'complete')
  if (last === undefined || complete.length < pruner.startupTrials || !isJudged(steps, last.step, pruner)) return false
  const others = complete.flatMap((trial) => trial.steps.filter(({ step }) => step === last.step))
  if (others.length === 0) return false
  const own = pruner.judges === 'latest' ? last.value : Math.min(...steps.map(({ value }) => value))
  return own > median(others.map(({ value }) => value))
}

/** Past the warm-up, and the first step that the trial has reported since the last judgement was due. */
function isJudged(steps: readonly TrialStep[], step: number, { warmupSteps, intervalSteps }: MedianPruner): boolean {
  if (step < warmupSteps) return false
  const due = warmupSteps + Math.floor((step - warmupSteps) / intervalSteps) * intervalSteps
  return (steps.at(-2)?.step ?? -1) < due
}

/** The middle value, or the mean of the middle two. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[sorted.length - 1 - upper] as number, sorted[upper] as number]
  return low + (high - low) / 2
}
