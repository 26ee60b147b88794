import { Command, InvalidArgumentError } from 'commander'
import { describeAlerts } from '../../shared/usecases/alert-overview.ts'
import { exitingWithCode, exitOnUsage } from '../failure.ts'
import { renderAlertsPage } from '../pages/alerts-page.ts'
import { alertsText } from '../pages/alerts-text.ts'
import { writePage } from '../write-page.ts'
import { channelCommand } from './alerts-channel.ts'
import type { AlertFlags } from './alerts-place.ts'
import { openAlertObjects } from './alerts-place.ts'
import { quietCommand } from './alerts-quiet.ts'
import { rulesCommand } from './alerts-rules.ts'
import { testCommand } from './alerts-test.ts'
import { print, workspaceCommand } from './command.ts'

export function alertsCommand(): Command {
  const command = new Command('alerts')
    .description('Alerts: what is the matter, what was told to whom, by which rules, over which channels.')
    .addHelpText('after', '\nA running npm start tells alerts over the channels that are set up in its data directory.')
  command.addCommand(listCommand().exitOverride(exitOnUsage), { isDefault: true })
  for (const other of [rulesCommand(), testCommand(), channelCommand(), quietCommand()]) {
    command.addCommand(other.exitOverride(exitOnUsage))
  }
  return command
}

function listCommand(): Command {
  return workspaceCommand('list', 'What alerts does by itself: what is the matter now, and the latest messages.')
    .option('--limit <number>', 'messages at most', parseLimit, 30)
    .option('--html <file>', 'write a page')
    .option('--bucket <name>', 'alerts of the installation on AWS whose artefacts are in this bucket')
    .action((flags: AlertFlags & { limit: number; html?: string }) =>
      exitingWithCode(async () => {
        const overview = await describeAlerts(await openAlertObjects(flags), flags.limit, Date.now())
        if (flags.html !== undefined) await writePage(flags.html, renderAlertsPage(overview))
        const where = flags.html === undefined ? '' : `\n\nThe page is in ${flags.html}.`
        print(flags, overview, () => `${alertsText(overview)}${where}`)
      }),
    )
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new InvalidArgumentError('a limit is 1 to 1000.')
  return limit
}
