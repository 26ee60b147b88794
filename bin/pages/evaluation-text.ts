import type { BinaryScores } from '../../shared/evaluation/metrics.ts'
import type { Assessment } from '../../shared/performance/assessment.ts'
import type { RuleResult } from '../../shared/performance/betting-rule.ts'
import type { ContenderName } from '../../shared/recipe/walk-forward.ts'
import { CONTENDERS } from '../../shared/recipe/walk-forward.ts'
import type { EvaluationReport } from '../../shared/usecases/evaluate-model.ts'
import { table } from '../terminal.ts'
import { verdictSentence } from './evaluation-words.ts'
import { CONTENDER_WORDS, differenceText, intervalText, percent, percentInterval, scoreText } from './model-figures.ts'
import { ROI_HEADINGS, roiRows, roiSentence } from './roi-figures.ts'

/** An evaluation for the terminal. */
export function evaluationText(report: EvaluationReport): string {
  const { pooled } = report
  return [
    `${report.verdict}: ${verdictSentence(report)}`,
    scoresTable(report),
    pooledLines(report),
    calibrationTable(pooled),
    rulesTable(pooled),
    roiBlock(report.roiHead),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function roiBlock(roi: EvaluationReport['roiHead']): string {
  const folds = roi.folds.map(({ fold, trees, weight }) =>
    trees === 0 ? `fold ${fold} none` : `fold ${fold} ${trees} at ${weight.toFixed(2)}`,
  )
  return [
    `ROI head: ${roi.verdict}`,
    `  ${roiSentence(roi)}`,
    `  trees that earned weight: ${folds.join(', ')}`,
    ...(roi.scores === undefined
      ? []
      : [
          `  over ${roi.scores.n} test bets whose return is known, ties and cash-outs among them:`,
          roiTable(roi.scores),
        ]),
  ].join('\n')
}

function roiTable(scores: NonNullable<EvaluationReport['roiHead']['scores']>): string {
  return table([[...ROI_HEADINGS], ...roiRows(scores)])
}

function scoresTable(report: EvaluationReport): string {
  const line = (label: string, name: ContenderName, scores: BinaryScores) => [
    label,
    CONTENDER_WORDS[name],
    String(Math.round(scores.n)),
    ...[scores.logLoss, scores.brier, scores.auc, scores.ece].map(scoreText),
  ]
  const rows = [
    ...report.folds.flatMap(({ fold, scores }) => CONTENDERS.map((name) => line(`fold ${fold}`, name, scores[name]))),
    ...CONTENDERS.map((name) => line('mean', name, report.mean[name])),
  ]
  return table([['', '', 'n', 'log loss', 'Brier', 'AUC', 'ECE'], ...rows])
}

function pooledLines({ pooled, folds }: EvaluationReport): string {
  const { modelMinusImplied, modelMinusRecalibrated } = pooled.scores
  const members = folds.map(({ fold, members: of }) =>
    of.length === 0 ? `fold ${fold}: the recalibrated price` : `fold ${fold}: ${of.map(weightText).join(', ')}`,
  )
  return [
    `all test bets together, n = ${pooled.scores.model.n}:`,
    `  model - implied, log loss               ${differenceText(modelMinusImplied)}`,
    `  model - recalibrated implied, log loss  ${differenceText(modelMinusRecalibrated)}`,
    `  does the model add to the price?        ${encompassingText(pooled)}`,
    'what served:',
    ...members.map((line) => `  ${line}`),
  ].join('\n')
}

function weightText({ name, weight }: { name: string; weight: number }): string {
  return `${name} ${weight.toFixed(2)}`
}

function encompassingText({ encompassing }: Assessment): string {
  if (encompassing === undefined) return 'too few days to tell'
  if (encompassing.kind === 'collinear') return 'it says what the price says'
  const { value, low, high } = encompassing.model
  const weight = `its weight beside the price ${value.toFixed(2)} (95 % ${low.toFixed(2)} to ${high.toFixed(2)})`
  return encompassing.modelAdds ? `yes: ${weight}` : `not proven: ${weight}`
}

function calibrationTable({ calibration, accuracy }: Assessment): string {
  const rows = CONTENDERS.map((name) => {
    const { equalWidth, equalSize, noise, line } = calibration[name]
    return [
      CONTENDER_WORDS[name],
      accuracy[name].toFixed(4),
      equalWidth.ece.toFixed(4),
      equalSize.ece.toFixed(4),
      `${noise.mean.toFixed(4)}, up to ${noise.high.toFixed(4)}`,
      intervalText(line?.slope, 2),
      intervalText(line?.intercept, 2),
    ]
  })
  return table([['', 'accuracy', 'ECE', 'ECE, equal size', 'ECE by chance', 'slope, 95 %', 'intercept, 95 %'], ...rows])
}

function rulesTable({ rules }: Assessment): string {
  if (rules.length === 0) return ''
  const rows = rules.flatMap(({ threshold, rule, placebos }) => [
    ruleRow(`model expects > ${(100 * threshold).toFixed(0)} %`, rule),
    ...Object.entries(placebos).map(([name, placebo]) =>
      ruleRow(`  ${CONTENDER_WORDS[name as ContenderName]}`, placebo),
    ),
  ])
  const everything = rules[0] === undefined ? [] : [ruleRow('every bet', rules[0].everything)]
  return table([['bets at flat stakes', 'n', 'ROI', '95 %', 'CLV', 'known for'], ...rows, ...everything])
}

function ruleRow(label: string, { n, roi, closing }: RuleResult): string[] {
  return [
    label,
    String(n),
    percent(roi?.mean),
    percentInterval(roi?.interval),
    percent(closing.value?.mean),
    percent(closing.coverage),
  ]
}
