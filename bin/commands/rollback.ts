import type { Command } from 'commander'
import type { OpenOperations } from './operations-command.ts'
import { openOnAws } from './operations-command.ts'
import type { ShiftFlags } from './shift-command.ts'
import { runShift, shiftCommand } from './shift-command.ts'

/** `rollback`. */
export function rollbackCommand(open: OpenOperations = openOnAws): Command {
  return shiftCommand(
    'rollback',
    'One step back: take the canary away, or where there is none go to what was stable before.',
  )
    .addHelpText(
      'after',
      '\nWhere traffic.json and AWS differ it makes both what the file says, without a canary.' +
        '\nWhile CloudFormation is still watching a shift it takes no other: use --emergency.',
    )
    .action((flags: ShiftFlags) => runShift(open, flags, { move: { move: 'rollback' } }))
}
