import type { Study } from '../../shared/tuning/study.ts'
import type { Trial } from '../../shared/tuning/trial.ts'
import type { TuningReport } from '../../shared/usecases/tune-model.ts'
import { count } from './figures.ts'

/** What objectives are called on pages and in tables. */
const OBJECTIVE_TITLES: Readonly<Record<string, string>> = {
  log_loss: 'log loss',
  brier: 'Brier score',
  auc: '1 - AUC',
  combined: '0.6 Brier + 0.4 (1 - AUC)',
}

/** Scores of a fold, as pages and tables call them. */
const DETAIL_TITLES: Readonly<Record<string, string>> = { logLoss: 'log loss', brier: 'Brier score', auc: 'AUC' }

/** A figure behind a trial's value in words. */
export function detailTitle(name: string): string {
  return DETAIL_TITLES[name] ?? name
}

/** An objective in words. */
export function objectiveTitle(objective: string): string {
  return OBJECTIVE_TITLES[objective] ?? objective
}

/** A value of an objective: differences are in the fourth decimal and beyond. */
export function lossText(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : value.toFixed(5)
}

/** A setting to four significant digits; whole numbers as they are. */
export function settingText(value: number | string | undefined): string {
  if (typeof value !== 'number') return value ?? '-'
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}

/** How many trials there are, of how many where more are to come. */
export function trialCount(trials: readonly Trial[], { budget }: Study): string {
  const made = count(trials.length)
  return trials.length < budget.trials ? `${made} of ${count(budget.trials)}` : made
}

/** How many trials came to what: `31 complete, 18 pruned, 1 failed`. */
export function stateCounts(trials: readonly Trial[]): string {
  const words = { complete: 'complete', pruned: 'pruned', failed: 'failed', running: 'not done' } as const
  const parts = Object.entries(words).flatMap(([state, word]) => {
    const n = trials.filter((trial) => trial.state === state).length
    return n === 0 ? [] : [`${count(n)} ${word}`]
  })
  return parts.length === 0 ? 'no trial yet' : parts.join(', ')
}

/** Names of the scores of a trial's folds, but for the one that is the objective itself. */
export function detailNames({ steps }: Trial, objective: string): string[] {
  const names = Object.keys(steps[0]?.details ?? {})
  return names.filter((name) => detailTitle(name) !== objectiveTitle(objective))
}

/** Means over the folds of what stands behind a complete trial's value, by name; those not known in every fold are left out. */
export function meanDetails({ steps }: Trial): Map<string, number> {
  const names = Object.keys(steps[0]?.details ?? {})
  return new Map(
    names.flatMap((name) => {
      const values = steps.map(({ details }) => details[name])
      const known = values.filter((value) => typeof value === 'number')
      return known.length < steps.length ? [] : [[name, known.reduce((sum, v) => sum + v, 0) / known.length] as const]
    }),
  )
}

/** What is to be thought of the best trial. */
export function verdictText({ trials, present, best }: TuningReport): string {
  if (best === undefined) return 'No trial is complete.'
  const caution = 'The best of many trials owes part of its lead to luck: only bets that the search has not seen tell.'
  if (present?.value === null || present?.value === undefined) return caution
  if (best.number === present.number) return `None of ${count(trials.length)} trials beat the settings in use.`
  const lead = present.value - best.value
  return `Trial ${best.number} is ${lead.toFixed(5)} below the settings in use on the folds that it was chosen on. ${caution}`
}

/** Which part of the bets was looked at. */
export function scopeText({ study }: TuningReport): string {
  const { rows, folds } = study.subject
  const of = typeof rows === 'number' ? ` of ${count(rows)} bets` : ''
  return `${folds} walk-forward folds inside the first 60 %${of}; the last 40 %, on which evaluate tests, is untouched.`
}
