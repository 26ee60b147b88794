import * as z from 'zod'
import { paramsSchema } from './space.ts'

const stepSchema = z.strictObject({
  /** Counted from 0. */
  step: z.int().min(0).max(100_000),
  /** What the objective would be if the trial ended here; lower is better. */
  value: z.number(),
  /** Figures behind the value, by name; null where one is not defined. */
  details: z.record(z.string(), z.number().nullable()),
})

/** A value on the way to a trial's own. */
export type TrialStep = z.infer<typeof stepSchema>

export const TRIAL_STATES = ['running', 'complete', 'pruned', 'failed'] as const

/**
 * One point of the search space and what came of it.
 *
 * `running` is a trial that is not done, whether somebody works on it or its process was killed: the next run takes it
 * up at the first step that it lacks. A failed trial has an error and no value, so that it never counts as a score.
 */
export const trialSchema = z
  .strictObject({
    number: z.int().min(0).max(1_000_000),
    params: paramsSchema,
    state: z.enum(TRIAL_STATES),
    /** The objective, lower is better; null unless complete. */
    value: z.number().nullable(),
    steps: z.array(stepSchema),
    startedAt: z.iso.datetime(),
    /** Time spent on it, over all runs. */
    seconds: z.number().min(0),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .refine(({ state, value }) => (value !== null) === (state === 'complete'), {
    path: ['value'],
    message: 'a trial has a value exactly where it is complete',
  })
  .refine(({ state, error }) => (error !== null) === (state === 'failed'), {
    path: ['error'],
    message: 'a trial has an error exactly where it failed',
  })
  .refine(({ state, steps }) => state !== 'pruned' || steps.length > 0, {
    path: ['steps'],
    message: 'a trial is pruned at a step',
  })
  .refine(({ steps }) => steps.every(({ step }, i) => i === 0 || step > (steps[i - 1]?.step ?? step)), {
    path: ['steps'],
    message: 'steps ascend',
  })

export type Trial = z.infer<typeof trialSchema>

/** The complete trial of the lowest value, of equal ones the first; undefined where none is complete. */
export function bestTrial(trials: readonly Trial[]): (Trial & { value: number }) | undefined {
  let best: (Trial & { value: number }) | undefined
  for (const trial of trials) {
    if (trial.value === null || (best !== undefined && trial.value >= best.value)) continue
    best = { ...trial, value: trial.value }
  }
  return best
}
