import type { Command } from 'commander'
import type { OpenOperations } from './operations-command.ts'
import { openOnAws, versionNumber } from './operations-command.ts'
import type { ShiftFlags } from './shift-command.ts'
import { runShift, shiftCommand } from './shift-command.ts'

interface PromoteFlags extends ShiftFlags {
  version?: string
}

/** `promote`. */
export function promoteCommand(open: OpenOperations = openOnAws): Command {
  return shiftCommand('promote', 'Send all requests to the canary, or in one step to a version that is named.')
    .option('--version <number>', 'the canary where not told; without a canary this is blue/green', versionNumber)
    .action((flags: PromoteFlags) => runShift(open, flags, { move: { move: 'promote', version: flags.version } }))
}
