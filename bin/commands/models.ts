import { Command } from 'commander'
import { exitOnUsage } from '../failure.ts'
import { modelListText } from '../pages/models-text.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'
import { historyCommand } from './models-history.ts'
import { importModelCommand } from './models-import.ts'
import { promoteCommand, rollbackCommand } from './models-promote.ts'
import { showModelCommand } from './models-show.ts'

export function modelsCommand(): Command {
  const command = new Command('models')
    .description('Model versions: see them, hold them against the gate, import them, decide which one serves.')
    .addHelpText(
      'after',
      '\nVERSION is a version as listed, or champion (it serves) or challenger (trained or imported last).' +
        '\nA running npm start takes up another champion within a minute or so.',
    )
  command.addCommand(listCommand().exitOverride(exitOnUsage), { isDefault: true })
  const others = [showModelCommand(), historyCommand(), promoteCommand(), rollbackCommand(), importModelCommand()]
  for (const other of others) command.addCommand(other.exitOverride(exitOnUsage))
  return command
}

function listCommand(): Command {
  return workspaceCommand('list', 'What models does by itself: list the versions with their scores.').action(
    (flags: WorkspaceFlags) =>
      withWorkspace(flags, async ({ registry }) => {
        const champion = (await registry.alias('champion')) ?? null
        const challenger = (await registry.alias('challenger')) ?? null
        const models = await registry.list()
        print(flags, { champion, challenger, models }, () => modelListText(models, { champion, challenger }))
      }),
  )
}
