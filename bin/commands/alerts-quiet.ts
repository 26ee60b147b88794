import type { Command } from 'commander'
import { parseQuietHours } from '../../shared/alerts/quiet-hours.ts'
import { readAlertSettings, writeAlertSettings } from '../alert-channels.ts'
import { exitingWithCode } from '../failure.ts'
import { openDataDirectory } from '../workspace/data-directory.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, workspaceCommand } from './command.ts'

/** `alerts quiet`. */
export function quietCommand(): Command {
  return workspaceCommand('quiet', 'Hours at which people are told of what is critical only.')
    .argument('<hours>', 'such as 22:00-07:00, or off')
    .option('--zone <name>', 'time zone', Intl.DateTimeFormat().resolvedOptions().timeZone)
    .action((hours: string, flags: WorkspaceFlags & { zone: string }) =>
      exitingWithCode(async () => {
        const timeZone = flags.zone
        if (hours !== 'off') parseQuietHours(hours, timeZone)
        const { root } = await openDataDirectory(flags.data, { fresh: false })
        const { quiet: _, ...others } = await readAlertSettings(root)
        const quiet = hours === 'off' || hours === '' ? null : { hours, timeZone }
        await writeAlertSettings(root, quiet === null ? others : { ...others, quiet })
        print(flags, { quiet }, () => (quiet === null ? 'No quiet hours.' : `Quiet ${hours}, ${timeZone}.`))
      }),
    )
}
