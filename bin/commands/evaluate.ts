import { Command, InvalidArgumentError } from 'commander'
import type { EvaluationReport } from '../../shared/usecases/evaluate-model.ts'
import { evaluateModel } from '../../shared/usecases/evaluate-model.ts'
import { readBetFile } from '../bet-file.ts'
import { exitingWithCode } from '../failure.ts'
import { table, terminalProgress } from '../terminal.ts'
import { print } from './command.ts'

const METRICS = ['n', 'logLoss', 'brier', 'auc', 'ece'] as const
const CONTENDERS = [
  ['model', 'model'],
  ['implied', 'implied'],
  ['recalibrated_implied', 'recalibratedImplied'],
] as const

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Score the recipe walking forward through a bet log: each fold is learned from the bets before it.')
    .requiredOption('--bets <file>', 'bet log, CSV or Parquet')
    .option('--folds <number>', 'equal parts of the last 40 % that are tested', parseFolds, 4)
    .option('--json', 'print the result as JSON', false)
    .action((flags: { bets: string; folds: number; json: boolean }) =>
      exitingWithCode(async () => {
        const progress = terminalProgress()
        const { parsed } = await readBetFile(flags.bets, progress)
        const latest = new Map(parsed.bets.map(({ bet }) => [bet.id, bet]))
        const report = evaluateModel({ progress }, [...latest.values()], flags.folds)
        print(flags, toJson(report), () => toTable(report))
      }),
    )
}

function toJson(report: EvaluationReport) {
  const named = (board: EvaluationReport['mean']) =>
    Object.fromEntries(
      CONTENDERS.map(([name, key]) => [name, Object.fromEntries(METRICS.map((m) => [m, board[key][m]]))]),
    )
  return {
    rows: report.rows,
    folds: report.folds.map((fold) => ({
      fold: fold.fold,
      testFrom: fold.testFrom,
      testTo: fold.testTo,
      trees: fold.trees,
      ...named(fold),
      model_minus_recalibrated: fold.modelMinusRecalibrated,
    })),
    mean: named(report.mean),
  }
}

function toTable(report: EvaluationReport): string {
  const line = (label: string, name: string, scores: EvaluationReport['mean']['model']) => [
    label,
    name,
    String(Math.round(scores.n)),
    ...[scores.logLoss, scores.brier, scores.auc, scores.ece].map((score) => score.toFixed(4)),
  ]
  const rows = [
    ...report.folds.flatMap((fold) => CONTENDERS.map(([name, key]) => line(`fold ${fold.fold}`, name, fold[key]))),
    ...CONTENDERS.map(([name, key]) => line('mean', name, report.mean[key])),
  ]
  return table([['', '', 'n', 'log loss', 'Brier', 'AUC', 'ECE'], ...rows])
}

function parseFolds(text: string): number {
  const folds = Number(text)
  if (!Number.isInteger(folds) || folds < 1 || folds > 40) throw new InvalidArgumentError('from 1 to 40 folds.')
  return folds
}
