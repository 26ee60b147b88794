import * as z from 'zod'
import { sha256Hex } from '../kernel/digest.ts'
import { DomainError } from '../kernel/errors.ts'
import { prunerSchema } from './pruner.ts'
import { assertInSpace, assertSpace, paramsSchema, spaceSchema } from './space.ts'

/** Ids are parts of object keys. */
export const studyIdSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/)

const settingsShape = {
  /** What is minimised, by name. */
  objective: z.string().min(1).max(100),
  /** Everything else that decides what the objective says of given parameters: hashes of data and code, folds. */
  subject: z.record(z.string(), z.union([z.string(), z.number()])),
  space: spaceSchema,
  /** Parameters of the first trials, such as those in use: what the search must beat. */
  firstTrials: z.array(paramsSchema).max(100),
  pruner: prunerSchema,
  seed: z.int().min(0).max(0xffffffff),
}

const settingsSchema = z.strictObject(settingsShape)

/** What is searched and how: equal settings give equal trials. */
export type StudySettings = z.infer<typeof settingsSchema>

const budgetSchema = z.strictObject({
  /** Trials of the study in all, over all runs. */
  trials: z.int().min(1).max(100_000),
  /** Time of one run; null where only trials count. */
  seconds: z.number().positive().nullable(),
})

/** Where a run ends. */
export type Budget = z.infer<typeof budgetSchema>

export const studySchema = z.strictObject({
  format: z.literal('tuning-study/1'),
  id: studyIdSchema,
  createdAt: z.iso.datetime(),
  /** Of the latest run. */
  budget: budgetSchema,
  ...settingsShape,
})

/** A search with a name, to which trials belong. */
export type Study = z.infer<typeof studySchema>

/**
 * SHA-256 of settings, whatever the order of the subject's keys.
 *
 * @throws {DomainError} `search_space_invalid`, `params_outside_space` of a first trial
 */
export async function studyFingerprint(settings: StudySettings): Promise<string> {
  const { objective, subject, space, firstTrials, pruner, seed } = settings
  assertSpace(space)
  for (const params of firstTrials) assertInSpace(space, params)
  const sorted = Object.entries(subject).sort(([a], [b]) => (a < b ? -1 : 1))
  const points = firstTrials.map((params) => space.map(({ name }) => params[name]))
  const { startupTrials, warmupSteps, intervalSteps, judges } = pruner
  return sha256Hex(
    JSON.stringify([
      objective,
      sorted,
      space.map((dimension) => Object.entries(dimension).sort(([a], [b]) => (a < b ? -1 : 1))),
      points,
      [startupTrials, warmupSteps, intervalSteps, judges],
      seed,
    ]),
  )
}

/**
 * Refuses a budget that no run can keep to.
 *
 * @throws {DomainError} `budget_invalid` where trials are not a whole number from 1 to 100,000, or seconds not above 0
 */
export function assertBudget(budget: Budget): void {
  if (budgetSchema.safeParse(budget).success) return
  throw new DomainError('budget_invalid', `a budget of ${budget.trials} trials and ${budget.seconds} seconds`)
}
