import type { Command } from 'commander'
import type { ShiftedFunction } from '../../shared/config/stage.ts'
import { deployVersion, previewDeployment } from '../../shared/usecases/deploy-version.ts'
import { deployText } from '../pages/traffic-text.ts'
import { print } from './command.ts'
import type { OpenOperations, StageFlags } from './operations-command.ts'
import {
  confirmed,
  functionOption,
  functionsNamed,
  isAttended,
  openOnAws,
  stageCommand,
  warn,
  withOperations,
} from './operations-command.ts'

interface DeployFlags extends StageFlags {
  function?: ShiftedFunction
  model?: string
  despiteGate: boolean
  dryRun: boolean
  yes: boolean
}

/** `deploy`. */
export function deployCommand(open: OpenOperations = openOnAws): Command {
  return stageCommand('deploy', 'Publish new versions of the functions; no traffic moves to them yet.')
    .addOption(functionOption('try and prune the versions of this one only; all are deployed'))
    .option('--model <version>', 'pin prediction to a model of the stage: a version, champion or challenger')
    .option('--despite-gate', 'pin also a model that the gate calls not_proven', false)
    .option('--dry-run', 'show what CloudFormation would change', false)
    .option('--yes', 'do not ask, not even where permissions become wider', false)
    .addHelpText(
      'after',
      '\nA new version waits for closeline canary or closeline promote. Where nothing answers yet, the first one gets all' +
        '\nrequests. --model writes models/pinned.json once the model’s files have been checked: commit it.' +
        '\nVersions that neither an alias nor traffic.json names and that are not among the newest ten are removed.',
    )
    .action((flags: DeployFlags) =>
      withOperations(open, flags, async (operations) => {
        const { stage, model, despiteGate, dryRun } = flags
        if (dryRun) {
          const changes = await previewDeployment(operations, stage)
          print(flags, { dryRun, stage, changes }, () => changes)
          return
        }
        if (!(await confirmed(`deploy the functions of ${stage}`, flags))) return
        const functions = functionsNamed(flags.function)
        const command = { stage, functions, model, despiteGate, isAttended: isAttended(flags) }
        const report = await deployVersion(operations, command)
        warn(report.warnings)
        print(flags, report, () => deployText(report))
      }),
    )
}
