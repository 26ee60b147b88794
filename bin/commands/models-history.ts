import type { Command } from 'commander'
import { historyText } from '../pages/models-text.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

/** `models history`. */
export function historyCommand(): Command {
  return workspaceCommand('history', 'Tell which version was champion or challenger when, and why.').action(
    (flags: WorkspaceFlags) =>
      withWorkspace(flags, async ({ registry }) => {
        const moves = await registry.moves()
        print(flags, { moves }, () => historyText(moves))
      }),
  )
}
