import type { Command } from 'commander'
import { materializeFeatures } from '../../shared/usecases/materialize-features.ts'
import { materializeText } from '../pages/materialize-text.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

export function materializeCommand(): Command {
  return workspaceCommand(
    'materialize',
    'Make features, online state, the record and the tables of the lake’s bets, from the first month on that has changed.',
  )
    .option('--full', 'make every month anew', false)
    .action((flags: WorkspaceFlags & { full: boolean }) =>
      withWorkspace(flags, async (workspace) => {
        const report = await materializeFeatures(workspace, { full: flags.full })
        print(flags, report, () => materializeText(report).join('\n'))
      }),
    )
}
