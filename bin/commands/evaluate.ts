import { Command, InvalidArgumentError } from 'commander'
import { evaluateModel } from '../../shared/usecases/evaluate-model.ts'
import { readBetFile } from '../bet-file.ts'
import { exitingWithCode } from '../failure.ts'
import { evaluationJson } from '../pages/evaluation-json.ts'
import { renderEvaluationPage } from '../pages/evaluation-page.ts'
import { evaluationText } from '../pages/evaluation-text.ts'
import { terminalProgress } from '../terminal.ts'
import { writePage } from '../write-page.ts'
import { print } from './command.ts'

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Score the recipe walking forward through a bet log: each fold is learned from the bets before it.')
    .requiredOption('--bets <file>', 'bet log, CSV or Parquet')
    .option('--folds <number>', 'equal parts of the last 40 % that are tested', parseFolds, 4)
    .option('--html <file>', 'write a page with the curves')
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      '\nFolds cut the last 40 % into equal parts. Beside the model stand the price, the price recalibrated on what the' +
        '\nmodel learned from, and the base rate; proven is what beats the recalibrated price by more than chance.',
    )
    .action((flags: { bets: string; folds: number; html?: string; json: boolean }) =>
      exitingWithCode(async () => {
        const progress = terminalProgress()
        const { parsed } = await readBetFile(flags.bets, progress)
        const latest = new Map(parsed.bets.map(({ bet }) => [bet.id, bet]))
        const report = evaluateModel({ progress }, [...latest.values()], flags.folds)
        if (flags.html !== undefined) await writePage(flags.html, renderEvaluationPage(report))
        print(flags, evaluationJson(report), () =>
          [evaluationText(report), ...(flags.html === undefined ? [] : ['', `The page is in ${flags.html}.`])].join(
            '\n',
          ),
        )
      }),
    )
}

function parseFolds(text: string): number {
  const folds = Number(text)
  if (!Number.isInteger(folds) || folds < 1 || folds > 40) throw new InvalidArgumentError('from 1 to 40 folds.')
  return folds
}
