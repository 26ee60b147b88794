import { rangeText } from '../../shared/tuning/space.ts'
import type { Study } from '../../shared/tuning/study.ts'
import type { Trial } from '../../shared/tuning/trial.ts'
import { bestTrial } from '../../shared/tuning/trial.ts'
import type { TuningReport } from '../../shared/usecases/tune-model.ts'
import { block } from '../report.ts'
import { table } from '../terminal.ts'
import { count } from './figures.ts'
import {
  detailNames,
  detailTitle,
  lossText,
  meanDetails,
  objectiveTitle,
  scopeText,
  settingText,
  stateCounts,
  trialCount,
  verdictText,
} from './tune-figures.ts'

/** A study as text: what was searched, the best settings beside those in use, and their scores on the same folds. */
export function tuneText(report: TuningReport): string {
  const { study, trials, best } = report
  return [
    block(`Study ${study.id}`, [
      `${objectiveTitle(study.objective)} over ${scopeText(report)}`,
      `${trialCount(trials, study)} trials: ${stateCounts(trials)}`,
      ...failureLines(trials),
    ]),
    ...(best === undefined ? [] : [block('Settings', [settingsTable(report)]), block('Scores', [scoresTable(report)])]),
    verdictText(report),
  ].join('\n')
}

/** Why trials failed, the commonest reason first. */
function failureLines(trials: readonly Trial[]): string[] {
  const errors = trials.flatMap(({ error }) => (error === null ? [] : [error]))
  const messages = Map.groupBy(errors, ({ message }) => message)
  return [...messages.entries()]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, 5)
    .map(([message, failed]) => `failed ${count(failed.length)}: ${message}`)
}

function settingsTable({ study, present, best }: TuningReport): string {
  return table([
    ['', 'in use', best === undefined ? 'best' : `trial ${best.number}`, 'searched'],
    ...study.space.map((dimension) => [
      dimension.name,
      settingText(present?.params[dimension.name]),
      settingText(best?.params[dimension.name]),
      rangeText(dimension),
    ]),
  ])
}

function scoresTable({ study, present, best }: TuningReport): string {
  const shown = [
    { name: 'in use', trial: present },
    { name: best === undefined ? 'best' : `trial ${best.number}`, trial: best },
  ]
  const details = best === undefined ? [] : detailNames(best, study.objective)
  return table([
    ['mean over folds', objectiveTitle(study.objective), ...details.map(detailTitle)],
    ...shown.map(({ name, trial }) => {
      const means = trial === undefined ? undefined : meanDetails(trial)
      return [name, lossText(trial?.value), ...details.map((detail) => lossText(means?.get(detail)))]
    }),
  ])
}

/** All studies, a line each. */
export function studiesText(studies: readonly { study: Study; trials: readonly Trial[] }[]): string {
  if (studies.length === 0) return 'Nothing has been searched yet: closeline tune'
  return table(
    [
      ['study', 'begun', 'objective', 'trials', 'in use', 'best', 'done'],
      ...studies.map(({ study, trials }) => [
        study.id,
        study.createdAt.slice(0, 16).replace('T', ' '),
        objectiveTitle(study.objective),
        trialCount(trials, study),
        lossText(trials[0]?.number === 0 ? trials[0].value : undefined),
        lossText(bestTrial(trials)?.value),
        stateCounts(trials),
      ]),
    ],
    3,
  )
}
