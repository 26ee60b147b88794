import type { Command } from 'commander'
import { LARGEST_WEIGHT } from '../../shared/config/traffic.ts'
import type { OpenOperations } from './operations-command.ts'
import { numberBetween, openOnAws, versionNumber } from './operations-command.ts'
import type { ShiftFlags } from './shift-command.ts'
import { runShift, shiftCommand } from './shift-command.ts'

interface CanaryFlags extends ShiftFlags {
  weight: number
  version?: string
  monitor: number
}

/** Most minutes that CloudFormation watches alarms. */
const LONGEST_WATCH = 180

/** `canary`. */
export function canaryCommand(open: OpenOperations = openOnAws): Command {
  return shiftCommand('canary', 'Give a share of the requests to a new version, and watch its alarms.')
    .requiredOption(
      '--weight <share>',
      `share of the requests, up to ${LARGEST_WEIGHT}`,
      numberBetween(0, LARGEST_WEIGHT, false),
    )
    .option('--version <number>', 'the canary as it is, or else the newest version, where not told', versionNumber)
    .option(
      '--monitor <minutes>',
      'how long CloudFormation watches the alarms after the shift, and undoes it where one goes off',
      numberBetween(0, LONGEST_WATCH, true),
      15,
    )
    .addHelpText('after', '\nAfter that the guard function watches: where an alarm goes off it takes the weight away.')
    .action((flags: CanaryFlags) => {
      const move = { move: 'canary', weight: flags.weight, version: flags.version } as const
      return runShift(open, flags, { move, monitorMinutes: flags.monitor })
    })
}
