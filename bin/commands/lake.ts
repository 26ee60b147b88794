import type { Command } from 'commander'
import { findCurrentState } from '../../shared/lake/state.ts'
import { describeLake } from '../../shared/usecases/describe-lake.ts'
import { lakeText } from '../pages/lake-text.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

export function lakeCommand(): Command {
  return workspaceCommand('lake', 'Show what the lake holds: partitions with their rows, sizes and months.')
    .option('--partitions', 'every partition instead of one line a sport', false)
    .action((flags: WorkspaceFlags & { partitions: boolean }) =>
      withWorkspace(flags, async ({ objects }) => {
        const state = await findCurrentState(objects)
        const description = state === undefined ? null : describeLake(state)
        print(flags, description, () =>
          description === null
            ? 'The lake is empty: closeline pipeline'
            : lakeText(description, flags.partitions).join('\n'),
        )
      }),
    )
}
