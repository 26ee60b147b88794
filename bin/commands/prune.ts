import type { Command } from 'commander'
import type { ShiftedFunction } from '../../shared/config/stage.ts'
import type { PruneReport } from '../../shared/usecases/prune-versions.ts'
import { pruneVersions } from '../../shared/usecases/prune-versions.ts'
import { pruneText } from '../pages/traffic-text.ts'
import { print } from './command.ts'
import type { OpenOperations, StageFlags } from './operations-command.ts'
import {
  confirmed,
  functionOption,
  functionsNamed,
  openOnAws,
  stageCommand,
  withOperations,
} from './operations-command.ts'

interface PruneFlags extends StageFlags {
  function?: ShiftedFunction
  dryRun: boolean
  yes: boolean
}

/** `prune`. */
export function pruneCommand(open: OpenOperations = openOnAws): Command {
  return stageCommand('prune', 'Remove old versions; deploy does so by itself.')
    .addOption(functionOption('this one only'))
    .option('--dry-run', 'say which versions would go', false)
    .option('--yes', 'do not ask', false)
    .addHelpText('after', '\nThe newest ten stay, and whatever an alias or traffic.json names.')
    .action((flags: PruneFlags) =>
      withOperations(open, flags, async (operations) => {
        const { stage, dryRun } = flags
        if (!dryRun && !(await confirmed(`remove old versions of ${stage}`, flags))) return
        const pruned: PruneReport[] = []
        for (const name of functionsNamed(flags.function)) {
          pruned.push(await pruneVersions(operations, { stage, function: name, dryRun }))
        }
        print(flags, { stage, dryRun, pruned }, () => pruned.map((report) => pruneText(report, dryRun)).join('\n'))
        if (pruned.some(({ failed }) => failed.length > 0)) process.exitCode = 1
      }),
    )
}
