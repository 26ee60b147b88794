import { type Command, InvalidArgumentError, Option } from 'commander'
import type { RunMode } from '../../shared/usecases/plan-read.ts'
import type { PipelineCommand } from '../../shared/usecases/run-context.ts'
import { updateLake } from '../../shared/usecases/update-lake.ts'
import { materializeText } from '../pages/materialize-text.ts'
import { pipelineText } from '../pages/pipeline-text.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'
import { thresholdsHere } from './thresholds.ts'

/** Which read a person asks for. */
export interface ReadFlags {
  full: boolean
  reconcile: boolean
  allowDeletions?: number
  sport?: string
}

/** The options of a command that reads the source. */
export function withReadOptions(command: Command): Command {
  return command
    .option('--full', 'read every bet again and write every partition anew', false)
    .option('--sport <name>', 'one sport alone')
    .addOption(
      new Option('--reconcile', 'look for bets that the source does not have any more')
        .default(false)
        .conflicts(['full', 'sport']),
    )
    .option('--allow-deletions <number>', 'believe a reconcile that finds up to so many missing', parseCount)
}

/** The run that the flags ask for. */
export function commandOf(flags: ReadFlags, trigger: string): PipelineCommand {
  const mode: RunMode = flags.reconcile ? 'reconcile' : flags.full ? 'full' : 'incremental'
  const allowed = flags.allowDeletions === undefined ? {} : { allowedDeletions: flags.allowDeletions }
  return { trigger, mode, sport: flags.sport ?? null, thresholds: thresholdsHere(), ...allowed }
}

export function pipelineCommand(): Command {
  const command = workspaceCommand(
    'pipeline',
    'Bring the lake up to date with the ledger, judge it, and make features and snapshots anew.',
  )
  return withReadOptions(command).action((flags: WorkspaceFlags & ReadFlags) =>
    withWorkspace(flags, async (workspace) => {
      const report = await updateLake(workspace, commandOf(flags, 'command'))
      const { features } = report
      const made = features === null ? [] : materializeText(features)
      print(flags, report, () => [...pipelineText(report), ...made].join('\n'))
    }),
  )
}

function parseCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 0) throw new InvalidArgumentError('a number of bets.')
  return count
}
